"""The sender: a periodic task that sends due messages and stores their outcomes."""

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from typing import Any

from chassis import clock
from chassis.clock import Clock, sleep_or_stop
from chassis.database import Database
from chassis.errors import Unavailable
from services.notifications.cache import Cache
from services.notifications.domain.sending import DeliveryOutcome, Message, SendResult, State
from services.notifications.telegram import Telegram
from services.notifications.use_cases import sending

MAX_CLAIMED = 50
"""Messages one sender has on their way at once; at 25 a second, two seconds' worth."""

_POLL = timedelta(seconds=1)
_LOOKS_PER_LEASE = 6
_PURGE_EVERY = timedelta(hours=1)
_PATIENCE_SECONDS = 1.0
_SETTLE_TRIES = 5
_log = logging.getLogger(__name__)


class Sender:
    """Sends what is written down. Several may run: each message is in one hand at a time.

    A message is marked as taken before it is sent and settled afterwards. If the sender dies
    between the two, the mark runs out, and the message may have arrived: it is sent once more at
    most.
    """

    def __init__(
        self,
        database: Database,
        cache: Cache,
        telegram: Telegram,
        *,
        channel: str,
        lease: timedelta,
        now: Clock = clock.now,
    ) -> None:
        self._database = database
        self._cache = cache
        self._telegram = telegram
        self._channel = channel
        self._lease = lease
        self._now = now
        self._woken = asyncio.Event()
        self._claimed: set[asyncio.Task[None]] = set()
        self._lost_at = self._purge_at = datetime.min.replace(tzinfo=now().tzinfo)

    async def run(self, stop: asyncio.Event) -> None:
        """Send until `stop` is set; then finish what is being sent."""
        await self._telegram.bot()  # opened before a message waits for it
        while not stop.is_set():
            try:
                async with self._listening() as connection:
                    while not stop.is_set() and not connection.is_closed():
                        await self._send_due(stop)
            except Unavailable as error:
                _log.warning("sender waits", extra={"cause": str(error)})
                await sleep_or_stop(_PATIENCE_SECONDS, stop)
        if self._claimed:
            await asyncio.wait(self._claimed)

    async def _send_due(self, stop: asyncio.Event) -> None:
        """Claim and send what is due, or wait until something is."""
        self._woken.clear()
        now = self._now()
        await self._maintain(now)
        room = MAX_CLAIMED - len(self._claimed)
        wait = _POLL
        if room:
            async with self._database.transaction() as session:
                taken = await sending.claim_due(session, now=now, limit=room)
                if not taken:
                    next_due = await sending.find_next_due(session, now=now)
                    wait = min(next_due - now, _POLL) if next_due else _POLL
            for message in taken:
                task = asyncio.create_task(self._deliver(message))
                self._claimed.add(task)
                task.add_done_callback(self._done)
            if taken:
                return
        await self._sleep(wait, stop)

    async def _deliver(self, message: Message) -> None:
        """Send one message when the rate limiter allows it, and store the outcome."""
        try:
            ours, wait = await sending.acquire_slot(self._cache, message)
        except Unavailable:
            ours, wait = False, _POLL  # without the counter nobody knows how fast is too fast
        if not ours:
            async with self._database.transaction() as session:
                await sending.release(session, message, due_time=self._now() + wait)
            return
        await asyncio.sleep(wait.total_seconds())
        result = await sending.send(self._telegram, self._cache, message)
        outcome = await self._record_result(message, result)
        if outcome.state is not State.SENT:
            details = {"message_id": message.id, "state": outcome.state, "cause": outcome.detail}
            _log.warning("message not sent", extra=details)

    async def _record_result(self, message: Message, result: SendResult) -> DeliveryOutcome:
        """Store the outcome of a message; retry for a few seconds while the database is away."""
        tries = 0
        while True:
            tries += 1
            try:
                async with self._database.transaction() as session:
                    return await sending.record_result(session, message, result, now=self._now())
            except Unavailable:
                if tries == _SETTLE_TRIES:
                    raise
            await asyncio.sleep(_PATIENCE_SECONDS)

    async def _maintain(self, now: datetime) -> None:
        """Store outcomes for messages of lost senders, and now and then delete old ones."""
        if now >= self._lost_at:
            self._lost_at = now + self._lease / _LOOKS_PER_LEASE
            async with self._database.transaction() as session:
                lost = await sending.record_lost(session, now=now, lease=self._lease)
            if lost:
                _log.warning("senders were lost", extra={"messages": len(lost)})
        if now >= self._purge_at:
            async with self._database.transaction() as session:
                purged = await sending.purge(session, now=now)
            if not purged:  # else there may be more, which the next look takes
                self._purge_at = now + _PURGE_EVERY

    def _done(self, task: asyncio.Task[None]) -> None:
        self._claimed.discard(task)
        self._woken.set()
        if not task.cancelled() and (error := task.exception()):
            # The message stays taken; when its lease is over it is settled as lost.
            _log.error("sending failed", exc_info=error)

    async def _sleep(self, wait: timedelta, stop: asyncio.Event) -> None:
        """Sleep until notified, until `stop` is set, or until a message is due."""
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
        """Be woken when messages are written."""
        connection = await self._database.listen_connection()
        try:
            await connection.add_listener(self._channel, lambda *_: self._woken.set())
            yield connection
        finally:
            with contextlib.suppress(Exception):
                await connection.close(timeout=_PATIENCE_SECONDS)
