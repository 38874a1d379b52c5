"""The sender: wakes when a message is due, and puts what comes of it beside it."""

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
from services.notifications.domain.sending import Fate, Message, Outcome, State
from services.notifications.telegram import Telegram
from services.notifications.use_cases import sending

MOST_IN_HAND = 50
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
        self._in_hand: set[asyncio.Task[None]] = set()
        self._lost_at = self._purge_at = datetime.min.replace(tzinfo=now().tzinfo)

    async def run(self, stop: asyncio.Event) -> None:
        """Send until told to stop; then finish what is on its way."""
        await self._telegram.bot()  # opened before a message waits for it
        while not stop.is_set():
            try:
                async with self._listening() as connection:
                    while not stop.is_set() and not connection.is_closed():
                        await self._look(stop)
            except Unavailable as error:
                _log.warning("sender waits", extra={"cause": str(error)})
                await sleep_or_stop(_PATIENCE_SECONDS, stop)
        if self._in_hand:
            await asyncio.wait(self._in_hand)

    async def _look(self, stop: asyncio.Event) -> None:
        """Take what is due and set it on its way, or wait until there is something."""
        self._woken.clear()
        now = self._now()
        await self._look_after(now)
        room = MOST_IN_HAND - len(self._in_hand)
        wait = _POLL
        if room:
            async with self._database.transaction() as session:
                taken = await sending.take_due(session, now=now, limit=room)
                if not taken:
                    next_due = await sending.find_next_due(session, now=now)
                    wait = min(next_due - now, _POLL) if next_due else _POLL
            for message in taken:
                task = asyncio.create_task(self._deliver(message))
                self._in_hand.add(task)
                task.add_done_callback(self._done)
            if taken:
                return
        await self._sleep(wait, stop)

    async def _deliver(self, message: Message) -> None:
        """Bring one message to its chat, if its turn has come, and settle what came of it."""
        try:
            ours, wait = await sending.take_turn(self._cache, message)
        except Unavailable:
            ours, wait = False, _POLL  # without the counter nobody knows how fast is too fast
        if not ours:
            async with self._database.transaction() as session:
                await sending.put_back(session, message, due_time=self._now() + wait)
            return
        await asyncio.sleep(wait.total_seconds())
        outcome = await sending.send(self._telegram, self._cache, message)
        fate = await self._settle(message, outcome)
        if fate.state is not State.SENT:
            told = {"message_id": message.id, "state": fate.state, "cause": fate.detail}
            _log.warning("message not sent", extra=told)

    async def _settle(self, message: Message, outcome: Outcome) -> Fate:
        """Write down what came of a message; a database that is away gets a few seconds."""
        tries = 0
        while True:
            tries += 1
            try:
                async with self._database.transaction() as session:
                    return await sending.settle(session, message, outcome, now=self._now())
            except Unavailable:
                if tries == _SETTLE_TRIES:
                    raise
            await asyncio.sleep(_PATIENCE_SECONDS)

    async def _look_after(self, now: datetime) -> None:
        """Settle what other senders lost, and now and then clear away what is old."""
        if now >= self._lost_at:
            self._lost_at = now + self._lease / _LOOKS_PER_LEASE
            async with self._database.transaction() as session:
                lost = await sending.settle_lost(session, now=now, lease=self._lease)
            if lost:
                _log.warning("senders were lost", extra={"messages": len(lost)})
        if now >= self._purge_at:
            async with self._database.transaction() as session:
                purged = await sending.purge(session, now=now)
            if not purged:  # else there may be more, which the next look takes
                self._purge_at = now + _PURGE_EVERY

    def _done(self, task: asyncio.Task[None]) -> None:
        self._in_hand.discard(task)
        self._woken.set()
        if not task.cancelled() and (error := task.exception()):
            # The message stays taken; when its lease is over it is settled as lost.
            _log.error("sending failed", exc_info=error)

    async def _sleep(self, wait: timedelta, stop: asyncio.Event) -> None:
        """Sleep until woken, told to stop, or something is due."""
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
