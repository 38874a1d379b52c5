"""The write of a batch of check-ins, in one statement: hot, straight on asyncpg.

Every habit's row in `progress` is updated from the revision that was read, or nothing of the habit
is written (optimistic locking).
"""

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple
from uuid import UUID

import msgspec

from chassis.database import Connection
from chassis.events.outbox import OutboxRow
from services.habits.dao.derived_state import (
    MARK_NUMBERS,
    MARKS,
    checkpoint_to_bytes,
    facts_to_bytes,
)
from services.habits.domain.check_in import Change, CheckIn, Content, Source
from services.habits.domain.check_in_outcome import CheckInOutcome
from services.habits.domain.habit_days import HabitDays

_DAYS_COLUMNS = (
    ("habit_id", "uuid"),
    ("day", "date"),
    ("mark", "smallint"),
    ("amount", "bigint"),
    ("note", "text"),
    ("source", "smallint"),
    ("revision", "bigint"),
    ("update_time", "timestamptz"),
)
_CHANGES_COLUMNS = (
    ("habit_id", "uuid"),
    ("id", "uuid"),
    ("day", "date"),
    ("actor_id", "uuid"),
    ("source", "smallint"),
    ("create_time", "timestamptz"),
    ("revision", "bigint"),
    ("added", "bigint"),
    ("mark_before", "smallint"),
    ("amount_before", "bigint"),
    ("note_before", "text"),
    ("mark_after", "smallint"),
    ("amount_after", "bigint"),
    ("note_after", "text"),
    ("undoes", "uuid"),
    ("undone", "boolean"),
)
_OUTBOX_COLUMNS = (
    ("id", "uuid"),
    ("type", "text"),
    ("routing_key", "text"),
    ("body", "bytea"),
    ("request_id", "text"),
    ("traceparent", "text"),
)
_REPLAYS_COLUMNS = (
    ("owner_id", "uuid"),
    ("request_id", "uuid"),
    ("method", "text"),
    ("digest", "bytea"),
    ("response", "bytea"),
    ("create_time", "timestamptz"),
)


class ResponseToStore(NamedTuple):
    """A response to store under its request id, so that a repeated request gets it again."""

    owner_id: UUID
    request_id: UUID
    method: str
    digest: bytes
    response: bytes
    create_time: Any


class HabitWrite(NamedTuple):
    """Everything a batch writes for one habit: all of it is stored, or nothing."""

    habit_days: HabitDays
    events: list[OutboxRow]
    responses: Sequence[ResponseToStore]


class _Parameters:
    """Numbers the array parameters of a statement in the order of their use."""

    def __init__(self) -> None:
        self._count = 0

    def rows(self, *columns: tuple[str, str]) -> str:
        """Return a FROM item whose rows are made of one array a column."""
        numbers = range(self._count + 1, self._count + 1 + len(columns))
        self._count += len(columns)
        arrays = ", ".join(
            f"${number}::{kind}[]" for number, (_, kind) in zip(numbers, columns, strict=True)
        )
        return f"unnest({arrays}) AS n({', '.join(name for name, _ in columns)})"


def _names(columns: Iterable[tuple[str, str]], prefix: str = "") -> str:
    return ", ".join(f"{prefix}{name}" for name, _ in columns)


def _statement() -> str:
    """Return the statement. It locks rows of `progress` in one order, so batches never deadlock."""
    parameters = _Parameters()
    progress = parameters.rows(
        ("habit_id", "uuid"),
        ("expected", "bigint"),
        ("revision", "bigint"),
        ("checkpoint", "bytea"),
        ("recent", "bytea"),
    )
    days = parameters.rows(*_DAYS_COLUMNS)
    changes = parameters.rows(*_CHANGES_COLUMNS)
    undone = parameters.rows(("habit_id", "uuid"), ("id", "uuid"))
    outbox = parameters.rows(("habit_id", "uuid"), *_OUTBOX_COLUMNS)
    replays = parameters.rows(("habit_id", "uuid"), *_REPLAYS_COLUMNS)
    overwrite = ", ".join(f"{name} = excluded.{name}" for name, _ in _DAYS_COLUMNS[2:])
    replace = ", ".join(f"{name} = excluded.{name}" for name, _ in _REPLAYS_COLUMNS[2:])
    return f"""
        WITH locked AS MATERIALIZED (
            SELECT p.habit_id, n.revision, n.checkpoint, n.recent
            FROM {progress} JOIN habits.progress p
            ON p.habit_id = n.habit_id AND p.revision = n.expected
            ORDER BY p.habit_id FOR UPDATE OF p
        ), updated AS (
            UPDATE habits.progress p
            SET revision = n.revision, checkpoint = n.checkpoint, recent = n.recent
            FROM locked n WHERE p.habit_id = n.habit_id
            RETURNING p.habit_id
        ), new_days AS (
            INSERT INTO habits.days ({_names(_DAYS_COLUMNS)})
            SELECT {_names(_DAYS_COLUMNS, "n.")} FROM {days} JOIN updated USING (habit_id)
            ON CONFLICT (habit_id, day) DO UPDATE SET {overwrite}
        ), new_changes AS (
            INSERT INTO habits.changes ({_names(_CHANGES_COLUMNS)})
            SELECT {_names(_CHANGES_COLUMNS, "n.")} FROM {changes} JOIN updated USING (habit_id)
        ), undone_changes AS (
            UPDATE habits.changes c SET undone = true
            FROM {undone} JOIN updated USING (habit_id)
            WHERE c.habit_id = n.habit_id AND c.id = n.id
        ), new_events AS (
            INSERT INTO habits.outbox ({_names(_OUTBOX_COLUMNS)})
            SELECT {_names(_OUTBOX_COLUMNS, "n.")} FROM {outbox} JOIN updated USING (habit_id)
        ), new_responses AS (
            INSERT INTO habits.replays ({_names(_REPLAYS_COLUMNS)})
            SELECT {_names(_REPLAYS_COLUMNS, "n.")} FROM {replays} JOIN updated USING (habit_id)
            ON CONFLICT (owner_id, request_id) DO UPDATE SET {replace}
        )
        SELECT habit_id FROM updated"""  # noqa: S608


