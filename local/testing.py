"""Servers for tests: fast, forgetful, in a folder that goes away."""

from __future__ import annotations

import asyncio
import contextlib
import os
import shlex
import shutil
import signal
import sys
import tempfile
from collections.abc import AsyncIterator
from pathlib import Path

from local.folders import lay_ground
from local.servers import Addresses, start_servers
from local.supervisor import Supervisor, Tell


@contextlib.asynccontextmanager
async def servers_for_tests(tell: Tell) -> AsyncIterator[Addresses]:
    """Run the three servers for as long as the context lasts."""
    data = Path(tempfile.mkdtemp(prefix="habits-test-"))
    ground = lay_ground(data, durable=False)
    supervisor = Supervisor(ground.logs, tell=tell)
    try:
        yield await start_servers(ground, supervisor, tell=tell)
    finally:
        await supervisor.stop()
        for folder in (data, ground.run):
            shutil.rmtree(folder, ignore_errors=True)


async def serve_tests(tell: Tell) -> None:
    """Print the servers' addresses as shell lines, then `# ready`; stay until told to stop.

    With `DIE_WITH_PARENT=1` it also ends when the process that started it does, so that a killed
    test run leaves nothing.
    """
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    parent = os.getppid()
    watched = os.environ.get("DIE_WITH_PARENT") == "1"
    async with servers_for_tests(tell) as addresses:
        for name, value in addresses.test_environment().items():
            print(f"export {name}={shlex.quote(value)}")
        print("# ready", flush=True)
        while not stop.is_set() and not (watched and os.getppid() != parent):
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), 1)


def say_on_stderr(line: str) -> None:
    """Write a progress line beside the output, not into it."""
    print(f"  {line}", file=sys.stderr, flush=True)
