"""Reads snapshots, any number in one statement. Hot: directly on asyncpg."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import NamedTuple
from uuid import UUID

from asyncpg import Record

from chassis.database import Connection
from rhythm.plan import DayFact
from rhythm.schedule import Weekday
from rhythm.week_changes import week_changes_from_numbers
from services.habits.dao.derived_state import MARKS, fact_of
from services.habits.dao.rows import SQL_COLUMNS
from services.habits.dao.snapshot_cache import SnapshotCache
from services.habits.domain.check_in import CheckIn, Content, Source
from services.habits.domain.people import Person
from services.habits.domain.snapshot import HabitSnapshot

PERSON_SETTINGS = """
    o.timezone, o.day_start, o.week_start, o.week_changes, o.locale, o.floor_date,
    o.quiet_from, o.quiet_to,
    o.revision AS person_revision"""
SNAPSHOT_COLUMNS = f"""
    {SQL_COLUMNS}, p.revision AS progress_revision, p.checkpoint, p.recent, {PERSON_SETTINGS},
    (SELECT jsonb_agg(jsonb_build_array(r.from_date, r.to_date) ORDER BY r.from_date, r.id)::text
     FROM habits.pauses r
     WHERE r.owner_id = h.owner_id AND (r.habit_id IS NULL OR r.habit_id = h.id))
     AS paused_ranges"""  # noqa: S608
_DAY = """
    d.day, d.mark, d.amount, d.note, d.source, d.update_time AS day_time,
    d.revision AS day_revision"""
_COMMAND_CONTEXTS = f"""
    SELECT w.place, {SNAPSHOT_COLUMNS}, {_DAY},
        k.method, k.digest, k.response, k.create_time AS kept_time
    FROM (
        SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::date[], $4::uuid[]) WITH ORDINALITY
        LIMIT $5  -- has one plan kept, index lookups row by row, where each call made its own
    ) AS w(habit_id, owner_id, wanted_day, request_id, place)
    LEFT JOIN habits.habits h ON h.id = w.habit_id AND h.owner_id = w.owner_id
    LEFT JOIN habits.progress p ON p.habit_id = h.id
    LEFT JOIN habits.people o ON o.owner_id = h.owner_id
    LEFT JOIN LATERAL (
        SELECT * FROM habits.days WHERE habit_id = h.id AND day = w.wanted_day LIMIT 1
    ) d ON true  -- the limit keeps the planner from ever reading the whole table
    LEFT JOIN habits.replays k ON k.owner_id = w.owner_id AND k.request_id = w.request_id"""  # noqa: S608
_ONE = f"""
    SELECT {SNAPSHOT_COLUMNS}
    FROM habits.habits h
    JOIN habits.progress p ON p.habit_id = h.id
    LEFT JOIN habits.people o ON o.owner_id = h.owner_id
    WHERE h.id = $1 AND h.owner_id = $2"""  # noqa: S608
_REVISIONS = """
    SELECT h.id, h.revision, coalesce(d.revision, 0) AS day_revision
    FROM habits.habits h
    LEFT JOIN LATERAL (
        SELECT max(revision) AS revision FROM habits.days WHERE habit_id = h.id
    ) d ON true
    WHERE h.owner_id = $1"""
_ACTIVE = f"""
    SELECT {SNAPSHOT_COLUMNS}, {_DAY}
    FROM habits.habits h
    JOIN habits.progress p ON p.habit_id = h.id
    LEFT JOIN habits.people o ON o.owner_id = h.owner_id
    LEFT JOIN LATERAL (
        SELECT * FROM habits.days WHERE habit_id = h.id AND day = $2 LIMIT 1
    ) d ON true
    WHERE h.owner_id = $1 AND h.archive_time IS NULL
    ORDER BY h.position, h.id
    LIMIT $3"""  # noqa: S608
_PERSON = f"SELECT o.owner_id, {PERSON_SETTINGS} FROM habits.people o WHERE o.owner_id = $1"  # noqa: S608
_DAYS = f"""
    SELECT d.habit_id, {_DAY}
    FROM unnest($1::uuid[], $2::date[]) AS w(habit_id, day)
    JOIN habits.days d ON d.habit_id = w.habit_id AND d.day = w.day"""  # noqa: S608
_FACTS = """
    SELECT habit_id, day, mark, amount FROM habits.days
    WHERE habit_id = ANY($1) AND (mark <> 0 OR amount IS NOT NULL)
    ORDER BY habit_id, day"""

_cache = SnapshotCache()


class CommandKey(NamedTuple):
    """What a command names."""

    habit_id: UUID
    person: Person
    day: date
    request_id: UUID | None


class StoredResponse(NamedTuple):
    """A response that was stored under a request id."""

    method: str
    digest: bytes
    response: bytes
    create_time: datetime


class CommandContext(NamedTuple):
    """What is known for one command: the habit, the day, and the response to the same request."""

    snapshot: HabitSnapshot | None
    check_in: CheckIn | None
    stored_response: StoredResponse | None
    is_cached: bool = False
    """Whether it is of memory: true only if the write finds everything as it was."""


async def list_command_contexts(
    connection: Connection, wanted: Sequence[CommandKey]
) -> list[CommandContext]:
    """Return the context of each command, in order; one statement for all."""
    rows = await connection.fetch(
        _COMMAND_CONTEXTS,
        [it.habit_id for it in wanted],
        [it.person.id for it in wanted],
        [it.day for it in wanted],
        [it.request_id for it in wanted],
        len(wanted),
    )
    found: list[CommandContext] = [CommandContext(None, None, None)] * len(wanted)
    snapshots: dict[UUID, HabitSnapshot] = {}
    for row in rows:
        place = row["place"] - 1
        snapshot = None
        if row["id"] is not None:
            snapshot = snapshots.get(row["id"])
            if snapshot is None:
                snapshot = snapshots[row["id"]] = _snapshot(row, wanted[place].person)
        check_in = _check_in(row, row["id"])
        if snapshot is not None and check_in is not None:
            _cache.add_day(snapshot, check_in)
        found[place] = CommandContext(snapshot, check_in, _stored_response(row))
    return found


def find_cached_context(
    habit_id: UUID, person: Person, day: date | None, *, now: datetime
) -> CommandContext | None:
    """Return the context of a command from memory; None where it has to be read.

    A day that is neither among the cached days nor among the facts was probably never changed: the
    write makes sure of it.
    """
    entry = _cache.find(habit_id)
    if entry is None or not entry.is_of(person):
        return None
    snapshot = entry.snapshot
    checkpoint = snapshot.derived.checkpoint
    wanted = day or snapshot.person.today(now)
    if checkpoint is not None and wanted <= checkpoint.through:
        return None
    check_in = entry.days.get(wanted)
    if check_in is None and wanted in snapshot.derived.facts:
        return None
    return CommandContext(snapshot, check_in, None, is_cached=True)


def cache_written(
    before: HabitSnapshot, after: HabitSnapshot, days: Mapping[date, CheckIn]
) -> None:
    """Cache a habit as a write has left it, once that is committed."""
    _cache.replace(before, after, days)


async def find_snapshot(
    connection: Connection, habit_id: UUID, person: Person
) -> HabitSnapshot | None:
    """Return the snapshot of a person's habit; None if they have no such habit."""
    row = await connection.fetchrow(_ONE, habit_id, person.id)
    return None if row is None else _snapshot(row, person)


