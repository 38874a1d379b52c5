"""Every error becomes a problem that reveals no internals."""

import logging
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any, ClassVar

import grpc
import httpx
import pytest

from chassis.errors import (
    Aborted,
    AlreadyExists,
    FailedPrecondition,
    InvalidArgument,
    NotFound,
    PermissionDenied,
    Refusal,
    ResourceExhausted,
    Unauthenticated,
    Unavailable,
    Violation,
)
from chassis.identity import TokenVerifier
from chassis.rpc.server import Server
from contracts.auth.v1.auth_service_pb2 import GetKeySetRequest, GetKeySetResponse
from edge.problems import HTTP_STATUS
from tests.edge.servers import expect_problem, running_edge

KEYS = "/.well-known/jwks.json"


class DoorShut(FailedPrecondition):
    """For these tests."""


class Cases:
    """A refusal of a service, and the expected problem."""

    REFUSALS: ClassVar[list[tuple[Refusal, int]]] = [
        (InvalidArgument("No.", violations=[Violation("title", "is empty")]), 422),
        (Unauthenticated("Who?"), 401),
        (PermissionDenied("Not you."), 403),
        (NotFound("Nothing there."), 404),
        (AlreadyExists("There is one."), 409),
        (DoorShut("The door is shut. Open it.", door="front"), 409),
        (Aborted("It has changed."), 412),
        (ResourceExhausted("Wait.", retry_after=timedelta(seconds=41.2)), 429),
    ]


class Failing:
    """Serves one rpc of auth's contract and fails with `error`."""

    def __init__(self) -> None:
        self.error: BaseException = RuntimeError("no error set")

    async def answer(self, request: GetKeySetRequest, context: Any) -> GetKeySetResponse:
        raise self.error


class Failure:
    """A failing service, and an edge that calls it."""

    def __init__(self, servicer: Failing, edge: httpx.AsyncClient) -> None:
        self._servicer = servicer
        self._edge = edge

    async def with_error(self, error: BaseException) -> httpx.Response:
        self._servicer.error = error
        return await self._edge.get(KEYS)


@pytest.fixture
async def failure(tmp_path: Any) -> AsyncIterator[Failure]:
    async def always() -> bool:
        return True

    def register(servicer: Failing, server: Any) -> None:
        handler = grpc.unary_unary_rpc_method_handler(
            servicer.answer,
            request_deserializer=GetKeySetRequest.FromString,
            response_serializer=GetKeySetResponse.SerializeToString,
        )
        server.add_registered_method_handlers(
            "contracts.auth.v1.AuthService", {"GetKeySet": handler}
        )

    servicer = Failing()
    verifier = TokenVerifier(tmp_path / "jwks.json")
    server = Server("auth", listen="127.0.0.1:0", verifier=verifier, healthy=always)
    server.add(register, servicer, public=["GetKeySet"])
    async with server.running(), running_edge(auth=f"127.0.0.1:{server.port}") as edge:
        yield Failure(servicer, edge)


@pytest.mark.parametrize(("refusal", "status"), Cases.REFUSALS)
async def test_a_refusal_keeps_its_reason_and_its_words(
    failure: Failure, refusal: Refusal, status: int
) -> None:
    problem = expect_problem(await failure.with_error(refusal), status, refusal.reason)
    assert problem["detail"] == refusal.message
    assert problem["metadata"] == refusal.metadata


async def test_a_refusal_says_which_fields_were_wrong(failure: Failure) -> None:
    error = InvalidArgument("No.", violations=[Violation("schedule.times", "must be 1 or more")])
    problem = expect_problem(await failure.with_error(error), 422, "INVALID_ARGUMENT")
    assert problem["errors"] == [{"field": "schedule.times", "message": "must be 1 or more"}]


async def test_a_title_is_for_people(failure: Failure) -> None:
    problem = expect_problem(await failure.with_error(DoorShut("No.")), 409, "DOOR_SHUT")
    assert (problem["title"], problem["type"]) == ("Door shut", "/problems/door-shut")


async def test_too_much_says_when_to_come_back(failure: Failure) -> None:
    error = ResourceExhausted("Wait.", retry_after=timedelta(seconds=41.2))
    assert (await failure.with_error(error)).headers["retry-after"] == "42"


async def test_a_401_names_the_authentication_scheme(failure: Failure) -> None:
    response = await failure.with_error(Unauthenticated("Who?"))
    assert response.headers["www-authenticate"] == "Bearer"


@pytest.mark.parametrize("error", [RuntimeError("secret thing"), KeyError("password")])
async def test_an_internal_error_reveals_nothing(failure: Failure, error: Exception) -> None:
    response = await failure.with_error(error)
    problem = expect_problem(response, 500, "INTERNAL")
    assert problem["detail"] == "internal error"
    assert "secret" not in response.text
    assert "password" not in response.text


async def test_a_part_that_is_away_is_unavailable(failure: Failure) -> None:
    response = await failure.with_error(Unavailable("postgres at 10.0.0.7 does not answer"))
    expect_problem(response, 503, "SERVICE_UNAVAILABLE")
    assert response.headers["retry-after"] == "1"
    assert "10.0.0.7" not in response.text


async def test_a_service_that_is_away_is_unavailable_without_its_address() -> None:
    async with running_edge(request_timeout=timedelta(seconds=1)) as edge:
        response = await edge.get(KEYS)
    expect_problem(response, 503, "SERVICE_UNAVAILABLE")
    assert "127.0.0.1" not in response.text


async def test_an_answer_that_takes_too_long_is_a_timeout(failure: Failure) -> None:
    response = await failure.with_error(TimeoutError())
    expect_problem(response, 504, "DEADLINE_EXCEEDED")
    assert response.headers["retry-after"] == "1"


async def broken() -> None:
    raise RuntimeError("secret thing")


async def test_an_internal_error_of_the_edge_is_logged_and_reveals_nothing(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async with running_edge() as edge:
        app = edge._transport.app.app  # type: ignore[attr-defined]
        app.add_api_route("/broken", broken)
        with caplog.at_level(logging.ERROR, "edge"):
            response = await edge.get("/broken")
    expect_problem(response, 500, "INTERNAL")
    assert "secret" not in response.text
    assert "secret thing" in caplog.text


def test_every_kind_of_refusal_has_a_status() -> None:
    from chassis.rpc.status import CODES

    assert set(CODES.values()) <= set(HTTP_STATUS)
