"""The inbox: ids of handled events, so that an event delivered twice has its effect once."""

from uuid import UUID

from sqlalchemy import Table
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession


async def first_time(session: AsyncSession, inbox: Table, event_id: UUID) -> bool:
    """Store the event's id and return whether it is new. Waits while another handles the same."""
    stored = insert(inbox).values(event_id=event_id).on_conflict_do_nothing()
    return (await session.scalar(stored.returning(inbox.c.event_id))) is not None
