"""Claims of messages: one sender at a time holds a message, until it stores the outcome."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row, func, select, text, update
from sqlalchemy.ext.asyncio import AsyncSession

from chassis.database import Connection
from services.notifications.domain.buttons import Button, Buttons
from services.notifications.domain.delivery_policy import OUT_OF_DATE
from services.notifications.domain.messages import Kind
from services.notifications.domain.sending import Channel, DeliveryOutcome, Message, State
from services.notifications.tables import MESSAGES

_M = MESSAGES.c

# Only the first message of a chat that is not over yet may go, so a chat keeps its order, also
# while that message waits for its next try, and whichever sender has it. Reports come last.
_CLAIM = text("""
    WITH due AS (
        SELECT m.id FROM notifications.messages m
        WHERE m.state = 'pending' AND m.due_time <= :now
            AND CASE WHEN m.subscription_id IS NULL THEN CAST(:chats AS boolean)
                ELSE CAST(:browsers AS boolean) END
            AND NOT EXISTS (
            SELECT FROM notifications.messages e
            WHERE e.chat_id = m.chat_id AND (e.state = 'sending'
                OR e.state = 'pending' AND (e.priority, e.id) < (m.priority, m.id)))
        ORDER BY m.priority, m.id LIMIT :limit FOR UPDATE OF m SKIP LOCKED)
    UPDATE notifications.messages m
    SET state = CASE WHEN m.expire_time <= :now THEN 'dropped' ELSE 'sending' END,
        detail = CASE WHEN m.expire_time <= :now THEN :too_late ELSE m.detail END,
        attempt_count = m.attempt_count + CASE WHEN m.expire_time <= :now THEN 0 ELSE 1 END,
        claim_time = :now, request_time = NULL
    FROM due WHERE m.id = due.id RETURNING m.*""").columns(*MESSAGES.columns)

_BEGIN = """
    UPDATE notifications.messages SET request_time = $3, claim_time = $3
    WHERE id = $1 AND state = 'sending' AND attempt_count = $2 RETURNING id"""

# Not waited for until it is on disk: this is the time in which a killed sender doubles a message.
# A killed database may lose the outcome of its last moments; that message is sent once more.
_DELIVERED = """
    WITH quick AS MATERIALIZED (SELECT set_config('synchronous_commit', 'off', true))
    UPDATE notifications.messages
    SET state = 'sent', detail = '', send_time = $3, telegram_id = $4, claim_time = NULL
    FROM quick WHERE id = $1 AND state = 'sending' AND attempt_count = $2"""

_RELEASED = {"state": State.PENDING.value, "claim_time": None}


async def claim_due(
    session: AsyncSession, *, now: datetime, limit: int, channels: Collection[Channel]
) -> Sequence[Message]:
    """Claim at most `limit` due messages, one a chat: the oldest first, reports after others.

    Those that have expired are dropped on the way and not returned.

    Args:
        session: The transaction.
        now: The present moment.
        limit: At most this many.
        channels: Where the sender can send to.
    """
    values = {
        "now": now,
        "limit": limit,
        "too_late": OUT_OF_DATE,
        "chats": Channel.TELEGRAM in channels,
        "browsers": Channel.WEB_PUSH in channels,
    }
    rows = (await session.execute(_CLAIM, values)).all()
    taken = [row for row in rows if row.state == State.SENDING.value]
    taken.sort(key=lambda row: (row.priority, row.id))
    return [_from_row(row) for row in taken]


async def begin_request(connection: Connection, message: Message, *, now: datetime) -> bool:
    """Store that a message is being sent; return False if it is another sender's by now."""
    return await connection.fetchval(_BEGIN, message.id, message.attempts, now) is not None


async def save_delivered(
    connection: Connection, message: Message, telegram_id: int | None, *, now: datetime
) -> None:
    """Store that a message arrived, in one round trip: until then a crash would double it."""
    await connection.execute(_DELIVERED, message.id, message.attempts, now, telegram_id)


async def release_expired_claims(session: AsyncSession, *, before: datetime, limit: int) -> int:
    """Release messages claimed before then whose sender had not begun to send them.

    The claim stays counted, so that a sender that is only late finds that it is not its own.
    """
    expired = (
        select(_M.id)
        .where(_M.state == State.SENDING.value, _M.claim_time < before, _M.request_time.is_(None))
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    released = update(MESSAGES).where(_M.id.in_(expired.scalar_subquery())).values(_RELEASED)
    return len((await session.execute(released.returning(_M.id))).all())


async def list_expired_claims(
    session: AsyncSession, *, before: datetime, limit: int
) -> Sequence[Message]:
    """Return at most `limit` messages that were being sent before then, without an outcome."""
    lost = (
        select(MESSAGES)
        .where(
            _M.state == State.SENDING.value,
            _M.claim_time < before,
            _M.request_time.is_not(None),
        )
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
        .values(due_time=due_time, attempt_count=_M.attempt_count - 1, **_RELEASED)
    )


async def find_next_due(session: AsyncSession, *, after: datetime) -> datetime | None:
    """Return when the next message or edit is due after a moment; None when none is."""
    waiting = select(func.min(_M.due_time)).where(
        _M.state == State.PENDING.value, _M.due_time > after
    )
    edits = select(func.min(_M.edit_time)).where(_M.edit_time > after)
    either = select(func.least(waiting.scalar_subquery(), edits.scalar_subquery()))
    next_due: datetime | None = await session.scalar(either)
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
        subscription_id=row.subscription_id,
        kind=Kind(row.kind),
        text=row.text,
        buttons=buttons_from_column(row.buttons),
        silent=row.silent,
        habit_id=row.habit_id,
        logical_date=row.logical_date,
        picture_of=row.report_id,
        create_time=row.create_time,
        expire_time=row.expire_time,
        attempts=row.attempt_count,
        unconfirmed_attempts=row.unknown_count,
    )


def buttons_from_column(rows: list[list[dict[str, str]]]) -> Buttons:
    """Return rows of buttons as they are stored with a message."""
    return tuple(tuple(Button(it["label"], it["data"]) for it in row) for row in rows)
