"""The supervisor's side of the fork server: processes that share what they all import."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import signal
import socket
import sys
from collections.abc import Sequence
from pathlib import Path

import psutil

from local import fork_server
from local.process_spec import ProcessSpec

ROOT = Path(__file__).resolve().parent.parent
LARGEST_LINE = 1 << 20
STOP_SECONDS = 5.0


class ForkFailed(Exception):
    """The fork server has ended: the process has to be started in another way."""


class ForkedProcess:
    """A process that the fork server has made; used like one of asyncio's."""

    def __init__(self, pid: int) -> None:
        self.pid = pid
        self.returncode: int | None = None
        self._ended = asyncio.Event()

    async def wait(self) -> int:
        """Wait until it has ended; return its exit code, negative for a signal."""
        await self._ended.wait()
        assert self.returncode is not None  # noqa: S101  set before the event
        return self.returncode

    def send_signal(self, number: signal.Signals) -> None:
        """Send it a signal, unless it has ended."""
        if self.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.pid, number)

    def end(self, code: int) -> None:
        """Record that it has ended."""
        self.returncode = code
        self._ended.set()


class ForkServer:
    """A process that has imported what ours share, and forks them."""

    def __init__(self, modules: Sequence[str], log: Path) -> None:
        """Begin without a process.

        Args:
            modules: What it imports; nothing that starts a thread or opens a connection.
            log: Gets what it prints.
        """
        self._modules = modules
        self._log = log
        self._process: asyncio.subprocess.Process | None = None
        self._writer: asyncio.StreamWriter | None = None
        self._reading: asyncio.Task[None] | None = None
        self._waiting: dict[int, asyncio.Future[ForkedProcess]] = {}
        self._forked: dict[int, ForkedProcess] = {}
        self._number = 0

    @property
    def pid(self) -> int | None:
        """Its process id; None while it does not run."""
        running = self._process is not None and self._process.returncode is None
        return self._process.pid if running and self._process else None

    async def start(self) -> None:
        """Start it; requests wait until it has imported everything."""
        ours, theirs = socket.socketpair()
        environment = dict(os.environ) | {"PYTHONUNBUFFERED": "1"}
        with theirs, self._log.open("ab") as log:
            self._process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", "local.fork_server", str(theirs.fileno())),
                *self._modules,
                cwd=ROOT,
                env=environment,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                pass_fds=[theirs.fileno()],
                start_new_session=True,
            )
        reader, self._writer = await asyncio.open_unix_connection(sock=ours, limit=LARGEST_LINE)
        self._reading = asyncio.create_task(self._read(reader))

    async def fork(self, process: ProcessSpec, log: Path) -> ForkedProcess:
        """Start a process.

        Raises:
            ForkFailed: The fork server does not run.
        """
        if self._writer is None or self._reading is None or self._reading.done():
            raise ForkFailed
        self._number += 1
        answer: asyncio.Future[ForkedProcess] = asyncio.get_running_loop().create_future()
        self._waiting[self._number] = answer
        request = {
            "number": self._number,
            "words": list(process.words),
            "environment": dict(process.environment),
            "folder": str(process.folder),
            "log": str(log),
        }
        self._writer.write(json.dumps(request).encode() + b"\n")
        return await answer

    async def close(self) -> None:
        """End the fork server, and ask what it has forked and is left to stop."""
        if self._writer is not None:
            self._writer.close()
        if self._process is not None:
            try:
                await asyncio.wait_for(self._process.wait(), STOP_SECONDS)
            except TimeoutError:
                self._process.kill()
                await self._process.wait()
        if self._reading is not None:
            self._reading.cancel()
            await asyncio.gather(self._reading, return_exceptions=True)

    async def _read(self, reader: asyncio.StreamReader) -> None:
        """Take answers until the server ends; then its forks have ended or soon will."""
        with contextlib.suppress(OSError):
            while line := await reader.readline():
                message = json.loads(line)
                pid = message["pid"]
                if "number" in message:
                    forked = self._forked[pid] = ForkedProcess(pid)
                    waiting = self._waiting.pop(message["number"])
                    if waiting.cancelled():  # nobody would ever stop it
                        forked.send_signal(signal.SIGTERM)
                    else:
                        waiting.set_result(forked)
                elif (ended := self._forked.pop(pid, None)) is not None:
                    ended.end(message["code"])
        for waiting in self._waiting.values():
            if not waiting.cancelled():
                waiting.set_exception(ForkFailed())
        for left in self._forked.values():
            left.end(-signal.SIGTERM)


def environment_of(pid: int) -> dict[str, str]:
    """Return the environment of a process, even if it was forked, which the system does not show.

    Raises:
        psutil.Error: It has ended, or is somebody else's.
        OSError: Likewise.
    """
    shown = f"/memfd:{fork_server.ENVIRONMENT} "
    files = Path(f"/proc/{pid}/fd")
    for file in files.iterdir() if files.is_dir() else ():
        if _target(file).startswith(shown):
            variables = file.read_text(errors="surrogateescape").split("\0")
            return dict(variable.split("=", 1) for variable in variables)
    return psutil.Process(pid).environ()


def _target(link: Path) -> str:
    try:
        return os.readlink(link)
    except OSError:  # closed meanwhile
        return ""
