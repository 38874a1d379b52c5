# mypy: disable-error-code="abstract"
# The servicers here answer only a part of their contract.
"""A server-streaming rpc goes through the same interceptors as a unary one."""

import asyncio
from collections.abc import AsyncIterator

import grpc
import pytest

from chassis.context import RequestContext, use_context
from chassis.errors import NotFound
from chassis.identity import TokenVerifier, current_caller
from chassis.rpc.channel import connect
from chassis.rpc.interceptors import Context
from chassis.rpc.server import Server
from chassis.rpc.status import refusal_details
from contracts.habits.v1 import check_in_service_pb2 as wire
from contracts.habits.v1.check_in_service_pb2_grpc import (
    CheckInServiceServicer,
    CheckInServiceStub,
    add_CheckInServiceServicer_to_server,
)
from tests.builders import SigningKey, a_caller
from tests.chassis.rpc.conftest import Toggle


class NothingMore(NotFound):
    def __init__(self) -> None:
        super().__init__("There is nothing more.")


class Servicer(CheckInServiceServicer):
    """Streams three responses, and then ends, fails or waits, as set up."""

    def __init__(self, then: str = "end") -> None:
        self.then = then
        self.closed = asyncio.Event()

    async def ExportCheckIns(
        self, request: wire.ExportCheckInsRequest, context: Context
    ) -> AsyncIterator[wire.ExportCheckInsResponse]:
        current_caller()
        try:
            for _ in range(3):
                yield wire.ExportCheckInsResponse()
            if self.then == "refuse":
                raise NothingMore
            if self.then == "wait":
                await asyncio.sleep(600)
        finally:
            self.closed.set()


async def served(
    key: SigningKey, servicer: Servicer, *, token: str | None = None, seconds: float | None = None
) -> tuple[int, grpc.aio.AioRpcError | None]:
    """Return how many responses came, and what ended the stream."""
    server = Server(
        "sample", listen="127.0.0.1:0", verifier=TokenVerifier(key.jwks_file), healthy=Toggle()
    )
    server.add(add_CheckInServiceServicer_to_server, servicer)
    count = 0
    async with (
        server.running(),
        connect(f"127.0.0.1:{server.port}", wire.DESCRIPTOR) as channel,
    ):
        with use_context(RequestContext(token=key.token(a_caller()) if token is None else token)):
            stream = CheckInServiceStub(channel).ExportCheckIns(
                wire.ExportCheckInsRequest(), timeout=seconds
            )
            try:
                async for _ in stream:
                    count += 1
            except grpc.aio.AioRpcError as error:
                return count, error
    return count, None


async def test_all_answers_arrive(signing_key: SigningKey) -> None:
    assert await served(signing_key, Servicer()) == (3, None)


async def test_a_refusal_in_the_middle_arrives_with_its_reason(signing_key: SigningKey) -> None:
    count, error = await served(signing_key, Servicer("refuse"))
    assert count == 3
    assert error
    assert refusal_details(error).reason == "NOTHING_MORE"


async def test_a_stream_asks_who_calls(signing_key: SigningKey) -> None:
    count, error = await served(signing_key, Servicer(), token="")
    assert count == 0
    assert error
    assert error.code() == grpc.StatusCode.UNAUTHENTICATED


@pytest.mark.parametrize("seconds", [0.3, None])
async def test_a_stream_ends_with_its_deadline(
    signing_key: SigningKey, monkeypatch: pytest.MonkeyPatch, seconds: float | None
) -> None:
    """The caller's own deadline, or the default one; either way the servicer is cancelled."""
    monkeypatch.setattr("chassis.rpc.deadline.STREAM_SECONDS", 0.3)
    servicer = Servicer("wait")
    count, error = await served(signing_key, servicer, seconds=seconds)
    assert count == 3
    assert error
    assert error.code() == grpc.StatusCode.DEADLINE_EXCEEDED
    await asyncio.wait_for(servicer.closed.wait(), 60)
