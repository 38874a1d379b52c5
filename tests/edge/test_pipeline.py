"""The pipeline: hot paths and the application respond alike, over a real connection too."""

import asyncio
import re
import socket
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
import uvicorn

from chassis.context import current_context
from edge.app import create_app
from edge.clients import open_clients
from edge.connections import Patience, impatient_protocol
from edge.settings import EdgeSettings
from tests.edge.data.conftest import habits, habits_url
from tests.edge.servers import UNREACHABLE, expect_problem, running_edge
from tests.services.habits.habits_server import TODAY, HabitsServer

__all__ = ["habits", "habits_url"]

SECONDS = 20
REFILLED_AT_ONCE = 1_000_000
PAGE = "https://habits.example"
STRANGER = "00000000-0000-7000-8000-000000000001"
_VARYING = re.compile(r"(?m)^(date|x-request-id|etag): .*\n")
_IDS_AND_MOMENTS = re.compile(r"[0-9a-f-]{36}|\d\d:\d\d:\d\d\.\d{3}Z")


class QuietServer(uvicorn.Server):
    """A server that leaves signals to the tests."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


@asynccontextmanager
async def listening_edge(habits_target: str, **settings: Any) -> AsyncIterator[int]:
    """Run an edge on a port, with our protocol; yield the port."""
    wanted = EdgeSettings(
        auth_target=UNREACHABLE,
        habits_target=habits_target,
        analytics_target=UNREACHABLE,
        notifications_target=UNREACHABLE,
        **settings,
    )
    async with AsyncExitStack() as stack:
        app = create_app(await stack.enter_async_context(open_clients(wanted)), wanted)
        listening = stack.enter_context(socket.create_server(("127.0.0.1", 0)))
        protocol = impatient_protocol(Patience())
        server = QuietServer(
            uvicorn.Config(app, http=protocol, ws="none", log_level="warning", server_header=False)
        )
        serving = asyncio.create_task(server.serve(sockets=[listening]))
        yield listening.getsockname()[1]
        server.should_exit = True
        await serving


class Connection:
    """A connection whose bytes are looked at."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer

    @classmethod
    async def open(cls, port: int) -> "Connection":
        return cls(*await asyncio.open_connection("127.0.0.1", port))

    async def send(self, *requests: bytes) -> None:
        self._writer.write(b"".join(requests))
        await self._writer.drain()

    async def receive(self, *, has_body: bool = True) -> str:
        """Return one response, with its head."""
        async with asyncio.timeout(SECONDS):
            head = (await self._reader.readuntil(b"\r\n\r\n")).decode()
            length = re.search(r"content-length: (\d+)", head)
            size = int(length[1]) if length and has_body else 0
            return head.replace("\r\n", "\n") + (await self._reader.readexactly(size)).decode()

    async def rest(self) -> bytes:
        """Return what comes until the other side closes."""
        async with asyncio.timeout(SECONDS):
            return await self._reader.read()

    def close(self) -> None:
        self._writer.close()


def request(method: str, path: str, token: str, body: bytes = b"", more: str = "") -> bytes:
    head = f"{method} {path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token}\r\n{more}"
    if body:
        head += f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n"
    return head.encode() + b"\r\n" + body


def plain_requests(habit: str, token: str) -> Sequence[bytes]:
    days = f"/v1/habits/{habit}/check-ins"
    return [
        request("POST", days, token, b"{}"),
        request("POST", days, token, b"{}"),
        request("POST", days, token),
        request("PUT", f"{days}/{TODAY}", token, b'{"mark":"skip"}'),
        request("DELETE", f"{days}/{TODAY}", token),
        request("POST", days, token, b'{"amount":2}'),
        request("POST", f"/v1/habits/{STRANGER}/check-ins", token, b"{}"),
        request("POST", days, token, b"{}", "Expect: 100-continue\r\nX-Request-ID: trip-7\r\n"),
        *[request("GET", "/v1/today", token, more="Accept: */*\r\n")] * 4,
        *[request("HEAD", "/v1/today", token)] * 2,
    ]


async def responses_of(habits: HabitsServer, tmp_path: Path, **settings: Any) -> list[list[str]]:
    """Return the lines of the responses to plain requests of a new person, without what varies."""
    person = habits.person()
    habit = (await person.makes("Read")).id
    found = []
    settings |= {"jwks_file": tmp_path / "jwks.json", "writes_per_second": REFILLED_AT_ONCE}
    async with listening_edge(habits.target, **settings) as port:
        connection = await Connection.open(port)
        for sent in plain_requests(habit, person.token):
            await connection.send(sent)
            text = await connection.receive(has_body=not sent.startswith(b"HEAD"))
            if text.startswith("HTTP/1.1 100 "):
                text = await connection.receive()
            same = _IDS_AND_MOMENTS.sub("…", _VARYING.sub("", text))
            found.append(sorted(same.splitlines()))
        connection.close()
    return found


