# mypy: disable-error-code="abstract"
"""The health probe as a container runs it: a process, of which only the exit code is read."""

import asyncio
import socket
import sys
import time
from pathlib import Path

from contracts.auth.v1.auth_service_pb2_grpc import AuthServiceServicer
from tests.builders import SigningKey
from tests.chassis.rpc.conftest import Toggle, a_server
from tests.chassis.waiting import eventually


class Servicer(AuthServiceServicer):
    """Serves nothing but health."""


async def probed(*words: str) -> tuple[int | None, str]:
    probe = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "chassis.rpc.probe",
        *words,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    said, _ = await asyncio.wait_for(probe.communicate(), 30)
    return probe.returncode, said.decode().strip()


async def test_it_follows_the_health_of_the_server(signing_key: SigningKey) -> None:
    health = Toggle(healthy=True)
    server = a_server(signing_key, Servicer(), public=(), healthy=health)
    async with server.running():
        target = f"127.0.0.1:{server.port}"

        async def is_probed_as(*expected: object) -> bool:
            return await probed(target) == expected

        await eventually(lambda: is_probed_as(0, "SERVING"))
        health.healthy = False
        await eventually(lambda: is_probed_as(1, "NOT_SERVING"))
    assert await probed(target) == (1, "UNAVAILABLE")


async def test_it_reaches_a_unix_socket(signing_key: SigningKey, tmp_path: Path) -> None:
    target = f"unix:{tmp_path}/s"
    server = a_server(signing_key, Servicer(), public=(), listen=target)
    async with server.running():

        async def is_well() -> bool:
            return await probed(target) == (0, "SERVING")

        await eventually(is_well)


async def test_a_server_that_says_nothing_is_given_up() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        began = time.monotonic()
        code, _ = await probed(f"127.0.0.1:{silent.getsockname()[1]}")
    assert code == 1
    assert time.monotonic() - began < 15


async def test_it_wants_one_target() -> None:
    code, said = await probed()
    assert (code, "usage" in said) == (2, True)
