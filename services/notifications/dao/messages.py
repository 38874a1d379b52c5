"""Messages as stored and listed; `dao.sending` has the claims of senders."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, delete, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from chassis.ids import uuid7
from services.notifications.domain.deliveries import Delivery
from services.notifications.domain.delivery_policy import (
    BLOCKED,
    HABIT_ENDED,
    UNLINKED,
    UNSUBSCRIBED,
)
from services.notifications.domain.messages import Draft, Kind
from services.notifications.domain.people import Chat
from services.notifications.domain.sending import Channel, State
from services.notifications.tables import MESSAGES

_M = MESSAGES.c
_PURGE_LIMIT = 5_000


async def add_message(
    session: AsyncSession,
    draft: Draft,
    *,
    event_id: UUID,
    chat: Chat | None,
    subscription_id: UUID | None = None,
    silent: bool,
    drop_reason: str,
    now: datetime,
    due_time: datetime,
) -> bool:
    """Write a message down, to be sent unless there is a reason not to.

    Args:
        session: The transaction.
        draft: What to send.
        event_id: The event that led to it.
        chat: Where to; None when there is none, or it is pushed.
        subscription_id: The browser it is pushed to; None when it goes to the chat.
        silent: Whether it comes without a sound.
        drop_reason: Why it is not sent; empty when it is.
        now: The present moment.
        due_time: When to send it.

    Returns:
        False when this event has its message already.
    """
    row = insert(MESSAGES).values(
        id=uuid7(),
        event_id=event_id,
        owner_id=draft.owner_id,
        kind=draft.kind.value,
        text=draft.text,
        buttons=[[{"label": it.label, "data": it.data} for it in row] for row in draft.buttons],
        silent=silent,
        habit_id=draft.habit_id,
        logical_date=draft.logical_date,
        chat_id=chat.chat_id if chat is not None else None,
        subscription_id=subscription_id,
        state=(State.DROPPED if drop_reason else State.PENDING).value,
        detail=drop_reason,
        create_time=now,
        due_time=due_time,
        expire_time=draft.expire_time,
        report_id=draft.picture_of,
        priority=1 if draft.kind is Kind.REPORT else 0,
    )
    written = row.on_conflict_do_nothing().returning(_M.id)
    return (await session.scalar(written)) is not None


async def list_deliveries(
    session: AsyncSession, owner_id: UUID, *, after: UUID | None, limit: int
) -> Sequence[Delivery]:
    """Return at most `limit` messages written for a person, newest first, older than `after`."""
    rows = select(MESSAGES).where(_M.owner_id == owner_id)
    if after is not None:
        rows = rows.where(_M.id < after)
    found = await session.execute(rows.order_by(_M.id.desc()).limit(limit))
    return [
        Delivery(
            id=row.id,
            kind=Kind(row.kind),
            text=row.text,
            state=State(row.state),
            detail=row.detail,
            create_time=row.create_time,
            send_time=row.send_time,
            attempts=row.attempt_count,
            channel=Channel.TELEGRAM if row.subscription_id is None else Channel.WEB_PUSH,
        )
        for row in found
    ]


async def drop_reminders_of_habit(session: AsyncSession, habit_id: UUID) -> None:
    """Drop all reminders of a habit that has ended, where they still wait to be sent."""
    of_habit = (_M.habit_id == habit_id) & (_M.kind == Kind.REMINDER.value)
    await _drop(session, of_habit, HABIT_ENDED)


async def drop_unlinked(session: AsyncSession, owner_id: UUID) -> None:
    """Drop everything that waits for a chat which is no longer the person's."""
    await _drop(session, _of_chat(owner_id), UNLINKED)


async def drop_blocked(session: AsyncSession, owner_id: UUID) -> None:
    """Drop everything that waits for a person who has blocked the bot."""
    await _drop(session, _of_chat(owner_id), BLOCKED)


async def drop_unsubscribed(session: AsyncSession, owner_id: UUID, subscription_id: UUID) -> None:
    """Drop everything that waits for a browser which is no longer subscribed."""
    of_browser = (_M.owner_id == owner_id) & (_M.subscription_id == subscription_id)
    await _drop(session, of_browser, UNSUBSCRIBED)


async def purge_messages(session: AsyncSession, *, before: datetime) -> int:
    """Delete some messages written before a moment and over; return how many."""
    # An id of version 7 begins with its milliseconds, so the primary key finds the old ones.
    oldest_kept = UUID(int=int(before.timestamp() * 1000) << 80)
    over = _M.state.notin_((State.PENDING.value, State.SENDING.value))
    old = select(_M.id).where(_M.id < oldest_kept, over).limit(_PURGE_LIMIT)
    deleted = await session.execute(delete(MESSAGES).where(_M.id.in_(old)).returning(_M.id))
    return len(deleted.all())


def _of_chat(owner_id: UUID) -> ColumnElement[bool]:
    return (_M.owner_id == owner_id) & _M.subscription_id.is_(None)


async def _drop(session: AsyncSession, which: ColumnElement[bool], detail: str) -> None:
    waiting = which & (_M.state == State.PENDING.value)
    await session.execute(
        update(MESSAGES).where(waiting).values(state=State.DROPPED.value, detail=detail)
    )
