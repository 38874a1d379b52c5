"""An asyncio event loop in a thread, on which the tasks of a Celery worker run their coroutines.

A task is a plain function, called in a thread of the worker's pool. It hands its coroutine to the
one loop of the process, which owns the connection pools, and waits for the result:

    @shared_task(name="habits.remind_due")
    def remind_due() -> None:
        background.run(_remind_due(), within=timedelta(seconds=30))
"""

import asyncio
import threading
from collections.abc import Coroutine
from concurrent.futures import CancelledError as FutureCancelled
from datetime import timedelta
from typing import Any

from chassis.database import Database
from chassis.settings import ProcessSettings, read

_CLOSE_SECONDS = 5.0
_POOL_SIZE = 2


class BackgroundSettings(ProcessSettings, frozen=True, kw_only=True):
    """The settings of a worker's background tasks."""

    database_url: str
    """A libpq URL, `postgresql://user:password@host:5432/name`."""


class BackgroundLoop:
    """An event loop in a thread of its own, started on first use."""

    def __init__(self) -> None:
        self._starting = threading.Lock()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: threading.Thread | None = None
        self._databases: dict[str, Database] = {}

    def run[T](self, work: Coroutine[Any, Any, T], *, within: timedelta) -> T:
        """Run a coroutine on the loop and return its result. Not to be called on the loop itself.

        Raises:
            TimeoutError: It took longer than `within`, and was cancelled.
        """
        future = asyncio.run_coroutine_threadsafe(_bounded(work, within), self._started())
        try:
            return future.result()
        except FutureCancelled as error:
            raise TimeoutError("The background loop was closed under the work.") from error
        except BaseException:  # such as Celery's SoftTimeLimitExceeded, raised by a signal
            future.cancel()
            raise

    def database(self, service: str) -> Database:
        """Return the process's database for a service. To be called on the loop."""
        if service not in self._databases:
            url = read(BackgroundSettings).database_url
            self._databases[service] = Database(
                url, name=f"{service} tasks", pool_size=_POOL_SIZE, hot_pool_size=_POOL_SIZE
            )
        return self._databases[service]

    def close(self) -> None:
        """Close the databases and end the loop. A later `run` starts a new one."""
        with self._starting:
            loop, thread = self._loop, self._thread
            self._loop = self._thread = None
        if loop is None or thread is None:
            return
        databases, self._databases = list(self._databases.values()), {}
        closing = asyncio.run_coroutine_threadsafe(_close_all(databases), loop)
        closing.result(_CLOSE_SECONDS)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(_CLOSE_SECONDS)

    def _started(self) -> asyncio.AbstractEventLoop:
        with self._starting:
            if self._loop is None:
                self._loop = asyncio.new_event_loop()
                self._thread = threading.Thread(
                    target=_run_until_stopped, args=(self._loop,), name="background", daemon=True
                )
                self._thread.start()
            return self._loop


async def _bounded[T](work: Coroutine[Any, Any, T], within: timedelta) -> T:
    async with asyncio.timeout(within.total_seconds()):
        return await work


async def _close_all(databases: list[Database]) -> None:
    present = asyncio.current_task()
    others = [task for task in asyncio.all_tasks() if task is not present]
    for task in others:
        task.cancel()
    await asyncio.gather(*others, return_exceptions=True)
    for database in databases:
        await database.close()


def _run_until_stopped(loop: asyncio.AbstractEventLoop) -> None:
    asyncio.set_event_loop(loop)
    try:
        loop.run_forever()
    finally:
        loop.close()


_process = BackgroundLoop()
run = _process.run
database = _process.database
close = _process.close
