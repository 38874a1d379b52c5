"""Loop Habit Tracker's files: every version of the database, and both CSV archives."""

from datetime import date, time
from typing import Any

import pytest

from chassis.errors import Refusal
from rhythm.goal import Direction, Measure
from rhythm.schedule import Frequency, Schedule, Weekday
from services.habits.formats import loop_database as loop_database_format
from tests.services.habits.formats.loop_files import (
    a_loop_csv,
    a_loop_database,
    a_zip,
    ago,
    an_old_loop_csv,
    loop_database,
    stamp,
)
from tests.services.habits.formats.parsing import (
    days_of,
    dropped,
    habits_of,
    parse,
    schedules_of,
)

DAILY = Schedule(Frequency.DAILY)


def one(habit: dict[str, Any], *days: tuple[int, int], version: int = 25) -> Any:
    """Parse a database of one habit, with timestamps and values."""
    rows = [(1, timestamp, value, None) for timestamp, value in days]
    return parse(loop_database([habit], rows, version=version))


def test_a_backup_has_everything() -> None:
    file = parse(a_loop_database())
    run, old, water = habits_of(file)
    assert (run.title, run.external_id, old.archived) == ("Бег, ещё", "a" * 32, True)
    assert old.external_id == "b" * 34
    assert schedules_of(file)[0] == Schedule(Frequency.ROLLING, times=3, days=7)
    [reminder] = run.reminders
    assert reminder.local_time == time(8, 5)
    assert reminder.weekdays == {Weekday.SAT, Weekday.MON}
    assert (reminder.text, run.description) == ("Did you run?", "notes")
    assert (water.measure, water.unit) == (Measure.QUANTITY, "l")
    assert water.versions[0].goal.amount_thousandths == 2500
    days = days_of(file)
    assert days[str(ago(0))] == ("done", None, "")
    assert days[str(ago(1))] == ("skip", None, "note 1")
    assert days[str(ago(2))] == ("missed", None, "")
    assert days_of(file, 2)[str(ago(4))] == (None, 1000, "")
    assert file.report.dropped == []


@pytest.mark.parametrize("version", range(9, 26))
def test_every_version_is_read(version: int) -> None:
    file = parse(a_loop_database(version))
    run = habits_of(file)[0]
    assert [habit.title for habit in habits_of(file)] == ["Бег, ещё", "Run", "Water"]
    assert run.reminders[0].text == "Did you run?"
    assert run.description == ("notes" if version >= 23 else "")
    assert len(days_of(file)) == 30
    assert (run.external_id == "a" * 32) == (version >= 24)


@pytest.mark.parametrize("version", [9, 20, 25])
def test_a_newer_copy_of_a_file_has_the_same_ids(version: int) -> None:
    first, second = parse(a_loop_database(version)), parse(a_loop_database(version))
    assert [it.external_id for it in habits_of(first)] == [
        it.external_id for it in habits_of(second)
    ]


@pytest.mark.parametrize(
    ("color", "version", "wanted"),
    [
        (0, 25, "#d32f2f"),
        (19, 25, "#aaaaaa"),
        (20, 25, "#d32f2f"),
        (-2937041, 12, "#d32f2f"),
        (-415707, 12, "#f9a825"),
        (-5592406, 13, "#aaaaaa"),
        (77, 12, "#d32f2f"),
        (12, 14, "#aaaaaa"),
        (3, 20, "#afb42b"),
        (1, 20, "#e64a19"),
        (3, 21, "#ff8f00"),
    ],
)
def test_colors_of_all_palettes(color: int, version: int, wanted: str) -> None:
    assert habits_of(one({"color": color}, version=version))[0].color == wanted


@pytest.mark.parametrize(
    ("num", "den", "kind", "wanted"),
    [
        (1, 1, 0, DAILY),
        (7, 7, 0, DAILY),
        (1, 3, 0, Schedule(Frequency.ROLLING, times=1, days=3)),
        (2, 7, 0, Schedule(Frequency.ROLLING, times=2, days=7)),
        (1, 30, 0, Schedule(Frequency.ROLLING, times=1, days=30)),
        (1, 7, 1, Schedule(Frequency.ROLLING, days=7)),
        (1, 1, 1, DAILY),
        (9, 7, 0, DAILY),
    ],
)
def test_a_frequency_stays_rolling(num: int, den: int, kind: int, wanted: Schedule) -> None:
    habit = {"freq_num": num, "freq_den": den, "type": kind, "target_value": 5}
    file = one(habit)
    assert schedules_of(file) == [wanted]
    assert file.report.dropped == []


@pytest.mark.parametrize(("num", "den"), [(0, 7), (1, 0), (-1, 7), (1, 5000)])
def test_a_frequency_that_cannot_be_is_daily_and_told(num: int, den: int) -> None:
    file = one({"freq_num": num, "freq_den": den})
    assert schedules_of(file) == [DAILY]
    assert list(dropped(file)) == ["Run: frequency"]


def test_at_most_keeps_its_direction() -> None:
    [habit] = habits_of(one({"type": 1, "target_type": 1, "target_value": 0}))
    assert habit.versions[0].goal.direction is Direction.AT_MOST
    assert habit.versions[0].goal.amount_thousandths == 0


