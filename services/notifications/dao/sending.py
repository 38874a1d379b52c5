"""Claims of messages: one sender at a time holds a message, until it stores the outcome."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row, func, select, text, update
from sqlalchemy.ext.asyncio import AsyncSession

from services.notifications.domain.buttons import Button, Buttons
from services.notifications.domain.delivery_policy import OUT_OF_DATE
from services.notifications.domain.messages import Kind
from services.notifications.domain.sending import DeliveryOutcome, Message, State
from services.notifications.tables import MESSAGES

_M = MESSAGES.c

# Only the oldest message of a chat that is not over yet may go, so a chat keeps its order, also
# while that message waits for its next try, and whichever sender has it.
_CLAIM = text("""
    WITH due AS (
        SELECT m.id FROM notifications.messages m
        WHERE m.state = 'pending' AND m.due_time <= :now AND NOT EXISTS (
            SELECT FROM notifications.messages e
            WHERE e.chat_id = m.chat_id AND e.state IN ('pending', 'sending') AND e.id < m.id)
        ORDER BY m.due_time, m.id LIMIT :limit FOR UPDATE OF m SKIP LOCKED)
    UPDATE notifications.messages m
    SET state = CASE WHEN m.expire_time <= :now THEN 'dropped' ELSE 'sending' END,
        detail = CASE WHEN m.expire_time <= :now THEN :too_late ELSE m.detail END,
        attempt_count = m.attempt_count + CASE WHEN m.expire_time <= :now THEN 0 ELSE 1 END,
        claim_time = :now
    FROM due WHERE m.id = due.id RETURNING m.*""").columns(*MESSAGES.columns)


async def claim_due(session: AsyncSession, *, now: datetime, limit: int) -> Sequence[Message]:
    """Claim at most `limit` due messages, one a chat, longest due first.

    Those that have expired are dropped on the way and not returned.
    """
    values = {"now": now, "limit": limit, "too_late": OUT_OF_DATE}
    rows = (await session.execute(_CLAIM, values)).all()
    taken = [row for row in rows if row.state == State.SENDING.value]
    return [_from_row(row) for row in sorted(taken, key=lambda row: (row.due_time, row.id))]


async def list_expired_claims(
    session: AsyncSession, *, before: datetime, limit: int
) -> Sequence[Message]:
    """Return at most `limit` messages claimed before then whose sender stored no outcome."""
    lost = (
        select(MESSAGES)
        .where(_M.state == State.SENDING.value, _M.claim_time < before)
        .order_by(_M.claim_time)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    return [_from_row(row) for row in await session.execute(lost)]


async def save_outcome(session: AsyncSession, message: Message, outcome: DeliveryOutcome) -> None:
    """Store the outcome of a message, unless another sender has claimed it meanwhile."""
    await session.execute(
        update(MESSAGES)
        .where(*_claimed(message))
        .values(
            state=outcome.state.value,
            detail=outcome.detail,
            due_time=outcome.due_time or _M.due_time,
            send_time=outcome.send_time,
            telegram_id=outcome.telegram_id,
            unknown_count=outcome.unconfirmed_attempts,
            claim_time=None,
        )
    )


async def release(session: AsyncSession, message: Message, *, due_time: datetime) -> None:
    """Release a message that was not sent; it is due again at this moment."""
    await session.execute(
        update(MESSAGES)
        .where(*_claimed(message))
        .values(
            state=State.PENDING.value,
            due_time=due_time,
            attempt_count=_M.attempt_count - 1,
            claim_time=None,
        )
    )


async def find_next_due(session: AsyncSession, *, after: datetime) -> datetime | None:
    """Return when the next message is due after a moment; None when none is."""
    waiting = select(func.min(_M.due_time)).where(
        _M.state == State.PENDING.value, _M.due_time > after
    )
    next_due: datetime | None = await session.scalar(waiting)
    return next_due


def _claimed(message: Message) -> tuple[Any, ...]:
    """Match the message as it was claimed: another claim has another count."""
    return (
        _M.id == message.id,
        _M.state == State.SENDING.value,
        _M.attempt_count == message.attempts,
    )


def _from_row(row: Row[Any]) -> Message:
    return Message(
        id=row.id,
        owner_id=row.owner_id,
        chat_id=row.chat_id,
        kind=Kind(row.kind),
        text=row.text,
        buttons=_buttons(row.buttons),
        silent=row.silent,
        create_time=row.create_time,
        expire_time=row.expire_time,
        attempts=row.attempt_count,
        unconfirmed_attempts=row.unknown_count,
    )


def _buttons(rows: list[list[dict[str, str]]]) -> Buttons:
    return tuple(tuple(Button(it["label"], it["data"]) for it in row) for row in rows)
