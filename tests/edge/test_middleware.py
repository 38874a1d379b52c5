"""What every request passes: request id, body limit, access log and metrics."""

import json
import logging
from collections.abc import AsyncIterator
from uuid import UUID, uuid4

import httpx
import pytest
from prometheus_client import REGISTRY

from chassis.telemetry import configure_logs
from edge.request_headers import read_headers
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


async def test_head_is_served_where_get_is(edge: httpx.AsyncClient) -> None:
    for path in ("/health/live", "/openapi.json", "/", "/v1/today", "/v1/changes/live"):
        got = await edge.get(path)
        head = await edge.head(path)
        assert (head.status_code, head.content) == (got.status_code, b"")
        for name in ("content-length", "content-type", "etag", "www-authenticate"):
            assert head.headers.get(name) == got.headers.get(name)
    refused = await edge.head("/v1/auth/login")
    assert (refused.status_code, refused.headers["allow"]) == (405, "POST")


async def test_nothing_is_redirected(edge: httpx.AsyncClient) -> None:
    response = await edge.get("/v1/today/", headers={"Host": "evil.example"})
    expect_problem(response, 404, "PATH_UNKNOWN")


def test_two_tokens_are_none() -> None:
    """What a proxy before the edge has looked at may be the other one."""
    headers = [(b"authorization", b"Bearer one"), (b"authorization", b"Bearer two")]
    seen = [read_headers(sent)[2] for sent in (headers, headers[:1], headers[:1] * 2)]
    assert seen == ["unreadable", "one", "one"]


async def test_a_path_that_is_nothing_is_a_problem(edge: httpx.AsyncClient) -> None:
    expect_problem(await edge.get("/nothing"), 404, "PATH_UNKNOWN")


async def test_a_body_that_is_no_json_is_a_problem(edge: httpx.AsyncClient) -> None:
    headers = {"Content-Type": "application/json"}
    response = await edge.post("/v1/auth/login", content=b"{nope", headers=headers)
    problem = expect_problem(response, 422, "REQUEST_INVALID")
    (error,) = problem["errors"]
    assert error["field"] == ""
    assert error["message"].startswith("the body is not valid JSON at line 1, column 2: ")


async def test_a_body_announced_too_large_is_refused(edge: httpx.AsyncClient) -> None:
    response = await edge.post("/v1/auth/login", json={"email": "x" * 1_000})
    problem = expect_problem(response, 413, "BODY_TOO_LARGE")
    assert problem["detail"].endswith("it may have 1000 bytes. Send less at once.")
    assert response.headers["connection"] == "close"


async def test_a_body_that_grows_too_large_is_refused(edge: httpx.AsyncClient) -> None:
    async def endless() -> AsyncIterator[bytes]:
        for _ in range(100):
            yield b"x" * 100

    headers = {"Content-Type": "application/json"}
    response = await edge.post("/v1/auth/login", content=endless(), headers=headers)
    expect_problem(response, 413, "BODY_TOO_LARGE")


async def test_a_compressed_body_is_refused(edge: httpx.AsyncClient) -> None:
    for path in ("auth/login", f"habits/{uuid4()}/check-ins"):
        for coding, is_refused in (("gzip", True), ("br", True), ("identity", False)):
            headers = {"Content-Type": "application/json", "Content-Encoding": coding}
            headers["Authorization"] = "Bearer x"
            response = await edge.post(f"/v1/{path}", content=b"{}", headers=headers)
            if is_refused:
                expect_problem(response, 415, "BODY_COMPRESSED")
                assert response.headers["accept-encoding"] == "identity"
            else:
                assert response.status_code != 415


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
