"""Which of several beats sends the ticks: the one that holds a lock in PostgreSQL.

The lock belongs to the session of one connection: it is released when beat stops, when it is
killed, and within eleven seconds when its machine or network is lost. While PostgreSQL is away no
beat leads; the tasks could do nothing either.
"""

import asyncio
import contextlib
import logging
import time
from typing import TYPE_CHECKING, Any

import asyncpg
from celery.beat import Scheduler

from chassis.settings import read
from scheduler import heartbeat
from scheduler.settings import BeatSettings, SchedulerSettings

if TYPE_CHECKING:
    type Connection = asyncpg.Connection[asyncpg.Record]

POLL_SECONDS = 2.0
"""How often a beat asks for the lock, or whether it still has it."""
_TIMEOUT_SECONDS = 3.0
_KEEPALIVE = {
    "tcp_keepalives_idle": "5",
    "tcp_keepalives_interval": "3",
    "tcp_keepalives_count": "2",
    "application_name": "scheduler beat",
}
_LOCK = "SELECT pg_try_advisory_lock(hashtextextended($1, 0))"
_LOST = (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError)

_log = logging.getLogger(__name__)


class LeaderLock:
    """A lock in PostgreSQL that one process holds at a time."""

    def __init__(self, database_url: str, name: str) -> None:
        self._url = database_url
        self._name = name
        self._runner = asyncio.Runner()
        self._connection: Connection | None = None
        self._held = False

    @property
    def held(self) -> bool:
        """Whether this process held the lock when it asked last."""
        return self._held

    def acquire(self) -> bool:
        """Return whether this process holds the lock now; never waits for another to release it."""
        was_held, self._held = self._held, False
        try:
            self._held = self._runner.run(self._acquire(was_held))
        except _LOST as error:
            self._drop()
            _log.warning("PostgreSQL does not answer: no beat leads", extra={"error": f"{error}"})
        if self._held is not was_held:
            _log.info("this beat leads" if self._held else "this beat no longer leads")
        return self._held

    def release(self) -> None:
        """Release the lock by closing the connection."""
        self._drop()
        with contextlib.suppress(RuntimeError):  # a signal may come while the loop is running
            self._runner.close()

    async def _acquire(self, held: bool) -> bool:
        async with asyncio.timeout(_TIMEOUT_SECONDS):
            if self._connection is None or self._connection.is_closed():
                held = False
                self._connection = await asyncpg.connect(self._url, server_settings=_KEEPALIVE)
            if held:
                await self._connection.execute("SELECT 1")
                return True
            return bool(await self._connection.fetchval(_LOCK, self._name))

    def _drop(self) -> None:
        self._held = False
        if self._connection is not None:
            self._connection.terminate()
            self._connection = None


class LeaderScheduler(Scheduler):
    """Celery's scheduler, which sends tasks only while it holds the lock. It keeps no file."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        settings = read(SchedulerSettings)
        self._heartbeat_folder = settings.heartbeat_folder
        name = f"{settings.amqp_prefix}scheduler.beat"
        self._lock = LeaderLock(read(BeatSettings).database_url, name)
        self._next_check = 0.0
        super().__init__(*arguments, **options)

    def tick(self, *arguments: Any, **options: Any) -> float:
        """Send a task that is due, if this beat leads; return in how many seconds to call again."""
        if not self._leads():
            return POLL_SECONDS
        delay: float = super().tick(*arguments, **options)
        return min(delay, POLL_SECONDS)

    def close(self) -> None:
        """Release the lock, and what sends."""
        self._lock.release()
        super().close()

    def _leads(self) -> bool:
        if time.monotonic() < self._next_check and self._lock.held:
            return True
        self._next_check = time.monotonic() + POLL_SECONDS / 2
        if self._lock.acquire():
            return True  # what it sends touches the heartbeat: leading without sending is no life
        heartbeat.touch(self._heartbeat_folder, "beat")
        return False
