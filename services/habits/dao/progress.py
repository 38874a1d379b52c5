"""The derived state of habits, for edits of what it is computed from. On SQLAlchemy."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import bindparam, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from rhythm.plan import DayFact
from services.habits.dao.derived_state import (
    checkpoint_to_bytes,
    derived_from_bytes,
    fact_of,
    facts_to_bytes,
)
from services.habits.domain.snapshot import DerivedState
from services.habits.tables import DAYS, PROGRESS


class ProgressRow(NamedTuple):
    """A row of `progress`: the derived state of one habit and its revision."""

    habit_id: UUID
    revision: int
    derived: DerivedState


async def lock_progress(session: AsyncSession, habit_ids: Iterable[UUID]) -> list[ProgressRow]:
    """Lock the rows of some habits and return them."""
    query = select(PROGRESS).where(PROGRESS.c.habit_id.in_(habit_ids))
    rows = await session.execute(query.order_by(PROGRESS.c.habit_id).with_for_update())
    return [
        ProgressRow(row.habit_id, row.revision, derived_from_bytes(row.checkpoint, row.recent))
        for row in rows
    ]


async def list_facts(
    session: AsyncSession, habit_ids: Sequence[UUID]
) -> Mapping[UUID, dict[date, DayFact]]:
    """Return all facts of some habits, for the evaluator."""
    columns = DAYS.c.habit_id, DAYS.c.day, DAYS.c.mark, DAYS.c.amount
    holds = (DAYS.c.mark != 0) | DAYS.c.amount.is_not(None)
    query = select(*columns).where(DAYS.c.habit_id.in_(habit_ids), holds).order_by(DAYS.c.day)
    facts: dict[UUID, dict[date, DayFact]] = {habit_id: {} for habit_id in habit_ids}
    for habit_id, day, mark, amount in await session.execute(query):
        facts[habit_id][day] = fact_of(mark, amount)
    return facts


async def replace_progress(session: AsyncSession, kept: Sequence[ProgressRow]) -> None:
    """Replace rows of `progress`."""
    if not kept:
        return
    statement = update(PROGRESS).where(PROGRESS.c.habit_id == bindparam("habit"))
    rows = [
        {
            "habit": it.habit_id,
            "revision": it.revision,
            "checkpoint": checkpoint_to_bytes(it.derived),
            "recent": facts_to_bytes(it.derived.facts),
        }
        for it in kept
    ]
    connection = await session.connection()
    await connection.execute(statement, rows)
