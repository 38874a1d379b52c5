"""`python -m edge` as an operator starts it."""

import asyncio
import os
import signal
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import grpc
import httpx

from chassis.identity import TokenVerifier
from chassis.rpc.server import Server
from contracts.auth.v1.auth_service_pb2 import GetKeySetRequest, GetKeySetResponse
from local.ports import free_ports
from tests.edge.servers import UNREACHABLE

SECONDS = 20
TARGETS = ("AUTH_TARGET", "HABITS_TARGET", "ANALYTICS_TARGET", "NOTIFICATIONS_TARGET")


class BlockingAuth:
    """Serves the key set, once `go_on` is set."""

    def __init__(self) -> None:
        self.asked = asyncio.Event()
        self.go_on = asyncio.Event()

    async def answer(self, request: GetKeySetRequest, context: Any) -> GetKeySetResponse:
        self.asked.set()
        await self.go_on.wait()
        return GetKeySetResponse(key_set_json='{"keys": []}')


def register(servicer: BlockingAuth, server: Any) -> None:
    handler = grpc.unary_unary_rpc_method_handler(
        servicer.answer,
        request_deserializer=GetKeySetRequest.FromString,
        response_serializer=GetKeySetResponse.SerializeToString,
    )
    server.add_registered_method_handlers("contracts.auth.v1.AuthService", {"GetKeySet": handler})


async def always() -> bool:
    return True


@asynccontextmanager
async def edge_process(port: int, **env: str) -> AsyncIterator[asyncio.subprocess.Process]:
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "edge",
        env=dict.fromkeys(TARGETS, UNREACHABLE)
        | {"PATH": os.environ["PATH"], "EDGE_PORT": str(port)}
        | env,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.communicate()


async def until_it_lives(client: httpx.AsyncClient) -> None:
    async with asyncio.timeout(SECONDS):
        while True:
            try:
                response = await client.get("/health/live")
            except httpx.TransportError:
                await asyncio.sleep(0.05)
            else:
                assert response.status_code == 200
                return


async def test_a_request_in_flight_is_answered_before_the_process_ends(tmp_path: Path) -> None:
    blocking_auth = BlockingAuth()
    verifier = TokenVerifier(tmp_path / "jwks.json")
    auth = Server("auth", listen="127.0.0.1:0", verifier=verifier, healthy=always)
    auth.add(register, blocking_auth, public=["GetKeySet"])
    (port,) = free_ports(1)
    async with (
        auth.running(),
        edge_process(port, AUTH_TARGET=f"127.0.0.1:{auth.port}") as process,
        httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", timeout=SECONDS) as client,
    ):
        await until_it_lives(client)
        asking = asyncio.create_task(client.get("/.well-known/jwks.json"))
        await asyncio.wait_for(blocking_auth.asked.wait(), SECONDS)
        process.send_signal(signal.SIGTERM)
        await asyncio.sleep(0.3)
        assert process.returncode is None
        blocking_auth.go_on.set()
        assert (await asking).json() == {"keys": []}
        assert await asyncio.wait_for(process.wait(), SECONDS) == 0


async def test_production_has_metrics_on_a_port_of_their_own_only() -> None:
    public, internal = free_ports(2)
    production = {"PRODUCTION": "true", "METRICS_LISTEN": f"127.0.0.1:{internal}"}
    async with (
        edge_process(public, **production),
        httpx.AsyncClient(base_url=f"http://127.0.0.1:{public}", timeout=SECONDS) as client,
    ):
        await until_it_lives(client)
        assert (await client.get("/metrics")).status_code == 404
        assert "/metrics" not in (await client.get("/openapi.json")).json()["paths"]
        shown = await client.get(f"http://127.0.0.1:{internal}/metrics")
        assert "http_server_seconds_count" in shown.text


async def test_a_port_in_use_ends_the_process_with_a_message() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        async with edge_process(taken.getsockname()[1]) as process:
            _, said = await asyncio.wait_for(process.communicate(), SECONDS)
            assert process.returncode == 1
            assert b"Address already in use" in said


async def test_a_missing_target_is_named() -> None:
    async with edge_process(0, HABITS_TARGET="") as process:
        _, said = await asyncio.wait_for(process.communicate(), SECONDS)
        assert process.returncode == 78
        assert b"HABITS_TARGET is missing" in said
