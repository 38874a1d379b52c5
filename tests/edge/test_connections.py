"""Slow clients are cut off, by a process of its own; forwarded headers are believed of proxies."""

import asyncio
import contextlib
import os
import subprocess
import sys
from collections.abc import Iterator

import httpx
import pytest

from local.ports import free_ports
from tests.edge.servers import UNREACHABLE
from tests.edge.test_main import TARGETS, edge_process, until_it_lives

SECONDS = 20
SHORT = {"HEADER_TIMEOUT": "400ms", "BODY_TIMEOUT": "400ms", "IDLE_TIMEOUT": "1s"}
HEAD = b"POST /v1/auth/login HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
WHOLE = b"GET /health/live HTTP/1.1\r\nHost: x\r\n\r\n"


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    """Run an edge whose clients must hurry, and return its port."""
    (port,) = free_ports(1)
    environment = dict.fromkeys(TARGETS, UNREACHABLE) | {"PATH": os.environ["PATH"]} | SHORT
    edge = subprocess.Popen(
        [sys.executable, "-m", "edge"],
        env=environment | {"EDGE_PORT": str(port)},
        stderr=subprocess.DEVNULL,
    )
    try:
        asyncio.run(_until_it_lives(port))
        yield port
    finally:
        edge.kill()
        edge.wait()


async def _until_it_lives(port: int) -> None:
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as client:
        await until_it_lives(client)


async def until_closed(port: int, *parts: bytes, every_seconds: float = 0.0) -> bytes:
    """Send the parts one by one, and return what comes until the edge closes the connection."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)

    async def send() -> None:
        for part in parts:
            writer.write(part)
            await writer.drain()
            await asyncio.sleep(every_seconds)

    sending = asyncio.create_task(send())
    try:
        return await asyncio.wait_for(reader.read(), SECONDS)
    except ConnectionError:
        return b""
    finally:
        sending.cancel()
        with contextlib.suppress(asyncio.CancelledError, ConnectionError):
            await sending
        writer.close()


async def test_a_connection_without_a_request_is_closed(port: int) -> None:
    assert (await until_closed(port)).startswith(b"HTTP/1.1 408 ")


async def test_headers_that_trickle_in_are_cut_off(port: int) -> None:
    trickle = [bytes([byte]) for byte in HEAD * 20]
    answer = await until_closed(port, *trickle, every_seconds=0.05)
    assert answer.startswith(b"HTTP/1.1 408 ")


async def test_a_body_that_trickles_in_is_cut_off(port: int) -> None:
    start = HEAD + b"Content-Length: 1000\r\n\r\n"
    answer = await until_closed(port, start, *[b" "] * 1000, every_seconds=0.05)
    assert answer.startswith(b"HTTP/1.1 408 ")


async def test_a_chunked_body_that_never_ends_is_cut_off(port: int) -> None:
    start = HEAD + b"Transfer-Encoding: chunked\r\n\r\n"
    answer = await until_closed(port, start, *[b"1\r\n \r\n"] * 1000, every_seconds=0.05)
    assert answer.startswith(b"HTTP/1.1 408 ")


async def test_an_idle_connection_is_closed_after_its_answer(port: int) -> None:
    answer = await until_closed(port, WHOLE)
    assert answer.startswith(b"HTTP/1.1 200 ")
    assert b"HTTP/1.1 408" not in answer


async def test_the_next_request_has_its_own_time(port: int) -> None:
    answer = await until_closed(port, WHOLE, WHOLE, WHOLE, HEAD, every_seconds=0.3)
    assert answer.count(b"HTTP/1.1 200 ") == 3
    assert answer.count(b"HTTP/1.1 408 ") == 1


async def test_headers_without_end_are_refused(port: int) -> None:
    answer = await until_closed(port, HEAD + b"X-Long: " + b"x" * 40_000)
    assert answer.startswith(b"HTTP/1.1 431 ")


async def test_headers_that_are_too_large_are_refused_also_when_they_come_at_once(
    port: int,
) -> None:
    headers = HEAD + b"X-Long: " + b"x" * 40_000
    for rest in (b"\r\n\r\n", b"\r\nContent-Length: 2\r\n\r\n{}"):
        answer = await until_closed(port, headers + rest)
        assert answer.startswith(b"HTTP/1.1 431 ")
        assert answer.count(b"HTTP/1.1") == 1


async def test_head_has_the_headers_of_get_and_no_body(port: int) -> None:
    """As bytes: what follows the headers on a connection would be the next response."""
    answer = await until_closed(port, WHOLE.replace(b"GET", b"HEAD"), WHOLE)
    head, whole, nothing = answer.partition(b"HTTP/1.1 ")[2].split(b"\r\n\r\n")
    assert head.startswith(b"200 OK")
    assert whole.startswith(b"HTTP/1.1 200 OK")
    lengths = {line for line in head.split(b"\r\n") if line.startswith(b"content-length")}
    assert lengths == {line for line in whole.split(b"\r\n") if line.startswith(b"content-length")}
    assert nothing


async def test_a_hundred_slow_sockets_keep_nobody_out(port: int) -> None:
    slow = [asyncio.create_task(until_closed(port, HEAD)) for _ in range(100)]
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as client:
        assert (await client.get("/health/live")).status_code == 200
    answers = await asyncio.gather(*slow)
    assert all(answer.startswith(b"HTTP/1.1 408 ") for answer in answers)


@pytest.mark.parametrize(("trusted", "believed"), [("", False), ("127.0.0.1", True)])
async def test_forwarded_headers_are_believed_of_listed_proxies_only(
    trusted: str, believed: bool
) -> None:
    (port,) = free_ports(1)
    async with (
        edge_process(port, FORWARDED_ALLOW_IPS=trusted),
        httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as client,
    ):
        await until_it_lives(client)
        forwarded = {"X-Forwarded-Proto": "https", "X-Forwarded-For": "192.0.2.7"}
        response = await client.get("/health/live", headers=forwarded)
    assert ("strict-transport-security" in response.headers) == believed
