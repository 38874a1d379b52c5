"""The sender: a periodic task that sends due messages and stores their outcomes."""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from uuid import UUID

from prometheus_client import Counter

from chassis import clock
from chassis.clock import Clock
from chassis.database import Database
from chassis.errors import Unavailable
from services.notifications.cache import Cache
from services.notifications.domain.reminder_days import SentReminder
from services.notifications.domain.sending import (
    Channel,
    Delivered,
    DeliveryOutcome,
    Message,
    NotDelivered,
    Rejected,
    SendResult,
    State,
)
from services.notifications.tasks.delivery_loop import POLL, DeliveryLoop
from services.notifications.telegram import Telegram
from services.notifications.use_cases import push, reminder_edits, sending
from services.notifications.web_push import WebPush

MAX_CLAIMED = 20
"""Messages one sender has on their way at once: less than a second's worth."""
ATTEMPTS = Counter(
    "message_attempts",
    "Attempts to send a message, by what came of them; `unconfirmed` ones may have arrived.",
    ["result"],
)

type Draw = Callable[[Message], Awaitable[bytes]]
"""Draws the picture that comes with a message."""

_PICTURE_SECONDS = 5.0
"""Longest a report waits for its picture; less than the least lease."""
_LOOKS_PER_LEASE = 6
_PURGE_EVERY = timedelta(hours=1)
_SLOT_SECONDS = 0.1
"""How late a message may be sent after its turn; later, it needs another."""
_log = logging.getLogger(__name__)