async def list_active(
    connection: Connection, person: Person, day: date, *, limit: int
) -> list[tuple[HabitSnapshot, CheckIn | None]]:
    """Return a person's active habits by position, each with its check-in of a day."""
    rows = await connection.fetch(_ACTIVE, person.id, day, limit)
    if not rows:
        return []
    owner = person_from_row(rows[0], person)
    found = [(_cache.snapshot(row, owner, person), _check_in(row, row["id"])) for row in rows]
    for snapshot, check_in in found:
        if check_in is not None:
            _cache.add_day(snapshot, check_in)
    return found


async def resolve_person(connection: Connection, person: Person) -> Person:
    """Return a person with their stored settings, or those of their token before any are stored."""
    row = await connection.fetchrow(_PERSON, person.id)
    return person if row is None else person_from_row(row, person)


async def find_person(connection: Connection, owner_id: UUID) -> Person | None:
    """Return a person with their stored settings."""
    row = await connection.fetchrow(_PERSON, owner_id)
    return None if row is None else person_from_row(row, None)


async def list_days(
    connection: Connection, wanted: Iterable[tuple[UUID, date]]
) -> dict[tuple[UUID, date], CheckIn]:
    """Return the check-ins of the named days that were ever changed."""
    pairs = list(wanted)
    rows = await connection.fetch(_DAYS, [habit for habit, _ in pairs], [day for _, day in pairs])
    found = ((row["habit_id"], _check_in(row, row["habit_id"])) for row in rows)
    return {(habit, check_in.day): check_in for habit, check_in in found if check_in}


