"""`python -m services.habits rebuild`: computes everything derived anew, on all cores."""

from __future__ import annotations

import argparse
import asyncio
import multiprocessing
import os
import signal
import sys
import time
from collections.abc import AsyncGenerator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import aclosing
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from chassis import clock, process
from chassis.database import Database
from chassis.progress import ProgressBar
from services.habits.settings import MaintenanceSettings

if TYPE_CHECKING:
    from services.habits.use_cases.rebuild import Batch, RebuildResult

_TIMEOUT = timedelta(minutes=5)
_SHOWN = 20
_MOST_PROCESSES = 16
_BATCHES_EACH = 2
"""Of a small installation, so that no process waits long for the last one."""


def rebuild_command(settings: MaintenanceSettings) -> process.Command:
    """Return the command that recomputes habits, or compares what is stored with their rows."""

    async def command(arguments: Sequence[str]) -> int:
        from services.habits.use_cases.rebuild import count_habits  # loads numpy

        asked = _parse(arguments)
        count, different, started = 0, list[UUID](), time.perf_counter()
        database = _connect(settings.database_url)
        try:
            total = await count_habits(database, asked.owner)
            progress = ProgressBar("habits", total or None)
            async with aclosing(_rebuild(database, settings.database_url, asked, total)) as results:
                async for some in results:
                    count += some.count
                    progress.advance(some.count)
                    different += some.different
            progress.finish()
        finally:
            await database.close()
        seconds = time.perf_counter() - started
        sys.stdout.write(f"{count} habits in {seconds:.1f} s, {count / seconds:.0f} a second\n")
        if asked.check:
            sys.stdout.write(f"{len(different)} differ from their rows\n")
        for habit_id in different[:_SHOWN]:
            sys.stdout.write(f"  {habit_id}\n")
        return process.EXIT_FAILED if different else process.EXIT_OK

    return command


def _parse(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser("python -m services.habits rebuild")
    parser.add_argument("--owner", type=UUID, help="only this person's habits")
    parser.add_argument("--check", action="store_true", help="compare, and write nothing")
    parser.add_argument(
        "--processes",
        type=int,
        choices=range(1, _MOST_PROCESSES + 1),
        metavar="N",
        help="how many compute at once (default: one for each core, if there is work for it)",
    )
    return parser.parse_args(list(arguments))


async def _rebuild(
    database: Database, database_url: str, asked: argparse.Namespace, total: int
) -> AsyncGenerator[RebuildResult]:
    """Recompute all habits, in this process or in several; return what came of each batch."""
    from services.habits.use_cases import rebuild

    worth = min(os.cpu_count() or 1, total // rebuild.LEAST_AT_ONCE, _MOST_PROCESSES)
    processes = asked.processes or max(worth, 1)
    most = min(total // (processes * _BATCHES_EACH) + 1, rebuild.MOST_AT_ONCE)
    batches = rebuild.list_batches(database, owner_id=asked.owner, most=most)
    write, now = not asked.check, clock.now()
    if processes == 1:
        async for batch in batches:
            yield await rebuild.rebuild_batch(database, batch, write=write, now=now)
        return
    workers = ProcessPoolExecutor(
        processes, multiprocessing.get_context("fork"), _start_worker, (database_url,)
    )
    loop = asyncio.get_running_loop()
    running: set[asyncio.Future[RebuildResult]] = set()
    try:
        async for batch in batches:
            running.add(loop.run_in_executor(workers, _rebuild_in_worker, batch, write, now))
            if len(running) > processes:
                done, running = await asyncio.wait(running, return_when=asyncio.FIRST_COMPLETED)
                for one in done:
                    yield one.result()
        for one in asyncio.as_completed(running):
            yield await one
    finally:
        workers.shutdown(wait=False, cancel_futures=True)


def _connect(database_url: str) -> Database:
    return Database(database_url, name="habits rebuild", statement_timeout=_TIMEOUT)


_worker: tuple[asyncio.Runner, Database] | None = None
"""Of a worker process: its event loop and its database."""


def _start_worker(database_url: str) -> None:
    """Set up a worker process: it leaves signals to its parent, and ends with it."""
    global _worker
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    process.end_with_parent()
    _worker = asyncio.Runner(), _connect(database_url)


def _rebuild_in_worker(batch: Batch, write: bool, now: datetime) -> RebuildResult:
    from services.habits.use_cases.rebuild import rebuild_batch

    if _worker is None:
        raise RuntimeError("The worker process was not set up.")
    runner, database = _worker
    return runner.run(rebuild_batch(database, batch, write=write, now=now))
