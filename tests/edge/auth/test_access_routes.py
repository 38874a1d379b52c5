"""Credentials, sessions, personal access tokens and the audit log over REST."""

from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from contracts.auth.v1.auth_service_pb2 import ExchangeTokenRequest
from contracts.auth.v1.credential_service_pb2 import (
    CreateChatAccountRequest,
    CreateSignInCodeRequest,
)
from tests.edge.servers import expect_problem, running_edge
from tests.services.auth.running import (
    DELEGATION_SECRET,
    PASSWORD,
    RunningAuth,
    an_email,
    until_revoked,
)
from tests.services.auth.running import bearer as metadata

FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
ABSENT = "0198c3f2-7d5e-7c11-9f6a-3a5b8c1d2e4f"


async def register(edge: httpx.AsyncClient) -> dict[str, Any]:
    body = {"email": an_email(), "password": PASSWORD}
    response = await edge.post("/v1/auth/register", json=body, headers={"User-Agent": FIREFOX})
    assert response.status_code == 201, response.text
    answer: dict[str, Any] = response.json()
    return answer


def bearer(signed_in: dict[str, Any]) -> dict[str, str]:
    return {"Authorization": f"Bearer {signed_in['access_token']}"}


async def create_token(edge: httpx.AsyncClient, person: dict[str, Any], *scopes: str) -> Any:
    body = {"name": "script", "scopes": scopes}
    response = await edge.post("/v1/me/tokens", json=body, headers=bearer(person))
    assert response.status_code == 201, response.text
    assert response.headers["cache-control"] == "no-store"
    return response.json()


async def test_a_password_is_changed(edge: httpx.AsyncClient) -> None:
    person = await register(edge)
    body = {"current_password": PASSWORD, "new_password": "staple that, battery"}
    response = await edge.post("/v1/me/password", json=body, headers=bearer(person))
    assert (response.status_code, response.content) == (204, b"")
    again = await edge.post("/v1/me/password", json=body, headers=bearer(person))
    expect_problem(again, 403, "PASSWORD_WRONG")
    login = {"email": person["user"]["email"], "password": "staple that, battery"}
    assert (await edge.post("/v1/auth/login", json=login)).status_code == 200


async def test_an_email_address_is_changed(edge: httpx.AsyncClient) -> None:
    person, email = await register(edge), an_email()
    body = {"password": PASSWORD, "email": email}
    response = await edge.post("/v1/me/email", json=body, headers=bearer(person))
    assert response.json() == person["user"] | {"email": email}


async def test_sessions_are_listed_and_ended(edge: httpx.AsyncClient, auth: RunningAuth) -> None:
    person = await register(edge)
    login = {"email": person["user"]["email"], "password": PASSWORD}
    other = (
        await edge.post("/v1/auth/login", json=login, headers={"User-Agent": "curl/8.1 libcurl"})
    ).json()
    listed = (await edge.get("/v1/me/sessions", headers=bearer(person))).json()["items"]
    by_device = {session["device"]: session for session in listed}
    assert {device: session["current"] for device, session in by_device.items()} == {
        "Firefox on Linux": True,
        "curl": False,
    }
    assert by_device["curl"]["place"] == "local network"
    url = f"/v1/me/sessions/{by_device['curl']['id']}"
    assert (await edge.delete(url, headers=bearer(person))).status_code == 204
    await until_revoked(auth, other["access_token"])
    refused = await edge.get("/v1/me", headers=bearer(other))
    expect_problem(refused, 401, "ACCESS_TOKEN_REVOKED")
    missing = await edge.delete(f"/v1/me/sessions/{ABSENT}", headers=bearer(person))
    expect_problem(missing, 404, "SESSION_NOT_FOUND")


async def test_a_personal_token_is_a_bearer_token_within_its_scopes(
    edge: httpx.AsyncClient,
) -> None:
    person = await register(edge)
    token = await create_token(edge, person, "account:read")
    personal = {"Authorization": f"Bearer {token['secret']}"}
    assert (await edge.get("/v1/me", headers=personal)).json() == person["user"]
    for method, path, body in (
        ("PATCH", "/v1/me", {"locale": "de"}),
        ("POST", "/v1/me/tokens", {"name": "more", "scopes": ["account:read"]}),
        ("GET", "/v1/me/sessions", None),
        ("POST", "/v1/auth/logout-all", None),
    ):
        response = await edge.request(method, path, json=body, headers=personal)
        expect_problem(response, 403, "ACCESS_SCOPE_MISSING")


async def test_a_deleted_personal_token_is_refused(
    edge: httpx.AsyncClient, auth: RunningAuth
) -> None:
    person = await register(edge)
    token = await create_token(edge, person, "account:read")
    personal = {"Authorization": f"Bearer {token['secret']}"}
    assert (await edge.get("/v1/me", headers=personal)).status_code == 200
    url = f"/v1/me/tokens/{token['id']}"
    assert (await edge.delete(url, headers=bearer(person))).status_code == 204
    expect_problem(await edge.delete(url, headers=bearer(person)), 404, "PERSONAL_TOKEN_NOT_FOUND")
    assert (await edge.get("/v1/me/tokens", headers=bearer(person))).json() == {"items": []}
    async with running_edge(auth=auth.target) as another:  # which has exchanged nothing
        refused = await another.get("/v1/me", headers=personal)
        expect_problem(refused, 401, "PERSONAL_TOKEN_INVALID")


