"""Reads all habits in turn and replaces their derived state, for a rebuild from the rows."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from chassis.database import Connection
from rhythm.plan import DayFact
from services.habits.dao.check_in_writes import lock
from services.habits.dao.derived_state import (
    checkpoint_to_bytes,
    derived_from_bytes,
    fact_of,
    facts_to_bytes,
)
from services.habits.dao.rows import habit_from_row
from services.habits.dao.snapshot_cache import snapshot_from_row
from services.habits.dao.snapshots import SNAPSHOT_COLUMNS, person_from_row
from services.habits.domain.people import Person
from services.habits.domain.snapshot import DerivedState, HabitSnapshot

_EPOCH = date(2000, 1, 1).toordinal()
_NEXT = """
    SELECT h.id, jsonb_array_length(h.versions) > 1 OR coalesce(cardinality(o.week_changes), 0) > 0
        AS has_changed
    FROM habits.habits h
    LEFT JOIN habits.people o ON o.owner_id = h.owner_id
    WHERE h.id > $1 AND ($2::uuid IS NULL OR h.owner_id = $2)
    ORDER BY h.id LIMIT $3"""
_SNAPSHOTS = f"""
    SELECT {SNAPSHOT_COLUMNS}
    FROM habits.habits h
    JOIN habits.progress p ON p.habit_id = h.id
    LEFT JOIN habits.people o ON o.owner_id = h.owner_id
    WHERE h.id = ANY($1)
    ORDER BY h.id"""  # noqa: S608
_COUNT = """
    SELECT count(*) FROM habits.habits WHERE $1::uuid IS NULL OR owner_id = $1"""
_FACTS = """
    SELECT habit_id, array_agg(day - date '2000-01-01' ORDER BY day) AS days,
        array_agg(mark ORDER BY day) AS marks, array_agg(amount ORDER BY day) AS amounts
    FROM habits.days
    WHERE habit_id = ANY($1) AND (mark <> 0 OR amount IS NOT NULL)
    GROUP BY habit_id"""
_REPLACE = """
    UPDATE habits.progress p
    SET revision = p.revision + 1, checkpoint = n.checkpoint, recent = n.recent
    FROM unnest($1::uuid[], $2::bigint[], $3::bytea[], $4::bytea[])
        AS n(habit_id, revision, checkpoint, recent)
    WHERE p.habit_id = n.habit_id AND p.revision = n.revision
    RETURNING p.habit_id"""

_NOTHING = DerivedState({})


async def count_habits(connection: Connection, *, owner_id: UUID | None) -> int:
    """Return how many habits there are, of a person or of everybody."""
    count: int = await connection.fetchval(_COUNT, owner_id)
    return count


async def list_next(
    connection: Connection, *, after: UUID, owner_id: UUID | None, limit: int
) -> list[tuple[UUID, bool]]:
    """Return the next habits in order of their ids, each with whether its plan was ever changed."""
    rows = await connection.fetch(_NEXT, after, owner_id, limit)
    return [(row["id"], row["has_changed"]) for row in rows]


async def list_snapshots(
    connection: Connection, habit_ids: Sequence[UUID], *, with_derived: bool = True
) -> list[HabitSnapshot]:
    """Return the snapshots of some habits, whoever owns them, in order of their ids.

    Nothing of them is cached: this is for those who go through everybody's habits.

    Args:
        connection: The database.
        habit_ids: The habits.
        with_derived: Read what is derived of their days; false where it is to be computed anew.
    """
    people: dict[UUID, Person] = {}
    snapshots: list[HabitSnapshot] = []
    for row in await connection.fetch(_SNAPSHOTS, habit_ids):
        person = people.get(row["owner_id"])
        if person is None:
            person = people[row["owner_id"]] = person_from_row(row, None)
        habit = habit_from_row(row)
        plan = habit.plan(person.week_start, person.week_changes)
        derived = derived_from_bytes(row["checkpoint"], row["recent"]) if with_derived else _NOTHING
        snapshots.append(snapshot_from_row(row, person, habit, plan, derived))
    return snapshots


async def list_all_facts(
    connection: Connection, habit_ids: Sequence[UUID]
) -> dict[UUID, dict[date, DayFact]]:
    """Return all facts of some habits, read as one row per habit, which is cheap for many years."""
    facts: dict[UUID, dict[date, DayFact]] = {habit_id: {} for habit_id in habit_ids}
    for habit_id, days, marks, amounts in await connection.fetch(_FACTS, habit_ids):
        facts[habit_id] = {
            date.fromordinal(_EPOCH + day): fact_of(mark, amount)
            for day, mark, amount in zip(days, marks, amounts, strict=True)
        }
    return facts


async def replace_derived(
    connection: Connection, derived: Sequence[tuple[HabitSnapshot, DerivedState]]
) -> set[UUID]:
    """Replace the derived state of habits that have not changed since they were read.

    Their days are locked before, in the order of their ids.

    Returns:
        The ids of those habits.
    """
    await lock(connection, [snapshot.habit.id for snapshot, _ in derived])
    replaced = await connection.fetch(
        _REPLACE,
        [snapshot.habit.id for snapshot, _ in derived],
        [snapshot.revision for snapshot, _ in derived],
        [checkpoint_to_bytes(it) for _, it in derived],
        [facts_to_bytes(it.facts) for _, it in derived],
    )
    return {row["habit_id"] for row in replaced}
