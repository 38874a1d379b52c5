"""Reads habits and pauses person by person, for exports."""

from collections.abc import Sequence
from typing import NamedTuple
from uuid import UUID

from chassis.database import Connection
from services.habits.dao.rows import SQL_COLUMNS, habit_from_row
from services.habits.domain.habit import Habit
from services.habits.domain.pause import Pause
from services.habits.domain.people import Person

_OWNERS = """
    SELECT owner_id FROM habits.habits WHERE owner_id > $1
    UNION SELECT owner_id FROM habits.pauses WHERE owner_id > $1
    ORDER BY owner_id LIMIT $2"""
_HABITS = f"""
    SELECT {SQL_COLUMNS} FROM habits.habits h WHERE h.owner_id = ANY($1)
    ORDER BY h.owner_id, h.position, h.id"""  # noqa: S608
_PAUSES = """
    SELECT id, owner_id, habit_id, from_date, to_date, reason, create_time
    FROM habits.pauses WHERE owner_id = ANY($1) ORDER BY owner_id, from_date, id"""
_PEOPLE = """
    SELECT owner_id, timezone, day_start, floor_date FROM habits.people WHERE owner_id = ANY($1)"""


class OwnerExport(NamedTuple):
    """One person's habits and pauses."""

    person: Person
    habits: list[Habit]
    pauses: list[Pause]


async def list_owners(connection: Connection, *, after: UUID, limit: int) -> list[UUID]:
    """Return people who have habits or pauses, in order of their ids, from after one on."""
    return [row["owner_id"] for row in await connection.fetch(_OWNERS, after, limit)]


async def list_owner_exports(
    connection: Connection, owner_ids: Sequence[UUID]
) -> list[OwnerExport]:
    """Return the habits and pauses of some people, in order of the people."""
    found = {it: OwnerExport(Person(it), [], []) for it in owner_ids}
    for row in await connection.fetch(_PEOPLE, owner_ids):
        person = Person(
            id=row["owner_id"],
            timezone=row["timezone"],
            day_start=row["day_start"],
            floor_date=row["floor_date"],
        )
        found[person.id] = found[person.id]._replace(person=person)
    for row in await connection.fetch(_HABITS, owner_ids):
        found[row["owner_id"]].habits.append(habit_from_row(row))
    for row in await connection.fetch(_PAUSES, owner_ids):
        found[row["owner_id"]].pauses.append(Pause(**dict(row)))
    return list(found.values())
