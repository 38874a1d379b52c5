"""Reads claimed reminders whole, each with all that a decision can depend on, and writes it."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from functools import lru_cache, partial
from typing import TYPE_CHECKING, Any
from uuid import UUID

from chassis.database import Connection
from chassis.events.outbox import OutboxRow
from rhythm.goal import Measure
from rhythm.plan import Pause as PausedRange
from rhythm.plan import Plan
from rhythm.schedule import Weekday
from rhythm.week_changes import WeekChanges, week_changes_from_numbers
from services.habits.dao.derived_state import fact_of, facts_from_bytes
from services.habits.dao.reminders import weekdays_from_bits
from services.habits.dao.rows import versions_from_column
from services.habits.domain.due_reminder import (
    DecidedReminder,
    DueReminder,
    PlanUnits,
    RemindedHabit,
)
from services.habits.domain.people import Person
from services.habits.domain.reminders import FiringOutcome, Pending, Reminder

if TYPE_CHECKING:
    from asyncpg import Record

FIRINGS_KEPT = timedelta(days=60)
_CHUNK = 5_000

# Those claimed, with all that any decision about them can depend on.
_READ = """
WITH claimed AS (
    SELECT r.habit_id, r.id, r.local_time, r.weekdays, r.text, r.nag_minutes, r.due_date, r.slot,
           r.due_time
    FROM unnest($1::tid[]) AS c (place) JOIN habits.reminders r ON r.ctid = c.place
    UNION ALL
    SELECT s.habit_id, NULL, NULL, 0, '', 0, s.due_date, s.slot, s.due_time
    FROM unnest($2::uuid[], $3::date[]) AS c (habit_id, due_date)
    JOIN habits.snoozes s USING (habit_id, due_date)
)
SELECT c.*, h.title, h.unit, h.measure, h.start_date, h.archive_date,
       h.versions::text AS versions, h.owner_id,
       p.timezone, p.day_start, p.week_start, p.week_changes, p.floor_date,
       p.quiet_from, p.quiet_to,
       d.mark, d.amount, g.recent, paused.starts, paused.ends
FROM claimed c
JOIN habits.habits h ON h.id = c.habit_id
JOIN habits.people p ON p.owner_id = h.owner_id
LEFT JOIN habits.days d ON d.habit_id = c.habit_id AND d.day = c.due_date
LEFT JOIN habits.progress g ON g.habit_id = c.habit_id
LEFT JOIN LATERAL (
    SELECT array_agg(from_date) AS starts, array_agg(to_date) AS ends FROM habits.pauses
    WHERE owner_id = h.owner_id AND (habit_id IS NULL OR habit_id = h.id)
) paused ON true
"""

_WRITE = """
WITH moved AS (
    UPDATE habits.reminders r
    SET due_date = m.due_date, slot = m.slot, due_time = m.due_time, look_time = m.look_time,
        handled_date = coalesce(m.handled_date, r.handled_date)
    FROM unnest($1::uuid[], $2::uuid[], $3::date[], $4::smallint[], $5::timestamptz[],
                $6::timestamptz[], $7::date[])
        AS m (habit_id, id, due_date, slot, due_time, look_time, handled_date)
    WHERE r.habit_id = m.habit_id AND r.id = m.id
), firings AS MATERIALIZED (
    SELECT * FROM unnest($8::uuid[], $9::date[], $10::smallint[], $11::text[], $12::uuid[],
                         $13::bytea[])
        AS f (reminder_id, due_date, slot, outcome, event_id, body)
), fired AS (
    INSERT INTO habits.reminder_firings (reminder_id, due_date, slot, outcome, fire_time)
    SELECT reminder_id, due_date, slot, outcome, $14 FROM firings
    ON CONFLICT DO NOTHING RETURNING reminder_id, due_date, slot
)
INSERT INTO habits.outbox (id, type, routing_key, body, request_id, traceparent)
SELECT event_id, $15, $16, body, $17, $18
FROM firings JOIN fired USING (reminder_id, due_date, slot)
WHERE event_id IS NOT NULL
"""

_WRITE_SNOOZES = """
WITH waits AS (
    UPDATE habits.snoozes s SET look_time = m.look_time
    FROM unnest($1::uuid[], $2::date[], $3::timestamptz[]) AS m (habit_id, due_date, look_time)
    WHERE m.look_time IS NOT NULL AND s.habit_id = m.habit_id AND s.due_date = m.due_date
)
DELETE FROM habits.snoozes s
USING unnest($1::uuid[], $2::date[], $3::timestamptz[]) AS m (habit_id, due_date, look_time)
WHERE m.look_time IS NULL AND s.habit_id = m.habit_id AND s.due_date = m.due_date
"""

_DELETE_OLD = f"""
DELETE FROM habits.reminder_firings WHERE (reminder_id, due_date, slot) IN (
    SELECT reminder_id, due_date, slot FROM habits.reminder_firings
    WHERE fire_time < $1 LIMIT {_CHUNK})
