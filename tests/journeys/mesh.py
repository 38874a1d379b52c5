"""A mesh under test: every process of `./habits up`, with doors to its servers that can be shut."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from local import standing
from local.folders import lay_ground
from tests.chassis.proxy import FaultProxy, Mode
from tests.chassis.waiting import eventually
from tests.servers import ROOT, fresh_database, fresh_redis, fresh_virtual_host

START_SECONDS = 90
STOP_SECONDS = 60
RESTART_SECONDS = 30
HASTE = {
    "BCRYPT_COST": "4",
    "TELEGRAM_TIMEOUT": "3s",
    "SEND_LEASE": "4s",  # a message in a dead sender's hand is taken up again this soon
}
"""Settings that make nothing different but the time it takes."""


class Door:
    """The way of the whole mesh to one of its servers."""

    def __init__(self, proxy: FaultProxy, loop: asyncio.AbstractEventLoop) -> None:
        self._proxy = proxy
        self._loop = loop

    @contextlib.contextmanager
    def frozen(self) -> Iterator[None]:
        """Let nothing through and tell nobody, for as long as the context lasts."""
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
    """A running mesh: `api` and `chat` are addresses, `broker` and `redis` are doors."""

    api: str
    chat: str
    data: Path
    broker: Door
    redis: Door

    def kill(self, name: str) -> int:
        """End a process as a crash would, with no time for a last word; return its restarts."""
        pid, restarts = self._process(name)
        os.kill(pid, signal.SIGKILL)
        return restarts

    async def back(self, name: str, restarts: int) -> None:
        """Wait until a process that was killed, after so many restarts, is there again."""

        async def is_back() -> bool:
            found = standing.find(self.data)
            assert found is not None, "the supervisor is gone"
            children = [one for one in found.children if one["name"] == name]
            return any(one["restarts"] > restarts and one["ready"] for one in children)

        await eventually(is_back, within=RESTART_SECONDS)

    async def ticks(self) -> None:
        """Wait until the clock of the mesh has ticked once more, and what was due was done."""
        sign = lay_ground(self.data).run / "habit-tracker-scheduler-worker.alive"
        now = time.time()

        async def has_ticked() -> bool:
            return sign.stat().st_mtime > now

        await eventually(has_ticked, within=RESTART_SECONDS)

    def _process(self, name: str) -> tuple[int, int]:
        found = standing.find(self.data)
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
        _doors(amqp_url, redis_url) as ((broker, broker_url), (redis, redis_door_url)),
    ):
        environment = {
            name: value for name, value in os.environ.items() if not name.startswith("TELEGRAM_")
        }
        environment |= HASTE
        environment |= {
            "DATABASE_URL": database_url,
            "REDIS_URL": redis_door_url,
            "AMQP_URL": broker_url,
        }
        port = _free_port()
        command = [sys.executable, "-m", "local", "up", "--data", str(data), "--port", str(port)]
        told = data / "told.txt"
        with told.open("w") as log:
            supervisor = subprocess.Popen(
                command, cwd=ROOT, env=environment, stdout=log, stderr=subprocess.STDOUT
            )
        try:
            addresses = _addresses(supervisor, data, told)
            api = addresses["api"].replace("localhost", "127.0.0.1")
            yield Mesh(api, addresses["chat"], data, broker, redis)
        finally:
            supervisor.terminate()
            supervisor.wait(STOP_SECONDS)


def _addresses(supervisor: subprocess.Popen[bytes], data: Path, told: Path) -> dict[str, str]:
    end = time.monotonic() + START_SECONDS
    while time.monotonic() < end and supervisor.poll() is None:
        found = standing.find(data)
        if found and found.ready:
            return found.addresses
        time.sleep(0.05)
    raise AssertionError(f"the mesh did not come up:\n{told.read_text()}")


@contextlib.contextmanager
def _doors(*urls: str) -> Iterator[list[tuple[Door, str]]]:
    """Put a door before each server; all live on a loop of their own, as the tests' loops end."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()

    async def open_all(stack: contextlib.AsyncExitStack) -> list[FaultProxy]:
        return [await stack.enter_async_context(FaultProxy(url)) for url in urls]

    stack = contextlib.AsyncExitStack()
    try:
        proxies = asyncio.run_coroutine_threadsafe(open_all(stack), loop).result(10)
        yield [(Door(proxy, loop), proxy.url) for proxy in proxies]
    finally:
        asyncio.run_coroutine_threadsafe(_close(stack), loop).result(10)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(10)
        loop.close()


async def _close(stack: contextlib.AsyncExitStack) -> None:
    """Shut every door, and see its connections to their end."""
    await stack.aclose()
    mine = asyncio.current_task()
    left = [task for task in asyncio.all_tasks() if task is not mine]
    for task in left:
        task.cancel()
    await asyncio.gather(*left, return_exceptions=True)


def _free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])
