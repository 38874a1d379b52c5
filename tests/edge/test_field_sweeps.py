"""Sweeps over every field of every request: what cannot be stored is refused by its name.

The edge runs without services: whatever is wrong must be found before one is called.
"""

import json
from collections.abc import AsyncIterator, Iterator
from typing import Any

import httpx
import pytest

from tests.edge.openapi_fields import Operation, Step, operations, replaced, shown
from tests.edge.servers import expect_problem, running_edge

HEADERS = {
    "Authorization": "Bearer x.y.z",
    "Content-Type": "application/json",
    "Origin": "http://edge",  # a page of this address, which the web app's own sessions ask for
}
BATCH = "/v1/check-ins:batch"
UNREADABLE = ("\ud800", "a\0b", "\udfffz")
TOO_LARGE = (2**31, 2**63, -(2**31) - 1, 10**30)


@pytest.fixture
async def edge() -> AsyncIterator[httpx.AsyncClient]:
    async with running_edge(writes_per_second=0, expensive_reads_burst=0) as client:
        yield client


@pytest.fixture
async def every_operation() -> list[Operation]:
    async with running_edge() as client:
        return operations((await client.get("/openapi.json")).json())


def bodies(every: list[Operation], kind: str) -> Iterator[tuple[Operation, list[Step]]]:
    """Yield every field of every JSON body whose values are of a type."""
    for operation in every:
        if operation.body_schema is not None:
            for path, schema in operation.fields():
                if schema.get("type") == kind:
                    yield operation, path


async def send(
    edge: httpx.AsyncClient, operation: Operation, body: Any, **query: str
) -> httpx.Response:
    """Send a body as JSON; lone surrogates are escaped, as JavaScript does."""
    return await edge.request(
        operation.method, operation.url, content=json.dumps(body), headers=HEADERS, params=query
    )


def refused(response: httpx.Response, operation: Operation, path: list[Step], reason: str) -> None:
    """Expect that the field is named; of a batch, that only its item is refused."""
    if operation.path == BATCH and path[0] == "items":
        assert response.status_code == 200, response.text
        (item,) = response.json()["items"]
        problem, path = item["problem"], path[2:]
        assert problem["reason"] == reason
    else:
        problem = dict(expect_problem(response, 422, reason))
    assert shown(path) in [error["field"] for error in problem["errors"]], (operation.path, problem)
    assert shown(path) in problem["detail"]


@pytest.mark.parametrize("text", UNREADABLE)
async def test_text_that_cannot_be_stored_is_refused_by_its_field(
    edge: httpx.AsyncClient, every_operation: list[Operation], text: str
) -> None:
    count = 0
    for operation, path in bodies(every_operation, "string"):
        response = await send(edge, operation, replaced(operation.body(), path, text))
        refused(response, operation, path, "TEXT_UNREADABLE")
        count += 1
    assert count > 40


async def test_a_name_of_a_field_that_cannot_be_stored_is_refused(
    edge: httpx.AsyncClient, every_operation: list[Operation]
) -> None:
    for operation in every_operation:
        if operation.body_schema is not None:
            response = await send(edge, operation, operation.body() | {"\ud800": 1})
            expect_problem(response, 422, "TEXT_UNREADABLE")
            response = await send(edge, operation, operation.body() | {"\0": 1})
            problem = expect_problem(response, 422, "REQUEST_INVALID")
            assert "\0" in {error["field"] for error in problem["errors"]}


@pytest.mark.parametrize("number", TOO_LARGE)
async def test_integers_out_of_range_are_refused_by_their_field(
    edge: httpx.AsyncClient, every_operation: list[Operation], number: int
) -> None:
    count = 0
    for operation, path in bodies(every_operation, "integer"):
        response = await send(edge, operation, replaced(operation.body(), path, number))
        refused(response, operation, path, "REQUEST_INVALID")
        count += 1
    for operation in every_operation:  # pictures have a reason of their own, by the service
        for name, schema in operation.parameters("query"):
            if schema.get("type") == "integer" and "{extension}" not in operation.path:
                response = await send(edge, operation, None, **{name: str(number)})
                refused(response, operation, [name], "REQUEST_INVALID")
                count += 1
    assert count > 10


@pytest.mark.parametrize(
    ("field", "value"),
    [("interval", 0), ("times", 0), ("days", 0), ("weekdays", []), ("month_days", [])],
)
@pytest.mark.parametrize(("method", "path"), [("POST", "/v1/habits"), ("PATCH", "/v1/habits/x")])
async def test_what_would_be_taken_for_nothing_is_refused(
    edge: httpx.AsyncClient, method: str, path: str, field: str, value: object
) -> None:
    body = {"title": "Read", "schedule": {"frequency": "weekly", field: value}}
    response = await edge.request(method, path, json=body, headers=HEADERS)
    problem = expect_problem(response, 422, "REQUEST_INVALID")
    assert [error["field"] for error in problem["errors"]] == [f"schedule.{field}"]


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (b'{\n  "email": "ann",\n  "password" "x"}', "at line 3, column 14: Expecting ':'"),
        (b'{"email": "ann"', "at line 1, column 16: Expecting ',' delimiter"),
        (b'{"email": "\xff"}', "is not UTF-8 text: byte 12 is wrong"),
        (b'{"email": ' + b"1" * 5000 + b"}", "holds a number with too many digits"),
        (b'{"email": ' + b"[" * 20_000, "nests too deep"),
        (b"[]", "must be an object"),
        (b"", "is required"),
    ],
)
async def test_a_body_that_cannot_be_read_says_where_and_why(
    edge: httpx.AsyncClient, body: bytes, message: str
) -> None:
    headers = {"Content-Type": "application/json"}
    response = await edge.post("/v1/auth/login", content=body, headers=headers)
    problem = expect_problem(response, 422, "REQUEST_INVALID")
    assert message in problem["errors"][0]["message"]
    assert message in problem["detail"]


@pytest.mark.parametrize("amount", ["1,5", "one", None, {}, "NaN"])
async def test_an_amount_says_how_to_write_it(edge: httpx.AsyncClient, amount: object) -> None:
    response = await edge.post(
        "/v1/habits",
        json={"title": "Run", "goal": {"amount": [amount] if amount is None else amount}},
        headers=HEADERS,
    )
    (error,) = expect_problem(response, 422, "REQUEST_INVALID")["errors"]
    assert error["field"] == "goal.amount"
    assert "must be a" in error["message"]
    assert "number" in error["message"]
