"""Exports as files: JSON that its schema describes, CSV, and a database of Loop Habit Tracker."""

import csv
import io
import json
import sqlite3
import zipfile
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from contracts.habits.v1.check_in_pb2 import MARK_MISSED, MARK_SKIP
from contracts.habits.v1.export_service_pb2 import (
    EXPORT_FORMAT_CSV,
    EXPORT_FORMAT_JSON,
    EXPORT_FORMAT_LOOP,
    ExportDataRequest,
)
from contracts.habits.v1.habit_pb2 import (
    DIRECTION_AT_MOST,
    FREQUENCY_WEEKLY,
    MEASURE_QUANTITY,
    WEEKDAY_FRIDAY,
    WEEKDAY_SATURDAY,
    Goal,
    Reminder,
    Schedule,
)
from tests.house.tree import ROOT
from tests.services.habits.api_calls import archive, edit
from tests.services.habits.habits_server import Person, ago, refused

SCHEMA = json.loads((ROOT / "docs/export.schema.json").read_text())


async def export_file(person: Person, wanted: Any = EXPORT_FORMAT_JSON) -> bytes:
    """Return an exported file."""
    call = person.exports.ExportData(ExportDataRequest(format=wanted))
    return b"".join([chunk.data async for chunk in call])


async def export_json(person: Person) -> dict[str, Any]:
    """Return the exported document, valid by its schema."""
    document: dict[str, Any] = json.loads(await export_file(person))
    jsonschema.validate(document, SCHEMA)
    return document


async def a_full_account(person: Person) -> None:
    """Give a person a habit of each kind, with everything a habit can have."""
    water = await person.makes(
        "Вода, =SUM(A1)",
        description="Two\nlines",
        color="#00897b",
        icon="💧",
        tags=["health", "дом"],
        measure=MEASURE_QUANTITY,
        unit="l",
        goal=Goal(amount="2.5"),
        start_date=str(ago(30)),
        reminders=[Reminder(local_time="08:30", weekdays=[WEEKDAY_FRIDAY, WEEKDAY_SATURDAY])],
    )
    await edit(person, water, goal=Goal(amount="3"), effective_date=ago(10))
    await person.does(water, ago(12), "0.25", note="- a note")
    await person.does(water, ago(12), "1")
    await person.sets(water, ago(11), MARK_SKIP)
    await person.does(water, ago(9), "7")
    await person.clears(water, ago(9))
    run = await person.makes(
        "Run",
        schedule=Schedule(frequency=FREQUENCY_WEEKLY, times=3),
        start_date=str(ago(20)),
    )
    await person.does(run, ago(3))
    await person.sets(run, ago(2), MARK_MISSED)
    smoke = await person.makes(
        "Smoke",
        measure=MEASURE_QUANTITY,
        goal=Goal(direction=DIRECTION_AT_MOST, amount="0"),
        start_date=str(ago(20)),
    )
    await archive(person, smoke)
    await person.rests(ago(15), ago(14), run)
    await person.rests(ago(1))


async def test_a_new_person_has_an_empty_document(ann: Person) -> None:
    document = await export_json(ann)
    assert (document["format"], document["version"]) == ("habit-tracker", 1)
    assert (document["habits"], document["pauses"]) == ([], [])


async def test_json_has_everything_in_order(ann: Person) -> None:
    await a_full_account(ann)
    document = await export_json(ann)
    water, run, smoke = document["habits"]
    assert water["title"] == "Вода, =SUM(A1)"
    assert water["tags"] == ["health", "дом"]
    assert [it["goal"]["amount"] for it in water["versions"]] == [2.5, 3]
    assert water["reminders"] == [
        {"time": "08:30", "weekdays": ["fri", "sat"], "text": "", "nag_minutes": None}
    ]
    assert [{**it, "update_time": 0} for it in water["days"]] == [
        {
            "date": str(ago(12)),
            "amount": 1.25,
            "note": "- a note",
            "source": "api",
            "update_time": 0,
        },
        {"date": str(ago(11)), "mark": "skip", "source": "api", "update_time": 0},
    ]
    assert [it["mark"] for it in run["days"]] == ["done", "missed"]
    assert smoke["state"] == "archived"
    assert smoke["archive_date"] == str(ago(0))
    assert [it["habit_id"] for it in document["pauses"]] == [run["id"], None]


