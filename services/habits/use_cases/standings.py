"""How habits stand now: what is derived of their days, counted anew where it no longer fits."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from chassis.database import Connection
from services.habits.dao import standings as dao
from services.habits.domain.errors import HabitNotFound
from services.habits.domain.people import Person
from services.habits.domain.standing import Standing


async def get_standing(
    connection: Connection, habit_id: UUID, person: Person, *, now: datetime
) -> Standing:
    """Return how a habit stands.

    Raises:
        HabitNotFound: The person has no such habit.
    """
    found = await dao.find_standing(connection, habit_id, person)
    if found is None:
        raise HabitNotFound(habit_id)
    [standing] = await made_current(connection, [found], now=now)
    return standing


async def made_current(
    connection: Connection, standings: Sequence[Standing], *, now: datetime
) -> list[Standing]:
    """Return the same standings; what was counted by another week or zone is counted from rows."""
    stale = [it.habit.id for it in standings if not it.is_current(it.person.today(now))]
    if not stale:
        return list(standings)
    facts = await dao.list_facts(connection, stale)
    return [it.with_facts(facts[it.habit.id]) if it.habit.id in facts else it for it in standings]
