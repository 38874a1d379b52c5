"""Reads a backup of Loop Habit Tracker: a SQLite database, of any version up to 25.

The database is opened read-only from a private copy, checked, and watched: it can attach nothing,
run nothing but our queries, and not for long.
"""

import sqlite3
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote

from rhythm.goal import Direction, Goal, Measure
from rhythm.plan import Mark
from rhythm.schedule import Weekday
from services.habits.domain.check_in import Content
from services.habits.domain.errors.imports import (
    ImportFileBroken,
    ImportFileTooNew,
    ImportFileTooSlow,
    ImportFileUnknown,
)
from services.habits.domain.imports import ImportSource, SourceFields
from services.habits.domain.reminders import Reminder
from services.habits.formats import loop_colors
from services.habits.formats.parsed import (
    DAILY,
    HabitBuilder,
    ParsedFile,
    clean_text,
    date_of_days,
    reminder_at,
    thousandths_from,
    times_in_days,
    whole_number,
)

NEWEST_VERSION = 25
_NAME = "a Loop Habit Tracker backup"
_DAY_MILLISECONDS = 86_400_000
_SECONDS = 20.0
_OPERATIONS = 1_000  # one may be a function over megabytes, in the schema of the file
_ALLOWED = frozenset(
    (sqlite3.SQLITE_SELECT, sqlite3.SQLITE_READ, sqlite3.SQLITE_PRAGMA, sqlite3.SQLITE_FUNCTION)
)
_FIRST_WITH_QUESTION = 23
_FIRST_WITH_PALETTE = 14
_FIRST_WITH_NEW_PALETTE = 21
_NUMERICAL, _AT_MOST = 1, 1
_UNKNOWN, _NO, _AUTO, _YES, _SKIP = -1, 0, 1, 2, 3
_MARKS: Mapping[int, Mark | None] = {
    _UNKNOWN: None,
    _NO: Mark.MISSED,
    _YES: Mark.DONE,
    _SKIP: Mark.SKIP,
}

type Row = dict[str, Any]


def parse_loop_database(path: Path) -> ParsedFile:
    """Return the habits and days of a backup.

    Raises:
        Refusal: It is none, damaged, too new or too large.
    """
    try:
        connection = _open(path)
        try:
            return _parse(connection)
        finally:
            connection.close()
    except sqlite3.OperationalError as error:
        if "interrupted" in str(error):
            raise ImportFileTooSlow from None
        raise ImportFileBroken(_NAME, str(error)[:100]) from None
    except (sqlite3.Error, OverflowError) as error:
        raise ImportFileBroken(_NAME, str(error)[:100]) from None


def _open(path: Path) -> sqlite3.Connection:
    uri = f"file:{quote(str(path))}?mode=ro&immutable=1"
    connection = sqlite3.connect(uri, uri=True, isolation_level=None)
    connection.text_factory = lambda data: data.decode("utf-8", "replace")
    connection.setlimit(sqlite3.SQLITE_LIMIT_ATTACHED, 0)
    connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, 10_000_000)
    end = time.monotonic() + _SECONDS
    connection.set_progress_handler(lambda: time.monotonic() > end, _OPERATIONS)
    for pragma in ("trusted_schema = OFF", "query_only = ON", "cell_size_check = ON"):
        connection.execute(f"PRAGMA {pragma}")
    connection.set_authorizer(
        lambda action, *_: sqlite3.SQLITE_OK if action in _ALLOWED else sqlite3.SQLITE_DENY
    )
    return connection


def _parse(connection: sqlite3.Connection) -> ParsedFile:
    tables = _tables(connection)
    if not {"habits", "repetitions"} <= tables.keys():
        raise ImportFileUnknown("It is a database without Loop's tables.")
    version = connection.execute("PRAGMA user_version").fetchone()[0]
    if version > NEWEST_VERSION:
        raise ImportFileTooNew(_NAME, version, NEWEST_VERSION)
    if (found := connection.execute("PRAGMA quick_check(1)").fetchone()) != ("ok",):
        raise ImportFileBroken(_NAME, f"the database is damaged: {found[0]!s:.80}")
    file = ParsedFile(ImportSource.LOOP_DATABASE)
    builders: dict[object, HabitBuilder] = {}
    habits = list(_rows(connection, tables["habits"]))
    for row in sorted(habits, key=lambda it: (whole_number(it.get("position")), it["rowid"])):
        file.count_row()
        builders[row.get("id", row["rowid"])] = _habit(file, row, version)
    seen: set[tuple[object, object]] = set()
    for row in _rows(connection, tables["repetitions"]):
        _add_day(file, builders, row, seen)
    for builder in builders.values():
        builder.finish()
    return file


def _tables(connection: sqlite3.Connection) -> dict[str, str]:
    """Return the names of the real tables by their lower-case name."""
    query = "SELECT name, sql FROM sqlite_master WHERE type = 'table'"
    return {
        name.lower(): name
        for name, sql in connection.execute(query)
        if isinstance(name, str) and "virtual" not in (sql or "").lower().split("(")[0]
    }


