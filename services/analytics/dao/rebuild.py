"""Queries of a rebuild: the start time, and removal of what the export did not contain."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from services.analytics.tables import DAYS, HABITS, PAUSES, PEOPLE


async def database_time(session: AsyncSession) -> datetime:
    """Return the database's clock: rows written before it are in every export begun after it."""
    clock: datetime = (await session.execute(select(func.clock_timestamp()))).scalar_one()
    return clock


async def count_habits(session: AsyncSession, owner_id: UUID | None) -> int:
    """Return how many habits are known, of a person or of everybody."""
    known = select(func.count()).where(
        HABITS.c.deleted.is_(False), _owned(HABITS.c.owner_id, owner_id)
    )
    return (await session.execute(known)).scalar_one()


async def clear_missing_days(
    session: AsyncSession, habit_ids: Sequence[UUID], *, received_before: datetime
) -> int:
    """Clear the days of habits that the export did not contain; their revisions stay."""
    stale = (
        DAYS.c.habit_id.in_(habit_ids)
        & (DAYS.c.hear_time < received_before)
        & (DAYS.c.mark.is_not(None) | DAYS.c.amount_thousandths.is_not(None))
    )
    cleared = update(DAYS).where(stale).values(mark=None, amount_thousandths=None)
    return len((await session.scalars(cleared.returning(DAYS.c.day))).all())


async def mark_missing_deleted(
    session: AsyncSession, owner_id: UUID | None, *, received_before: datetime
) -> int:
    """Mark habits and pauses that the export did not contain as deleted; return how many."""
    deleted_count: int = 0
    for table in (HABITS, PAUSES):
        stale = (table.c.hear_time < received_before) & table.c.deleted.is_(False)
        marked = update(table).where(stale & _owned(table.c.owner_id, owner_id))
        result = await session.execute(marked.values(deleted=True).returning(table.c.owner_id))
        deleted_count += len(result.all())
    deleted_habits = select(HABITS.c.habit_id).where(
        HABITS.c.deleted, HABITS.c.hear_time < received_before, _owned(HABITS.c.owner_id, owner_id)
    )
    await session.execute(delete(DAYS).where(DAYS.c.habit_id.in_(deleted_habits)))
    return deleted_count


async def mark_everything_stale(
    session: AsyncSession, owner_id: UUID | None, *, now: datetime
) -> None:
    """Delete all checkpoints of a person, or of everybody, and mark all totals as stale."""
    reset = update(HABITS).where(
        HABITS.c.checkpoint_date.is_not(None), _owned(HABITS.c.owner_id, owner_id)
    )
    await session.execute(reset.values(checkpoint=None, checkpoint_date=None))
    people = update(PEOPLE).where(PEOPLE.c.deleted.is_(False), _owned(PEOPLE.c.owner_id, owner_id))
    await session.execute(
        people.values(
            stale_from=None,
            next_count_time=now,
            revision=PEOPLE.c.revision + 1,
            change_time=func.clock_timestamp(),
        )
    )


def _owned(column: ColumnElement[Any], owner_id: UUID | None) -> ColumnElement[bool]:
    """Return the condition that a row is a person's; anybody's for None."""
    return column == owner_id if owner_id is not None else column.is_not(None)
