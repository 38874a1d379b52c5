"""Sending a message: claim, rate limit, request, stored outcome."""

import contextlib
from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from chassis.errors import Unavailable
from services.notifications.cache import Cache
from services.notifications.dao import chats, messages, sending
from services.notifications.domain.sending import (
    DeliveryOutcome,
    Message,
    RateLimited,
    SendResult,
    Unconfirmed,
    Unreachable,
    delivery_outcome,
)
from services.notifications.telegram import Telegram

KEPT = timedelta(days=90)
"""How long people can look back on what was sent."""

_LOST = "Its sender was lost before it stored the outcome."
_MOST_LOST = 100


async def claim_due(session: AsyncSession, *, now: datetime, limit: int) -> Sequence[Message]:
    """Claim due messages, and drop those that have expired."""
    return await sending.claim_due(session, now=now, limit=limit)


async def find_next_due(session: AsyncSession, *, now: datetime) -> datetime | None:
    """Return when the next message is due that is not due yet; None when none is."""
    return await sending.find_next_due(session, after=now)


async def acquire_slot(cache: Cache, message: Message) -> tuple[bool, timedelta]:
    """Ask to send now: at most one message a second in a chat, and 25 over all.

    Returns:
        Whether the turn is ours, and how long to wait: before sending when it is, before asking
        again when it is not.
    """
    return await cache.acquire_slot(message.chat_id)


async def release(session: AsyncSession, message: Message, *, due_time: datetime) -> None:
    """Release a message that the rate limiter holds back."""
    await sending.release(session, message, due_time=due_time)


async def send(telegram: Telegram, cache: Cache, message: Message) -> SendResult:
    """Send a message once. Where Telegram asks for a pause, every sender keeps it."""
    result = await telegram.send(message)
    if isinstance(result, RateLimited):
        with contextlib.suppress(Unavailable):  # this message at least waits, by its due time
            await cache.pause(message.chat_id, result.retry_after)
    return result


async def record_result(
    session: AsyncSession, message: Message, result: SendResult, *, now: datetime
) -> DeliveryOutcome:
    """Store the outcome of a send, and whether its chat can be reached."""
    outcome = delivery_outcome(message, result, now=now)
    await sending.save_outcome(session, message, outcome)
    if isinstance(result, Unreachable):
        await chats.set_reachable(session, message.chat_id, reachable=False)
        await messages.drop_blocked(session, message.owner_id)
    return outcome


async def record_lost(
    session: AsyncSession, *, now: datetime, lease: timedelta
) -> Sequence[DeliveryOutcome]:
    """Store an outcome for messages whose sender died: they may have arrived."""
    outcomes = []
    for message in await sending.list_expired_claims(session, before=now - lease, limit=_MOST_LOST):
        outcome = delivery_outcome(message, Unconfirmed(_LOST), now=now)
        await sending.save_outcome(session, message, outcome)
        outcomes.append(outcome)
    return outcomes


async def purge(session: AsyncSession, *, now: datetime) -> int:
    """Delete some messages nobody looks back on any more; return how many."""
    return await messages.purge_messages(session, before=now - KEPT)
