"""Editing reminders in the chat, so that they say what became of their day."""

import contextlib
from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from chassis.errors import Unavailable
from services.notifications.cache import Cache
from services.notifications.dao import reminder_edits
from services.notifications.domain.buttons import ButtonAction, ButtonKind
from services.notifications.domain.i18n import use_language
from services.notifications.domain.reminder_days import (
    DayOutcome,
    SentReminder,
    edited_buttons,
    edited_text,
)
from services.notifications.domain.sending import NotDelivered, RateLimited, Unconfirmed
from services.notifications.telegram import Telegram

RETRY_WAIT = timedelta(seconds=30)

_SHOWN_AFTER = {
    ButtonKind.DONE: DayOutcome.MET,
    ButtonKind.SKIP: DayOutcome.SKIPPED,
    ButtonKind.ADD: DayOutcome.OPEN,
    ButtonKind.SNOOZE: DayOutcome.OPEN,
    ButtonKind.UNDO: DayOutcome.OPEN,
}


async def claim_edits(
    session: AsyncSession, *, now: datetime, limit: int
) -> Sequence[SentReminder]:
    """Claim reminders that have to be edited; those that say the right thing are left alone."""
    needed = []
    for reminder in await reminder_edits.claim_edits(session, now=now, limit=limit):
        if reminder.needs_edit(now=now):
            needed.append(reminder)
        else:
            await reminder_edits.save_edit(
                session, reminder, edited=False, retry_time=None, now=now
            )
    return needed


async def edit(
    telegram: Telegram, cache: Cache, reminder: SentReminder, *, now: datetime
) -> datetime | None:
    """Edit a reminder once; return when to try again, None when that would not help."""
    with use_language(reminder.locale):
        text, buttons = edited_text(reminder), edited_buttons(reminder)
    result = await telegram.try_edit(reminder.chat_id, reminder.telegram_id, text, buttons)
    if isinstance(result, RateLimited):
        with contextlib.suppress(Unavailable):
            await cache.pause(reminder.chat_id, result.retry_after)
        return now + result.retry_after
    return now + RETRY_WAIT if isinstance(result, NotDelivered | Unconfirmed) else None


async def save_edit(
    session: AsyncSession,
    reminder: SentReminder,
    *,
    edited: bool,
    retry_time: datetime | None,
    now: datetime,
) -> None:
    """Store whether a reminder was edited, and when to try again."""
    await reminder_edits.save_edit(session, reminder, edited=edited, retry_time=retry_time, now=now)


async def hold_edits(
    session: AsyncSession, action: ButtonAction, place: tuple[int, int], *, now: datetime
) -> None:
    """Hold back edits of a reminder whose button was pressed: its handler edits it."""
    await reminder_edits.hold_edits(session, action.habit_id, *place, now=now)


async def save_answer(
    session: AsyncSession,
    action: ButtonAction,
    place: tuple[int, int],
    *,
    revision: int | None,
    now: datetime,
) -> None:
    """Store what a reminder says after its button was handled; a revision of None means it failed.

    The sender then looks whether the day has changed since.
    """
    shown = _SHOWN_AFTER.get(action.kind) if revision is not None else None
    await reminder_edits.save_answer(
        session, action.habit_id, *place, shown=shown, revision=revision or 0, now=now
    )
