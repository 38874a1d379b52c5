"""JSON bodies hold every member once, on every route."""

import json
from collections.abc import AsyncIterator

import httpx
import pytest

from tests.edge.openapi_fields import operations, shown
from tests.edge.servers import expect_problem, running_edge

HEADERS = {
    "Authorization": "Bearer x.y.z",
    "Content-Type": "application/json",
    "Origin": "http://edge",  # a page of this address, which the web app's own sessions ask for
}


@pytest.fixture
async def edge() -> AsyncIterator[httpx.AsyncClient]:
    async with running_edge(writes_per_second=0, expensive_reads_burst=0) as client:
        yield client


async def test_a_member_sent_twice_is_refused(edge: httpx.AsyncClient) -> None:
    """Whoever reads the first and whoever reads the last would act on different requests."""
    count = 0
    for operation in operations((await edge.get("/openapi.json")).json()):
        if operation.body_schema is None:
            continue
        for path, _ in operation.fields():
            if isinstance(path[-1], str):
                text = json.dumps(operation.body())
                name = json.dumps(path[-1])
                repeated = text.replace(f"{name}: ", f"{name}: 1, {name}: ", 1)
                response = await edge.request(
                    operation.method, operation.url, content=repeated, headers=HEADERS
                )
                problem = expect_problem(response, 422, "REQUEST_INVALID")
                assert problem["errors"] == [
                    {"field": path[-1], "message": "is there twice; send it once"}
                ], shown(path)
                count += 1
    assert count > 60


@pytest.mark.parametrize(
    ("body", "name"),
    [
        ('{"email":"a","email":"a"}', "email"),
        (r'{"email":"a","\u0065mail":"b"}', "email"),
        ('{"x":[{"y":{"z":1,"z":2}}]}', "z"),
        (r'{"\ud800":1,"\ud800":2}', "?"),
        ('{"":1,"":2}', ""),
    ],
)
async def test_a_member_is_found_twice_however_it_is_written(
    edge: httpx.AsyncClient, body: str, name: str
) -> None:
    response = await edge.post("/v1/auth/login", content=body, headers=HEADERS)
    (error,) = expect_problem(response, 422, "REQUEST_INVALID")["errors"]
    assert error == {"field": name, "message": "is there twice; send it once"}
