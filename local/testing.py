"""Servers for tests: fast, not durable, in a temporary folder."""

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

from local.folders import create_folders
from local.servers import Addresses, start_servers
from local.supervisor import Progress, Supervisor


@contextlib.asynccontextmanager
async def servers_for_tests(report: Progress) -> AsyncIterator[Addresses]:
    """Run the three servers for as long as the context lasts."""
    data = Path(tempfile.mkdtemp(prefix="habits-test-"))
    folders = create_folders(data, durable=False)
    supervisor = Supervisor(folders.logs, report=report)
    try:
        yield await start_servers(folders, supervisor, report=report)
    finally:
        await supervisor.stop()
        for folder in (data, folders.run):
            shutil.rmtree(folder, ignore_errors=True)


async def serve_tests(report: Progress) -> None:
    """Print the servers' addresses as shell lines, then `# ready`; run until stopped.

    With `DIE_WITH_PARENT=1` it also ends when the process that started it does, so that a killed
    test run leaves nothing.
    """
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    parent = os.getppid()
    watched = os.environ.get("DIE_WITH_PARENT") == "1"
    async with servers_for_tests(report) as addresses:
        for name, value in addresses.test_environment().items():
            print(f"export {name}={shlex.quote(value)}")
        print("# ready", flush=True)
        while not stop.is_set() and not (watched and os.getppid() != parent):
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), 1)


def print_to_stderr(line: str) -> None:
    """Write a progress line beside the output, not into it."""
    print(f"  {line}", file=sys.stderr, flush=True)
