"""Queries of the audit log."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from services.auth.domain.account_event import AccountEvent, EventKind
from services.auth.tables import ACCOUNT_EVENTS, ACCOUNTS


async def add_event(session: AsyncSession, event: AccountEvent) -> None:
    """Insert an entry, unless its account was deleted meanwhile."""
    account = select(ACCOUNTS.c.id).where(ACCOUNTS.c.id == event.account_id)
    if await session.scalar(account.with_for_update(read=True, key_share=True)) is None:
        return
    await session.execute(
        insert(ACCOUNT_EVENTS).values(
            id=event.id,
            account_id=event.account_id,
            kind=event.kind.value,
            create_time=event.create_time,
            device=event.device,
            place=event.place,
            subject_id=event.subject_id,
        )
    )


async def list_events(
    session: AsyncSession, account_id: UUID, *, before: UUID | None, limit: int
) -> Sequence[AccountEvent]:
    """Return at most `limit` entries of an account older than `before`, newest first."""
    query = select(ACCOUNT_EVENTS).where(ACCOUNT_EVENTS.c.account_id == account_id)
    if before is not None:
        query = query.where(ACCOUNT_EVENTS.c.id < before)
    rows = await session.execute(query.order_by(ACCOUNT_EVENTS.c.id.desc()).limit(limit))
    return [AccountEvent(**dict(row) | {"kind": EventKind(row["kind"])}) for row in rows.mappings()]