async def list_facts(
    connection: Connection, habit_ids: Sequence[UUID]
) -> dict[UUID, dict[date, DayFact]]:
    """Return all facts of some habits, for the evaluator."""
    facts: dict[UUID, dict[date, DayFact]] = {habit_id: {} for habit_id in habit_ids}
    for habit_id, day, mark, amount in await connection.fetch(_FACTS, habit_ids):
        facts[habit_id][day] = fact_of(mark, amount)
    return facts


def evict_cached(habit_ids: Iterable[UUID]) -> None:
    """Evict what was cached of some habits: for a transaction that edits habits and reads them.

    To be called before its end. Rolled back, its revisions may come again with another content.
    """
    _cache.evict(habit_ids)


def person_from_row(row: Record, claims: Person | None) -> Person:
    """Return the person of a row; settings not stored yet are taken from the token, if any."""
    revision, quiet_hours = row["person_revision"], None
    if revision is None:
        return claims or Person(row["owner_id"])
    if row["quiet_from"] is not None and row["quiet_to"] is not None:
        quiet_hours = row["quiet_from"], row["quiet_to"]
    if claims is not None and not revision:
        return replace(claims, quiet_hours=quiet_hours)
    return Person(
        id=row["owner_id"],
        timezone=row["timezone"],
        day_start=row["day_start"],
        week_start=Weekday(row["week_start"]),
        week_changes=week_changes_from_numbers(row["week_changes"]),
        locale=row["locale"],
        floor_date=row["floor_date"],
        revision=revision,
        quiet_hours=quiet_hours,
    )


def _snapshot(row: Record, claims: Person | None) -> HabitSnapshot:
    return _cache.snapshot(row, person_from_row(row, claims), claims)


def _check_in(row: Record, habit_id: UUID | None) -> CheckIn | None:
    if habit_id is None or row["day"] is None:
        return None
    return CheckIn(
        habit_id=habit_id,
        day=row["day"],
        content=Content(MARKS[row["mark"]], row["amount"], row["note"]),
        source=Source(row["source"]),
        update_time=row["day_time"],
        revision=row["day_revision"],
    )


def _stored_response(row: Record) -> StoredResponse | None:
    if row["digest"] is None or row["response"] is None:
        return None
    return StoredResponse(row["method"], row["digest"], row["response"], row["kept_time"])


async def list_revisions(connection: Connection, owner_id: UUID) -> Sequence[tuple[UUID, int, int]]:
    """Return of each of a person's habits its id, its revision and the highest of its days."""
    rows = await connection.fetch(_REVISIONS, owner_id)
    return [(row["id"], row["revision"], row["day_revision"]) for row in rows]