"""  # noqa: S608  # its own constant


async def list_due(connection: Connection, claimed: Sequence["Record"]) -> Sequence[DueReminder]:
    """Return reminders and snoozes that this transaction has claimed, in whatever order."""
    places = [row["place"] for row in claimed if row["place"] is not None]
    snoozes = [row for row in claimed if row["place"] is None]
    habit_ids = [row["habit_id"] for row in snoozes]
    due_dates = [row["due_date"] for row in snoozes]
    return [_due(row) for row in await connection.fetch(_READ, places, habit_ids, due_dates)]


async def write_decided(
    connection: Connection,
    all_decided: Sequence[DecidedReminder],
    events_by_reminder: Mapping[UUID, OutboxRow],
    *,
    now: datetime,
) -> int:
    """Reschedule what was checked, and record what was sent or missed; return how many were sent.

    A slot that was sent before, under whatever zone, is not sent again: its event is dropped.

    Args:
        connection: The one that claimed them, in its transaction.
        all_decided: The reminders that were checked, with the decision about each.
        events_by_reminder: The events to publish, by reminder; all of one type and request.
        now: The present moment.
    """
    reminders = [
        _rescheduled(decided) for decided in all_decided if decided.due.reminder is not None
    ]
    snoozes = [
        _rescheduled_snooze(decided) for decided in all_decided if decided.due.reminder is None
    ]
    firings = [row for decided in all_decided for row in _fired(decided, events_by_reminder)]
    any_event = next(iter(events_by_reminder.values()), None)
    common = _common(any_event) if any_event else ("", "", "", "")
    sent_count = await connection.execute(
        _WRITE, *_columns(reminders, 7), *_columns(firings, 6), now, *common
    )
    if snoozes:
        await connection.execute(_WRITE_SNOOZES, *_columns(snoozes, 3))
    return int(sent_count.rpartition(" ")[2])


async def delete_old_firings(connection: Connection, *, now: datetime) -> int:
    """Delete firings older than their retention, a chunk at a time; return how many."""
    deleted = 0
    while True:
        done = await connection.execute(_DELETE_OLD, now - FIRINGS_KEPT)
        count = int(done.rpartition(" ")[2])
        deleted += count
        if count < _CHUNK:
            return deleted


def _rescheduled(decided: DecidedReminder) -> tuple[Any, ...]:
    due, decision = decided
    keys = due.habit.habit_id, due.reminder_id
    pending = decision.pending
    if pending is None:
        return *keys, None, None, None, None, decision.handled
    moments = pending.due_time, pending.look_time
    return *keys, pending.due_date, pending.slot, *moments, decision.handled


def _rescheduled_snooze(decided: DecidedReminder) -> tuple[Any, ...]:
    pending = decided.decision.pending
    waits_until = None if pending is None else pending.look_time
    return decided.due.habit.habit_id, decided.due.pending.due_date, waits_until


def _fired(
    decided: DecidedReminder, events_by_reminder: Mapping[UUID, OutboxRow]
) -> Iterator[tuple[Any, ...]]:
    reminder_id = decided.due.reminder_id
    for due_date, slot, outcome in decided.decision.firings:
        event = events_by_reminder.get(reminder_id) if outcome is FiringOutcome.SENT else None
        id_and_body = (None, None) if event is None else (event.id, event.body)
        yield reminder_id, due_date, slot, outcome, *id_and_body


def _common(event: OutboxRow) -> tuple[str, str, str, str]:
    return event.type, event.routing_key, event.request_id, event.traceparent


def _columns(rows: Sequence[tuple[Any, ...]], count: int) -> Sequence[Sequence[Any]]:
    """Turn rows into the arrays that `unnest` takes."""
    return list(zip(*rows, strict=True)) if rows else [()] * count


def _due(row: "Record") -> DueReminder:
    reminder = None
    if row["id"] is not None:
        reminder = Reminder(
            row["id"],
            row["local_time"],
            weekdays_from_bits(row["weekdays"]),
            row["text"],
            row["nag_minutes"],
        )
    person = _person(row)
    pending = Pending(row["due_date"], row["slot"], row["due_time"], row["due_time"])
    plan_units = _plan_units(
        row["versions"],
        row["measure"],
        row["start_date"],
        row["archive_date"],
        person.week_start,
        person.week_changes,
    )
    paused_ranges = tuple(map(PausedRange, row["starts"], row["ends"])) if row["starts"] else ()
    missing = person.missing_dates(row["start_date"], pending.due_date)
    habit = RemindedHabit(
        habit_id=row["habit_id"],
        title=row["title"],
        unit=row["unit"],
        plan_units=plan_units,
        paused_ranges=paused_ranges + tuple(PausedRange(day, day) for day in missing)
        if missing
        else paused_ranges,
        day=pending.due_date,
        fact=None if row["mark"] is None else fact_of(row["mark"], row["amount"]),
        recent=partial(facts_from_bytes, row["recent"] or b""),
    )
    return DueReminder(reminder, pending, person, habit)


def _person(row: "Record") -> Person:
    quiet_hours = None
    if row["quiet_from"] is not None and row["quiet_to"] is not None:
        quiet_hours = row["quiet_from"], row["quiet_to"]
    return Person(
        row["owner_id"],
        row["timezone"],
        row["day_start"],
        Weekday(row["week_start"]),
        week_changes_from_numbers(row["week_changes"]),
        floor_date=row["floor_date"],
        quiet_hours=quiet_hours,
    )


@lru_cache(maxsize=20_000)
def _plan_units(
    versions: str,
    measure: str,
    start: date,
    archived: date | None,
    week_start: Weekday,
    week_changes: WeekChanges,
) -> PlanUnits:
    """Return what a habit asks. Many habits ask the same since the same day."""
    known = versions_from_column(versions)
    return PlanUnits(Plan(Measure(measure), start, known, week_start, archived, week_changes))
