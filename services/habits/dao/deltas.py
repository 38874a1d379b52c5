"""Queries of what has changed, by the transaction that wrote each row.

PostgreSQL keeps in every row the number of the transaction that wrote it (`xmin`), at no cost to
the writers. A row is recent if that transaction was open, or had not begun, at the horizon
to compare with. Numbers are 32 bits wide there: they are compared by their distance from the next
one, and a row not written for 2^32 transactions may be sent once too often, never too seldom.
"""

from collections.abc import Sequence
from datetime import date, timedelta
from hashlib import blake2b
from typing import Any
from uuid import UUID

from chassis.database import Connection
from services.habits.dao.derived_state import MARKS
from services.habits.dao.rows import SQL_COLUMNS, habit_from_row
from services.habits.dao.transactions import IDENTITY, POSITION, distance
from services.habits.domain import limits
from services.habits.domain.check_in import CheckIn, Content, Source
from services.habits.domain.delta import DeletedKind, Horizon, Place
from services.habits.domain.habit import Habit
from services.habits.domain.pause import Pause

_ORIGIN_BYTES = 8
_ALL_TRANSACTIONS = 1 << 32
_CLOCK_TOLERANCE = timedelta(days=1)
"""How far the clocks that made the ids of changes may be apart from the database's."""
_MAX_PAUSES = limits.MAX_PAUSES + limits.MAX_PAUSED_RANGES

_HORIZON = f"""{POSITION},
        ARRAY(SELECT x::text::bigint FROM pg_snapshot_xip(s) x) AS open_transactions,
        extract(epoch FROM now())::bigint AS time"""  # noqa: S608
_SNAPSHOT = f"SELECT {_HORIZON} FROM pg_current_snapshot() s"  # noqa: S608
_ORIGIN = f"SELECT {_HORIZON}, {IDENTITY} FROM pg_current_snapshot() s"  # noqa: S608


def _distance(row: str) -> str:
    """Return how many transactions ago a row was written; $2 is the next transaction."""
    return distance(row, next_transaction="$2::bigint")


def _is_recent(row: str) -> str:
    """Return whether a row was written by one of the last $3 transactions."""
    return f"{_distance(row)} <= $3::bigint"


def _is_unseen(row: str) -> str:
    """Return whether a row was not visible: its transaction is from $4 on, or one of $5."""
    number = f"($2::bigint - {_distance(row)})"
    return f"({_is_recent(row)} AND ({number} >= $4::bigint OR {number} = ANY($5::bigint[])))"


_HABITS = f"""
    SELECT {SQL_COLUMNS} FROM habits.habits h
    WHERE h.owner_id = $1 AND {_is_recent("h")} AND h.id > $4
    ORDER BY h.id LIMIT $5"""  # noqa: S608
_PAUSES = f"""
    SELECT id, owner_id, habit_id, from_date, to_date, reason, create_time
    FROM habits.pauses h WHERE owner_id = $1 AND {_is_recent("h")}
    ORDER BY id LIMIT $4"""  # noqa: S608
_TOMBSTONES = f"""
    SELECT kind, id FROM habits.tombstones h WHERE owner_id = $1 AND {_is_recent("h")}
    ORDER BY id LIMIT $4"""  # noqa: S608
_SETTINGS = f"""
    SELECT EXISTS (
        SELECT FROM habits.people h WHERE owner_id = $1 AND {_is_unseen("h")}
    )"""  # noqa: S608
_DAY = "d.habit_id, d.day, d.mark, d.amount, d.note, d.source, d.revision, d.update_time"
# Every write of a day adds a change and moves the habit's progress on.
_CHANGED_DAYS = f"""
    WITH changed AS (
        SELECT DISTINCT c.habit_id, c.day
        FROM habits.habits h
        JOIN habits.progress p ON p.habit_id = h.id
        JOIN habits.changes c ON c.habit_id = h.id AND c.id >= $4
        WHERE h.owner_id = $1 AND {_is_recent("p")} AND {_is_recent("c")}
            AND (c.habit_id, c.day) > ($5, $6)
        ORDER BY c.habit_id, c.day LIMIT $7
    )
    SELECT {_DAY} FROM changed JOIN habits.days d USING (habit_id, day)
    ORDER BY d.habit_id, d.day"""  # noqa: S608
_ALL_DAYS = f"""
    SELECT {_DAY}
    FROM (SELECT id FROM habits.habits WHERE owner_id = $1 AND id >= $2 ORDER BY id) h
    CROSS JOIN LATERAL (
        SELECT * FROM habits.days
        WHERE habit_id = h.id AND (h.id > $2 OR day > $3)
            AND (mark <> 0 OR amount IS NOT NULL OR note <> '')
        ORDER BY day LIMIT $4
    ) d
    ORDER BY h.id, d.day LIMIT $4"""  # noqa: S608
