"""`/mcp` itself: who may use it, and what it costs those who do not."""

import subprocess
import sys

import httpx2

from tests.edge.servers import running_edge
from tests.servers import ROOT

INITIALIZE = {
    "jsonrpc": "2.0",
    "id": 1,
    "method": "initialize",
    "params": {
        "protocolVersion": "2025-06-18",
        "capabilities": {},
        "clientInfo": {"name": "test", "version": "1"},
    },
}
ACCEPT = {"Accept": "application/json, text/event-stream"}


async def test_without_a_token_it_is_refused(http: httpx2.AsyncClient) -> None:
    response = await http.post("/mcp", json=INITIALIZE, headers=ACCEPT)
    assert (response.status_code, response.json()["reason"]) == (401, "ACCESS_TOKEN_MISSING")
    assert response.headers["www-authenticate"] == "Bearer"


async def test_a_token_that_is_not_valid_is_refused(http: httpx2.AsyncClient) -> None:
    headers = ACCEPT | {"Authorization": "Bearer made-up"}
    response = await http.post("/mcp", json=INITIALIZE, headers=headers)
    assert (response.status_code, response.json()["reason"]) == (401, "ACCESS_TOKEN_INVALID")


async def test_it_introduces_itself(http: httpx2.AsyncClient, token: str) -> None:
    headers = ACCEPT | {"Authorization": f"Bearer {token}"}
    response = await http.post("/mcp", json=INITIALIZE, headers=headers)
    assert response.status_code == 200
    assert response.headers["content-type"] == "application/json"
    assert "mcp-session-id" not in response.headers
    assert response.json()["result"]["serverInfo"]["name"] == "habit-tracker"


async def test_what_is_no_message_is_an_error(http: httpx2.AsyncClient, token: str) -> None:
    headers = ACCEPT | {"Authorization": f"Bearer {token}"}
    for body in (b"", b"{", b"[]", b'"text"', b"\xff" * 10, b"[" * 50_000):
        response = await http.post("/mcp", content=body, headers=headers)
        assert 400 <= response.status_code < 500, body


async def test_there_is_no_stream_to_listen_to(http: httpx2.AsyncClient) -> None:
    for method in ("GET", "DELETE"):
        response = await http.request(method, "/mcp")
        assert response.json()["reason"] == "METHOD_NOT_ALLOWED"
        assert response.headers["allow"] == "POST"


async def test_it_can_be_switched_off() -> None:
    async with running_edge(mcp_endpoint=False) as edge:
        assert (await edge.post("/mcp", json=INITIALIZE)).status_code == 404


async def test_a_page_of_an_allowed_origin_may_ask() -> None:
    wanted = "authorization,content-type,mcp-protocol-version,mcp-method,mcp-name"
    headers = {
        "Origin": "https://inspector.example",
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": wanted,
    }
    async with running_edge(cors_origins=("https://inspector.example",)) as edge:
        response = await edge.options("/mcp", headers=headers)
    assert response.status_code == 200, response.text


def test_an_edge_starts_without_the_sdk() -> None:
    program = (
        "import sys, edge.__main__\n"
        "heavy = {'mcp', 'mcp_types', 'httpx2', 'edge.mcp.tools'}\n"
        "assert 'edge.mcp.endpoint' in sys.modules\n"
        "assert not heavy & set(sys.modules), heavy & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", program], cwd=ROOT, check=True)
