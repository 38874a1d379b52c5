"""Queries that list check-ins and their changes, on asyncpg; streamed where there are many."""

from collections.abc import AsyncIterator, Sequence
from datetime import date
from uuid import UUID

from asyncpg import Record

from chassis.database import Connection
from services.habits.dao.check_in_writes import change_from_row
from services.habits.dao.derived_state import MARKS
from services.habits.domain.check_in import Change, CheckIn, Content, Source

MAX_CHUNK_DAYS = 1000
_PREFETCH = 5000
_COLUMNS = "habit_id, day, mark, amount, note, source, revision, update_time"
_HOLDS = "(mark <> 0 OR amount IS NOT NULL OR note <> '')"
_RANGE = f"""
    SELECT {_COLUMNS} FROM habits.days
    WHERE habit_id = $1 AND day BETWEEN $2 AND $3 AND {_HOLDS}
    ORDER BY day DESC LIMIT $4"""  # noqa: S608
_CHANGES = """
    SELECT * FROM habits.changes
    WHERE habit_id = $1 AND ($2::uuid IS NULL OR id < $2)
    ORDER BY id DESC LIMIT $3"""
_STREAM = f"""
    SELECT {_COLUMNS}
    FROM unnest($1::uuid[]) WITH ORDINALITY AS w(wanted, place)
    JOIN habits.days ON habit_id = w.wanted
    ORDER BY w.place, day"""  # noqa: S608
_OWNS = "SELECT start_date FROM habits.habits WHERE id = $1 AND owner_id = $2"


async def find_start_date(connection: Connection, owner_id: UUID, habit_id: UUID) -> date | None:
    """Return when a habit starts; None if the person has no such habit."""
    start_date: date | None = await connection.fetchval(_OWNS, habit_id, owner_id)
    return start_date


async def list_check_ins(
    connection: Connection, habit_id: UUID, first: date, last: date, *, limit: int
) -> list[CheckIn]:
    """Return the days of a range on which something is recorded, newest first."""
    rows = await connection.fetch(_RANGE, habit_id, first, last, limit)
    return [_check_in(row) for row in rows]


async def list_changes(
    connection: Connection, habit_id: UUID, *, before: UUID | None, limit: int
) -> list[Change]:
    """Return the changes of a habit's days, newest first, from before a change on."""
    rows = await connection.fetch(_CHANGES, habit_id, before, limit)
    return [change_from_row(row) for row in rows]


async def stream_check_ins(
    connection: Connection, habit_ids: Sequence[UUID]
) -> AsyncIterator[tuple[UUID, list[CheckIn]]]:
    """Yield the days of some habits in chunks, cleared ones included, habit by habit in order.

    Needs a transaction, which holds the cursor.
    """
    chunk: list[CheckIn] = []
    async for row in connection.cursor(_STREAM, habit_ids, prefetch=_PREFETCH):
        check_in = _check_in(row)
        if chunk and (chunk[0].habit_id != check_in.habit_id or len(chunk) == MAX_CHUNK_DAYS):
            yield chunk[0].habit_id, chunk
            chunk = []
        chunk.append(check_in)
    if chunk:
        yield chunk[0].habit_id, chunk


def _check_in(row: Record) -> CheckIn:
    return CheckIn(
        habit_id=row["habit_id"],
        day=row["day"],
        content=Content(MARKS[row["mark"]], row["amount"], row["note"]),
        source=Source(row["source"]),
        update_time=row["update_time"],
        revision=row["revision"],
    )
