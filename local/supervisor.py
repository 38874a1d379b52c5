"""Keeps processes running: starts them in order, restarts those that end, stops in reverse."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import sys
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

from local import logs as log_files
from local.errors import NotReady
from local.forking import ForkedProcess, ForkFailed, ForkServer
from local.orphan_cleaner import OrphanCleaner
from local.process_spec import ProcessSpec

PROBE_EVERY = timedelta(milliseconds=50)
FIRST_PAUSE = timedelta(milliseconds=200)
LONGEST_PAUSE = timedelta(seconds=10)
HEALTHY_AFTER = timedelta(seconds=30)  # after so long the pause starts at FIRST_PAUSE again

Progress = Callable[[str], None]


@dataclass(slots=True)
class Child:
    """A supervised process and its state."""

    process: ProcessSpec
    log: Path
    ready: asyncio.Event = field(default_factory=asyncio.Event)
    running: asyncio.subprocess.Process | ForkedProcess | None = None
    restarts: int = 0
    monitor: asyncio.Task[None] | None = None


class Supervisor:
    """The one parent of every process of a mesh."""

    def __init__(
        self,
        logs: Path,
        *,
        report: Progress,
        changed: Callable[[], None] = lambda: None,
        inherited_files: Sequence[int] = (),
        shared_modules: Sequence[str] = (),
    ) -> None:
        """Begin with no processes.

        Args:
            logs: Gets one file per process.
            report: Gets a line for each event a person wants to know.
            changed: Called whenever a process started or became ready.
            inherited_files: File descriptors, such as a lock's, that stay open until the last
                process has ended, even if this one is killed.
            shared_modules: Imported once, by the parent that programs of ours are forked from; with
                none, or where it is not Linux, each is started by itself.
        """
        self._logs = logs
        self._report = report
        self._changed = changed
        self._orphan_cleaner = OrphanCleaner(inherited_files=inherited_files)
        self._stopping = False
        self._fork_server: ForkServer | None = None
        if shared_modules and sys.platform == "linux":
            self._fork_server = ForkServer(shared_modules, logs / "fork-server.log")
        self.children: dict[str, Child] = {}

    def waiting_for(self) -> list[str]:
        """Return the names of the processes that are not ready yet."""
        return [name for name, child in self.children.items() if not child.ready.is_set()]

    async def start(self, processes: Iterable[ProcessSpec]) -> None:
        """Start the processes, each as soon as what it needs is ready; return when all are.

        Raises:
            NotReady: One ended or stayed silent too long; the others still run: call `stop`.
        """
        new = [Child(one, self._logs / f"{one.name}.log") for one in processes]
        self.children |= {child.process.name: child for child in new}
        async with asyncio.TaskGroup() as group:
            for child in new:
                group.create_task(self._first_start(child))

    async def prepare_forks(self) -> None:
        """Begin to import what is shared; what is started earlier is not forked."""
        if self._fork_server is not None:
            await self._fork_server.start()

    @property
    def fork_server(self) -> int | None:
        """The process id of the parent of forked processes; None without one."""
        return self._fork_server.pid if self._fork_server is not None else None

    async def stop(self) -> None:
        """Stop every process, those first that others do not need, and wait for each."""
        self._stopping = True
        waiting = dict(self.children)
        while waiting:
            needed = {need for child in waiting.values() for need in child.process.needs}
            free = [child for name, child in waiting.items() if name not in needed]
            await asyncio.gather(*(self._stop_child(child) for child in free))
            for child in free:
                del waiting[child.process.name]
        if self._fork_server is not None:
            await self._fork_server.close()
        self._orphan_cleaner.close()

    async def _first_start(self, child: Child) -> None:
        for need in child.process.needs:
            await self.children[need].ready.wait()
        began = time.monotonic()
        await self._spawn(child)
        await self._until_ready(child)
        self._report(f"{child.process.name} ready ({time.monotonic() - began:.1f} s)")
        if not child.process.once:
            child.monitor = asyncio.create_task(self._monitor(child))

    async def _monitor(self, child: Child) -> None:
        """Start the child again whenever it ends, with a growing delay, until it is to stop."""
        pause = FIRST_PAUSE
        while child.running:
            since = time.monotonic()
            code = await child.running.wait()
            self._orphan_cleaner.remove(child.running.pid)
            if self._stopping:
                return
            child.ready.clear()
            self._end_group(child.running.pid)
            if time.monotonic() - since > HEALTHY_AFTER.total_seconds():
                pause = FIRST_PAUSE
            self._report(f"{child.process.name} ended ({_describe_exit(code)}), starting it again")
            await asyncio.sleep(pause.total_seconds())
            pause = min(pause * 2, LONGEST_PAUSE)
            await self._start_again(child)

    async def _start_again(self, child: Child) -> None:
        child.restarts += 1
        try:
            await self._spawn(child)
            await self._until_ready(child)
            self._report(f"{child.process.name} is back")
        except (NotReady, OSError) as error:
            self._report(str(error))
            if child.running:
                self._end_group(child.running.pid)

    async def _spawn(self, child: Child) -> None:
        child.log.parent.mkdir(parents=True, exist_ok=True)
        log_files.rotate(child.log)
        child.running = await self._fork(child) or await self._execute(child)
        self._orphan_cleaner.add(child.running.pid, child.process.stop_signal)
        self._changed()

    async def _fork(self, child: Child) -> ForkedProcess | None:
        """Start a program of ours by a fork; None if it has to be started by itself."""
        if self._fork_server is None or not child.process.words:
            return None
        try:
            return await self._fork_server.fork(child.process, child.log)
        except ForkFailed:
            return None

    async def _execute(self, child: Child) -> asyncio.subprocess.Process:
        process = child.process
        as_user: dict[str, Any] = {}
        if process.user is not None:
            as_user = {"user": process.user, "group": process.user, "extra_groups": []}
        with child.log.open("ab") as log:
            return await asyncio.create_subprocess_exec(
                *process.command,
                env=dict(process.environment),
                cwd=process.folder,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                **as_user,
            )

    async def _until_ready(self, child: Child) -> None:
        process, running = child.process, child.running
        assert running is not None  # noqa: S101  _spawn has just set it
        end = time.monotonic() + process.ready_within.total_seconds()
        while True:
            if running.returncode is not None:
                if not (process.once and running.returncode == 0):
                    why = f"could not start ({_describe_exit(running.returncode)})"
                    raise NotReady(process.name, why, child.log)
                self._orphan_cleaner.remove(running.pid)
                break
            if not process.once and await process.ready():
                break
            if time.monotonic() > end:
                seconds = int(process.ready_within.total_seconds())
                raise NotReady(process.name, f"was not ready after {seconds} s", child.log)
            await asyncio.sleep(PROBE_EVERY.total_seconds())
        child.ready.set()
        self._changed()

    async def _stop_child(self, child: Child) -> None:
        running = child.running
        if running is not None and running.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                running.send_signal(child.process.stop_signal)
            try:
                await asyncio.wait_for(running.wait(), child.process.stop_within.total_seconds())
            except TimeoutError:
                self._report(f"{child.process.name} did not stop in time and was killed")
            self._end_group(running.pid)
            await running.wait()
        if child.monitor:
            child.monitor.cancel()
            await asyncio.gather(child.monitor, return_exceptions=True)
        child.ready.clear()

    def _end_group(self, leader: int) -> None:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(leader, signal.SIGKILL)


def _describe_exit(code: int) -> str:
    return f"killed by {signal.Signals(-code).name}" if code < 0 else f"exit code {code}"
