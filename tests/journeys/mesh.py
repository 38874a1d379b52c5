"""A mesh under test: every process of `./habits up`, with fault proxies before its servers."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from oidc_provider_mock import run_server_in_thread

from chassis.tls_files import TlsFiles, tls_files
from local import status_file
from local.folders import create_folders
from local.grpc_addresses import certificates_folder
from local.ports import free_ports
from local.process_table import SERVICES
from tests.chassis.proxy import FaultProxy, Mode
from tests.chassis.waiting import eventually
from tests.servers import ROOT, fresh_database, fresh_redis, fresh_virtual_host

START_SECONDS = 90
STOP_SECONDS = 60
RESTART_SECONDS = 30
SHORT_TIMES = {
    "BCRYPT_COST": "4",
    "REGISTRATIONS_PER_ADDRESS": "1000",  # all people of the tests have one address
    "TELEGRAM_TIMEOUT": "3s",
    "SEND_LEASE": "4s",  # how soon a message of a dead sender is retried
    "WEBHOOK_ALLOWED_NETWORKS": "127.0.0.1",  # where receivers of the tests are
}
"""Settings that shorten waiting times, and make room for many people and for receivers."""


class ServerProxy:
    """A fault proxy between the mesh and one of its servers."""

    def __init__(self, proxy: FaultProxy, loop: asyncio.AbstractEventLoop) -> None:
        self._proxy = proxy
        self._loop = loop

    @contextlib.contextmanager
    def frozen(self) -> Iterator[None]:
        """Hold back all bytes inside the block, keeping connections open."""
        self._proxy.mode = Mode.FROZEN
        try:
            yield
        finally:
            self._loop.call_soon_threadsafe(self._thaw)

    def _thaw(self) -> None:
        self._proxy.cut()  # bytes were lost: no connection can go on
        self._proxy.mode = Mode.PASS


@dataclass(frozen=True, slots=True)
class Mesh:
    """A running mesh: `api` and `chat` are addresses; before some servers are fault proxies.

    Its processes speak mutual TLS, so that every story also shows who may call what.
    """

    api: str
    chat: str
    data: Path
    broker: ServerProxy
    redis: ServerProxy
    provider: ServerProxy
    """The OpenID provider."""
    issuer: str
    """Its address."""
    database_url: str
    redis_url: str
    amqp_url: str
    targets: Mapping[str, str]
    """Where each service answers gRPC."""

    def tls_files_of(self, name: str) -> TlsFiles:
        """Return the certificate of a process, to call as it does."""
        return tls_files(certificates_folder(self.data) / name)

    def kill(self, name: str) -> int:
        """Kill a process with SIGKILL; return its number of restarts so far."""
        pid, restarts = self._process(name)
        os.kill(pid, signal.SIGKILL)
        return restarts

    async def wait_for_restart(self, name: str, restarts: int) -> None:
        """Wait until a killed process has been restarted and is ready."""

        async def is_back() -> bool:
            found = status_file.find_status(self.data)
            assert found is not None, "the supervisor is gone"
            children = [one for one in found.children if one["name"] == name]
            return any(one["restarts"] > restarts and one["ready"] for one in children)

        await eventually(is_back, within=RESTART_SECONDS)

    async def wait_for_tick(self) -> None:
        """Wait until the scheduler has run its periodic tasks once more."""
        sign = create_folders(self.data).run / "habit-tracker-scheduler-worker.alive"
        now = time.time()

        async def has_ticked() -> bool:
            return sign.stat().st_mtime > now

        await eventually(has_ticked, within=RESTART_SECONDS)

    def _process(self, name: str) -> tuple[int, int]:
        found = status_file.find_status(self.data)
        assert found is not None, "the supervisor is gone"
        [child] = [one for one in found.children if one["name"] == name]
        return child["pid"], child["restarts"]


@contextlib.contextmanager
def running_mesh(data: Path) -> Iterator[Mesh]:
    """Run a mesh on a database, a Redis database and a virtual host of its own."""
    with (
        fresh_database() as database_url,
        fresh_redis() as redis_url,
        fresh_virtual_host() as amqp_url,
        run_server_in_thread(require_nonce=True) as provider_server,
        _proxies(amqp_url, redis_url, f"http://127.0.0.1:{provider_server.server_port}") as (
            (broker, broker_url),
            (redis, redis_door_url),
            (provider, issuer),
        ),
    ):
        environment = {
            name: value for name, value in os.environ.items() if not name.startswith("TELEGRAM_")
        }
        environment |= SHORT_TIMES
        environment |= {
            "DATABASE_URL": database_url,
            "REDIS_URL": redis_door_url,
            "AMQP_URL": broker_url,
        }
        [port] = free_ports(1)
        environment |= {
            "OIDC_ISSUER": issuer,
            "OIDC_CLIENT_ID": "habits",
            "OIDC_CLIENT_SECRET": "between habits and the provider",
            "OIDC_REDIRECT_URIS": f"http://127.0.0.1:{port}/",
        }
        command = [sys.executable, "-m", "local", "up", "--data", str(data), "--port", str(port)]
        command.append("--tls")
        output = data / "output.txt"
        with output.open("w") as log:
            supervisor = subprocess.Popen(
                command, cwd=ROOT, env=environment, stdout=log, stderr=subprocess.STDOUT
            )
        try:
            addresses = _addresses(supervisor, data, output)
            api = addresses["api"].replace("localhost", "127.0.0.1")
            targets = {name: addresses[name] for name in SERVICES}
            yield Mesh(
                api=api,
                chat=addresses["chat"],
                data=data,
                broker=broker,
                redis=redis,
                provider=provider,
                issuer=issuer,
                database_url=database_url,
                redis_url=redis_url,
                amqp_url=amqp_url,
                targets=targets,
            )
        finally:
            supervisor.terminate()
            supervisor.wait(STOP_SECONDS)


def _addresses(supervisor: subprocess.Popen[bytes], data: Path, output: Path) -> dict[str, str]:
    end = time.monotonic() + START_SECONDS
    while time.monotonic() < end and supervisor.poll() is None:
        found = status_file.find_status(data)
        if found and found.ready:
            return found.addresses
        time.sleep(0.05)
    raise AssertionError(f"the mesh did not come up:\n{output.read_text()}")


@contextlib.contextmanager
def _proxies(*urls: str) -> Iterator[list[tuple[ServerProxy, str]]]:
    """Put a fault proxy before each server, on an event loop that outlives the tests' loops."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()

    async def open_all(stack: contextlib.AsyncExitStack) -> list[FaultProxy]:
        return [await stack.enter_async_context(FaultProxy(url)) for url in urls]

    stack = contextlib.AsyncExitStack()
    try:
        proxies = asyncio.run_coroutine_threadsafe(open_all(stack), loop).result(10)
        yield [(ServerProxy(proxy, loop), proxy.url) for proxy in proxies]
    finally:
        asyncio.run_coroutine_threadsafe(_close(stack), loop).result(10)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(10)
        loop.close()


async def _close(stack: contextlib.AsyncExitStack) -> None:
    """Close every proxy and its connections."""
    await stack.aclose()
    mine = asyncio.current_task()
    left = [task for task in asyncio.all_tasks() if task is not mine]
    for task in left:
        task.cancel()
    await asyncio.gather(*left, return_exceptions=True)
