"""Rows of `habits` as values and back. Both drivers read them by name."""

from datetime import date, time
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import ColumnElement, Text, cast

from rhythm.goal import Direction, Goal, Measure, NoAnswer
from rhythm.plan import Version
from rhythm.schedule import Frequency, Schedule, Weekday, WeekdayOrdinal, YearDay
from services.habits.domain.habit import Habit
from services.habits.domain.reminders import Reminder
from services.habits.tables import HABITS

_JSON = ("versions", "reminders")
COLUMNS: tuple[ColumnElement[Any], ...] = tuple(
    cast(column, Text).label(column.name) if column.name in _JSON else column for column in HABITS.c
)
"""The columns of a habit, its JSON as text."""
SQL_COLUMNS = ", ".join(
    f"h.{column.name}::text" if column.name in _JSON else f"h.{column.name}" for column in HABITS.c
)
"""The same, for a statement that calls the table `h`."""


type Row = Any
"""A mapping by column name: asyncpg's or SQLAlchemy's."""


class _Version(msgspec.Struct, omit_defaults=True):
    """How a version lies in its column."""

    effective_date: date
    frequency: Frequency
    interval: int = 1
    weekdays: tuple[int, ...] = ()
    times: int | None = None
    month_days: tuple[int, ...] = ()
    days: int | None = None
    weekday_ordinals: tuple[tuple[int, int], ...] = ()
    year_days: tuple[tuple[int, int], ...] = ()
    anchor_date: date | None = None
    direction: Direction = Direction.AT_LEAST
    amount_thousandths: int | None = None
    no_answer: NoAnswer = NoAnswer.SUCCESS


class _Reminder(msgspec.Struct, omit_defaults=True):
    """How a reminder lies in its column."""

    id: UUID
    local_time: time
    weekdays: tuple[int, ...] = ()
    text: str = ""
    nag_minutes: int = 0


_read_versions = msgspec.json.Decoder(tuple[_Version, ...]).decode
_read_reminders = msgspec.json.Decoder(tuple[_Reminder, ...]).decode


def habit_from_row(row: Row) -> Habit:
    """Return the habit of a row."""
    return Habit(
        id=row["id"],
        owner_id=row["owner_id"],
        title=row["title"],
        description=row["description"],
        color=row["color"],
        icon=row["icon"],
        tags=tuple(row["tags"]),
        position=row["position"],
        start_date=row["start_date"],
        measure=Measure(row["measure"]),
        unit=row["unit"],
        versions=versions_from_column(row["versions"]),
        reminders=tuple(map(_reminder_from_column, _read_reminders(row["reminders"]))),
        archive_time=row["archive_time"],
        archive_date=row["archive_date"],
        revision=row["revision"],
        content_revision=row["content_revision"],
        create_time=row["create_time"],
        update_time=row["update_time"],
    )


def versions_from_column(text: str) -> tuple[Version, ...]:
    """Return the versions of a column, as text."""
    return tuple(map(_version_from_column, _read_versions(text)))


def row_from_habit(habit: Habit) -> dict[str, Any]:
    """Return the row of a habit, for SQLAlchemy."""
    names = [column.name for column in HABITS.c if column.name not in (*_JSON, "tags", "measure")]
    return {name: getattr(habit, name) for name in names} | {
        "tags": list(habit.tags),
        "measure": habit.measure.value,
        "versions": [_to_column(_version_to_column(it)) for it in habit.versions],
        "reminders": [_to_column(_reminder_to_column(it)) for it in habit.reminders],
    }


def _to_column(value: msgspec.Struct) -> Any:
    return msgspec.to_builtins(value)


def _version_from_column(it: _Version) -> Version:
    schedule = Schedule(
        it.frequency,
        it.interval,
        tuple(map(Weekday, it.weekdays)),
        it.times,
        it.month_days,
        it.days,
        tuple(WeekdayOrdinal(Weekday(day), ordinal) for day, ordinal in it.weekday_ordinals),
        tuple(YearDay(month, day) for month, day in it.year_days),
        it.anchor_date,
    )
    goal = Goal(it.direction, it.amount_thousandths, it.no_answer)
    return Version(it.effective_date, schedule, goal)


def _version_to_column(version: Version) -> _Version:
    schedule, goal = version.schedule, version.goal
    return _Version(
        effective_date=version.effective_date,
        frequency=schedule.frequency,
        interval=schedule.interval,
        weekdays=tuple(map(int, schedule.weekdays)),
        times=schedule.times,
        month_days=schedule.month_days,
        days=schedule.days,
        weekday_ordinals=tuple((int(it.weekday), it.ordinal) for it in schedule.weekday_ordinals),
        year_days=tuple((it.month, it.day) for it in schedule.year_days),
        anchor_date=schedule.anchor_date,
        direction=goal.direction,
        amount_thousandths=goal.amount_thousandths,
        no_answer=goal.no_answer,
    )


def _reminder_from_column(it: _Reminder) -> Reminder:
    return Reminder(
        id=it.id,
        local_time=it.local_time,
        weekdays=frozenset(map(Weekday, it.weekdays)),
        text=it.text,
        nag_minutes=it.nag_minutes,
    )


def _reminder_to_column(reminder: Reminder) -> _Reminder:
    return _Reminder(
        id=reminder.id,
        local_time=reminder.local_time,
        weekdays=tuple(sorted(map(int, reminder.weekdays))),
        text=reminder.text,
        nag_minutes=reminder.nag_minutes,
    )
