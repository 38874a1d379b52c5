"""Files of Loop Habit Tracker: databases of every version, and the CSV archives."""

import csv
import io
import sqlite3
import tempfile
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any

DAY = 86_400_000
TODAY = date(2026, 1, 14)
EPOCH = date(1970, 1, 1)
HABIT_DEFAULTS: Mapping[str, Any] = {
    "archived": 0,
    "color": 8,
    "description": "",
    "freq_den": 1,
    "freq_num": 1,
    "highlight": 0,
    "name": "Run",
    "position": 0,
    "reminder_hour": None,
    "reminder_min": None,
    "reminder_days": 0,
    "type": 0,
    "target_type": 0,
    "target_value": 0.0,
    "unit": "",
    "question": "",
    "uuid": None,
}
_SINCE = {"type": 16, "target_type": 16, "target_value": 16, "unit": 16, "question": 23, "uuid": 24}


def stamp(day: date) -> int:
    """Return a day as Loop stores it."""
    return (day - EPOCH).days * DAY


def ago(days: int) -> date:
    return TODAY - timedelta(days=days)


def loop_database(
    habits: Sequence[Mapping[str, Any]],
    days: Iterable[tuple[int, int, int, str | None]] = (),
    *,
    version: int = 25,
    statements: Sequence[str] = (),
) -> bytes:
    """Return a backup of Loop with the columns that a version of its schema has.

    Args:
        habits: What differs from the defaults; their ids count from 1.
        days: Habit, timestamp, value and note.
        version: Of the schema.
        statements: To be run at the end.
    """
    columns = [name for name in HABIT_DEFAULTS if _SINCE.get(name, 0) <= version]
    day_columns = ["habit", "timestamp", *(["value"] if version >= 16 else [])]
    day_columns += ["notes"] if version >= 25 else []
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "loop.db"
        database = sqlite3.connect(path)
        identifier = "Id" if version <= 12 else "id"
        database.execute(
            f"CREATE TABLE Habits ({identifier} integer primary key autoincrement, "
            f"{', '.join(columns)})"
        )
        database.execute(
            f"CREATE TABLE Repetitions (id integer primary key autoincrement, "
            f"{', '.join(day_columns)})"
        )
        for habit in habits:
            values = [{**HABIT_DEFAULTS, **habit}[name] for name in columns]
            places = ", ".join("?" * len(columns))
            database.execute(f"INSERT INTO Habits ({', '.join(columns)}) VALUES ({places})", values)
        for row in days:
            database.execute(
                f"INSERT INTO Repetitions ({', '.join(day_columns)}) "
                f"VALUES ({', '.join('?' * len(day_columns))})",
                row[: len(day_columns)],
            )
        for statement in statements:
            database.execute(statement)
        database.execute(f"PRAGMA user_version = {version}")
        database.commit()
        database.close()
        return path.read_bytes()


def a_zip(files: Mapping[str, str | bytes]) -> bytes:
    """Return a zip of files."""
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in files.items():
            packed.writestr(name, content)
    return data.getvalue()


def csv_text(rows: Iterable[Sequence[object]]) -> str:
    """Return rows as CSV."""
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(rows)
    return text.getvalue()


def a_loop_database(version: int = 25) -> bytes:
    habits: list[dict[str, Any]] = [
        {
            "name": "Бег, ещё",
            "question": "Did you run?",
            "description": "notes" if version >= 23 else "Did you run?",
            "uuid": "a" * 32,
            "freq_num": 3,
            "freq_den": 7,
            "reminder_hour": 8,
            "reminder_min": 5,
            "reminder_days": 0b0000101,
        },
        {"name": "Run", "uuid": "b" * 34, "archived": 1, "position": 1, "color": 3},
        {
            "name": "Water",
            "uuid": "c" * 32,
            "position": 2,
            "type": 1,
            "target_value": 2.5,
            "unit": "l",
        },
    ]
    days: list[tuple[int, int, int, str | None]] = [
        (1, stamp(ago(n)), (2, 3, 0)[n % 3], f"note {n}" if n % 2 else None) for n in range(30)
    ]
    days += [(2, stamp(ago(3)), 2, None), (2, stamp(ago(40)), 2, None)]
    if version >= 16:
        days += [(3, stamp(ago(n)), 250 * n, None) for n in range(10)]
    return loop_database(habits, days, version=version)


def a_loop_csv() -> bytes:
    header = (
        "Position,Name,Type,Question,Description,FrequencyNumerator,FrequencyDenominator,Color,"
        "Unit,Target Type,Target Value,Archived?\n"
    )
    days = [["Date", "Value", "Notes"], ["2026-01-03", "YES_MANUAL", 'a "note"\nof two lines']]
    days += [["2026-01-02", "YES_AUTO", ""], ["2026-01-01", "SKIP", ""], ["2025-12-31", "NO", ""]]
    return a_zip(
        {
            "Habits.csv": header
            + "001,Бег,YES_NO,Did you?,,1,1,#D32F2F,,,,false\n"
            + '002,"Water, still",NUMERICAL,,,1,7,#00897B,l,AT_MOST,10.5,true\n',
            "Checkmarks.csv": "Date,Бег,Water, still,\n",
            "001/Checkmarks.csv": csv_text(days),
            "002 Water still/Checkmarks.csv": "Date,Value,Notes\n2026-01-01,2500,\n",
        }
    )


def an_old_loop_csv() -> bytes:
    dense = [[ago(n).isoformat(), (2, 0, 1)[n % 3]] for n in range(12)]
    return a_zip(
        {
            "Habits.csv": "Position,Name,Question,Description,NumRepetitions,Interval,Color\n"
            "001,Run,Did you?,far,2,7,#D32F2F\n002,Water,,,1,1,#00897B\n",
            "001 Run/Checkmarks.csv": csv_text(dense),
            "002 Water/Checkmarks.csv": "2026-01-03,1500\n2026-01-01,0\n",
            "002 Water/Scores.csv": "2026-01-03,0.1234\n",
        }
    )
