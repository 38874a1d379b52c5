"""The write of a batch of check-ins, in one statement: hot, straight on asyncpg.

Every habit's row in `progress` is updated from the revision that was read, or nothing of the habit
is written (optimistic locking).
"""

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple
from uuid import UUID

import msgspec

from chassis.context import current_context
from chassis.database import Connection
from chassis.events.outbox import OutboxRow
from services.habits.dao import check_in_statements as sql
from services.habits.dao.check_in_statements import names
from services.habits.dao.derived_state import (
    MARK_NUMBERS,
    MARKS,
    checkpoint_to_bytes,
    facts_to_bytes,
)
from services.habits.domain.check_in import Change, CheckIn, Content, Source
from services.habits.domain.check_in_outcome import CheckInOutcome
from services.habits.domain.habit_days import HabitDays


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

    @property
    def has_one_change(self) -> bool:
        """Whether one day is changed once, nothing stored is undone, and one response at most."""
        habit_days = self.habit_days
        return len(habit_days.changes) == 1 and not habit_days.undone and len(self.responses) <= 1


_LOCK = """
    SELECT habit_id FROM habits.progress WHERE habit_id = ANY($1) ORDER BY habit_id FOR UPDATE"""
_UNDOABLE = f"""
    SELECT {names(sql.CHANGES_COLUMNS, "c.")}
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

    A habit whose revision has changed since it was read is left alone, and so is one from memory
    that is not as it was there.
    """
    writes = sorted(writes, key=lambda it: it.habit_days.id)
    single = [it for it in writes if it.has_one_change]
    if len(single) == len(writes):
        return set(await _write_one_change_each(connection, writes))
    if not single:
        return set(await _write_any_changes(connection, writes))
    others = [it for it in writes if not it.has_one_change]
    async with connection.transaction():
        await lock(connection, [it.habit_days.id for it in writes])  # all in one order
        written = set(await _write_one_change_each(connection, single))
        return written.union(await _write_any_changes(connection, others))


async def _write_one_change_each(
    connection: Connection, writes: Sequence[HabitWrite]
) -> Iterable[UUID]:
    """Write habits of which each has one change, of one day."""
    responses = any(it.responses for it in writes)
    context = current_context()
    arguments = [
        *zip(*(_single_row(it, with_response=responses) for it in writes), strict=True),
        *_event_arrays(writes),
        writes[0].habit_days.now,
        context.request_id,
        context.traceparent,
    ]
    statement = sql.ONE_CHANGE_EACH
    if responses:
        statement = sql.ONE_CHANGE_EACH_WITH_RESPONSES
        arguments.append(next(it.method for write in writes for it in write.responses))
    return [row[0] for row in await connection.fetch(statement, *arguments)]


async def _write_any_changes(
    connection: Connection, writes: Sequence[HabitWrite]
) -> Iterable[UUID]:
    """Write habits with any number of changes. None of them may be from memory."""
    all_days = [it.habit_days for it in writes]
    ids = [habit_days.snapshot.habit.id for habit_days in all_days]
    rows = await connection.fetch(
        sql.ANY_CHANGES,
        *_arrays(sql.PROGRESS_COLUMNS, map(_progress_row, writes)),
        *_arrays(
            sql.DAYS_COLUMNS,
            (_day_row(day) for habit_days in all_days for day in habit_days.changed_days.values()),
        ),
        *_arrays(
            sql.CHANGES_COLUMNS,
            (_change_row(it) for habit_days in all_days for it in habit_days.changes),
        ),
        [change.habit_id for habit_days in all_days for change in habit_days.undone],
        [change.id for habit_days in all_days for change in habit_days.undone],
        *_arrays(
            ("habit_id", *sql.OUTBOX_COLUMNS),
            ((habit, *row) for habit, it in zip(ids, writes, strict=True) for row in it.events),
        ),
        *_arrays(
            ("habit_id", *sql.REPLAYS_COLUMNS),
            ((habit, *row) for habit, it in zip(ids, writes, strict=True) for row in it.responses),
        ),
    )
    return [row[0] for row in rows]


async def lock(connection: Connection, habit_ids: Iterable[UUID]) -> list[UUID]:
    """Lock the days of some habits until the transaction ends; return those that exist."""
    return [row["habit_id"] for row in await connection.fetch(_LOCK, list(habit_ids))]


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


def _event_arrays(writes: Sequence[HabitWrite]) -> list[list[Any]]:
    """Return the events of some habits as one array a column, those of one request."""
    ids: list[UUID] = []
    columns: list[list[Any]] = [ids, [], [], [], []]
    for habit_days, events, _ in writes:
        for event in events:
            ids.append(habit_days.snapshot.habit.id)
            for column, value in zip(columns[1:], event[:4], strict=True):
                column.append(value)
    return columns


def _progress_row(write: HabitWrite) -> tuple[Any, ...]:
    habit_days = write.habit_days
    snapshot, derived = habit_days.snapshot, habit_days.derived()
    return (
        snapshot.habit.id,
        snapshot.revision,
        habit_days.revision,
        checkpoint_to_bytes(derived),
        facts_to_bytes(derived.facts),
    )


def _single_row(write: HabitWrite, *, with_response: bool) -> tuple[Any, ...]:
    """Return the row of a habit with one change."""
    habit_days = write.habit_days
    [change] = habit_days.changes
    habit, cached = habit_days.snapshot.habit, habit_days.is_cached
    mark, amount, note = change.after
    mark_before, amount_before, note_before = change.before
    row = (
        *_progress_row(write),
        habit.owner_id,
        habit.revision if cached else None,
        habit_days.snapshot.person.revision if cached else None,
        change.day if cached and change.day not in habit_days.days else None,
        change.day,
        MARK_NUMBERS[mark],
        amount,
        note,
        int(change.source),
        change.id,
        change.actor_id,
        change.added_thousandths,
        MARK_NUMBERS[mark_before],
        amount_before,
        note_before,
        change.undoes,
    )
    if not with_response:
        return row
    if not write.responses:
        return (*row, None, None, None)
    [response] = write.responses
    return (*row, response.request_id, response.digest, response.response)


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
