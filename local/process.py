"""One row of the table of processes: what to start, when it is ready, how to stop it."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

Probe = Callable[[], Awaitable[bool]]


async def always_ready() -> bool:
    """Say that a process is ready as soon as it runs."""
    return True


@dataclass(frozen=True, slots=True, kw_only=True)
class Process:
    """A program of the mesh.

    Attributes:
        name: Shown to the person, and the name of the log.
        command: The program and its arguments.
        environment: Everything it sees; nothing is inherited.
        ready: Asked again and again after the start, until it says yes.
        needs: Names of the processes that must be ready before this one starts.
        folder: Its working directory.
        stop_signal: What asks it to stop.
        user: The number of the user it runs as; None for the one who started the mesh.
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
    once: bool = False
    ready_within: timedelta = timedelta(seconds=90)
    stop_within: timedelta = timedelta(seconds=12)


async def answers(address: str | tuple[str, int], *, say: bytes, hear: bytes) -> bool:
    """Tell whether a server on a unix socket path or (host, port) answers `say` with `hear`."""
    try:
        async with asyncio.timeout(2):
            if isinstance(address, str):
                reader, writer = await asyncio.open_unix_connection(address)
            else:
                reader, writer = await asyncio.open_connection(*address)
            try:
                writer.write(say)
                return await reader.readexactly(len(hear)) == hear
            finally:
                writer.close()
    except (OSError, TimeoutError, asyncio.IncompleteReadError):
        return False
