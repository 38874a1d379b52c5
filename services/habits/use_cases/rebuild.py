"""Recomputes the derived state of habits from the rows, or checks that it is equal to them.

Habits that have asked for the same since their start are computed together, as arrays, from what
one snapshot of the database holds. Nobody waits for that: what has changed meanwhile is computed
again, as are those that were edited, one by one, under a lock.
"""

from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import batched
from typing import NamedTuple
from uuid import UUID

from chassis.database import Database
from rhythm.vectorized.day_grid import FactColumns
from services.habits.dao import fact_columns
from services.habits.dao import rebuild as dao
from services.habits.dao.check_in_writes import lock
from services.habits.domain.derived_together import (
    are_equal_together,
    derive_together,
    span_together,
)
from services.habits.domain.snapshot import HabitSnapshot

LEAST_AT_ONCE, MOST_AT_ONCE = 300, 10_000
"""How many habits are computed together."""
_FACTS_AT_ONCE = 2_000_000
"""About so many facts they have. Days lie in the order of time: to read those of many habits is to
scan all of them, as few times as fits into memory."""
_LOCKED_AT_ONCE = 300
_SINGLES_AT_ONCE = 20
_FIRST_ID = UUID(int=0)


class Batch(NamedTuple):
    """Some habits.

    Attributes:
        unchanged: Those that have asked for the same since their start.
        edited: The others.
    """

    unchanged: list[UUID]
    edited: list[UUID]


@dataclass(frozen=True, slots=True)
class RebuildResult:
    """The result for some habits.

    Attributes:
        count: How many were recomputed.
        different: Those whose stored state differs from the rows, where only compared.
    """

    count: int
    different: tuple[UUID, ...]


async def rebuild(
    database: Database, *, owner_id: UUID | None, write: bool, now: datetime
) -> AsyncGenerator[RebuildResult]:
    """Recompute habits, some at a time, while check-ins go on.

    Args:
        database: Where they are.
        owner_id: Whose; None means everybody's.
        write: Store what was computed; otherwise only compare.
        now: The present moment.
    """
    async for batch in list_batches(database, owner_id=owner_id):
        yield await rebuild_batch(database, batch, write=write, now=now)


async def list_batches(
    database: Database, *, owner_id: UUID | None, most: int = MOST_AT_ONCE
) -> AsyncGenerator[Batch]:
    """Return all habits of a person, or of everybody, in batches that fit into memory.

    Args:
        database: Where they are.
        owner_id: Whose; None means everybody's.
        most: No batch is larger.
    """
    after = _FIRST_ID
    while True:
        async with database.connection() as connection:
            limit = round(_FACTS_AT_ONCE / await fact_columns.days_per_habit(connection))
            limit = min(max(limit, LEAST_AT_ONCE), most)
            found = await dao.list_next(connection, after=after, owner_id=owner_id, limit=limit)
        if not found:
            return
        yield Batch(
            [habit_id for habit_id, has_changed in found if not has_changed],
            [habit_id for habit_id, has_changed in found if has_changed],
        )
        after, _ = found[-1]


async def rebuild_batch(
    database: Database, batch: Batch, *, write: bool, now: datetime
) -> RebuildResult:
    """Recompute the habits of one batch; store or compare."""
    together, singles = batch
    different: list[UUID] = []
    if write:
        singles = singles + await _rebuild_together(database, together, now)
    else:
        different += await _compare_together(database, together, now)
    for ids in batched(singles, _SINGLES_AT_ONCE):
        different += await _rebuild_singles(database, ids, now, write=write)
    return RebuildResult(sum(map(len, batch)), tuple(different))


async def _rebuild_together(
    database: Database, habit_ids: Sequence[UUID], now: datetime
) -> list[UUID]:
    """Store what habits come to; return those that changed meanwhile, or cannot be so computed."""
    snapshots, facts = await _read_together(database, habit_ids, with_derived=False)
    today = [it.person.today(now) for it in snapshots]
    derived = zip(snapshots, derive_together(snapshots, facts, today), strict=True)
    replaced: set[UUID] = set()
    for some in batched(derived, _LOCKED_AT_ONCE):
        async with database.connection() as connection, connection.transaction():
            replaced |= await dao.replace_derived(connection, some)
    return [habit_id for habit_id in habit_ids if habit_id not in replaced]


async def _compare_together(
    database: Database, habit_ids: Sequence[UUID], now: datetime
) -> list[UUID]:
    """Return the habits whose stored state gives other numbers than their rows."""
    snapshots, facts = await _read_together(database, habit_ids, with_derived=True)
    today = [it.person.today(now) for it in snapshots]
    equal = are_equal_together(snapshots, facts, today)
    read = {it.habit.id for it in snapshots}
    others = [habit_id for habit_id in habit_ids if habit_id not in read]
    others += [it.habit.id for it, is_equal in zip(snapshots, equal, strict=True) if not is_equal]
    different: list[UUID] = []
    for ids in batched(others, _SINGLES_AT_ONCE):
        different += await _rebuild_singles(database, ids, now, write=False)
    return different


async def _read_together(
    database: Database, habit_ids: Sequence[UUID], *, with_derived: bool
) -> tuple[list[HabitSnapshot], FactColumns]:
    """Return those of some habits that arrays can compute, and their facts as of one moment."""
    async with (
        database.connection() as connection,
        connection.transaction(isolation="repeatable_read", readonly=True),
    ):
        snapshots = await dao.list_snapshots(connection, habit_ids, with_derived=with_derived)
        snapshots = [it for it in snapshots if span_together(it) is not None]
        ids = [it.habit.id for it in snapshots]
        return snapshots, await fact_columns.list_fact_columns(connection, ids)


async def _rebuild_singles(
    database: Database, habit_ids: Sequence[UUID], now: datetime, *, write: bool
) -> list[UUID]:
    """Compute habits one by one, under a lock; store, or return those that differ."""
    async with database.connection() as connection, connection.transaction():
        locked = await lock(connection, habit_ids)
        snapshots = await dao.list_snapshots(connection, locked)
        facts = await dao.list_all_facts(connection, locked)
        counted = [(it, it.with_facts(facts[it.habit.id])) for it in snapshots]
        if write:
            compacted = [(it, fresh.compacted(it.person.today(now))) for it, fresh in counted]
            await dao.replace_derived(connection, compacted)
            return []
        return [kept.habit.id for kept, fresh in counted if not _agree(kept, fresh, now)]


async def count_habits(database: Database, owner_id: UUID | None) -> int:
    """Return how many habits there are to recompute."""
    async with database.connection() as connection:
        return await dao.count_habits(connection, owner_id=owner_id)


def _agree(kept: HabitSnapshot, fresh: HabitSnapshot, now: datetime) -> bool:
    """Tell whether the stored state of a habit gives the same numbers as its rows."""
    today = kept.person.today(now)
    return kept.is_up_to_date(today) and kept.evaluation(today) == fresh.evaluation(today)