class Sender:
    """Sends what is written down. Several may run: each message is in one hand at a time.

    A message is claimed, marked when its request begins, and its outcome stored afterwards. The
    claim of a sender that dies runs out: if the request had begun, the message may have arrived,
    and it is sent once more at most; otherwise it is sent by another as if nothing had happened.
    """

    def __init__(
        self,
        database: Database,
        cache: Cache,
        telegram: Telegram | None,
        *,
        channel: str,
        web_push: WebPush | None = None,
        lease: timedelta,
        draw: Draw | None = None,
        now: Clock = clock.now,
    ) -> None:
        self._database = database
        self._cache = cache
        self._telegram = telegram
        self._web_push = web_push
        self._lease = lease
        self._draw = draw
        self._now = now
        self._loop = DeliveryLoop(database, channel=channel, limit=MAX_CLAIMED, name="sender")
        self._lost_at = self._purge_at = datetime.min.replace(tzinfo=now().tzinfo)

    async def run(self, stop: asyncio.Event) -> None:
        """Send until `stop` is set; then finish what is being sent."""
        if self._telegram is not None:
            await self._telegram.bot()  # opened before a message waits for it
        await self._loop.run(self._send_due, stop)
        await self._loop.finish()

    async def _send_due(self) -> timedelta | None:
        """Claim and send what is due; return how long nothing is, or None where something was."""
        now = self._now()
        await self._maintain(now)
        room = self._loop.room
        wait = POLL
        if room:
            async with self._database.transaction() as session:
                taken = await sending.claim_due(
                    session, now=now, limit=room, channels=self._channels()
                )
                left = room - len(taken) if self._telegram is not None else 0
                edits = await reminder_edits.claim_edits(session, now=now, limit=left)
                if not taken and not edits:
                    next_due = await sending.find_next_due(session, now=now)
                    wait = min(next_due - now, POLL) if next_due else POLL
            for message in taken:
                self._loop.start(self._deliver(message))
            for reminder in edits:
                self._loop.start(self._edit(reminder))
            if taken or edits:
                return None
        return wait

    async def _deliver(self, message: Message) -> None:
        """Send one message when the rate limiter allows it, and store the outcome."""
        picture = await self._picture_of(message)
        wait = await self._wait_for_slot(message.target)
        if wait is not None:
            await self._release(message, wait)
            return
        turn = time.monotonic()
        try:
            async with self._database.connection() as connection:
                if not await sending.begin_request(connection, message, now=self._now()):
                    return
        except Unavailable:  # nothing was sent: it need not wait until the claim has run out
            await self._release(message, POLL)
            return
        if time.monotonic() - turn > _SLOT_SECONDS:
            # The database stood still: what waited for it must not all go at once now.
            wait = await self._wait_for_slot(message.target)
            if wait is not None:
                await self._release(message, wait)
                return
        result = await self._send(message, picture)
        ATTEMPTS.labels(type(result).__name__.lower()).inc()
        outcome = await self._loop.store(lambda: self._record_once(message, result))
        if outcome.state is not State.SENT:
            details = {"message_id": message.id, "state": outcome.state, "cause": outcome.detail}
            _log.warning("message not sent", extra=details)

    async def _send(self, message: Message, picture: bytes | None) -> SendResult:
        """Send one message by its channel; a browser may have been unsubscribed meanwhile."""
        if message.subscription_id is None and self._telegram is not None:
            return await sending.send(self._telegram, self._cache, message, picture)
        if message.subscription_id is None or self._web_push is None:
            return NotDelivered("Nothing here sends by this channel.")  # and nothing claims it
        async with self._database.transaction() as session:
            browser = await push.find_subscription(session, message.subscription_id)
        if browser is None:
            return Rejected("The browser was unsubscribed before it was sent.")
        return await sending.push(self._web_push, self._cache, message, browser)

    def _channels(self) -> list[Channel]:
        """Return where this sender can send to."""
        sends = {Channel.TELEGRAM: self._telegram, Channel.WEB_PUSH: self._web_push}
        return [channel for channel, by in sends.items() if by is not None]

    async def _picture_of(self, message: Message) -> bytes | None:
        """Return the picture that comes with a message; None where it cannot be had in time."""
        if message.picture_of is None or self._draw is None:
            return None
        try:
            async with asyncio.timeout(_PICTURE_SECONDS):
                return await self._draw(message)
        except Exception as error:  # the text says the same
            details = {"message_id": message.id, "cause": repr(error)}
            _log.warning("report goes without its picture", extra=details)
            return None

    async def _edit(self, reminder: SentReminder) -> None:
        """Edit one reminder when the rate limiter allows it, and store what it says now."""
        wait = await self._wait_for_slot(reminder.chat_id)
        now = self._now()
        if wait is not None:
            retry_time: datetime | None = now + wait
        elif self._telegram is None:
            return  # nothing claims it then
        else:
            retry_time = await reminder_edits.edit(self._telegram, self._cache, reminder, now=now)
        edited = retry_time is None
        async with self._database.transaction() as session:
            await reminder_edits.save_edit(
                session, reminder, edited=edited, retry_time=retry_time, now=self._now()
            )

    async def _wait_for_slot(self, target: int | UUID) -> timedelta | None:
        """Wait until the rate limiter allows one message.

        Returns:
            None when it may be sent now; how long to wait before asking again when that is long,
            or when Redis is away: how fast is too fast is not known then.
        """
        while True:
            try:
                ours, wait = await sending.acquire_slot(self._cache, target)
            except Unavailable:
                return POLL
            if not ours:
                return wait
            slot = time.monotonic() + wait.total_seconds()
            await asyncio.sleep(wait.total_seconds())
            if time.monotonic() - slot < _SLOT_SECONDS:
                return None
            # This process stood still: what it holds must not all go at once now.

    async def _release(self, message: Message, wait: timedelta) -> None:
        """Give a message back that was not sent; it is due again after a while."""

        async def release_once() -> None:
            async with self._database.transaction() as session:
                await sending.release(session, message, due_time=self._now() + wait)

        await self._loop.store(release_once)

    async def _record_once(self, message: Message, result: SendResult) -> DeliveryOutcome:
        if isinstance(result, Delivered):
            async with self._database.connection() as connection:
                return await sending.record_delivered(connection, message, result, now=self._now())
        async with self._database.transaction() as session:
            return await sending.record_result(session, message, result, now=self._now())

    async def _maintain(self, now: datetime) -> None:
        """Store outcomes for messages of lost senders, and now and then delete old ones."""
        if now >= self._lost_at:
            self._lost_at = now + min(self._lease, sending.CLAIM_LEASE) / _LOOKS_PER_LEASE
            async with self._database.transaction() as session:
                lost = await sending.record_lost(session, now=now, lease=self._lease)
            ATTEMPTS.labels("unconfirmed").inc(len(lost))
            if lost:
                _log.warning("senders were lost", extra={"messages": len(lost)})
        if now >= self._purge_at:
            async with self._database.transaction() as session:
                purged = await sending.purge(session, now=now)
            if not purged:  # else there may be more, which the next look takes
                self._purge_at = now + _PURGE_EVERY
