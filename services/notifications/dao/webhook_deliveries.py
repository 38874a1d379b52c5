"""Deliveries of webhooks as stored and listed; `dao.webhook_sending` has the claims of senders."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, func, select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from chassis.database import Connection
from chassis.ids import list_uuid7, uuid7
from services.notifications.domain.webhook_deliveries import (
    WebhookAttempt,
    WebhookDelivery,
    WebhookDeliveryState,
)
from services.notifications.domain.webhooks import ALL_EVENTS
from services.notifications.tables import WEBHOOK_DELIVERIES, WEBHOOKS_CHANNEL

_D = WEBHOOK_DELIVERIES.c
_SENDING = WebhookDeliveryState.SENDING.value
_PENDING = WebhookDeliveryState.PENDING.value
_FAILED = WebhookDeliveryState.FAILED.value


class _Statement:
    """A statement for both drivers: `{0}` is its first parameter, `:p0` or `$1`."""

    def __init__(self, sql: str, parameter_count: int) -> None:
        self._names = [f"p{place}" for place in range(parameter_count)]
        self._named = text(sql.format(*(f":{name}" for name in self._names)))
        self._numbered = sql.format(*(f"${place + 1}" for place in range(parameter_count)))

    async def run(self, session: AsyncSession | Connection, *values: Any) -> Sequence[Any]:
        """Run it on either kind of connection; return its rows."""
        if isinstance(session, AsyncSession):
            named = dict(zip(self._names, values, strict=True))
            return (await session.execute(self._named, named)).all()
        rows: Sequence[Any] = await session.fetch(self._numbered, *values)
        return rows


# A webhook that is being deleted or disabled is waited for: nothing is written for it afterwards.
_LOCK_RECEIVERS = _Statement(
    """
    SELECT owner_id, id, events FROM notifications.webhooks
    WHERE owner_id = ANY(CAST({0} AS uuid[])) AND enabled AND events && CAST({1} AS text[])
    ORDER BY id FOR SHARE""",
    parameter_count=2,
)
_ADD_DELIVERIES = _Statement(
    """
    INSERT INTO notifications.webhook_deliveries
        (id, webhook_id, owner_id, event_id, type, payload, state,
         create_time, start_time, due_time)
    SELECT g.*, 'pending', CAST({6} AS timestamptz), {6}, {6}
    FROM unnest(
        CAST({0} AS uuid[]), CAST({1} AS uuid[]), CAST({2} AS uuid[]), CAST({3} AS uuid[]),
        CAST({4} AS text[]), CAST({5} AS text[])
    ) AS g
    ON CONFLICT (webhook_id, event_id) DO NOTHING
    RETURNING id""",
    parameter_count=7,
)

type Receivers = Mapping[UUID, Sequence[tuple[UUID, Sequence[str]]]]
"""The webhooks of each person, with the types of events that they are sent."""
type NewDelivery = tuple[UUID, UUID, UUID, str, str]
"""The webhook, its owner, the event, its type and the payload."""


async def lock_receivers(
    session: AsyncSession | Connection, owner_ids: Collection[UUID | str], types: Collection[str]
) -> Receivers:
    """Return the enabled webhooks of people that are sent any of these types of events."""
    rows = await _LOCK_RECEIVERS.run(session, list(owner_ids), [*types, ALL_EVENTS])
    found: dict[UUID, list[tuple[UUID, Sequence[str]]]] = defaultdict(list)
    for owner_id, webhook_id, events in rows:
        found[owner_id].append((webhook_id, events))
    return found


async def add_deliveries(
    session: AsyncSession | Connection, deliveries: Sequence[NewDelivery], *, now: datetime
) -> None:
    """Store deliveries that are due at once; an event that a webhook has already is left out."""
    columns = [list(column) for column in zip(*deliveries, strict=True)]
    await _ADD_DELIVERIES.run(session, list_uuid7(len(deliveries)), *columns, now)


async def add_delivery(
    session: AsyncSession,
    webhook_id: UUID,
    owner_id: UUID,
    event_type: str,
    payload: str,
    *,
    now: datetime,
) -> WebhookDelivery:
    """Store a delivery of something that is no event of the mesh."""
    row = insert(WEBHOOK_DELIVERIES).values(
        id=uuid7(),
        webhook_id=webhook_id,
        owner_id=owner_id,
        event_id=uuid7(),
        type=event_type,
        payload=payload,
        state=_PENDING,
        create_time=now,
        start_time=now,
        due_time=now,
    )
    return _delivery_from_row((await session.execute(row.returning(WEBHOOK_DELIVERIES))).one())


async def list_deliveries(
    session: AsyncSession,
    webhook_id: UUID,
    *,
    state: WebhookDeliveryState | None,
    after: UUID | None,
    limit: int,
) -> Sequence[WebhookDelivery]:
    """Return at most `limit` deliveries of a webhook, newest first, older than `after`."""
    rows = select(WEBHOOK_DELIVERIES).where(_D.webhook_id == webhook_id)
    if state is WebhookDeliveryState.PENDING:
        rows = rows.where(_D.state.in_([_PENDING, _SENDING]))
    elif state is not None:
        rows = rows.where(_D.state == state.value)
    if after is not None:
        rows = rows.where(_D.id < after)
    found = await session.execute(rows.order_by(_D.id.desc()).limit(limit))
    return [_delivery_from_row(row) for row in found]


async def replay_delivery(
    session: AsyncSession, webhook_id: UUID, delivery_id: UUID, *, now: datetime
) -> WebhookDelivery | None:
    """Make a delivery due now, and its retries begin anew; None when there is no such.

    One that is being sent stays as it is.
    """
    this = (_D.webhook_id == webhook_id) & (_D.id == delivery_id)
    changed = update(WEBHOOK_DELIVERIES).where(this, _D.state != _SENDING).values(_anew(now))
    if (await session.execute(changed.returning(_D.id))).first() is not None:
        await _wake_senders(session)
    row = (await session.execute(select(WEBHOOK_DELIVERIES).where(this))).one_or_none()
    return _delivery_from_row(row) if row is not None else None


async def replay_failed(
    session: AsyncSession,
    webhook_id: UUID,
    *,
    since: datetime | None,
    limit: int,
    now: datetime,
) -> int:
    """Make failed deliveries due now, oldest first; return how many."""
    failed = select(_D.id).where(_D.webhook_id == webhook_id, _D.state == _FAILED)
    if since is not None:
        failed = failed.where(_D.create_time >= since)
    oldest = failed.order_by(_D.id).limit(limit)
    changed = update(WEBHOOK_DELIVERIES).where(_D.id.in_(oldest)).values(_anew(now))
    found = (await session.execute(changed.returning(_D.id))).all()
    if found:
        await _wake_senders(session)
    return len(found)


def _anew(now: datetime) -> dict[str, Any]:
    return {
        "state": _PENDING,
        "detail": "",
        "retry_count": 0,
        "start_time": now,
        "due_time": now,
        "finish_time": None,
    }


async def _wake_senders(session: AsyncSession) -> None:
    await session.execute(select(func.pg_notify(WEBHOOKS_CHANNEL, "")))


def attempt_to_column(attempt: WebhookAttempt) -> dict[str, str | int]:
    """Return an attempt as it is stored with its delivery."""
    return {
        "time": attempt.attempt_time.isoformat(),
        "status_code": attempt.status_code,
        "detail": attempt.detail,
        "response_text": attempt.response_text,
        "duration_ms": attempt.duration_ms,
    }


def _delivery_from_row(row: Row[Any]) -> WebhookDelivery:
    state = WebhookDeliveryState(row.state)
    return WebhookDelivery(
        id=row.id,
        webhook_id=row.webhook_id,
        type=row.type,
        payload=row.payload,
        state=WebhookDeliveryState.PENDING if state is WebhookDeliveryState.SENDING else state,
        detail=row.detail,
        attempt_count=row.attempt_count,
        attempts=[
            WebhookAttempt(
                attempt_time=datetime.fromisoformat(it["time"]),
                status_code=it["status_code"],
                detail=it["detail"],
                response_text=it["response_text"],
                duration_ms=it["duration_ms"],
            )
            for it in row.attempts
        ],
        create_time=row.create_time,
        due_time=row.due_time,
        finish_time=row.finish_time,
    )
