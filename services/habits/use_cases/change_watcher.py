"""Wakes requests that wait for a change, with one query for all of them."""

import asyncio
import contextlib
import logging
import time
from collections import Counter
from datetime import timedelta
from uuid import UUID

import asyncpg

from chassis.database import Connection, Database
from chassis.errors import Unavailable
from services.habits.dao import deltas as dao
from services.habits.domain.delta import Cursor, Horizon
from services.habits.domain.errors import TooManyWaits
from services.habits.domain.people import Person
from services.habits.use_cases.deltas import has_unseen

MAX_WAITS = 1000
MAX_WAITS_OF_ONE = 50

_LEAST_PAUSE_SECONDS = 0.2
_PAUSES_PER_LOOK = 10
"""How many times longer than a look the pause after it is, at least."""
_FAILED_PAUSE_SECONDS = 1.0
_log = logging.getLogger(__name__)


class ChangeWatcher:
    """Looks while somebody waits, a few times a second, whose habits were changed.

    While nothing is committed a look is one query for the snapshot. The NOTIFY of the outbox would
    not do instead: an active relay suppresses it.

    Args:
        database: The service's database.
        stop: When it is set, nobody waits any longer.
    """

    def __init__(self, database: Database, stop: asyncio.Event | None = None) -> None:
        self._database = database
        self._stop = stop or asyncio.Event()
        self._waiting: dict[asyncio.Event, UUID] = {}
        self._counts: Counter[UUID] = Counter()
        self._task: asyncio.Task[None] | None = None

    async def wait(self, person: Person, cursor: Cursor, longest: timedelta) -> None:
        """Wait until something was committed that a cursor does not show, or for so long.

        Raises:
            TooManyWaits: As many requests wait as may.
        """
        counts = self._counts
        if len(self._waiting) >= MAX_WAITS or counts[person.id] >= MAX_WAITS_OF_ONE:
            raise TooManyWaits
        woken = asyncio.Event()
        self._waiting[woken] = person.id
        counts[person.id] += 1
        try:
            if self._task is None or self._task.done():
                self._task = asyncio.create_task(self._look_while_waited_for(), name="changes")
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(longest.total_seconds()):
                    while not self._stop.is_set() and not await self._is_unseen(person, cursor):
                        await woken.wait()
                        woken.clear()
        finally:
            del self._waiting[woken]
            counts[person.id] -= 1
            if not counts[person.id]:
                del counts[person.id]

    async def _is_unseen(self, person: Person, cursor: Cursor) -> bool:
        async with self._database.connection() as connection:
            return await has_unseen(connection, person, cursor)

    async def _look_while_waited_for(self) -> None:
        seen: Horizon | None = None
        while self._waiting:
            started = time.monotonic()
            pause = _LEAST_PAUSE_SECONDS
            try:
                async with self._database.connection() as connection:
                    seen = await self._look(connection, seen)
                pause = max(pause, (time.monotonic() - started) * _PAUSES_PER_LOOK)
            except (Unavailable, asyncpg.PostgresError, TimeoutError) as error:
                _log.warning("changes cannot be looked for", extra={"cause": str(error)})
                seen, pause = None, _FAILED_PAUSE_SECONDS
            if self._stop.is_set():
                self._wake(set(self._waiting.values()))
            await asyncio.sleep(pause)

    async def _look(self, connection: Connection, seen: Horizon | None) -> Horizon:
        """Wake whose habits were changed since a horizon; everybody without one."""
        owners = set(self._waiting.values())
        async with connection.transaction(isolation="repeatable_read", readonly=True):
            present = await dao.read_present(connection)
            if seen is not None and not seen.precedes(present):
                return present
            if seen is not None:
                owners = set(
                    await dao.list_owners_with_unseen(connection, list(owners), seen, present)
                )
        self._wake(owners)
        return present

    def _wake(self, owner_ids: set[UUID]) -> None:
        for woken, owner_id in self._waiting.items():
            if owner_id in owner_ids:
                woken.set()
