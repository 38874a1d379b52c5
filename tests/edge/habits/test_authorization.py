"""Authorization headers that are no tokens, before a real service."""

import httpx
import pytest

from tests.edge.servers import expect_problem

VALUES = [
    b"Bearer \xc3\xa9",
    b"Bearer \xff\xfe",
    b"Bearer a b",
    b"Bearer x\x7f",
    b"Bearer " + b"x" * 5000,
]


@pytest.mark.parametrize("value", VALUES)
@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("GET", "/v1/today", None),
        ("POST", "/v1/habits", {"title": "Read"}),
        ("POST", "/v1/habits/0198c3f2-7a4e-7c11-9a54-3f1d2b6c8e90/check-ins", {}),
    ],
)
async def test_what_is_no_token_is_refused_with_401(
    edge: httpx.AsyncClient, value: bytes, method: str, path: str, body: object
) -> None:
    headers = {b"Authorization": value}
    response = await edge.request(method, path, json=body, headers=headers)
    expect_problem(response, 401, "ACCESS_TOKEN_INVALID")
    assert response.headers["www-authenticate"] == "Bearer"


async def test_a_scheme_that_is_not_bearer_is_no_token(edge: httpx.AsyncClient) -> None:
    response = await edge.get("/v1/today", headers={"Authorization": "Basic YTpi"})
    expect_problem(response, 401, "ACCESS_TOKEN_MISSING")
