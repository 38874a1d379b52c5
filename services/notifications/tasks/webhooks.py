"""The sender of webhooks: a periodic task that posts due deliveries and stores what came of it."""

import asyncio
import logging
import random
from datetime import datetime, timedelta

from prometheus_client import Counter

from chassis import clock
from chassis.clock import Clock
from chassis.database import Database
from services.notifications.domain.webhook_deliveries import AttemptResult, ClaimedDelivery
from services.notifications.tasks.delivery_loop import POLL, DeliveryLoop
from services.notifications.use_cases import webhook_deliveries
from services.notifications.webhook_client import WebhookClient

MOST_CLAIMED = 32
"""Deliveries one sender has on their way at once."""
WEBHOOK_ATTEMPTS = Counter(
    "webhook_attempts", "Attempts to deliver a webhook, by what came of them.", ["result"]
)

_LOOKS_PER_LEASE = 6
_PURGE_EVERY = timedelta(hours=1)
_FINISH_SECONDS = 5.0
_log = logging.getLogger(__name__)


class WebhookSender:
    """Posts deliveries. Several may run: each delivery is in one hand at a time.

    A delivery is claimed, posted, and its outcome stored. The claim of a sender that dies runs out,
    and the delivery is posted again: under the same `webhook-id`, by which receivers know repeats.
    """

    def __init__(
        self,
        database: Database,
        client: WebhookClient,
        *,
        channel: str,
        lease: timedelta,
        now: Clock = clock.now,
    ) -> None:
        self._database = database
        self._client = client
        self._lease = lease
        self._now = now
        self._loop = DeliveryLoop(
            database, channel=channel, limit=MOST_CLAIMED, name="webhook sender"
        )
        self._lost_at = self._purge_at = datetime.min.replace(tzinfo=now().tzinfo)

    async def run(self, stop: asyncio.Event) -> None:
        """Send until `stop` is set; then finish what can be finished soon.

        What cannot stays claimed, and is sent again when its lease is over.
        """
        await self._loop.run(self._send_due, stop)
        await self._loop.finish(within=_FINISH_SECONDS)

    async def _send_due(self) -> timedelta | None:
        """Claim and post what is due; return how long nothing is, or None where something was."""
        now = self._now()
        await self._maintain(now)
        room = self._loop.room
        wait = POLL
        if room:
            async with self._database.transaction() as session:
                taken = await webhook_deliveries.claim_due(session, now=now, limit=room)
                if not taken:
                    next_due = await webhook_deliveries.find_next_due(session, now=now)
                    wait = min(next_due - now, POLL) if next_due else POLL
            for delivery in taken:
                self._loop.start(self._deliver(delivery))
            if taken:
                return None
        return wait

    async def _deliver(self, delivery: ClaimedDelivery) -> None:
        """Post one delivery, and store what came of it."""
        result = await self._client.post(delivery, now=self._now())
        WEBHOOK_ATTEMPTS.labels("accepted" if result.accepted else "refused").inc()
        await self._loop.store(lambda: self._record(delivery, result))

    async def _record(self, delivery: ClaimedDelivery, result: AttemptResult) -> None:
        async with self._database.transaction() as session:
            await webhook_deliveries.record_attempt(
                session,
                delivery,
                result,
                now=self._now(),
                chance=random.random(),  # noqa: S311 - it spreads retries, and keeps no secret
            )

    async def _maintain(self, now: datetime) -> None:
        """Release deliveries of lost senders, and now and then delete old ones."""
        if now >= self._lost_at:
            self._lost_at = now + self._lease / _LOOKS_PER_LEASE
            async with self._database.transaction() as session:
                lost = await webhook_deliveries.release_lost(session, now=now, lease=self._lease)
            if lost:
                _log.warning("webhook senders were lost", extra={"deliveries": lost})
        if now >= self._purge_at:
            async with self._database.transaction() as session:
                purged = await webhook_deliveries.purge(session, now=now)
            if not purged:  # else there may be more, which the next look takes
                self._purge_at = now + _PURGE_EVERY
