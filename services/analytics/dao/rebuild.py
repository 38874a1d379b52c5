"""What a rebuild needs beside the usual: a moment to compare with, and a broom."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from services.analytics.tables import DAYS, HABITS, PAUSES, PEOPLE


async def moment(session: AsyncSession) -> datetime:
    """Return the database's clock: what was heard before it is in every export begun after it."""
    clock: datetime = (await session.execute(select(func.clock_timestamp()))).scalar_one()
    return clock


async def sweep_days(session: AsyncSession, habit_id: UUID, *, heard_before: datetime) -> int:
    """Clear the days of a habit that the export did not hold; their revisions stay."""
    stale = (
        (DAYS.c.habit_id == habit_id)
        & (DAYS.c.hear_time < heard_before)
        & (DAYS.c.mark.is_not(None) | DAYS.c.amount_thousandths.is_not(None))
    )
    cleared = update(DAYS).where(stale).values(mark=None, amount_thousandths=None)
    return len((await session.scalars(cleared.returning(DAYS.c.day))).all())


async def sweep(session: AsyncSession, owner_id: UUID | None, *, heard_before: datetime) -> int:
    """Mark as gone the habits and pauses that the export did not hold; return how many."""
    gone: int = 0
    for table in (HABITS, PAUSES):
        stale = (table.c.hear_time < heard_before) & table.c.deleted.is_(False)
        marked = update(table).where(stale & _owned(table.c.owner_id, owner_id))
        result = await session.execute(marked.values(deleted=True).returning(table.c.owner_id))
        gone += len(result.all())
    swept = select(HABITS.c.habit_id).where(
        HABITS.c.deleted, HABITS.c.hear_time < heard_before, _owned(HABITS.c.owner_id, owner_id)
    )
    await session.execute(delete(DAYS).where(DAYS.c.habit_id.in_(swept)))
    return gone


async def count_everything_again(
    session: AsyncSession, owner_id: UUID | None, *, now: datetime
) -> None:
    """Forget all checkpoints and totals of a person, or of everybody, and count again now."""
    forget = update(HABITS).where(
        HABITS.c.checkpoint_date.is_not(None), _owned(HABITS.c.owner_id, owner_id)
    )
    await session.execute(forget.values(checkpoint=None, checkpoint_date=None))
    people = update(PEOPLE).where(PEOPLE.c.deleted.is_(False), _owned(PEOPLE.c.owner_id, owner_id))
    await session.execute(people.values(stale_from=None, next_count_time=now))


def _owned(column: ColumnElement[Any], owner_id: UUID | None) -> ColumnElement[bool]:
    """Return the condition that a row is a person's; anybody's for None."""
    return column == owner_id if owner_id is not None else column.is_not(None)
