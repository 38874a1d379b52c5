"""Sent reminders whose text may no longer say what became of their day: claims and outcomes."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Row, case, func, text, update
from sqlalchemy.ext.asyncio import AsyncSession

from services.notifications.dao.sending import buttons_from_column
from services.notifications.domain.event_data import Streak, Unit
from services.notifications.domain.messages import Kind
from services.notifications.domain.reminder_days import (
    ANSWER_TIME,
    EDIT_DELAY,
    EDIT_LEASE,
    DayOutcome,
    SentReminder,
    effective_state,
)
from services.notifications.tables import MESSAGES

_M = MESSAGES.c
# Each change of its day during an edit adds a microsecond to the claim.
_CHANGED_MEANWHILE = timedelta(milliseconds=1)

# A claim is the moment at which it ends, so nobody has to clean up after a sender that died. What
# cannot be edited (never arrived, another chat by now, too old) is not looked at again.
_CLAIM = text("""
    WITH due AS (
        SELECT id FROM notifications.messages
        WHERE edit_time <= :now AND state <> 'sending'
        ORDER BY edit_time LIMIT :limit FOR UPDATE SKIP LOCKED
    ), claimed AS (
        UPDATE notifications.messages m
        SET edit_time = CASE WHEN m.telegram_id IS NOT NULL AND EXISTS (
            SELECT FROM notifications.chats c
            WHERE c.owner_id = m.owner_id AND c.chat_id = m.chat_id AND c.reachable
        ) AND EXISTS (
            SELECT FROM notifications.days d
            WHERE d.habit_id = m.habit_id AND d.logical_date = m.logical_date
        ) THEN CAST(:claim AS timestamptz) END
        FROM due WHERE m.id = due.id RETURNING m.*)
    SELECT c.*, coalesce(p.locale, '') AS locale, d.state AS day_state, d.paused,
        d.revision AS day_revision, d.streak_length, d.streak_unit
    FROM claimed c
    JOIN notifications.days d USING (habit_id, logical_date)
    LEFT JOIN notifications.people p ON p.owner_id = c.owner_id
    WHERE c.edit_time IS NOT NULL""")


async def claim_edits(
    session: AsyncSession, *, now: datetime, limit: int
) -> Sequence[SentReminder]:
    """Claim at most `limit` sent reminders that may have to be edited."""
    values = {"now": now, "claim": now + EDIT_LEASE, "limit": limit}
    return [_from_row(row) for row in await session.execute(_CLAIM, values)]


async def save_edit(
    session: AsyncSession,
    reminder: SentReminder,
    *,
    edited: bool,
    retry_time: datetime | None,
    now: datetime,
) -> None:
    """Store what a reminder says now, and when to look at it again; None for not at all.

    Where its day has changed meanwhile, it is looked at again in a moment. Nothing is stored where
    a button was pressed meanwhile, or another sender has claimed it.
    """
    shown = {"shown_state": reminder.day_state.value, "shown_revision": reminder.day_revision}
    unchanged = _M.edit_time == reminder.claim
    next_time = case((unchanged, retry_time), else_=retry_time or now + EDIT_DELAY)
    await session.execute(
        update(MESSAGES)
        .where(
            _M.id == reminder.id,
            _M.edit_time >= reminder.claim,
            _M.edit_time < reminder.claim + _CHANGED_MEANWHILE,
        )
        .values(edit_time=next_time, **(shown if edited else {}))
    )


async def hold_edits(
    session: AsyncSession, habit_id: UUID, chat_id: int, telegram_id: int, *, now: datetime
) -> None:
    """Hold back edits of a reminder whose button was pressed, while that is handled."""
    await session.execute(
        update(MESSAGES)
        .where(*_reminder(habit_id, chat_id, telegram_id))
        .values(edit_time=now + ANSWER_TIME)
    )


async def save_answer(
    session: AsyncSession,
    habit_id: UUID,
    chat_id: int,
    telegram_id: int,
    *,
    shown: DayOutcome | None,
    revision: int,
    now: datetime,
) -> None:
    """Store what a reminder says after its button was handled; None when that is unchanged."""
    values: dict[str, Any] = {"edit_time": now + EDIT_DELAY}
    if shown is not None:
        values |= {
            "shown_state": shown.value,
            "shown_revision": func.greatest(_M.shown_revision, revision),
        }
    reminder = _reminder(habit_id, chat_id, telegram_id)
    await session.execute(update(MESSAGES).where(*reminder).values(values))


def _reminder(habit_id: UUID, chat_id: int, telegram_id: int) -> tuple[Any, ...]:
    return (
        _M.habit_id == habit_id,
        _M.kind == Kind.REMINDER.value,
        _M.state == "sent",
        _M.chat_id == chat_id,
        _M.telegram_id == telegram_id,
    )


def _from_row(row: Row[Any]) -> SentReminder:
    return SentReminder(
        id=row.id,
        chat_id=row.chat_id,
        telegram_id=row.telegram_id,
        text=row.text,
        buttons=buttons_from_column(row.buttons),
        locale=row.locale,
        create_time=row.create_time,
        expire_time=row.expire_time,
        shown_state=DayOutcome(row.shown_state),
        shown_revision=row.shown_revision,
        day_state=effective_state(row.day_state, paused=row.paused),
        day_revision=row.day_revision,
        streak=Streak(row.streak_length, Unit(row.streak_unit)),
        claim=row.edit_time,
    )