def test_odd_days_of_old_files() -> None:
    rows = [
        (1, stamp(date(2020, 1, 1)) + 3_600_000, 2, None),  # not midnight
        (1, stamp(date(2020, 1, 1)), 0, None),  # the same day again
        (1, stamp(date(2020, 1, 2)), 1, None),  # implicit
        (1, stamp(date(2020, 1, 3)), 9, None),
        (1, stamp(date(1601, 1, 1)), 2, None),
        (1, 10**18, 2, None),
        (7, stamp(date(2020, 1, 3)), 2, None),
        (1, None, 2, None),
    ]
    file = parse(loop_database([{}], rows))  # type: ignore[arg-type]
    assert days_of(file) == {"2020-01-01": ("done", None, "")}
    assert file.report.dropped_count == 5


def test_a_note_without_a_value_is_kept() -> None:
    file = parse(loop_database([{}], [(1, stamp(date(2020, 1, 1)), -1, "tired")]))
    assert days_of(file) == {"2020-01-01": (None, None, "tired")}


def test_names_that_are_the_same_or_nothing() -> None:
    names = ["Run", "Run", "", "\u200b", "a\nb", "x" * 300]
    file = parse(loop_database([{"name": name} for name in names]))
    assert [it.title for it in habits_of(file)] == [
        "Run",
        "Run",
        "Habit",
        "Habit",
        "a b",
        "x" * 120,
    ]
    assert len({it.external_id for it in habits_of(file)}) == len(names)


@pytest.mark.parametrize(
    ("statements", "version", "reason"),
    [
        ([], 26, "IMPORT_FILE_TOO_NEW"),
        (["DROP TABLE Repetitions"], 25, "IMPORT_FILE_UNKNOWN"),
        (
            ["DROP TABLE Habits", "CREATE VIEW Habits AS SELECT 1 AS id"],
            25,
            "IMPORT_FILE_UNKNOWN",
        ),
        (
            ["DROP TABLE Habits", "CREATE VIRTUAL TABLE Habits USING fts5(name)"],
            25,
            "IMPORT_FILE_UNKNOWN",
        ),
    ],
)
def test_databases_that_are_no_backups(statements: Any, version: int, reason: str) -> None:
    with pytest.raises(Refusal) as caught:
        parse(loop_database([{}], version=version, statements=statements))
    assert caught.value.reason == reason


def test_a_damaged_database_is_refused() -> None:
    data = bytearray(a_loop_database())
    data[5000:9000] = b"\xff" * 4000
    with pytest.raises(Refusal) as caught:
        parse(bytes(data))
    assert caught.value.reason == "IMPORT_FILE_BROKEN"


def test_a_database_whose_schema_computes_for_long_is_refused(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Each row costs few operations of SQLite, and one of them ten milliseconds."""
    monkeypatch.setattr(loop_database_format, "_SECONDS", 0.5)
    slow = "description AS (length(replace(hex(zeroblob(900000)), '0', name || '000')))"
    statements = [
        "PRAGMA writable_schema = ON",
        f"""UPDATE sqlite_master SET sql = replace(sql, 'description', "{slow}")""",
    ]
    with pytest.raises(Refusal) as caught:
        parse(loop_database([{}] * 300, statements=statements))
    assert caught.value.reason == "IMPORT_FILE_TOO_SLOW"


def test_the_csv_of_the_present_version() -> None:
    file = parse(a_loop_csv())
    run, water = habits_of(file)
    assert (run.title, run.description, run.color) == ("Бег", "Did you?", "#D32F2F")
    assert days_of(file) == {
        "2026-01-03": ("done", None, 'a "note"\nof two lines'),
        "2026-01-01": ("skip", None, ""),
        "2025-12-31": ("missed", None, ""),
    }
    assert (water.title, water.unit, water.archived) == ("Water, still", "l", True)
    assert water.versions[0].goal.direction is Direction.AT_MOST
    assert water.versions[0].goal.amount_thousandths == 10_500
    assert schedules_of(file)[1] == Schedule(Frequency.ROLLING, days=7)
    assert days_of(file, 1) == {"2026-01-01": (None, 2500, "")}


def test_the_csv_of_older_versions() -> None:
    file = parse(an_old_loop_csv())
    run, water = habits_of(file)
    assert schedules_of(file)[0] == Schedule(Frequency.ROLLING, times=2, days=7)
    assert run.description == "Did you?\n\nfar"
    assert days_of(file) == {str(ago(n)): ("done", None, "") for n in (9, 6, 3, 0)}
    assert water.measure is Measure.QUANTITY
    assert days_of(file, 1) == {"2026-01-03": (None, 1500, ""), "2026-01-01": (None, 0, "")}
    assert list(dropped(file)) == ["Water: target"]


def test_a_csv_archive_with_something_else_in_it_is_refused() -> None:
    with pytest.raises(Refusal) as caught:
        parse(a_zip({"Habits.csv": "a,b\n1,2\n"}))
    assert caught.value.reason == "IMPORT_FILE_BROKEN"