_WRITE = _statement()
_LOCK = """
    SELECT habit_id FROM habits.progress WHERE habit_id = ANY($1) ORDER BY habit_id FOR UPDATE"""
_UNDOABLE = f"""
    SELECT {_names(_CHANGES_COLUMNS, "c.")}
    FROM unnest($1::uuid[], $2::integer[]) AS w(habit_id, most)
    CROSS JOIN LATERAL (
        SELECT * FROM habits.changes
        WHERE habit_id = w.habit_id AND undoes IS NULL AND NOT undone
        ORDER BY id DESC LIMIT w.most
    ) c
    ORDER BY c.habit_id, c.id"""  # noqa: S608

_encode_outcome = msgspec.json.Encoder().encode
_decode_outcome = msgspec.json.Decoder(CheckInOutcome).decode


async def write(connection: Connection, writes: Sequence[HabitWrite]) -> set[UUID]:
    """Write the changes of some habits; return the habits that were written.

    A habit whose revision has changed since it was read is left alone.
    """
    writes = sorted(writes, key=lambda it: it.habit_days.snapshot.habit.id)
    all_days = [it.habit_days for it in writes]
    derived = [habit_days.derived() for habit_days in all_days]
    ids = [habit_days.snapshot.habit.id for habit_days in all_days]
    rows = await connection.fetch(
        _WRITE,
        ids,
        [habit_days.snapshot.revision for habit_days in all_days],
        [habit_days.revision for habit_days in all_days],
        [checkpoint_to_bytes(it) for it in derived],
        [facts_to_bytes(it.facts) for it in derived],
        *_arrays(
            _DAYS_COLUMNS,
            (_day_row(day) for habit_days in all_days for day in habit_days.changed_days.values()),
        ),
        *_arrays(
            _CHANGES_COLUMNS,
            (_change_row(it) for habit_days in all_days for it in habit_days.changes),
        ),
        [change.habit_id for habit_days in all_days for change in habit_days.undone],
        [change.id for habit_days in all_days for change in habit_days.undone],
        *_arrays(
            ("habit_id", *_OUTBOX_COLUMNS),
            ((habit, *row) for habit, it in zip(ids, writes, strict=True) for row in it.events),
        ),
        *_arrays(
            ("habit_id", *_REPLAYS_COLUMNS),
            ((habit, *row) for habit, it in zip(ids, writes, strict=True) for row in it.responses),
        ),
    )
    return {row["habit_id"] for row in rows}


async def lock(connection: Connection, habit_ids: Iterable[UUID]) -> None:
    """Lock the days of some habits until the transaction ends."""
    await connection.fetch(_LOCK, list(habit_ids))


async def list_undoable(connection: Connection, most: dict[UUID, int]) -> dict[UUID, list[Change]]:
    """Return the last undoable changes of some habits, at most so many of each."""
    rows = await connection.fetch(_UNDOABLE, list(most), list(most.values()))
    changes: dict[UUID, list[Change]] = {habit_id: [] for habit_id in most}
    for row in rows:
        changes[row["habit_id"]].append(change_from_row(row))
    return changes


def outcome_to_bytes(outcome: CheckInOutcome) -> bytes:
    """Encode an outcome to store under its request id."""
    return _encode_outcome(outcome)


def outcome_from_bytes(data: bytes) -> CheckInOutcome:
    """Decode a stored outcome."""
    return _decode_outcome(data)


def change_from_row(row: Any) -> Change:
    """Return the change of a row."""
    return Change(
        id=row["id"],
        habit_id=row["habit_id"],
        day=row["day"],
        actor_id=row["actor_id"],
        source=Source(row["source"]),
        create_time=row["create_time"],
        revision=row["revision"],
        added_thousandths=row["added"],
        before=Content(MARKS[row["mark_before"]], row["amount_before"], row["note_before"]),
        after=Content(MARKS[row["mark_after"]], row["amount_after"], row["note_after"]),
        undoes=row["undoes"],
        undone=row["undone"],
    )


def _arrays(columns: Sequence[object], rows: Iterable[Sequence[Any]]) -> Sequence[Sequence[Any]]:
    """Return rows as one array a column."""
    return list(zip(*rows, strict=True)) or [()] * len(columns)


def _day_row(check_in: CheckIn) -> tuple[Any, ...]:
    mark, amount, note = check_in.content
    return (
        check_in.habit_id,
        check_in.day,
        MARK_NUMBERS[mark],
        amount,
        note,
        int(check_in.source),
        check_in.revision,
        check_in.update_time,
    )


def _change_row(change: Change) -> tuple[Any, ...]:
    before, after = change.before, change.after
    return (
        change.habit_id,
        change.id,
        change.day,
        change.actor_id,
        int(change.source),
        change.create_time,
        change.revision,
        change.added_thousandths,
        MARK_NUMBERS[before.mark],
        before.amount_thousandths,
        before.note,
        MARK_NUMBERS[after.mark],
        after.amount_thousandths,
        after.note,
        change.undoes,
        change.undone,
    )
