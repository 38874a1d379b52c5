"""Events taken in: an id is kept in the transaction of its effect, so a repeat has none."""

from uuid import UUID

from sqlalchemy import Table
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession


async def first_time(session: AsyncSession, inbox: Table, event_id: UUID) -> bool:
    """Say whether this event is new here, and keep its id. Waits for one being handled."""
    kept = insert(inbox).values(event_id=event_id).on_conflict_do_nothing()
    return (await session.scalar(kept.returning(inbox.c.event_id))) is not None