async def test_a_hot_path_responds_as_the_application_does_header_by_header(
    habits: HabitsServer, tmp_path: Path
) -> None:
    hot = await responses_of(habits, tmp_path)
    cold = await responses_of(habits, tmp_path, check_in_fast_path=False)
    assert hot == cold
    assert all("cache-control: no-store" in lines for lines in hot)
    assert "HTTP/1.1 201 Created" in hot[0]


async def test_responses_to_requests_sent_at_once_come_in_order(
    habits: HabitsServer, tmp_path: Path
) -> None:
    person = habits.person()
    habit = (await person.makes("Read")).id
    async with listening_edge(habits.target, jwks_file=tmp_path / "jwks.json") as port:
        connection = await Connection.open(port)
        days = f"/v1/habits/{habit}/check-ins"
        names = [f"trip-{number}" for number in range(12)]
        sent = [
            request("POST", days, person.token, b"{}", f"X-Request-ID: {name}\r\n")
            if number % 3
            else request("GET", "/v1/today", person.token, more=f"X-Request-ID: {name}\r\n")
            for number, name in enumerate(names)
        ]
        await connection.send(*sent)
        for name in names:
            response = await connection.receive()
            assert response.startswith("HTTP/1.1 20")
            assert f"x-request-id: {name}\n" in response
        connection.close()


@pytest.mark.parametrize("closing", ["HTTP/1.0", "Connection: close"])
async def test_a_connection_that_ends_with_its_response_is_closed(
    habits: HabitsServer, closing: str
) -> None:
    person = habits.person()
    habit = (await person.makes("Read")).id
    async with listening_edge(habits.target) as port:
        connection = await Connection.open(port)
        sent = request("POST", f"/v1/habits/{habit}/check-ins", person.token, b"{}")
        if closing == "HTTP/1.0":
            sent = sent.replace(b"HTTP/1.1", b"HTTP/1.0")
        else:
            sent = sent.replace(b"Host: x", b"Host: x\r\nConnection: close")
        await connection.send(sent)
        response = await connection.receive()
        assert response.startswith("HTTP/1.1 201 ")
        assert "connection: close\n" in response
        assert await connection.rest() == b""
        connection.close()


async def test_a_body_that_comes_in_parts_is_one(habits: HabitsServer) -> None:
    person = habits.person()
    habit = (await person.makes("Read")).id
    body = b'{"source":"web"}'
    sent = request("POST", f"/v1/habits/{habit}/check-ins", person.token, body)
    async with listening_edge(habits.target) as port:
        connection = await Connection.open(port)
        for part in (sent[:20], sent[20:-10], sent[-10:-3], sent[-3:]):
            await connection.send(part)
            await asyncio.sleep(0.05)
        assert (await connection.receive()).startswith("HTTP/1.1 201 ")
        connection.close()


async def test_a_refusal_of_any_step_may_be_read_by_a_page(
    habits: HabitsServer, tmp_path: Path
) -> None:
    person = habits.person()
    headers = {"Origin": PAGE, "Authorization": f"Bearer {person.token}"}
    async with running_edge(
        habits=habits.target,
        cors_origins=(PAGE,),
        writes_per_second=2,
        jwks_file=tmp_path / "jwks.json",
    ) as edge:
        path = f"/v1/habits/{STRANGER}/check-ins"
        statuses = []
        for _ in range(4):
            response = await edge.post(path, json={}, headers=headers)
            statuses.append(response.status_code)
            assert response.headers["access-control-allow-origin"] == PAGE
            assert "ratelimit" in response.headers
        assert statuses[0] == 404
        assert statuses[-1] == 429
        personal = headers | {"Authorization": "Bearer habit_pat_x"}
        refused = await edge.get("/v1/today", headers=personal)
        expect_problem(refused, 503, "SERVICE_UNAVAILABLE")
        assert refused.headers["access-control-allow-origin"] == PAGE
        for _ in range(3):
            kept = await edge.get("/v1/today", headers=headers)
            assert kept.headers["access-control-allow-origin"] == PAGE
        asked = {"Origin": PAGE, "Access-Control-Request-Method": "POST"}
        assert (await edge.options(path, headers=asked)).status_code == 200


async def test_a_request_leaves_no_context_behind() -> None:
    before = current_context()
    async with running_edge() as edge:
        for token in ("habit_pat_x", "nonsense"):
            await edge.post("/v1/habits", json={}, headers={"Authorization": f"Bearer {token}"})
            assert current_context() is before


async def test_what_nobody_expected_has_every_header() -> None:
    async with running_edge(cors_origins=(PAGE,)) as edge:
        app = edge._transport.app.app  # type: ignore[attr-defined]
        app.add_api_route("/v1/broken", _broken)
        response: httpx.Response = await edge.get("/v1/broken", headers={"Origin": PAGE})
    expect_problem(response, 500, "INTERNAL")
    assert response.headers["cache-control"] == "no-store"
    assert response.headers["x-frame-options"] == "DENY"
    assert response.headers["access-control-allow-origin"] == PAGE


async def _broken() -> None:
    raise RuntimeError("broken")
