"""Claims of senders on deliveries of webhooks, and what comes of them."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, cast, delete, func, literal, select, text, update
from sqlalchemy.dialects.postgresql import JSONB, JSONPATH
from sqlalchemy.ext.asyncio import AsyncSession

from services.notifications.dao.webhook_deliveries import attempt_to_column
from services.notifications.domain.webhook_deliveries import (
    DISABLED_MEANWHILE,
    MOST_ATTEMPTS_SHOWN,
    SENDER_LOST,
    ClaimedDelivery,
    WebhookAttempt,
    WebhookDeliveryState,
)
from services.notifications.tables import WEBHOOK_DELIVERIES

_D = WEBHOOK_DELIVERIES.c
_PENDING = WebhookDeliveryState.PENDING.value
_SENDING = WebhookDeliveryState.SENDING.value
_FAILED = WebhookDeliveryState.FAILED.value
_PURGE_LIMIT = 1_000

# One sender claims at a time, so that the count of requests on their way is right. The webhooks
# that have something waiting are found one after the other by the index, however much each has.
_LOCK_CLAIMS = "SELECT pg_advisory_xact_lock(hashtextextended('webhook deliveries', 0))"
_CLAIM = """
    WITH RECURSIVE waiting AS (
        (SELECT webhook_id FROM notifications.webhook_deliveries
         WHERE state = 'pending' ORDER BY webhook_id LIMIT 1)
        UNION ALL
        SELECT (SELECT d.webhook_id FROM notifications.webhook_deliveries d
                WHERE d.state = 'pending' AND d.webhook_id > waiting.webhook_id
                ORDER BY d.webhook_id LIMIT 1)
        FROM waiting WHERE waiting.webhook_id IS NOT NULL
    ), picked AS (
        SELECT due.id FROM waiting CROSS JOIN LATERAL (
            SELECT d.id, d.due_time FROM notifications.webhook_deliveries d
            WHERE d.state = 'pending' AND d.webhook_id = waiting.webhook_id AND d.due_time <= :now
            ORDER BY d.due_time, d.id
            LIMIT greatest(0, :most - (
                SELECT count(*) FROM notifications.webhook_deliveries s
                WHERE s.state = 'sending' AND s.webhook_id = waiting.webhook_id))
        ) due
        ORDER BY due.due_time, due.id LIMIT :room
    ), locked AS (
        SELECT id FROM notifications.webhook_deliveries
        WHERE id IN (SELECT id FROM picked) AND state = 'pending' FOR UPDATE SKIP LOCKED
    )
    UPDATE notifications.webhook_deliveries d
    SET state = 'sending', claim_time = :now,
        attempt_count = d.attempt_count + 1, retry_count = d.retry_count + 1
    FROM locked, notifications.webhooks w
    WHERE d.id = locked.id AND w.id = d.webhook_id
    RETURNING d.id, d.webhook_id, d.payload, d.start_time, d.retry_count, d.claim_time,
        w.url, w.secret, w.previous_secret, w.previous_expire_time"""


async def claim_due(
    session: AsyncSession, *, now: datetime, limit: int, most_at_once: int
) -> Sequence[ClaimedDelivery]:
    """Claim at most `limit` due deliveries, and no more of a webhook than it is sent at once."""
    await session.execute(text(_LOCK_CLAIMS))
    rows = await session.execute(text(_CLAIM), {"now": now, "most": most_at_once, "room": limit})
    return [_claimed_from_row(row, now=now) for row in rows]


async def find_next_due(session: AsyncSession, *, after: datetime) -> datetime | None:
    """Return when the next delivery is due that is not due yet; None when none is."""
    due = select(func.min(_D.due_time)).where(_D.state == _PENDING, _D.due_time > after)
    found: datetime | None = await session.scalar(due)
    return found


async def record_attempt(
    session: AsyncSession,
    delivery: ClaimedDelivery,
    attempt: WebhookAttempt,
    *,
    state: WebhookDeliveryState,
    due_time: datetime | None,
    now: datetime,
) -> bool:
    """Store what came of an attempt; return False when the claim was lost meanwhile.

    What the receiver has accepted is stored in any case: it need not be sent again.
    """
    of_claim: ColumnElement[bool] = (_D.state == _SENDING) & (_D.claim_time == delivery.claim_time)
    if state is WebhookDeliveryState.DELIVERED:
        of_claim = _D.state.in_([_SENDING, _PENDING])
    changes: dict[str, Any] = {
        "state": state.value,
        "detail": attempt.detail,
        "attempts": func.jsonb_path_query_array(
            _D.attempts.op("||")(literal([attempt_to_column(attempt)], JSONB)),
            cast(f"$[last-{MOST_ATTEMPTS_SHOWN - 1} to last]", JSONPATH),
        ),
        "finish_time": None if state is WebhookDeliveryState.PENDING else now,
    }
    if due_time is not None:
        changes["due_time"] = due_time
    changed = update(WEBHOOK_DELIVERIES).where(_D.id == delivery.id, of_claim).values(changes)
    return (await session.execute(changed.returning(_D.id))).first() is not None


async def fail_pending(session: AsyncSession, webhook_id: UUID, *, now: datetime) -> None:
    """Fail what waits to be sent to a webhook that was disabled."""
    waiting = (_D.webhook_id == webhook_id) & (_D.state == _PENDING)
    values = {"state": _FAILED, "detail": DISABLED_MEANWHILE, "finish_time": now}
    await session.execute(update(WEBHOOK_DELIVERIES).where(waiting).values(values))


async def release_lost(session: AsyncSession, *, claimed_before: datetime, now: datetime) -> int:
    """Release deliveries whose sender was lost; they are sent again. Return how many."""
    lost = (_D.state == _SENDING) & (_D.claim_time < claimed_before)
    values = {"state": _PENDING, "due_time": now, "detail": SENDER_LOST}
    changed = update(WEBHOOK_DELIVERIES).where(lost).values(values).returning(_D.id)
    return len((await session.execute(changed)).all())


async def purge(session: AsyncSession, *, finished_before: datetime) -> int:
    """Delete some deliveries that finished long ago; return how many."""
    old = select(_D.id).where(_D.finish_time < finished_before).limit(_PURGE_LIMIT)
    deleted = delete(WEBHOOK_DELIVERIES).where(_D.id.in_(old)).returning(_D.id)
    return len((await session.execute(deleted)).all())


def _claimed_from_row(row: Row[Any], *, now: datetime) -> ClaimedDelivery:
    expire_time = row.previous_expire_time
    keys: tuple[bytes, ...] = (row.secret,)
    if row.previous_secret is not None and expire_time is not None and now < expire_time:
        keys = (row.secret, row.previous_secret)
    return ClaimedDelivery(
        id=row.id,
        webhook_id=row.webhook_id,
        url=row.url,
        keys=keys,
        payload=row.payload,
        start_time=row.start_time,
        retry_count=row.retry_count,
        claim_time=row.claim_time,
    )
