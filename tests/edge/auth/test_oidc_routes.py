"""Signing in at an OpenID provider over REST; with a provider it is tested at auth."""

import httpx

from tests.edge.servers import expect_problem


async def test_without_a_provider_there_is_nowhere_to_sign_in(edge: httpx.AsyncClient) -> None:
    start = {"redirect_uri": "https://habits.example/in"}
    response = await edge.post("/v1/auth/oidc/start", json=start)
    expect_problem(response, 409, "OIDC_NOT_CONFIGURED")
    finish = {"state": "s", "code": "c", "browser_secret": "b"}
    response = await edge.post("/v1/auth/oidc/finish", json=finish)
    expect_problem(response, 409, "OIDC_NOT_CONFIGURED")


async def test_a_page_can_ask_which_ways_to_sign_in_there_are(edge: httpx.AsyncClient) -> None:
    response = await edge.get("/v1/auth/sign-in-methods")
    assert response.json() == {"password": True, "code": True, "oidc": False}
    assert response.headers["Cache-Control"] == "public, max-age=300"
