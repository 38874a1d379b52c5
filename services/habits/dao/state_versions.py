"""Reads of many people in one statement how long ago anything of theirs was written.

As for deltas, PostgreSQL's own note in every row of the transaction that wrote it (`xmin`) is read;
writers pay nothing. Hot: directly on asyncpg, and every table by an index on the person.
"""

from collections.abc import Sequence
from typing import Any

from chassis.database import Connection
from services.habits.dao.snapshots import PERSON_SETTINGS, person_from_row
from services.habits.dao.transactions import IDENTITY, POSITION, distance
from services.habits.domain.people import Person
from services.habits.domain.state_version import PresentState

_NEVER = 1 << 40
"""More transactions than rows can be told apart by."""


def _distance(row: str) -> str:
    """Return how many transactions ago a row was written; `s` has the next one."""
    return distance(row, next_transaction="s.next_transaction")


_PRESENT = f"""
    SELECT s.*, a.habit_count, w.owner_id, {PERSON_SETTINGS},
        least({_distance("o")}, a.distance,
            (SELECT min({_distance("r")}) FROM habits.pauses r WHERE r.owner_id = w.owner_id),
            (SELECT min({_distance("t")}) FROM habits.tombstones t WHERE t.owner_id = w.owner_id)
        ) AS distance
    FROM (
        SELECT {POSITION}, {IDENTITY}
        FROM pg_current_snapshot() s
        OFFSET 0  -- once, not for each person
    ) s
    CROSS JOIN (
        SELECT * FROM unnest($1::uuid[]) WITH ORDINALITY
        LIMIT $2  -- has one plan kept, index lookups row by row
    ) AS w(owner_id, place)
    LEFT JOIN habits.people o ON o.owner_id = w.owner_id
    CROSS JOIN LATERAL (
        SELECT count(*) AS habit_count, min(least({_distance("h")}, {_distance("p")})) AS distance
        FROM habits.habits h LEFT JOIN habits.progress p ON p.habit_id = h.id
        WHERE h.owner_id = w.owner_id
    ) a
    ORDER BY w.place"""  # noqa: S608


async def list_present_states(
    connection: Connection, people: Sequence[Person]
) -> list[PresentState]:
    """Return the present state of each person, in order; all as of one moment."""
    rows = await connection.fetch(_PRESENT, [person.id for person in people], len(people))
    return [_state(row, person) for row, person in zip(rows, people, strict=True)]


def _state(row: Any, claims: Person) -> PresentState:
    distance = row["distance"]
    return PresentState(
        origin=f"{row['system']} {row['timeline']} {row['days_table']}".encode(),
        person=person_from_row(row, claims),
        habit_count=row["habit_count"],
        first_open=row["first_open"],
        next_transaction=row["next_transaction"],
        transactions_since=_NEVER if distance is None else distance,
    )
