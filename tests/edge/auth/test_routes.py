"""Accounts over REST, before a real auth service."""

import time
from typing import Any

import httpx
import jwt
import pytest

from chassis.identity import current_caller
from chassis.rpc.server import Server
from contracts.habits.v1.progress_service_pb2 import GetPersonRequest, GetPersonResponse
from contracts.habits.v1.progress_service_pb2_grpc import (
    ProgressServiceServicer,
    add_ProgressServiceServicer_to_server,
)
from edge.auth.schemas import KeySet, SignedIn, User
from tests.edge.servers import expect_problem, running_edge
from tests.services.auth.running import PASSWORD, RunningAuth, an_email, until_revoked


async def register(edge: httpx.AsyncClient, **fields: Any) -> dict[str, Any]:
    body = {"email": an_email(), "password": PASSWORD} | fields
    response = await edge.post("/v1/auth/register", json=body)
    assert response.status_code == 201, response.text
    SignedIn.model_validate_json(response.content)
    answer: dict[str, Any] = response.json()
    return answer


def bearer(signed_in: dict[str, Any]) -> dict[str, str]:
    return {"Authorization": f"Bearer {signed_in['access_token']}"}


async def test_registering_signs_in(edge: httpx.AsyncClient) -> None:
    answer = await register(edge, display_name="Ann", timezone="Europe/Berlin")
    assert (answer["token_type"], answer["expires_in"]) == ("Bearer", 900)
    user = answer["user"]
    assert user["display_name"] == "Ann"
    assert (user["timezone"], user["week_start"], user["day_start"]) == (
        "Europe/Berlin",
        "mon",
        "00:00",
    )
    assert user["create_time"].endswith("Z")
    assert (await edge.get("/v1/me", headers=bearer(answer))).json() == user


async def test_tokens_are_kept_by_no_cache(edge: httpx.AsyncClient) -> None:
    email = an_email()
    await register(edge, email=email)
    response = await edge.post("/v1/auth/login", json={"email": email, "password": PASSWORD})
    assert response.status_code == 200
    assert response.headers["cache-control"] == "no-store"


async def test_refresh_rotates_and_logout_ends(edge: httpx.AsyncClient) -> None:
    first = await register(edge)
    response = await edge.post("/v1/auth/refresh", json={"refresh_token": first["refresh_token"]})
    assert response.status_code == 200
    second = response.json()
    assert second["user"] == first["user"]
    assert second["refresh_token"] != first["refresh_token"]
    token = {"refresh_token": second["refresh_token"]}
    assert (await edge.post("/v1/auth/logout", json=token)).status_code == 204
    refused = await edge.post("/v1/auth/refresh", json=token)
    expect_problem(refused, 401, "REFRESH_TOKEN_INVALID")
    assert refused.headers["www-authenticate"] == "Bearer"


async def test_logout_all(edge: httpx.AsyncClient) -> None:
    answer = await register(edge)
    expect_problem(await edge.post("/v1/auth/logout-all"), 401, "ACCESS_TOKEN_MISSING")
    response = await edge.post("/v1/auth/logout-all", headers=bearer(answer))
    assert (response.status_code, response.content) == (204, b"")
    token = {"refresh_token": answer["refresh_token"]}
    expect_problem(await edge.post("/v1/auth/refresh", json=token), 401, "REFRESH_TOKEN_INVALID")


async def test_me_can_be_changed_field_by_field(edge: httpx.AsyncClient) -> None:
    answer = await register(edge, display_name="Ann")
    patch = {"week_start": "sun", "day_start": "03:00", "display_name": None}
    response = await edge.patch("/v1/me", json=patch, headers=bearer(answer))
    assert response.status_code == 200
    User.model_validate_json(response.content)
    changed = {"week_start": "sun", "day_start": "03:00", "display_name": ""}
    assert response.json() == answer["user"] | changed


@pytest.mark.parametrize(
    ("patch", "reason", "field"),
    [
        ({"timezone": "Mars/Olympus"}, "TIMEZONE_UNKNOWN", "timezone"),
        ({"day_start": "13:00"}, "DAY_START_OUT_OF_RANGE", "day_start"),
        ({"locale": None}, "REQUEST_INVALID", "locale"),
        ({"week_start": "monday"}, "REQUEST_INVALID", "week_start"),
        ({"time_zone": "UTC"}, "REQUEST_INVALID", "time_zone"),
        ({"email": "new@example.com"}, "REQUEST_INVALID", "email"),
    ],
)
async def test_a_change_that_cannot_be_names_its_field(
    edge: httpx.AsyncClient, patch: dict[str, Any], reason: str, field: str
) -> None:
    answer = await register(edge)
    response = await edge.patch("/v1/me", json=patch, headers=bearer(answer))
    problem = expect_problem(response, 422, reason)
    assert [error["field"] for error in problem["errors"]] == [field]
    assert (await edge.get("/v1/me", headers=bearer(answer))).json() == answer["user"]


