"""Writes an export as a SQLite database that Loop Habit Tracker opens (schema version 25)."""

import sqlite3
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from tempfile import NamedTemporaryFile
from uuid import UUID

from rhythm.goal import Measure, is_total
from rhythm.plan import Mark, Version
from rhythm.schedule import Frequency, Schedule
from services.habits.domain.check_in import NOTHING, CheckIn
from services.habits.domain.export import ExportChunk
from services.habits.domain.habit import Habit, HabitState
from services.habits.domain.imports import SourceFields
from services.habits.formats.loop_colors import nearest
from services.habits.formats.writers import MAX_PART_BYTES

USER_VERSION = 25
NO, YES, SKIP, UNKNOWN = 0, 2, 3, -1
DAY_MILLISECONDS = 86_400_000
EPOCH = date(1970, 1, 1)

_ALL_WEEKDAYS = 127
_MAX_VALUE = 2**31 - 1
_NOT_SKIP = 4  # 0.003 of something would read as a skip
_VALUES = {Mark.DONE: YES, Mark.SKIP: SKIP, Mark.MISSED: NO, None: UNKNOWN}
_SCHEMA = """
    CREATE TABLE android_metadata (locale TEXT);
    INSERT INTO android_metadata VALUES ('en_US');
    CREATE TABLE Habits (
        id INTEGER PRIMARY KEY AUTOINCREMENT, archived INTEGER, color INTEGER, description TEXT,
        freq_den INTEGER, freq_num INTEGER, highlight INTEGER, name TEXT, position INTEGER,
        reminder_hour INTEGER, reminder_min INTEGER, reminder_days INTEGER NOT NULL DEFAULT 127,
        type INTEGER NOT NULL DEFAULT 0, target_type INTEGER NOT NULL DEFAULT 0,
        target_value REAL NOT NULL DEFAULT 0, unit TEXT NOT NULL DEFAULT '', question TEXT,
        uuid TEXT);
    CREATE TABLE Repetitions (
        id INTEGER PRIMARY KEY AUTOINCREMENT, habit INTEGER NOT NULL REFERENCES Habits(id),
        timestamp INTEGER NOT NULL, value INTEGER NOT NULL, notes TEXT);
    CREATE UNIQUE INDEX idx_repetitions_habit_timestamp ON Repetitions (habit, timestamp);
    CREATE TABLE Events (
        id INTEGER PRIMARY KEY AUTOINCREMENT, timestamp INTEGER, message TEXT, server_id INTEGER);
"""
_HABIT_COLUMNS = (
    "archived, color, description, freq_den, freq_num, highlight, name, position, reminder_hour, "
    "reminder_min, reminder_days, type, target_type, target_value, unit, question, uuid"
)
_ADD_HABIT = f"INSERT INTO Habits ({_HABIT_COLUMNS}) VALUES ({', '.join('?' * 17)})"  # noqa: S608
_ADD_DAY = "INSERT INTO Repetitions (habit, timestamp, value, notes) VALUES (?, ?, ?, ?)"


class LoopDatabaseWriter:
    """Writes the database into a temporary file, and sends that at the end.

    Args:
        sources: What habits were called in the Loop database that they came from.
    """

    def __init__(self, sources: Mapping[UUID, SourceFields]) -> None:
        self._sources = sources
        with NamedTemporaryFile(suffix=".db", delete=False) as file:
            self._path = Path(file.name)
        self._connection = sqlite3.connect(self._path, check_same_thread=False)
        self._connection.executescript(
            f"PRAGMA journal_mode = OFF; PRAGMA user_version = {USER_VERSION}; BEGIN; {_SCHEMA}"
        )
        self._row_id = 0
        self._habit: Habit | None = None

    def add(self, chunk: ExportChunk) -> bytes:
        """Write a chunk into the file."""
        if chunk.habit is not None:
            self._habit = chunk.habit
            row = _habit_row(chunk, chunk.habit, self._sources.get(chunk.habit.id))
            self._row_id = self._connection.execute(_ADD_HABIT, row).lastrowid or 0
        habit = self._habit
        if habit is not None:
            days = [
                (self._row_id, _timestamp(it.day), loop_value(habit, it), it.content.note or None)
                for it in chunk.check_ins
                if it.content != NOTHING
            ]
            self._connection.executemany(_ADD_DAY, days)
        return b""

    def finish(self) -> Iterator[bytes]:
        """Yield the file."""
        self._connection.commit()
        self._connection.close()
        with self._path.open("rb") as file:
            while part := file.read(MAX_PART_BYTES):
                yield part

    def close(self) -> None:
        """Delete the file."""
        self._connection.close()
        self._path.unlink(missing_ok=True)


def loop_value(habit: Habit, check_in: CheckIn) -> int:
    """Return a day's value: of a quantity in thousandths, else the number of its mark.

    Loop has one value a day. A quantity that is done without an amount has its goal's.
    """
    mark, amount, _ = check_in.content
    if habit.measure is Measure.YES_NO or mark is Mark.SKIP or (mark is None and amount is None):
        return _VALUES[mark]
    if amount is None:
        goal = habit.goal_on(check_in.day).amount_thousandths or 0
        amount = goal if mark is Mark.DONE else 0
    return _NOT_SKIP if amount == SKIP else min(amount, _MAX_VALUE)


def loop_frequency(measure: Measure, version: Version) -> tuple[int, int, float]:
    """Return how often Loop is to ask for a habit: times, days, and the target in those days."""
    schedule = version.schedule
    times, days = _times_in_days(schedule)
    target = (version.goal.amount_thousandths or 0) / 1000
    if measure is Measure.YES_NO:
        return times, days, 0.0
    return 1, days, target if is_total(measure, schedule) else target * times


def _times_in_days(schedule: Schedule) -> tuple[int, int]:
    times = schedule.times or 1
    match schedule.frequency:
        case Frequency.DAILY:
            return 1, schedule.interval
        case Frequency.WEEKLY:
            return len(schedule.weekdays) or times, 7 * schedule.interval
        case Frequency.MONTHLY:
            return len(schedule.month_days) + len(schedule.weekday_ordinals) or times, 30
        case Frequency.YEARLY:
            return len(schedule.year_days) or times, 365
        case Frequency.ROLLING:
            return times, schedule.days or 1


def _habit_row(chunk: ExportChunk, habit: Habit, source: SourceFields | None) -> tuple[object, ...]:
    version = habit.version_on(chunk.today)
    times, days, target = loop_frequency(habit.measure, version)
    reminder = habit.reminders[0] if habit.reminders else None
    question, description = reminder.text if reminder else "", habit.description
    if source is not None and source.imported_description == description:
        question, description = source.question, source.description
    weekdays = sum(1 << (day + 2) % 7 for day in reminder.weekdays) if reminder else 0
    return (
        int(habit.state is HabitState.ARCHIVED),
        nearest(habit.color),
        description,
        days,
        times,
        0,
        habit.title,
        habit.position,
        reminder.local_time.hour if reminder else None,
        reminder.local_time.minute if reminder else None,
        weekdays or (_ALL_WEEKDAYS if reminder else 0),
        int(habit.measure is Measure.QUANTITY),
        int(version.goal.at_most),
        target,
        habit.unit,
        question,
        source.external_id if source is not None else habit.id.hex,
    )


def _timestamp(day: date) -> int:
    return (day - EPOCH).days * DAY_MILLISECONDS