def _rows(connection: sqlite3.Connection, table: str) -> Iterator[Row]:
    """Yield the rows of a table in the order of their row ids, columns in lower case."""
    quoted = '"' + table.replace('"', '""') + '"'
    cursor = connection.execute(f"SELECT rowid AS rowid, * FROM {quoted} ORDER BY rowid")  # noqa: S608
    names = ["rowid", *(column[0].lower() for column in cursor.description[1:])]
    for values in cursor:
        yield dict(zip(names, values, strict=True))


def _habit(file: ParsedFile, row: Row, version: int) -> HabitBuilder:
    name = clean_text(row.get("name"))
    question, description = clean_text(row.get("question")), clean_text(row.get("description"))
    if version < _FIRST_WITH_QUESTION and not question:
        question, description = description, ""
    reminder = _reminder(row, question)
    shown = description
    if question and reminder is None:
        shown = f"{question}\n\n{description}".strip()
    external_id = clean_text(row.get("uuid")) or file.unique_id(name)
    builder = HabitBuilder(
        file,
        external_id,
        name,
        description=shown,
        color=_color(row.get("color"), version),
        measure=Measure.QUANTITY if row.get("type") == _NUMERICAL else Measure.YES_NO,
        unit=clean_text(row.get("unit")),
        reminders=() if reminder is None else (reminder,),
        archived=whole_number(row.get("archived")) != 0,
        source_fields=SourceFields(
            external_id=external_id,
            question=question,
            description=description,
            imported_description=shown,
        ),
    )
    set_frequency(builder, row.get("freq_num"), row.get("freq_den"))
    if builder.measure is Measure.QUANTITY:
        set_target(builder, row.get("target_value"), at_most=row.get("target_type") == _AT_MOST)
    return builder


def set_frequency(builder: HabitBuilder, times: object, days: object) -> None:
    """Set the schedule: so many times in any so many days, as Loop counts them."""
    total = builder.measure is Measure.QUANTITY
    schedule = times_in_days(whole_number(times, 1), whole_number(days, 1), total=total)
    if schedule is None:
        builder.drop("frequency", f"{times} times in {days} days is none that is possible; daily")
    builder.schedule = schedule or DAILY


def set_target(builder: HabitBuilder, target: object, *, at_most: bool) -> None:
    """Set the goal of a quantity."""
    amount = thousandths_from(target)
    if amount is None or not (0 if at_most else 1) <= amount <= 10**12:
        builder.drop("target", f"{target!s:.20} is none that is possible; 1 instead")
        amount = 1000
    builder.goal = Goal(Direction.AT_MOST if at_most else Direction.AT_LEAST, amount)


def _color(value: object, version: int) -> str:
    number = whole_number(value, -1)
    if version < _FIRST_WITH_PALETTE:
        number = loop_colors.OF_ARGB.get(number, 0)
    if version < _FIRST_WITH_NEW_PALETTE:
        number = loop_colors.OF_OLD_PALETTE.get(number, number)
    if not 0 <= number < len(loop_colors.PALETTE):
        number = 0
    return loop_colors.PALETTE[number]


def _reminder(row: Row, question: str) -> Reminder | None:
    hour, minute = row.get("reminder_hour"), row.get("reminder_min")
    if hour is None or minute is None:
        return None
    mask = whole_number(row.get("reminder_days"), 127)
    weekdays = {Weekday((bit + 5) % 7) for bit in range(7) if mask >> bit & 1}
    try:
        return reminder_at(
            whole_number(hour, -1),
            whole_number(minute, -1),
            weekdays if len(weekdays) < 7 else (),
            question,
        )
    except ValueError:
        return None


def _add_day(
    file: ParsedFile,
    builders: Mapping[object, HabitBuilder],
    row: Row,
    seen: set[tuple[object, object]],
) -> None:
    """Add a row of a day; of two of one day, the first one is kept, as Loop does."""
    builder, timestamp = builders.get(row.get("habit")), row.get("timestamp")
    if builder is None or not isinstance(timestamp, int):
        file.count_row()
        file.report.drop(f"a day of habit {row.get('habit')!s:.20}", "it belongs to no habit")
        return
    days = timestamp // _DAY_MILLISECONDS
    key = (row.get("habit"), days)
    if key in seen:
        file.count_row()
        return
    seen.add(key)
    content = day_content(row.get("value", _YES), clean_text(row.get("notes")), builder.measure)
    if content is None:
        file.count_row()
        builder.drop(str(date_of_days(days)), f"{row.get('value')!s:.20} is no value of a day")
    else:
        builder.add_day(date_of_days(days), content, written=timestamp)


def day_content(value: object, note: str, measure: Measure) -> Content | None:
    """Return what a day holds; None for a value that there is not. Loop's implicit day is none."""
    if not isinstance(value, int):
        return None
    if measure is Measure.QUANTITY and value not in (_UNKNOWN, _SKIP):
        return Content(None, value, note) if value >= 0 else None
    if value == _AUTO:
        return Content(None, None, note)
    return Content(_MARKS[value], None, note) if value in _MARKS else None