_OWNERS_WITH_UNSEEN = f"""
    SELECT o.id FROM unnest($1::uuid[]) o(id)
    WHERE EXISTS (
        SELECT FROM habits.habits h LEFT JOIN habits.progress p ON p.habit_id = h.id
        WHERE h.owner_id = o.id AND ({_is_unseen("h")} OR {_is_unseen("p")})
    ) OR EXISTS (
        SELECT FROM habits.pauses h WHERE h.owner_id = o.id AND {_is_unseen("h")}
    ) OR EXISTS (
        SELECT FROM habits.tombstones h WHERE h.owner_id = o.id AND {_is_unseen("h")}
    ) OR EXISTS (
        SELECT FROM habits.people h WHERE h.owner_id = o.id AND {_is_unseen("h")}
    )"""  # noqa: S608


async def read_present(connection: Connection) -> Horizon:
    """Return the horizon of this transaction."""
    return _horizon(await connection.fetchrow(_SNAPSHOT))


async def read_origin(connection: Connection, owner_id: UUID) -> tuple[bytes, Horizon]:
    """Return the origin of a person's cursors, and the horizon of this transaction."""
    row: Any = await connection.fetchrow(_ORIGIN)
    identity = f"{row['system']} {row['timeline']} {row['days_table']} {owner_id}"
    origin = blake2b(identity.encode(), digest_size=_ORIGIN_BYTES).digest()
    return origin, _horizon(row)


async def list_owners_with_unseen(
    connection: Connection, owner_ids: Sequence[UUID], seen: Horizon, present: Horizon
) -> list[UUID]:
    """Return those of some people of whom something was committed since a horizon."""
    window = (present.next_transaction, _window(seen, present))
    before = (seen.next_transaction, seen.open_transactions)
    rows = await connection.fetch(_OWNERS_WITH_UNSEEN, owner_ids, *window, *before)
    return [row["id"] for row in rows]


async def list_habits(
    connection: Connection, owner_id: UUID, place: Place, present: Horizon, *, limit: int
) -> list[Habit]:
    """Return the habits that were written since a horizon, by id, from after a place on."""
    window = (present.next_transaction, _window(place.since, present))
    rows = await connection.fetch(_HABITS, owner_id, *window, place.after_habit, limit)
    return list(map(habit_from_row, rows))


async def list_pauses(
    connection: Connection, owner_id: UUID, since: Horizon | None, present: Horizon
) -> list[Pause]:
    """Return the pauses that were created since a horizon."""
    window = (present.next_transaction, _window(since, present))
    rows = await connection.fetch(_PAUSES, owner_id, *window, _MAX_PAUSES)
    return [Pause(**dict(row)) for row in rows]


async def list_deleted(
    connection: Connection, owner_id: UUID, since: Horizon, present: Horizon, *, limit: int
) -> list[tuple[DeletedKind, UUID]]:
    """Return what was deleted since a horizon."""
    window = (present.next_transaction, _window(since, present))
    rows = await connection.fetch(_TOMBSTONES, owner_id, *window, limit)
    return [(DeletedKind(row["kind"]), row["id"]) for row in rows]


async def are_settings_unseen(
    connection: Connection, owner_id: UUID, since: Horizon, present: Horizon
) -> bool:
    """Return whether events about a person's settings have arrived since a horizon."""
    window = (present.next_transaction, _window(since, present))
    before = (since.next_transaction, since.open_transactions)
    return bool(await connection.fetchval(_SETTINGS, owner_id, *window, *before))


async def list_days(
    connection: Connection, owner_id: UUID, place: Place, present: Horizon, *, limit: int
) -> list[CheckIn]:
    """Return the days that were changed since a horizon, by habit and day, after a place."""
    after = date.min if place.after_day is None else date.fromordinal(place.after_day)
    if place.since is None:
        rows = await connection.fetch(_ALL_DAYS, owner_id, place.after_habit, after, limit)
    else:
        window = (present.next_transaction, _window(place.since, present))
        bounds = (_first_change_id(place.since), place.after_habit, after)
        rows = await connection.fetch(_CHANGED_DAYS, owner_id, *window, *bounds, limit)
    return list(map(_check_in, rows))


def _window(since: Horizon | None, present: Horizon) -> int:
    """Return how many transactions there were from the first that was open at a horizon."""
    return _ALL_TRANSACTIONS if since is None else present.next_transaction - since.first_open


def _first_change_id(since: Horizon) -> UUID:
    """Return an id below those of all changes that a horizon does not show."""
    seconds = max(since.time - int(_CLOCK_TOLERANCE.total_seconds()), 0)
    return UUID(int=seconds * 1000 << 80)


def _horizon(row: Any) -> Horizon:
    return Horizon(
        row["first_open"], row["next_transaction"], tuple(row["open_transactions"]), row["time"]
    )


def _check_in(row: Any) -> CheckIn:
    return CheckIn(
        habit_id=row["habit_id"],
        day=row["day"],
        content=Content(MARKS[row["mark"]], row["amount"], row["note"]),
        source=Source(row["source"]),
        update_time=row["update_time"],
        revision=row["revision"],
    )