async def test_a_personal_token_shows_its_secret_once(edge: httpx.AsyncClient) -> None:
    person = await register(edge)
    token = await create_token(edge, person, "habits:read", "check_ins:write")
    (listed,) = (await edge.get("/v1/me/tokens", headers=bearer(person))).json()["items"]
    secret = token.pop("secret")
    assert listed == token
    assert secret.startswith(listed["prefix"])


async def test_a_personal_token_may_expire(edge: httpx.AsyncClient) -> None:
    person = await register(edge)
    past = (datetime.now(UTC) - timedelta(minutes=1)).isoformat()
    body = {"name": "script", "scopes": ["habits:read"], "expire_time": past}
    response = await edge.post("/v1/me/tokens", json=body, headers=bearer(person))
    expect_problem(response, 422, "EXPIRE_TIME_IN_PAST")


async def test_the_audit_log_has_no_secret(edge: httpx.AsyncClient) -> None:
    person = await register(edge)
    token = await create_token(edge, person, "account:read")
    response = await edge.get("/v1/me/events", headers=bearer(person))
    assert [event["kind"] for event in response.json()["items"]] == ["token_created", "registered"]
    assert response.json()["next_page_token"] is None
    for secret in (PASSWORD, token["secret"], person["refresh_token"]):
        assert secret not in response.text


async def test_a_chat_account_signs_in_with_a_code_and_gets_credentials(
    edge: httpx.AsyncClient, auth: RunningAuth
) -> None:
    made = await auth.credentials.CreateChatAccount(
        CreateChatAccountRequest(delegation_secret=DELEGATION_SECRET, request_id=ABSENT)
    )
    exchange = ExchangeTokenRequest(
        delegation_secret=DELEGATION_SECRET, account_id=made.account.id, actor="telegram"
    )
    token = (await auth.stub.ExchangeToken(exchange)).access_token
    code = await auth.credentials.CreateSignInCode(
        CreateSignInCodeRequest(), metadata=metadata(token)
    )
    response = await edge.post("/v1/auth/code", json={"code": code.code})
    assert response.status_code == 200
    assert response.headers["cache-control"] == "no-store"
    signed_in = response.json()
    assert signed_in["user"]["email"] is None
    again = await edge.post("/v1/auth/code", json={"code": code.code})
    expect_problem(again, 401, "SIGN_IN_CODE_INVALID")
    body = {"email": an_email(), "password": PASSWORD}
    user = (await edge.post("/v1/me/credentials", json=body, headers=bearer(signed_in))).json()
    assert user["email"] == body["email"]
    assert (await edge.post("/v1/auth/login", json=body)).status_code == 200
    refused = await edge.post("/v1/me/credentials", json=body, headers=bearer(signed_in))
    expect_problem(refused, 409, "PASSWORD_ALREADY_SET")


async def test_another_device_signs_in_with_a_code_of_this_one(edge: httpx.AsyncClient) -> None:
    person = await register(edge)
    made = await edge.post("/v1/me/sign-in-codes", headers=bearer(person))
    assert made.status_code == 201, made.text
    assert made.headers["cache-control"] == "no-store"
    code = {"code": made.json()["code"]}
    response = await edge.post("/v1/auth/code", json=code)
    assert response.json()["user"] == person["user"]
    expect_problem(await edge.post("/v1/auth/code", json=code), 401, "SIGN_IN_CODE_INVALID")


async def test_a_personal_token_makes_no_code(edge: httpx.AsyncClient) -> None:
    person = await register(edge)
    token = await create_token(edge, person, "account:read", "habits:write")
    headers = {"Authorization": f"Bearer {token['secret']}"}
    response = await edge.post("/v1/me/sign-in-codes", headers=headers)
    expect_problem(response, 403, "ACCESS_SCOPE_MISSING")


async def test_limits_are_told_in_headers(edge: httpx.AsyncClient) -> None:
    person = await register(edge)
    body = {"email": person["user"]["email"], "password": PASSWORD}
    response = await edge.post("/v1/auth/login", json=body)
    assert response.headers["ratelimit-policy"].startswith('"')
    assert ";q=" in response.headers["ratelimit-policy"]
    assert ";r=" in response.headers["ratelimit"]
    refresh = {"refresh_token": person["refresh_token"]}
    response = await edge.post("/v1/auth/refresh", json=refresh)
    assert response.headers["ratelimit-policy"] == '"refresh";q=60;w=60'
    assert response.headers["ratelimit"].startswith('"refresh";r=59;t=')


async def test_a_limit_that_is_reached_is_told_too(edge: httpx.AsyncClient) -> None:
    person = await register(edge)
    body = {"email": person["user"]["email"], "password": "a guess"}
    for _ in range(20):
        response = await edge.post("/v1/auth/login", json=body)
    response = await edge.post("/v1/auth/login", json=body)
    expect_problem(response, 429, "TOO_MANY_ATTEMPTS")
    wait = response.headers["retry-after"]
    assert response.headers["ratelimit-policy"] == '"account";q=20;w=3600'
    assert response.headers["ratelimit"] == f'"account";r=0;t={wait}'


@pytest.mark.parametrize("path", ["/v1/me/sessions", "/v1/me/tokens", "/v1/me/events", "/v1/me"])
async def test_the_edge_verifies_tokens_before_a_service_does(auth: RunningAuth, path: str) -> None:
    """No service listens: what is refused here never got further."""
    async with running_edge(jwks_file=auth.folder / "jwks.json") as edge:
        for token in ("a.b.c", "x" * 3000):
            headers = {"Authorization": f"Bearer {token}"}
            expect_problem(await edge.get(path, headers=headers), 401, "ACCESS_TOKEN_INVALID")
