"""The way of a message from its row to the chat, and what is written down of it."""

import contextlib
from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from chassis.errors import Unavailable
from services.notifications.cache import Cache
from services.notifications.dao import chats, messages, sending
from services.notifications.domain.sending import (
    Fate,
    Message,
    NoAnswer,
    Outcome,
    ToldToWait,
    Unreachable,
    fate_of,
)
from services.notifications.telegram import Telegram

KEPT = timedelta(days=90)
"""How long people can look back on what was sent."""

_LOST = "Its sender was lost before it told the outcome."
_MOST_LOST = 100


async def take_due(session: AsyncSession, *, now: datetime, limit: int) -> Sequence[Message]:
    """Take messages in hand whose time has come, and drop those whose time is over."""
    return await sending.take_due(session, now=now, limit=limit)


async def find_next_due(session: AsyncSession, *, now: datetime) -> datetime | None:
    """Return when the next message is due that is not due yet; None when none is."""
    return await sending.find_next_due(session, after=now)


async def take_turn(cache: Cache, message: Message) -> tuple[bool, timedelta]:
    """Ask to send now: at most one message a second in a chat, and 25 over all.

    Returns:
        Whether the turn is ours, and how long to wait: before sending when it is, before asking
        again when it is not.
    """
    return await cache.take_turn(message.chat_id)


async def put_back(session: AsyncSession, message: Message, *, due_time: datetime) -> None:
    """Let go of a message whose turn has not come."""
    await sending.put_back(session, message, due_time=due_time)


async def send(telegram: Telegram, cache: Cache, message: Message) -> Outcome:
    """Send a message once. Where Telegram asks for a pause, every sender keeps it."""
    outcome = await telegram.send(message)
    if isinstance(outcome, ToldToWait):
        with contextlib.suppress(Unavailable):  # this message at least waits, by its due time
            await cache.pause(message.chat_id, outcome.span)
    return outcome


async def settle(
    session: AsyncSession, message: Message, outcome: Outcome, *, now: datetime
) -> Fate:
    """Write down what became of a message, and what that says of its chat."""
    fate = fate_of(message, outcome, now=now)
    await sending.put_fate(session, message, fate)
    if isinstance(outcome, Unreachable):
        await chats.set_reachable(session, message.chat_id, reachable=False)
        await messages.drop_blocked(session, message.owner_id)
    return fate


async def settle_lost(session: AsyncSession, *, now: datetime, lease: timedelta) -> Sequence[Fate]:
    """Decide about messages whose sender has died with them in hand: they may have arrived."""
    fates = []
    for message in await sending.take_lost(session, before=now - lease, limit=_MOST_LOST):
        fate = fate_of(message, NoAnswer(_LOST), now=now)
        await sending.put_fate(session, message, fate)
        fates.append(fate)
    return fates


async def purge(session: AsyncSession, *, now: datetime) -> int:
    """Delete some messages nobody looks back on any more; return how many."""
    return await messages.purge_messages(session, before=now - KEPT)
