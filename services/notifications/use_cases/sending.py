"""Sending a message: claim, rate limit, request, stored outcome."""

import contextlib
from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from chassis.database import Connection
from chassis.errors import Unavailable
from services.notifications.cache import Cache
from services.notifications.dao import (
    chats,
    messages,
    push_subscriptions,
    reminder_days,
    sending,
)
from services.notifications.domain.push import PushSubscription
from services.notifications.domain.sending import (
    Channel,
    Delivered,
    DeliveryOutcome,
    Message,
    RateLimited,
    SendResult,
    Unconfirmed,
    Unreachable,
    delivery_outcome,
)
from services.notifications.telegram import Telegram
from services.notifications.web_push import WebPush

KEPT = timedelta(days=90)
"""How long people can look back on what was sent."""
KEPT_DAYS = timedelta(days=7)
"""How long a reminder may wait to be edited, and more."""

CLAIM_LEASE = timedelta(seconds=10)
"""How long a claim holds, at most, until the request begins; its picture and its turn come sooner.

A sender that is slower finds that the message is another's by now."""

_LOST = "Its sender was lost before it stored the outcome."
_MOST_LOST = 100


async def claim_due(
    session: AsyncSession,
    *,
    now: datetime,
    limit: int,
    channels: Collection[Channel] = tuple(Channel),
) -> Sequence[Message]:
    """Claim due messages of these channels, and drop those that have expired."""
    return await sending.claim_due(session, now=now, limit=limit, channels=channels)


async def find_next_due(session: AsyncSession, *, now: datetime) -> datetime | None:
    """Return when the next message is due that is not due yet; None when none is."""
    return await sending.find_next_due(session, after=now)


async def acquire_slot(cache: Cache, target: int | UUID) -> tuple[bool, timedelta]:
    """Ask to send now: at most one message a second in a chat or browser, and 25 over all.

    Returns:
        Whether the turn is ours, and how long to wait: before sending when it is, before asking
        again when it is not.
    """
    return await cache.acquire_slot(target)


async def release(session: AsyncSession, message: Message, *, due_time: datetime) -> None:
    """Release a message that the rate limiter holds back."""
    await sending.release(session, message, due_time=due_time)


async def begin_request(connection: Connection, message: Message, *, now: datetime) -> bool:
    """Store that a message is being sent; return False if it is another sender's by now.

    A message whose sender dies before this is sent by another as if nothing had happened; after
    this it may have arrived.
    """
    return await sending.begin_request(connection, message, now=now)


async def send(
    telegram: Telegram, cache: Cache, message: Message, picture: bytes | None = None
) -> SendResult:
    """Send a message once. Where Telegram asks for a pause, every sender keeps it."""
    result = await telegram.send(message, picture)
    await _keep_pause(cache, message, result)
    return result


async def push(
    web_push: WebPush, cache: Cache, message: Message, subscription: PushSubscription
) -> SendResult:
    """Push a message once. Where the push service asks for a pause, every sender keeps it."""
    result = await web_push.send(message, subscription)
    await _keep_pause(cache, message, result)
    return result


async def _keep_pause(cache: Cache, message: Message, result: SendResult) -> None:
    if isinstance(result, RateLimited):
        with contextlib.suppress(Unavailable):  # this message at least waits, by its due time
            await cache.pause(message.target, result.retry_after)


async def record_result(
    session: AsyncSession, message: Message, result: SendResult, *, now: datetime
) -> DeliveryOutcome:
    """Store the outcome of a send, and whether its chat can be reached.

    A browser that cannot be reached for good is unsubscribed.
    """
    outcome = delivery_outcome(message, result, now=now)
    await sending.save_outcome(session, message, outcome)
    if isinstance(result, Unreachable) and message.subscription_id is not None:
        await push_subscriptions.delete_subscription(
            session, message.owner_id, message.subscription_id
        )
        await messages.drop_unsubscribed(session, message.owner_id, message.subscription_id)
    elif isinstance(result, Unreachable) and message.chat_id is not None:
        await chats.set_reachable(session, message.chat_id, reachable=False)
        await messages.drop_blocked(session, message.owner_id)
    return outcome


async def record_delivered(
    connection: Connection, message: Message, delivered: Delivered, *, now: datetime
) -> DeliveryOutcome:
    """Store that a message arrived."""
    await sending.save_delivered(connection, message, delivered.telegram_id, now=now)
    return delivery_outcome(message, delivered, now=now)


async def record_lost(
    session: AsyncSession, *, now: datetime, lease: timedelta
) -> Sequence[DeliveryOutcome]:
    """Release messages whose sender died; those it was sending may have arrived."""
    waited = min(lease, CLAIM_LEASE)
    await sending.release_expired_claims(session, before=now - waited, limit=_MOST_LOST)
    outcomes = []
    for message in await sending.list_expired_claims(session, before=now - lease, limit=_MOST_LOST):
        outcome = delivery_outcome(message, Unconfirmed(_LOST), now=now)
        await sending.save_outcome(session, message, outcome)
        outcomes.append(outcome)
    return outcomes


async def purge(session: AsyncSession, *, now: datetime) -> int:
    """Delete some messages and days nobody looks back on any more; return how many."""
    days = await reminder_days.purge_days(session, before=(now - KEPT_DAYS).date())
    return days + await messages.purge_messages(session, before=now - KEPT)
