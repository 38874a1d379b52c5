"""What webhooks are sent: events become deliveries, deliveries are retried, webhooks disabled."""

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from urllib.parse import urlsplit
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from chassis.database import Connection
from chassis.ids import uuid7
from services.notifications.dao import webhook_deliveries, webhook_sending, webhooks
from services.notifications.dao.webhook_deliveries import Receivers
from services.notifications.domain.messages import webhook_disabled
from services.notifications.domain.webhook_deliveries import (
    MOST_AT_ONCE,
    RETENTION,
    AttemptResult,
    ClaimedDelivery,
    WebhookAttempt,
    WebhookDeliveryState,
    WebhookEvent,
    next_attempt_time,
    payload_text,
)
from services.notifications.domain.webhooks import ALL_EVENTS, DisabledReason, Webhook
from services.notifications.use_cases.events import write_message

_MILLISECOND = timedelta(milliseconds=1)


async def lock_receivers(
    session: AsyncSession | Connection, owner_ids: Collection[UUID | str], types: Collection[str]
) -> Receivers:
    """Return who of some people has webhooks that are sent any of these types of events."""
    return await webhook_deliveries.lock_receivers(session, owner_ids, types)


async def add_events(
    session: AsyncSession | Connection,
    receivers: Receivers,
    events: Sequence[WebhookEvent],
    *,
    now: datetime,
) -> None:
    """Store a delivery of each event for each webhook that is sent it; repeats change nothing."""
    found: list[webhook_deliveries.NewDelivery] = []
    for event in events:
        wanted_by = [
            webhook_id
            for webhook_id, types in receivers.get(event.owner_id, ())
            if ALL_EVENTS in types or event.type in types
        ]
        if wanted_by:
            payload = payload_text(event.type, event.create_time, event.compose())
            found += [(it, event.owner_id, event.event_id, event.type, payload) for it in wanted_by]
    if found:
        await webhook_deliveries.add_deliveries(session, found, now=now)


async def claim_due(
    session: AsyncSession, *, now: datetime, limit: int
) -> Sequence[ClaimedDelivery]:
    """Claim due deliveries, no more of a webhook than its receiver is sent at once."""
    return await webhook_sending.claim_due(session, now=now, limit=limit, most_at_once=MOST_AT_ONCE)


async def find_next_due(session: AsyncSession, *, now: datetime) -> datetime | None:
    """Return when the next delivery is due that is not due yet; None when none is."""
    return await webhook_sending.find_next_due(session, after=now)


async def record_attempt(
    session: AsyncSession,
    delivery: ClaimedDelivery,
    result: AttemptResult,
    *,
    now: datetime,
    chance: float,
) -> WebhookDeliveryState | None:
    """Store what came of an attempt, and disable a webhook whose receiver is away for good.

    It is disabled when the receiver says that it is gone, and when a delivery has failed for three
    days in which nothing else was accepted.

    Args:
        session: The transaction.
        delivery: The delivery.
        result: What came of the attempt.
        now: The present moment.
        chance: A random number, 0 to 1, for the moment of the next attempt.

    Returns:
        The state of the delivery; None when it was deleted, or the claim was lost meanwhile.
    """
    webhook = await webhooks.lock_webhook(session, delivery.webhook_id)
    if webhook is None:
        return None
    due_time = None
    if not result.accepted and webhook.enabled and not result.refused_for_good:
        due_time = next_attempt_time(delivery, result, now=now, chance=chance)
    state = WebhookDeliveryState.FAILED
    if result.accepted:
        state = WebhookDeliveryState.DELIVERED
    elif due_time is not None:
        state = WebhookDeliveryState.PENDING
    attempt = WebhookAttempt(
        attempt_time=delivery.claim_time,
        status_code=result.status_code,
        detail=result.detail,
        response_text=result.response_text,
        duration_ms=result.duration // _MILLISECOND,
    )
    if not await webhook_sending.record_attempt(
        session, delivery, attempt, state=state, due_time=due_time, now=now
    ):
        return None
    if result.accepted:
        await webhooks.update_webhook(session, replace(webhook, success_time=now))
    elif state is WebhookDeliveryState.FAILED and webhook.enabled:
        reason = _disabled_reason(webhook, delivery, result)
        if reason is not None:
            await _disable(session, webhook, reason, result.detail, now=now)
    return state


async def release_lost(session: AsyncSession, *, now: datetime, lease: timedelta) -> int:
    """Release deliveries whose sender was lost; they are sent again. Return how many."""
    return await webhook_sending.release_lost(session, claimed_before=now - lease, now=now)


async def purge(session: AsyncSession, *, now: datetime) -> int:
    """Delete some deliveries that finished more than 30 days ago; return how many."""
    return await webhook_sending.purge(session, finished_before=now - RETENTION)


def _disabled_reason(
    webhook: Webhook, delivery: ClaimedDelivery, result: AttemptResult
) -> DisabledReason | None:
    """Return why a webhook is disabled after a delivery failed; None when it is not."""
    if result.refused_for_good:
        return DisabledReason.GONE
    if webhook.success_time is None or webhook.success_time < delivery.start_time:
        return DisabledReason.FAILING
    return None


async def _disable(
    session: AsyncSession, webhook: Webhook, reason: DisabledReason, detail: str, *, now: datetime
) -> None:
    """Disable a webhook, fail what waits for it, and let its owner know in the chat."""
    disabled = replace(
        webhook, enabled=False, disabled_reason=reason, disabled_detail=detail, disable_time=now
    )
    await webhooks.update_webhook(session, disabled)
    await webhook_sending.fail_pending(session, webhook.id, now=now)
    host = urlsplit(webhook.url).hostname or ""
    await write_message(
        session,
        webhook.owner_id,
        lambda: webhook_disabled(webhook.owner_id, host, reason),
        event_id=uuid7(),
        now=now,
    )
