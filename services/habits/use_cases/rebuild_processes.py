"""A rebuild in several processes, forked from one that has imported what it takes."""

import asyncio
import multiprocessing
import os
import signal
from collections.abc import AsyncGenerator
from concurrent.futures import ProcessPoolExecutor
from contextlib import aclosing
from datetime import datetime, timedelta
from uuid import UUID

from chassis import process
from chassis.database import Database
from services.habits.use_cases.rebuild import (
    LEAST_AT_ONCE,
    MOST_AT_ONCE,
    Batch,
    RebuildResult,
    list_batches,
    rebuild,
    rebuild_batch,
)

MOST_PROCESSES = 16
_TIMEOUT = timedelta(minutes=5)

_worker: tuple[asyncio.Runner, Database] | None = None
"""Of a worker process: its event loop and its database."""


def connect(database_url: str) -> Database:
    """Return the database, with time for statements that read very many rows."""
    return Database(database_url, name="habits rebuild", statement_timeout=_TIMEOUT)


async def rebuild_in_processes(
    database: Database,
    *,
    owner_id: UUID | None,
    total: int,
    write: bool,
    now: datetime,
    processes: int | None = None,
) -> AsyncGenerator[RebuildResult]:
    """Recompute habits on all cores, while check-ins go on; return what came of each batch.

    Args:
        database: Where they are; each process connects to it by itself.
        owner_id: Whose; None means everybody's.
        total: How many there are, about.
        write: Store what was computed; otherwise only compare.
        now: The present moment.
        processes: How many compute, 1 to 16; if left out one for each core, or fewer where there
            are few habits.
    """
    worth = min(os.cpu_count() or 1, total // LEAST_AT_ONCE, MOST_PROCESSES)
    count = processes or max(worth, 1)
    most = min(-(-total // count), MOST_AT_ONCE)  # one batch each, if it fits
    if count == 1:
        results = rebuild(database, owner_id=owner_id, write=write, now=now)
    else:
        batches = list_batches(database, owner_id=owner_id, most=most)
        results = _distribute(batches, database.url, count, write=write, now=now)
    async with aclosing(results):
        async for result in results:
            yield result


async def _distribute(
    batches: AsyncGenerator[Batch], database_url: str, count: int, *, write: bool, now: datetime
) -> AsyncGenerator[RebuildResult]:
    """Have each batch computed by the next free process."""
    context = multiprocessing.get_context("fork")
    workers = ProcessPoolExecutor(count, context, _start_worker, (database_url,))
    loop = asyncio.get_running_loop()
    running: set[asyncio.Future[RebuildResult]] = set()
    try:
        async for batch in batches:
            running.add(loop.run_in_executor(workers, _rebuild_in_worker, batch, write, now))
            if len(running) > count:
                done, running = await asyncio.wait(running, return_when=asyncio.FIRST_COMPLETED)
                for one in done:
                    yield one.result()
        for one in asyncio.as_completed(running):
            yield await one
    finally:
        workers.shutdown(wait=False, cancel_futures=True)


def _start_worker(database_url: str) -> None:
    """Set up a worker process: it leaves Ctrl-C to its parent, and ends with it."""
    global _worker
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    process.end_with_parent()
    _worker = asyncio.Runner(), connect(database_url)


def _rebuild_in_worker(batch: Batch, write: bool, now: datetime) -> RebuildResult:
    if _worker is None:
        raise RuntimeError("The worker process was not set up.")
    runner, database = _worker
    return runner.run(rebuild_batch(database, batch, write=write, now=now))
