"""How often one person may write, and read what is expensive."""

from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from edge.limits import Limit
from tests.builders import SigningKey
from tests.edge.openapi_fields import operations
from tests.edge.servers import expect_problem, running_edge

BURST = 5
WRITE = {"nonsense": True}


@pytest.fixture
async def edge() -> AsyncIterator[httpx.AsyncClient]:
    async with running_edge(
        writes_per_second=BURST, expensive_reads_burst=BURST, expensive_reads_per_second=1
    ) as client:
        yield client


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


async def write(edge: httpx.AsyncClient, token: str) -> httpx.Response:
    return await edge.post("/v1/habits", json=WRITE, headers=bearer(token))


async def test_more_writes_at_once_than_a_person_may_are_refused(edge: httpx.AsyncClient) -> None:
    responses = [await write(edge, "ann") for _ in range(BURST * 4)]
    statuses = [response.status_code for response in responses]
    assert statuses[:BURST] == [422] * BURST
    assert 429 in statuses
    refused = responses[statuses.index(429)]
    expect_problem(refused, 429, "TOO_MANY_REQUESTS")
    assert refused.headers["retry-after"] == "1"
    assert refused.headers["ratelimit-policy"] == f'"writes";q={BURST};w=1'
    assert refused.headers["ratelimit"] == '"writes";r=0;t=1'


async def test_another_person_is_not_affected(edge: httpx.AsyncClient) -> None:
    while (await write(edge, "ann")).status_code != 429:
        pass
    response = await write(edge, "bob")
    assert response.status_code == 422
    assert response.headers["ratelimit"] == f'"writes";r={BURST - 1};t=1'


async def test_every_write_of_the_api_is_limited(edge: httpx.AsyncClient) -> None:
    schema = (await edge.get("/openapi.json")).json()
    for operation in operations(schema):
        if operation.method != "GET":
            response = await edge.request(
                operation.method, operation.url, json=WRITE, headers=bearer(operation.path)
            )
            assert "ratelimit" in response.headers, operation.path


async def test_every_write_without_a_token_is_limited_by_address(edge: httpx.AsyncClient) -> None:
    """Signing in, refreshing and signing out among them."""
    schema = (await edge.get("/openapi.json")).json()
    for operation in operations(schema):
        if operation.method != "GET":
            response = await edge.request(operation.method, operation.url, json=WRITE)
            assert "ratelimit" in response.headers, operation.path
    refused = [await edge.post("/v1/auth/login", json=WRITE) for _ in range(BURST * 2)][-1]
    expect_problem(refused, 429, "TOO_MANY_REQUESTS")
    assert int(refused.headers["retry-after"]) >= 1


async def test_a_token_that_is_not_valid_is_no_new_person(tmp_path: Path) -> None:
    """Else whoever invents a token for each request has no limit."""
    jwks_file = SigningKey(tmp_path / "jwks.json").jwks_file
    async with running_edge(writes_per_second=BURST, jwks_file=jwks_file) as edge:
        responses = [await write(edge, f"invented {n}") for n in range(BURST * 4)]
    assert {response.status_code for response in responses} == {401, 429}


@pytest.mark.parametrize(
    ("path", "limited"),
    [
        ("/v1/analytics/summary?from=", True),
        ("/v1/habits/x/history?page_size=x", True),
        ("/v1/export", True),
        ("/v1/today?date=" + "x" * 50, False),
        ("/health/live", False),
    ],
)
async def test_reads_are_limited_where_they_are_expensive(
    edge: httpx.AsyncClient, path: str, limited: bool
) -> None:
    response = await edge.get(path, headers=bearer(path))
    assert ("ratelimit" in response.headers) == limited


async def test_zero_means_no_limit() -> None:
    async with running_edge(writes_per_second=0) as edge:
        statuses = {(await write(edge, "ann")).status_code for _ in range(100)}
    assert statuses == {422}


def test_a_bucket_refills_steadily() -> None:
    limit = Limit("writes", burst=2, per_second=4)
    assert [limit.take("ann", 0.0) >= 0 for _ in range(3)] == [True, True, False]
    assert limit.take("ann", 0.2) < 0
    assert limit.take("ann", 0.25) >= 0
    assert limit.take("ann", 0.26) < 0
    assert [limit.take("ann", 100.0) >= 0 for _ in range(3)] == [True, True, False]


def test_what_is_refused_costs_nothing() -> None:
    limit = Limit("writes", burst=1, per_second=1)
    limit.take("ann", 0.0)
    assert all(limit.take("ann", 0.5) < 0 for _ in range(1000))
    assert limit.take("ann", 1.0) >= 0
