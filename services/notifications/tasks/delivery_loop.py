"""The loop of a sender: wake up, claim what is due, have it on its way, go on when that is done."""

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

from chassis.clock import sleep_or_stop
from chassis.database import Database
from chassis.errors import Unavailable

POLL = timedelta(seconds=1)
"""The longest a sender sleeps: what it was not notified of is found then."""

_PATIENCE_SECONDS = 1.0
_STORE_TRIES = 5
_log = logging.getLogger(__name__)


class DeliveryLoop:
    """Runs a sender: wakes it when rows are written, and has what it claimed on its way.

    Args:
        database: Where rows are written.
        channel: Notified of them.
        limit: How much may be on its way at once.
        name: Of the sender, for logs.
    """

    def __init__(self, database: Database, *, channel: str, limit: int, name: str) -> None:
        self._database = database
        self._channel = channel
        self._limit = limit
        self._name = name
        self._woken = asyncio.Event()
        self._started: set[asyncio.Task[None]] = set()

    @property
    def room(self) -> int:
        """How much more may be claimed."""
        return self._limit - len(self._started)

    async def run(
        self, send_due: Callable[[], Awaitable[timedelta | None]], stop: asyncio.Event
    ) -> None:
        """Call a function until `stop` is set; wait between calls as it says.

        Args:
            send_due: Claims and starts what is due. Returns None where there may be more, else how
                long nothing will be due; it is called earlier when rows are written, or when
                something that was started is done.
            stop: Ends the loop. What was started goes on: see `finish`.
        """
        while not stop.is_set():
            try:
                async with self._listening() as connection:
                    while not stop.is_set() and not connection.is_closed():
                        self._woken.clear()
                        wait = await send_due()
                        if wait is not None:
                            await self._sleep(wait, stop)
            except Unavailable as error:
                _log.warning(f"{self._name} waits", extra={"cause": str(error)})
                await sleep_or_stop(_PATIENCE_SECONDS, stop)

    def start(self, work: Coroutine[Any, Any, None]) -> None:
        """Have something on its way."""
        task = asyncio.create_task(work)
        self._started.add(task)
        task.add_done_callback(self._done)

    async def finish(self, *, within: float | None = None) -> None:
        """Wait for what was started; cancel what takes longer than `within` seconds, if given."""
        if self._started:
            _, late = await asyncio.wait(self._started, timeout=within)
            for task in late:
                task.cancel()

    async def store[T](self, write: Callable[[], Awaitable[T]]) -> T:
        """Store something; retry for a few seconds while the database is away.

        Raises:
            Unavailable: It stayed away.
        """
        tries = 0
        while True:
            tries += 1
            try:
                return await write()
            except Unavailable:
                if tries == _STORE_TRIES:
                    raise
            await asyncio.sleep(_PATIENCE_SECONDS)

    def _done(self, task: asyncio.Task[None]) -> None:
        self._started.discard(task)
        self._woken.set()
        if not task.cancelled() and (error := task.exception()):
            # What it had claimed stays claimed until its lease is over.
            _log.error(f"{self._name} failed", exc_info=error)

    async def _sleep(self, wait: timedelta, stop: asyncio.Event) -> None:
        """Sleep until notified, until `stop` is set, or for a while."""
        waking = asyncio.create_task(self._woken.wait())
        stopping = asyncio.create_task(stop.wait())
        await asyncio.wait(
            (waking, stopping),
            timeout=max(wait.total_seconds(), 0),
            return_when=asyncio.FIRST_COMPLETED,
        )
        waking.cancel()
        stopping.cancel()

    @asynccontextmanager
    async def _listening(self) -> AsyncIterator[Any]:
        connection = await self._database.listen_connection()
        try:
            await connection.add_listener(self._channel, lambda *_: self._woken.set())
            yield connection
        finally:
            with contextlib.suppress(Exception):
                await connection.close(timeout=_PATIENCE_SECONDS)
