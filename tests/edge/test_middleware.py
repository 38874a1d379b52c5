"""Middleware of every request: request id, body limit, access log and metrics."""

import json
import logging
from collections.abc import AsyncIterator
from uuid import UUID

import httpx
import pytest
from prometheus_client import REGISTRY

from chassis.telemetry import configure_logs
from tests.edge.servers import expect_problem, running_edge


@pytest.fixture
async def edge() -> AsyncIterator[httpx.AsyncClient]:
    async with running_edge(body_limit_bytes=1_000, upload_limit_bytes=5_000) as client:
        yield client


async def test_a_request_has_an_id(edge: httpx.AsyncClient) -> None:
    response = await edge.get("/health/live")
    assert UUID(response.headers["x-request-id"]).version == 7


async def test_an_id_that_came_is_kept(edge: httpx.AsyncClient) -> None:
    response = await edge.get("/nothing", headers={"X-Request-ID": "trip-42"})
    assert response.headers["x-request-id"] == "trip-42"
    assert response.json()["request_id"] == "trip-42"


@pytest.mark.parametrize("strange", ["two words", "x" * 129, '{"json": 1}'])
async def test_an_id_that_could_forge_a_log_line_is_replaced(
    edge: httpx.AsyncClient, strange: str
) -> None:
    response = await edge.get("/health/live", headers={"X-Request-ID": strange})
    assert response.headers["x-request-id"] != strange


async def test_an_unknown_path_is_a_problem(edge: httpx.AsyncClient) -> None:
    expect_problem(await edge.get("/v1/nothing"), 404, "PATH_UNKNOWN")


async def test_a_wrong_method_is_a_problem_and_says_which_are_right(
    edge: httpx.AsyncClient,
) -> None:
    response = await edge.put("/v1/auth/login", json={})
    expect_problem(response, 405, "METHOD_NOT_ALLOWED")
    assert response.headers["allow"] == "POST"


async def test_a_wrong_method_names_those_of_every_route_at_the_path(
    edge: httpx.AsyncClient,
) -> None:
    response = await edge.put("/v1/habits", json={})
    assert response.headers["allow"] == "GET, POST"
    response = await edge.put("/v1/me", json={})
    assert response.headers["allow"] == "DELETE, GET, PATCH"


async def test_the_root_stays_free(edge: httpx.AsyncClient) -> None:
    expect_problem(await edge.get("/"), 404, "PATH_UNKNOWN")


async def test_a_body_that_is_no_json_is_a_problem(edge: httpx.AsyncClient) -> None:
    headers = {"Content-Type": "application/json"}
    response = await edge.post("/v1/auth/login", content=b"{nope", headers=headers)
    problem = expect_problem(response, 422, "REQUEST_INVALID")
    (error,) = problem["errors"]
    assert error["field"] == ""
    assert error["message"].startswith("the body is not valid JSON at line 1, column 2: ")


async def test_a_body_announced_too_large_is_refused(edge: httpx.AsyncClient) -> None:
    response = await edge.post("/v1/auth/login", json={"email": "x" * 1_000})
    expect_problem(response, 413, "BODY_TOO_LARGE")
    assert response.headers["connection"] == "close"


async def test_a_body_that_grows_too_large_is_refused(edge: httpx.AsyncClient) -> None:
    async def endless() -> AsyncIterator[bytes]:
        for _ in range(100):
            yield b"x" * 100

    headers = {"Content-Type": "application/json"}
    response = await edge.post("/v1/auth/login", content=endless(), headers=headers)
    expect_problem(response, 413, "BODY_TOO_LARGE")


async def test_a_request_is_one_line_of_the_log_without_its_query(
    edge: httpx.AsyncClient, capsys: pytest.CaptureFixture[str]
) -> None:
    before = logging.getLogger().handlers[:]
    configure_logs("edge")
    try:
        await edge.get("/nothing?token=secret", headers={"X-Request-ID": "trip-43"})
        await edge.get("/health/live")
    finally:
        logging.getLogger().handlers[:] = before
    (line,) = [
        json.loads(text) for text in capsys.readouterr().err.splitlines() if '"edge.access"' in text
    ]
    assert (line["method"], line["path"], line["status"]) == ("GET", "/nothing", 404)
    assert line["request_id"] == "trip-43"
    assert line["milliseconds"] > 0


async def test_metrics_count_by_route_and_not_by_path(edge: httpx.AsyncClient) -> None:
    def counted(route: str, code: str) -> float:
        labels = {"method": "GET", "route": route, "code": code}
        return REGISTRY.get_sample_value("http_server_seconds_count", labels) or 0

    live, unknown = counted("/health/live", "200"), counted("unknown", "404")
    await edge.get("/health/live")
    await edge.get("/one")
    await edge.get("/two")
    assert counted("/health/live", "200") == live + 1
    assert counted("unknown", "404") == unknown + 2
    shown = (await edge.get("/metrics")).text
    assert 'http_server_seconds_count{code="200",method="GET",route="/health/live"}' in shown