async def test_a_typo_is_told_and_the_password_is_not(edge: httpx.AsyncClient) -> None:
    body = {"emial": "ann@example.com", "password": PASSWORD}
    response = await edge.post("/v1/auth/register", json=body)
    problem = expect_problem(response, 422, "REQUEST_INVALID")
    assert {(error["field"], error["message"]) for error in problem["errors"]} == {
        ("email", "is required"),
        ("emial", "is not a field of this request"),
    }
    assert PASSWORD not in response.text


async def test_taken_and_wrong(edge: httpx.AsyncClient) -> None:
    email = an_email()
    await register(edge, email=email)
    body = {"email": email, "password": PASSWORD}
    expect_problem(await edge.post("/v1/auth/register", json=body), 409, "EMAIL_TAKEN")
    wrong = body | {"password": "something else"}
    expect_problem(await edge.post("/v1/auth/login", json=wrong), 401, "CREDENTIALS_WRONG")


async def test_failing_from_one_place_must_wait_at_last(edge: httpx.AsyncClient) -> None:
    """The address is the one the edge saw; a header of the client's does not change it."""
    email = an_email()
    await register(edge, email=email)
    wrong = {"email": email, "password": "something else"}
    for n in range(20):
        headers = {"X-Forwarded-For": f"203.0.113.{n}"}
        await edge.post("/v1/auth/login", json=wrong, headers=headers)
    response = await edge.post("/v1/auth/login", json=wrong | {"password": PASSWORD})
    expect_problem(response, 429, "TOO_MANY_ATTEMPTS")
    assert 0 < int(response.headers["retry-after"]) <= 3600


async def test_deleting_asks_for_the_password(edge: httpx.AsyncClient, auth: RunningAuth) -> None:
    answer = await register(edge)

    async def delete(**body: str) -> httpx.Response:
        return await edge.request("DELETE", "/v1/me", json=body, headers=bearer(answer))

    expect_problem(await delete(), 422, "REQUEST_INVALID")
    expect_problem(await delete(password="something else"), 403, "PASSWORD_WRONG")
    assert (await delete(password=PASSWORD)).status_code == 204
    await until_revoked(auth, answer["access_token"])
    expect_problem(await edge.get("/v1/me", headers=bearer(answer)), 401, "ACCESS_TOKEN_REVOKED")


@pytest.mark.parametrize(
    ("authorization", "reason"),
    [
        ("", "ACCESS_TOKEN_MISSING"),
        ("Basic YW5uOnB3", "ACCESS_TOKEN_MISSING"),
        ("Bearer", "ACCESS_TOKEN_MISSING"),
        ("Bearer a.b.c", "ACCESS_TOKEN_INVALID"),
    ],
)
async def test_a_caller_brings_a_token(
    edge: httpx.AsyncClient, authorization: str, reason: str
) -> None:
    response = await edge.get("/v1/me", headers={"Authorization": authorization})
    expect_problem(response, 401, reason)


async def test_the_public_keys_verify_a_token(edge: httpx.AsyncClient) -> None:
    answer = await register(edge)
    response = await edge.get("/.well-known/jwks.json")
    assert response.headers["cache-control"] == "public, max-age=300"
    KeySet.model_validate_json(response.content)
    (key,) = jwt.PyJWKSet.from_dict(response.json()).keys
    claims = jwt.decode(
        answer["access_token"],
        key,
        algorithms=["EdDSA"],
        issuer="habit-tracker",
        audience="habit-tracker.mesh",
    )
    assert claims["sub"] == answer["user"]["id"]
    assert jwt.get_unverified_header(answer["access_token"])["kid"] == key.key_id


class _SlowHabits(ProgressServiceServicer):
    """A habits service that has applied the change only at the third call."""

    def __init__(self) -> None:
        self.calls = 0

    async def GetPerson(self, request: GetPersonRequest, context: Any) -> GetPersonResponse:
        assert current_caller()
        self.calls += 1
        return GetPersonResponse(revision=2 if self.calls >= 3 else 1)

    GetProgress = GetHistory = GetToday = ListRevisions = None  # type: ignore[assignment]
    BatchCheckStateVersions = None  # type: ignore[assignment]


async def test_a_change_of_settings_is_answered_when_habits_counts_by_it(
    auth: RunningAuth,
) -> None:
    async def always() -> bool:
        return True

    habits = Server("habits", listen="127.0.0.1:0", verifier=auth.verifier, healthy=always)
    slow = _SlowHabits()
    habits.add(add_ProgressServiceServicer_to_server, slow)
    async with (
        habits.running(),
        running_edge(auth=auth.target, habits=f"127.0.0.1:{habits.port}") as edge,
    ):
        answer = await register(edge)
        patch = {"timezone": "Asia/Tokyo"}
        response = await edge.patch("/v1/me", json=patch, headers=bearer(answer))
        assert response.json()["timezone"] == "Asia/Tokyo"
        assert slow.calls == 3


async def test_a_change_of_settings_does_not_fail_when_habits_is_away(
    edge: httpx.AsyncClient,
) -> None:
    answer = await register(edge)
    started = time.perf_counter()
    response = await edge.patch("/v1/me", json={"locale": "de"}, headers=bearer(answer))
    assert response.status_code == 200
    assert time.perf_counter() - started < 3
