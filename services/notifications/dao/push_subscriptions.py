"""Browsers that show people's reminders."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, delete, func, select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from chassis.ids import uuid7
from services.notifications.domain.push import MAX_SUBSCRIPTIONS, PushSubscription, PushTarget
from services.notifications.tables import PUSH_SUBSCRIPTIONS

_P = PUSH_SUBSCRIPTIONS.c


async def lock_subscriptions(session: AsyncSession, owner_id: UUID) -> None:
    """Keep others from subscribing browsers of a person until the commit."""
    lock = text("SELECT pg_advisory_xact_lock(hashtextextended('push:' || :owner, 0))")
    await session.execute(lock, {"owner": str(owner_id)})


async def count_subscriptions(session: AsyncSession, owner_id: UUID, *, but: str) -> int:
    """Count a person's subscriptions, leaving out the one of an endpoint."""
    others = (_P.owner_id == owner_id) & (_P.endpoint != but)
    count = await session.scalar(select(func.count()).select_from(PUSH_SUBSCRIPTIONS).where(others))
    return int(count or 0)


async def list_subscriptions(session: AsyncSession, owner_id: UUID) -> Sequence[PushSubscription]:
    """Return a person's subscriptions, the newest first."""
    rows = select(PUSH_SUBSCRIPTIONS).where(_P.owner_id == owner_id)
    found = await session.execute(rows.order_by(_P.id.desc()).limit(MAX_SUBSCRIPTIONS))
    return [_from_row(row) for row in found]


async def find_subscription(
    session: AsyncSession, subscription_id: UUID
) -> PushSubscription | None:
    """Return a subscription; None when it was deleted."""
    rows = await session.execute(select(PUSH_SUBSCRIPTIONS).where(_P.id == subscription_id))
    row = rows.one_or_none()
    return _from_row(row) if row is not None else None


async def upsert_subscription(
    session: AsyncSession, owner_id: UUID, target: PushTarget, *, now: datetime
) -> PushSubscription:
    """Store a subscription; replace the keys of the one that this person's endpoint has."""
    row = insert(PUSH_SUBSCRIPTIONS).values(
        id=uuid7(),
        owner_id=owner_id,
        endpoint=target.endpoint,
        p256dh_key=target.p256dh_key,
        auth_secret=target.auth_secret,
        device=target.device,
        create_time=now,
    )
    changed = {name: row.excluded[name] for name in ("p256dh_key", "auth_secret", "device")}
    upsert = row.on_conflict_do_update(
        index_elements=[_P.endpoint], set_=changed | {"owner_id": row.excluded.owner_id}
    )
    return _from_row((await session.execute(upsert.returning(PUSH_SUBSCRIPTIONS))).one())


async def delete_endpoint_of_others(
    session: AsyncSession, owner_id: UUID, endpoint: str
) -> PushSubscription | None:
    """Delete the subscription of an endpoint that another person has; return it."""
    others = (_P.owner_id != owner_id) & (_P.endpoint == endpoint)
    deleted = delete(PUSH_SUBSCRIPTIONS).where(others).returning(PUSH_SUBSCRIPTIONS)
    row = (await session.execute(deleted)).one_or_none()
    return _from_row(row) if row is not None else None


async def delete_subscription(session: AsyncSession, owner_id: UUID, subscription_id: UUID) -> bool:
    """Delete a person's subscription; return whether there was one."""
    of_person = (_P.owner_id == owner_id) & (_P.id == subscription_id)
    deleted = delete(PUSH_SUBSCRIPTIONS).where(of_person).returning(_P.id)
    return (await session.scalar(deleted)) is not None


def _from_row(row: Row[Any]) -> PushSubscription:
    return PushSubscription(
        id=row.id,
        owner_id=row.owner_id,
        endpoint=row.endpoint,
        p256dh_key=row.p256dh_key,
        auth_secret=row.auth_secret,
        device=row.device,
        create_time=row.create_time,
    )