async def test_nobody_gets_what_belongs_to_others(ann: Person, habits: Any) -> None:
    await a_full_account(ann)
    assert (await export_json(habits.person()))["habits"] == []


async def test_csv_has_a_file_for_each_habit_and_one_long_table(ann: Person) -> None:
    await a_full_account(ann)
    await ann.makes("Run")  # a second one of this name
    data = zipfile.ZipFile(io.BytesIO(await export_file(ann, EXPORT_FORMAT_CSV)))
    assert data.testzip() is None
    assert sorted(data.namelist()) == [
        "check_ins.csv",
        "habits.csv",
        "habits/001 Вода, =SUM(A1).csv",
        "habits/002 Run.csv",
        "habits/003 Smoke.csv",
        "habits/004 Run.csv",
    ]

    def rows(name: str) -> list[dict[str, str]]:
        return list(csv.DictReader(io.StringIO(data.read(name).decode(), newline="")))

    table = rows("check_ins.csv")
    assert [it["amount"] or it["mark"] for it in table] == ["1.25", "skip", "done", "missed"]
    assert table[0]["note"] == "'- a note"  # no spreadsheet runs it
    assert [it["mark"] for it in rows("habits/002 Run.csv")] == ["done", "missed"]
    assert [it["schedule"] for it in rows("habits.csv")] == [
        "frequency=daily",
        "frequency=weekly times=3",
        "frequency=daily",
        "frequency=daily",
    ]


async def test_loop_gets_a_database(ann: Person, tmp_path: Path) -> None:
    await a_full_account(ann)
    path = tmp_path / "loop.db"
    path.write_bytes(await export_file(ann, EXPORT_FORMAT_LOOP))
    loop = sqlite3.connect(path)
    assert loop.execute("PRAGMA quick_check").fetchone() == ("ok",)
    assert loop.execute("PRAGMA user_version").fetchone() == (25,)
    query = """
        SELECT name, type, freq_num, freq_den, target_type, target_value, unit, color, archived,
            reminder_hour, reminder_min, reminder_days FROM Habits ORDER BY position"""
    assert loop.execute(query).fetchall() == [
        ("Вода, =SUM(A1)", 1, 1, 1, 0, 3.0, "l", 8, 0, 8, 30, 0b1000001),
        ("Run", 0, 3, 7, 0, 0.0, "", 8, 0, None, None, 0),
        ("Smoke", 1, 1, 1, 1, 0.0, "", 8, 1, None, None, 0),
    ]
    query = "SELECT habit, value, notes FROM Repetitions ORDER BY habit, timestamp"
    assert loop.execute(query).fetchall() == [
        (1, 1250, "- a note"),
        (1, 3, None),
        (2, 2, None),
        (2, 0, None),
    ]
    loop.close()


async def test_an_unknown_format_is_refused(ann: Person) -> None:
    with refused("EXPORT_FORMAT_UNKNOWN"):
        await export_file(ann, 77)


@pytest.mark.parametrize("wanted", [EXPORT_FORMAT_CSV, EXPORT_FORMAT_LOOP])
async def test_an_empty_account_gives_a_file_that_opens(
    ann: Person, tmp_path: Path, wanted: Any
) -> None:
    path = tmp_path / "file"
    path.write_bytes(await export_file(ann, wanted))
    if wanted == EXPORT_FORMAT_CSV:
        assert sorted(zipfile.ZipFile(path).namelist()) == ["check_ins.csv", "habits.csv"]
    else:
        with sqlite3.connect(path) as loop:
            assert loop.execute("SELECT count(*) FROM Habits").fetchone() == (0,)
        loop.close()
