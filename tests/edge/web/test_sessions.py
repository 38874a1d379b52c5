"""Sessions of the web app: the refresh token is in a cookie that goes nowhere else."""

from http.cookies import SimpleCookie
from typing import Any

import httpx
import pytest

from edge.web.cookies import COOKIE, EMBEDDED_COOKIE, PATH
from tests.edge.servers import expect_problem
from tests.services.auth.running import PASSWORD, an_email

SESSION = "/v1/web/session"


async def signed_up(edge: httpx.AsyncClient) -> dict[str, Any]:
    body = {"email": an_email(), "password": PASSWORD}
    response = await edge.post(f"{SESSION}/register", json=body)
    assert response.status_code == 201, response.text
    answer: dict[str, Any] = response.json()
    return answer


def cookie_of(response: httpx.Response) -> Any:
    return SimpleCookie(response.headers["set-cookie"])[COOKIE]


async def test_the_refresh_token_is_only_in_a_cookie_that_no_script_reads(
    edge: httpx.AsyncClient,
) -> None:
    body = {"email": an_email(), "password": PASSWORD}
    response = await edge.post(f"{SESSION}/register", json=body)
    cookie = cookie_of(response)
    assert (cookie["httponly"], cookie["samesite"], cookie["path"]) == (True, "strict", PATH)
    assert not cookie["secure"], "over plain HTTP a browser would not keep it"
    assert "refresh_token" not in response.json()
    assert cookie.value not in response.text
    assert response.headers["cache-control"] == "no-store"


async def test_over_tls_the_cookie_goes_over_tls_only(edge: httpx.AsyncClient) -> None:
    body = {"email": an_email(), "password": PASSWORD}
    response = await edge.post(f"https://edge{SESSION}/register", json=body)
    assert cookie_of(response)["secure"]


async def test_a_session_goes_on_by_its_cookie_and_each_one_works_once(
    edge: httpx.AsyncClient,
) -> None:
    person = await signed_up(edge)
    first = edge.cookies[COOKIE]
    response = await edge.post(f"{SESSION}/refresh")
    assert response.status_code == 200, response.text
    assert response.json()["user"] == person["user"]
    assert edge.cookies[COOKIE] != first
    bearer = {"Authorization": f"Bearer {response.json()['access_token']}"}
    assert (await edge.get("/v1/me", headers=bearer)).status_code == 200


async def test_signing_out_ends_the_session_and_removes_the_cookie(
    edge: httpx.AsyncClient,
) -> None:
    await signed_up(edge)
    kept = edge.cookies[COOKIE]
    assert (await edge.delete(SESSION)).status_code == 204
    assert COOKIE not in edge.cookies
    expect_problem(await edge.post(f"{SESSION}/refresh"), 401, "WEB_SESSION_MISSING")
    edge.cookies.set(COOKIE, kept, domain="edge.local", path=PATH)
    again = await edge.post(f"{SESSION}/refresh", headers={"Cookie": f"{COOKIE}={kept}"})
    expect_problem(again, 401, "REFRESH_TOKEN_INVALID")


async def test_signing_out_without_a_session_does_nothing(edge: httpx.AsyncClient) -> None:
    assert (await edge.delete(SESSION)).status_code == 204


async def test_a_wrong_password_is_refused_and_leaves_no_cookie(edge: httpx.AsyncClient) -> None:
    body = {"email": an_email(), "password": "not the one it is"}
    response = await edge.post(SESSION, json=body)
    expect_problem(response, 401, "CREDENTIALS_WRONG")
    assert "set-cookie" not in response.headers


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://edge.evil.example"},
    ],
)
@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", SESSION),
        ("POST", f"{SESSION}/register"),
        ("POST", f"{SESSION}/code"),
        ("POST", f"{SESSION}/oidc"),
        ("POST", f"{SESSION}/telegram"),
        ("POST", f"{SESSION}/refresh"),
        ("DELETE", SESSION),
    ],
)
async def test_another_site_can_use_none_of_it(
    edge: httpx.AsyncClient, method: str, path: str, headers: dict[str, str]
) -> None:
    response = await edge.request(method, path, headers=headers, json={})
    expect_problem(response, 403, "CROSS_SITE_REQUEST")


async def test_a_page_of_the_same_origin_may(edge: httpx.AsyncClient) -> None:
    await signed_up(edge)
    own = {"Sec-Fetch-Site": "same-origin", "Origin": "http://edge"}
    assert (await edge.post(f"{SESSION}/refresh", headers=own)).status_code == 200


async def test_inside_telegram_a_session_has_a_cookie_of_its_own(edge: httpx.AsyncClient) -> None:
    """A frame of another site gets no `SameSite=Strict` cookie; it is refused without an origin."""
    body = {"email": an_email(), "password": PASSWORD}
    own = {"Origin": "https://edge"}
    path = f"https://edge{SESSION}"
    refused = await edge.post(f"{path}/register?embedded=true", json=body)
    expect_problem(refused, 403, "CROSS_SITE_REQUEST")
    response = await edge.post(f"{path}/register?embedded=true", json=body, headers=own)
    set_cookie = response.headers["set-cookie"]
    assert set_cookie.startswith(f"{EMBEDDED_COOKIE}=")
    words = set_cookie.split("; ")
    assert {"HttpOnly", "Secure", "Partitioned", "SameSite=none", f"Path={PATH}"} <= set(words)
    refreshed = await edge.post(f"{path}/refresh?embedded=true", headers=own)
    assert refreshed.status_code == 200, refreshed.text
    expect_problem(await edge.post(f"{path}/refresh", headers=own), 401, "WEB_SESSION_MISSING")
    assert (await edge.delete(f"{path}?embedded=true", headers=own)).status_code == 204
    assert EMBEDDED_COOKIE not in edge.cookies
