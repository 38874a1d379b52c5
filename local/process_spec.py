"""What to start, when it is ready, how to stop it: the description of one process."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

Probe = Callable[[], Awaitable[bool]]


async def always_ready() -> bool:
    """Return True: the process is ready as soon as it runs."""
    return True


@dataclass(frozen=True, slots=True, kw_only=True)
class ProcessSpec:
    """A program of the mesh.

    Attributes:
        name: Shown to the person, and the name of the log.
        command: The program and its arguments.
        environment: The whole environment; nothing is inherited.
        ready: Called repeatedly after the start, until it returns True.
        needs: Names of the processes that must be ready before this one starts.
        folder: Its working directory.
        stop_signal: The signal that asks it to stop.
        user: The number of the user it runs as; None for the one who started the mesh.
        words: The module and arguments of a Python program of ours, which may be forked from a
            parent that has imported what such programs share; empty for other programs.
        once: Whether it is done when it ends with 0, such as a migration.
        ready_within: After that it counts as failed.
        stop_within: After that it is killed.
    """

    name: str
    command: Sequence[str]
    environment: Mapping[str, str]
    ready: Probe = always_ready
    needs: Sequence[str] = ()
    folder: Path = field(default_factory=lambda: Path("/"))
    stop_signal: signal.Signals = signal.SIGTERM
    user: int | None = None
    words: Sequence[str] = ()
    once: bool = False
    ready_within: timedelta = timedelta(seconds=90)
    stop_within: timedelta = timedelta(seconds=12)


async def answers_with(address: str | tuple[str, int], *, request: bytes, expected: bytes) -> bool:
    """Return whether a server, at a unix socket path or (host, port), answers as expected."""
    try:
        async with asyncio.timeout(2):
            if isinstance(address, str):
                reader, writer = await asyncio.open_unix_connection(address)
            else:
                reader, writer = await asyncio.open_connection(*address)
            try:
                writer.write(request)
                return await reader.readexactly(len(expected)) == expected
            finally:
                writer.close()
    except (OSError, TimeoutError, asyncio.IncompleteReadError):
        return False
