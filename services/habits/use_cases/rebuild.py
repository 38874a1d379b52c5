"""Recomputes the derived state of habits from the rows, or checks that it is equal to them."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from chassis.database import Database
from services.habits.dao import rebuild as dao
from services.habits.dao import snapshots as snapshots_dao
from services.habits.domain.snapshot import HabitSnapshot

_BATCH_SIZE = 50
_FIRST_ID = UUID(int=0)


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
) -> AsyncIterator[RebuildResult]:
    """Recompute habits, some at a time, while check-ins go on.

    Args:
        database: Where they are.
        owner_id: Whose; None means everybody's.
        write: Store what was computed; otherwise only compare.
        now: The present moment.
    """
    after: UUID | None = _FIRST_ID
    while after is not None:
        async with database.connection() as connection, connection.transaction():
            ids = await dao.lock_next(connection, after=after, owner_id=owner_id, limit=_BATCH_SIZE)
            snapshots = await snapshots_dao.list_snapshots(connection, ids)
            facts = await dao.list_all_facts(connection, ids)
            counted = [(it, it.with_facts(facts[it.habit.id])) for it in snapshots]
            different: tuple[UUID, ...] = ()
            if write:
                compacted = [(it, it.compacted(it.person.today(now))) for _, it in counted]
                await dao.replace_derived(connection, compacted)
            else:
                wrong = (kept for kept, fresh in counted if not _agree(kept, fresh, now))
                different = tuple(kept.habit.id for kept in wrong)
        yield RebuildResult(len(ids), different)
        after = ids[-1] if ids else None


async def count_habits(database: Database, owner_id: UUID | None) -> int:
    """Return how many habits there are to recompute."""
    async with database.connection() as connection:
        return await dao.count_habits(connection, owner_id=owner_id)


def _agree(kept: HabitSnapshot, fresh: HabitSnapshot, now: datetime) -> bool:
    """Tell whether the stored state of a habit gives the same numbers as its rows."""
    today = kept.person.today(now)
    return kept.is_up_to_date(today) and kept.evaluation(today) == fresh.evaluation(today)
