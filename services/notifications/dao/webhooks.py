"""Webhooks as stored."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, delete, func, select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from services.notifications.domain.webhooks import DisabledReason, Webhook
from services.notifications.tables import WEBHOOKS

_W = WEBHOOKS.c


async def lock_owner(session: AsyncSession, owner_id: UUID) -> None:
    """Have others who create a webhook for this person wait for the end of the transaction."""
    statement = text("SELECT pg_advisory_xact_lock(hashtextextended(:owner, 0))")
    await session.execute(statement, {"owner": f"webhooks {owner_id}"})


async def count_webhooks(session: AsyncSession, owner_id: UUID) -> int:
    """Return how many webhooks a person has."""
    count = select(func.count()).select_from(WEBHOOKS).where(_W.owner_id == owner_id)
    return int(await session.scalar(count) or 0)


async def add_webhook(session: AsyncSession, webhook: Webhook, *, key: bytes) -> None:
    """Store a new webhook with the key of its secret."""
    row = insert(WEBHOOKS).values(
        id=webhook.id,
        owner_id=webhook.owner_id,
        url=webhook.url,
        events=list(webhook.events),
        description=webhook.description,
        enabled=True,
        secret=key,
        create_time=webhook.create_time,
        update_time=webhook.update_time,
    )
    await session.execute(row)


async def find_webhook(
    session: AsyncSession, owner_id: UUID, webhook_id: UUID, *, lock: bool = False
) -> Webhook | None:
    """Return a person's webhook; None when they have no such.

    Args:
        session: The transaction.
        owner_id: The person.
        webhook_id: The webhook.
        lock: Whether others who would change it have to wait.
    """
    rows = select(WEBHOOKS).where(_W.id == webhook_id, _W.owner_id == owner_id)
    found = await session.execute(rows.with_for_update() if lock else rows)
    row = found.one_or_none()
    return _webhook_from_row(row) if row is not None else None


async def lock_webhook(session: AsyncSession, webhook_id: UUID) -> Webhook | None:
    """Return a webhook, and keep others from changing it; None when it was deleted."""
    rows = select(WEBHOOKS).where(_W.id == webhook_id).with_for_update(key_share=True)
    row = (await session.execute(rows)).one_or_none()
    return _webhook_from_row(row) if row is not None else None


async def list_webhooks(
    session: AsyncSession, owner_id: UUID, *, after: UUID | None, limit: int
) -> Sequence[Webhook]:
    """Return at most `limit` webhooks of a person, oldest first, younger than `after`."""
    rows = select(WEBHOOKS).where(_W.owner_id == owner_id)
    if after is not None:
        rows = rows.where(_W.id > after)
    found = await session.execute(rows.order_by(_W.id).limit(limit))
    return [_webhook_from_row(row) for row in found]


async def update_webhook(session: AsyncSession, webhook: Webhook) -> None:
    """Store the changed fields of a webhook that was locked before."""
    reason = webhook.disabled_reason
    await session.execute(
        update(WEBHOOKS)
        .where(_W.id == webhook.id)
        .values(
            url=webhook.url,
            events=list(webhook.events),
            description=webhook.description,
            enabled=webhook.enabled,
            disabled_reason=reason.value if reason is not None else None,
            disabled_detail=webhook.disabled_detail,
            disable_time=webhook.disable_time,
            success_time=webhook.success_time,
            update_time=webhook.update_time,
        )
    )


async def replace_secret(
    session: AsyncSession, webhook_id: UUID, *, key: bytes, previous_expire_time: datetime
) -> None:
    """Store a new key; the one before is used as well until it expires."""
    await session.execute(
        update(WEBHOOKS)
        .where(_W.id == webhook_id)
        .values(
            previous_secret=_W.secret,
            previous_expire_time=previous_expire_time,
            secret=key,
        )
    )


async def delete_webhook(session: AsyncSession, owner_id: UUID, webhook_id: UUID) -> bool:
    """Delete a person's webhook with its deliveries; return whether there was one."""
    deleted = delete(WEBHOOKS).where(_W.id == webhook_id, _W.owner_id == owner_id)
    return (await session.execute(deleted.returning(_W.id))).first() is not None


def _webhook_from_row(row: Row[Any]) -> Webhook:
    return Webhook(
        id=row.id,
        owner_id=row.owner_id,
        url=row.url,
        events=tuple(row.events),
        description=row.description,
        enabled=row.enabled,
        disabled_reason=DisabledReason(row.disabled_reason) if row.disabled_reason else None,
        disabled_detail=row.disabled_detail,
        disable_time=row.disable_time,
        success_time=row.success_time,
        create_time=row.create_time,
        update_time=row.update_time,
    )
