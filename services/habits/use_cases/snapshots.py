"""Reads snapshots, and recomputes those whose derived state is outdated."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from chassis.database import Connection
from services.habits.dao import snapshots as dao
from services.habits.domain.errors import HabitNotFound
from services.habits.domain.people import Person
from services.habits.domain.snapshot import HabitSnapshot


async def get_snapshot(
    connection: Connection, habit_id: UUID, person: Person, *, now: datetime
) -> HabitSnapshot:
    """Return the up-to-date snapshot of a habit.

    Raises:
        HabitNotFound: The person has no such habit.
    """
    found = await dao.find_snapshot(connection, habit_id, person)
    if found is None:
        raise HabitNotFound(habit_id)
    [snapshot] = await bring_up_to_date(connection, [found], now=now)
    return snapshot


async def bring_up_to_date(
    connection: Connection, snapshots: Sequence[HabitSnapshot], *, now: datetime
) -> list[HabitSnapshot]:
    """Return the snapshots; those computed with another week start or zone, with all facts."""
    stale = [it.habit.id for it in snapshots if not it.is_up_to_date(it.person.today(now))]
    if not stale:
        return list(snapshots)
    facts = await dao.list_facts(connection, stale)
    return [it.with_facts(facts[it.habit.id]) if it.habit.id in facts else it for it in snapshots]
