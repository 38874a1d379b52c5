"""Stores, lists, locks and deletes habits."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import Select, any_, bindparam, delete, func, literal, select, tuple_, update
from sqlalchemy.ext.asyncio import AsyncSession

from services.habits.dao.derived_state import facts_to_bytes
from services.habits.dao.rows import COLUMNS, habit_from_row, row_from_habit
from services.habits.domain.errors import HabitNotFound
from services.habits.domain.habit import Habit, HabitState
from services.habits.tables import (
    CALENDARS,
    CHANGES,
    DAYS,
    HABITS,
    IMPORT_SOURCES,
    IMPORTS,
    PAUSES,
    PROGRESS,
    REPLAYS,
    TOMBSTONES,
)


async def get_habit(session: AsyncSession, owner_id: UUID, habit_id: UUID) -> Habit:
    """Return a habit of a person.

    Raises:
        HabitNotFound: They have no such habit.
    """
    found = await _habits(session, _of(owner_id).where(HABITS.c.id == habit_id))
    if not found:
        raise HabitNotFound(habit_id)
    return found[0]


async def lock_habit(session: AsyncSession, owner_id: UUID, habit_id: UUID) -> Habit:
    """Lock a habit of a person and its days, and return it.

    Raises:
        HabitNotFound: They have no such habit.
    """
    found = await _locked(session, _of(owner_id).where(HABITS.c.id == habit_id))
    if not found:
        raise HabitNotFound(habit_id)
    return found[0]


async def lock_habits(session: AsyncSession, owner_id: UUID, *, limit: int) -> list[Habit]:
    """Lock all habits of a person and their days; return them by position."""
    found = await _locked(session, _of(owner_id).limit(limit))
    return sorted(found, key=lambda habit: (habit.position, habit.id))


async def lock_some_habits(
    session: AsyncSession, owner_id: UUID, habit_ids: Collection[UUID]
) -> dict[UUID, Habit]:
    """Lock those of some habits that are a person's, and their days; return them by id."""
    found = await _locked(session, _of(owner_id).where(HABITS.c.id.in_(habit_ids)))
    return {habit.id: habit for habit in found}


async def list_habits(
    session: AsyncSession,
    owner_id: UUID,
    *,
    state: HabitState | None,
    tag: str,
    after: tuple[int, UUID] | None,
    limit: int,
) -> Sequence[Habit]:
    """Return a person's habits by position, then age, from after a place in that order on."""
    query = _of(owner_id)
    if state is not None:
        is_active = HABITS.c.archive_time.is_(None)
        query = query.where(is_active if state is HabitState.ACTIVE else ~is_active)
    if tag:
        query = query.where(literal(tag) == any_(HABITS.c.tags))
    if after is not None:
        query = query.where(tuple_(HABITS.c.position, HABITS.c.id) > after)
    return await _habits(session, query.order_by(HABITS.c.position, HABITS.c.id).limit(limit))


@dataclass(frozen=True, slots=True)
class HabitCounts:
    """How many habits a person has."""

    active: int
    total: int
    """Archived ones included."""
    next_position: int
    """The first position after them all."""


async def count_habits(session: AsyncSession, owner_id: UUID) -> HabitCounts:
    """Return how many habits a person has."""
    active = func.count().filter(HABITS.c.archive_time.is_(None))
    last = func.coalesce(func.max(HABITS.c.position) + 1, 0)
    query = select(active, func.count(), last).where(HABITS.c.owner_id == owner_id)
    return HabitCounts(*(await session.execute(query)).one())


async def find_first_day(session: AsyncSession, habit_id: UUID) -> date | None:
    """Return the first day of a habit that holds something."""
    holds = (DAYS.c.mark != 0) | DAYS.c.amount.is_not(None) | (DAYS.c.note != "")
    query = select(func.min(DAYS.c.day)).where(DAYS.c.habit_id == habit_id, holds)
    first: date | None = await session.scalar(query)
    return first


async def add_habit(session: AsyncSession, habit: Habit) -> None:
    """Insert a habit, with nothing done yet."""
    await session.execute(HABITS.insert().values(row_from_habit(habit)))
    empty = {"habit_id": habit.id, "recent": facts_to_bytes({})}
    await session.execute(PROGRESS.insert().values(empty))


async def replace_habits(session: AsyncSession, habits: Sequence[Habit]) -> None:
    """Replace stored habits."""
    for habit in habits:
        row = row_from_habit(habit)
        await session.execute(update(HABITS).where(HABITS.c.id == habit.id).values(row))


async def update_positions(session: AsyncSession, habits: Sequence[Habit]) -> None:
    """Store the positions of habits that were moved."""
    if not habits:
        return
    statement = update(HABITS).where(HABITS.c.id == bindparam("habit_id"))
    rows = [
        {"habit_id": habit.id, "position": habit.position, "revision": habit.revision}
        for habit in habits
    ]
    connection = await session.connection()
    await connection.execute(statement, rows)


async def delete_habits(session: AsyncSession, habit_ids: Sequence[UUID]) -> None:
    """Delete habits with everything that belongs to them.

    Their rows of `progress` are deleted first: a concurrent check-in then writes nothing.
    """
    await session.execute(delete(PROGRESS).where(PROGRESS.c.habit_id.in_(habit_ids)))
    for table in (DAYS, CHANGES):
        await session.execute(delete(table).where(table.c.habit_id.in_(habit_ids)))
    await session.execute(delete(HABITS).where(HABITS.c.id.in_(habit_ids)))


async def delete_owner(session: AsyncSession, owner_id: UUID) -> None:
    """Delete all data of a person but their settings."""
    query = select(HABITS.c.id).where(HABITS.c.owner_id == owner_id)
    await delete_habits(session, (await session.scalars(query)).all())
    for table in (PAUSES, REPLAYS, IMPORTS, IMPORT_SOURCES, CALENDARS, TOMBSTONES):
        await session.execute(delete(table).where(table.c.owner_id == owner_id))


def _of(owner_id: UUID) -> Select[tuple[object, ...]]:
    return select(*COLUMNS).where(HABITS.c.owner_id == owner_id)


async def _habits(session: AsyncSession, query: Select[tuple[object, ...]]) -> list[Habit]:
    return [habit_from_row(row) for row in (await session.execute(query)).mappings()]


async def _locked(session: AsyncSession, query: Select[tuple[object, ...]]) -> list[Habit]:
    """Lock in the order of ids, as the check-ins do, so that no two wait for each other."""
    joined = query.join(PROGRESS, PROGRESS.c.habit_id == HABITS.c.id).order_by(HABITS.c.id)
    return await _habits(session, joined.with_for_update())
