"""The files of the other trackers, and our own: each in the terms of this product."""

import copy
import os
from datetime import time
from typing import Any

import pytest

from chassis.errors import Refusal
from rhythm.goal import Measure
from rhythm.schedule import Frequency, Schedule, Weekday
from services.habits.domain.errors.imports import ImportFileTooLarge, ImportTooManyRows
from services.habits.domain.imports import MAX_FILE_BYTES, MAX_ROWS
from tests.services.habits.formats.loop_files import a_zip
from tests.services.habits.formats.parsing import (
    days_of,
    dropped,
    habits_of,
    parse,
    schedules_of,
)
from tests.services.habits.formats.sample_files import (
    SAMPLES,
    a_beaverhabits,
    a_habitbull,
    a_habitica,
    a_habittrove,
    a_habo,
    an_own_json,
    as_bytes,
)


@pytest.mark.parametrize("source", SAMPLES)
def test_a_file_is_known_by_its_content(source: str) -> None:
    data = SAMPLES[source]()
    assert parse(data).source == source
    assert parse(data, source=source).source == source
    assert parse(data).habits
    with pytest.raises(Refusal) as caught:
        parse(data, source="habo" if source != "habo" else "loop")
    assert caught.value.reason == "IMPORT_SOURCE_MISMATCH"


def test_beaverhabits() -> None:
    file = parse(a_beaverhabits())
    read, old, biweekly = habits_of(file)
    assert (read.tags, old.archived) == (("evening",), True)
    assert schedules_of(file)[0] == Schedule(Frequency.WEEKLY, times=3)
    assert biweekly.versions[0].schedule == Schedule(Frequency.ROLLING, times=1, days=14)
    assert days_of(file) == {
        "2026-01-01": ("done", None, "a book"),
        "2026-01-02": (None, None, "too tired"),
        "2026-01-03": ("skip", None, "#skip ill"),
    }
    assert list(dropped(file)) == ["Gone"]


def test_beaverhabits_as_it_is_stored() -> None:
    backup = {"telegram_bot_token": "123:secret", "telegram_chat_id": "7"}
    file = parse(a_beaverhabits(order=["zzz", "abc123"], order_by=1, backup=backup))
    assert habits_of(file)[0].title == "Read"
    assert "secret" not in repr(file)


def test_habittrove_in_the_zone_of_its_settings() -> None:
    file = parse(a_habittrove(), zone="America/New_York")
    stretch, glasses = habits_of(file)
    assert schedules_of(file)[0] == Schedule(Frequency.WEEKLY, weekdays=(Weekday.MON, Weekday.WED))
    assert list(days_of(file)) == ["2026-01-06", "2026-01-07"]  # half past midnight in Berlin
    assert schedules_of(file)[1] == Schedule(Frequency.DAILY, 2)
    assert (glasses.measure, glasses.archived) == (Measure.QUANTITY, True)
    assert days_of(file, 1) == {"2026-01-05": (None, 2000, "")}
    assert dropped(file).keys() == {"Taxes", "coins.json"}
    assert "hash" not in repr(file)
    assert stretch.external_id == "h1"


def test_habo() -> None:
    file = parse(a_habo())
    pages, meditate = habits_of(file)
    assert (pages.unit, pages.versions[0].goal.amount_thousandths) == ("pages", 20_500)
    assert days_of(file) == {"2026-01-01": (None, 12_250, "")}
    assert (meditate.tags, meditate.description) == (("Mind",), "Cue: after tea")
    assert meditate.reminders[0].local_time == time(7, 5)
    assert days_of(file, 1) == {
        "2026-01-01": ("done", None, "calm"),
        "2026-01-02": ("missed", None, ""),
        "2026-01-03": ("skip", None, ""),
    }


def test_habo_as_a_bare_list() -> None:
    assert habits_of(parse(a_habo()["habits"])) != []


def test_habitbull() -> None:
    file = parse(a_habitbull())
    run, push_ups = habits_of(file)
    assert run.tags == ("Health",)
    assert days_of(file) == {
        "2026-01-01": ("done", None, "far, and wide"),
        "2026-01-02": ("missed", None, ""),
    }
    assert push_ups.measure is Measure.QUANTITY
    assert days_of(file, 1) == {"2026-01-01": (None, 30_000, "")}
    assert list(dropped(file)) == ["Push-ups: target"]


def test_habitica() -> None:
    file = parse(a_habitica())
    assert schedules_of(file)[0] == Schedule(Frequency.WEEKLY, weekdays=(Weekday.MON, Weekday.WED))
    assert days_of(file) == {
        "2026-01-05": ("done", None, ""),
        "2026-01-07": ("missed", None, ""),
        "2026-01-12": ("done", None, ""),
    }
    assert list(dropped(file)) == ["1 todos"]


def test_our_own() -> None:
    file = parse(an_own_json())
    [walk] = habits_of(file)
    assert schedules_of(file)[0].interval == 2
    assert walk.reminders[0].text == "Go"
    assert days_of(file)["2025-01-01"] == (None, 1125, "cold")
    assert len(file.pauses) == 1


@pytest.mark.parametrize("source", ["habit_tracker", "beaverhabits", "habo", "habitica"])
@pytest.mark.parametrize("name", ["habits.json", "habits.json.json", "Backup.JSON"])
def test_a_packed_json_file_is_known_by_its_content(source: str, name: str) -> None:
    data = SAMPLES[source]()
    packed = parse(a_zip({name: data}))
    assert packed.source == source
    assert packed.habits == parse(data).habits


def test_an_export_over_the_limit_goes_into_a_zip() -> None:
    filler = os.urandom(MAX_FILE_BYTES // 2 + 1).hex()  # as hard to pack as can be
    data = as_bytes(an_own_json() | {"filler": filler})
    with pytest.raises(ImportFileTooLarge, match="over 50 MB, while JSON in a zip may have 300 MB"):
        parse(data)
    assert parse(a_zip({"habits.json": data})).habits == parse(an_own_json()).habits


def test_a_file_of_too_many_rows_is_refused() -> None:
    with pytest.raises(ImportTooManyRows):
        parse(a_habitbull() + b",\n" * (MAX_ROWS + 1))


def test_habittrove_without_its_other_files() -> None:
    habits = [{"id": "h1", "name": "Stretch", "completions": ["2026-01-05T10:00:00Z"]}]
    file = parse(a_zip({"habits.json": as_bytes({"habits": habits})}))
    assert (file.source, list(days_of(file))) == ("habittrove", ["2026-01-05"])


@pytest.mark.parametrize(
    ("path", "value", "where"),
    [
        (("habits", 0, "title"), "", "habits[0].title"),
        (("habits", 0, "title"), "a\nb", "habits[0].title"),
        (("habits", 0, "start_date"), "2025-02-30", "habits[0].start_date"),
        (("habits", 0, "start_date"), "1601-01-01", "habits[0].start_date"),
        (("habits", 0, "start_date"), "9999-12-31", "habits[0].start_date"),
        (("habits", 0, "measure"), "weight", "habits[0].measure"),
        (("habits", 0, "days", 0, "amount"), -1, "habits[0].days[0].amount"),
        (("habits", 0, "days", 0, "amount"), 1e30, "habits[0].days[0].amount"),
        (("habits", 0, "days", 0, "amount"), 0.00001, "habits[0].days[0]"),
        (("habits", 0, "days", 0, "amount"), "1", "habits[0].days[0].amount"),
        (("habits", 0, "days", 0, "mark"), "perhaps", "habits[0].days[0].mark"),
        (("habits", 0, "days", 0, "note"), "x" * 2001, "habits[0].days[0].note"),
        (("habits", 0, "days"), {"a": 1}, "habits[0].days"),
        (("habits", 0, "days", 0), None, "habits[0].days[0]"),
        (("habits", 0, "versions", 0, "schedule", "weekdays"), ["xyz"], "weekdays"),
        (("habits", 0, "versions", 0, "schedule", "interval"), 10**30, "interval"),
        (("habits", 0, "versions", 0, "schedule", "times"), 3, "schedule"),
        (("habits", 0, "reminders", 0, "time"), "25:00", "habits[0].reminders[0].time"),
        (("habits",), "all", "habits"),
        (("pauses", 0, "from_date"), None, "pauses[0].from_date"),
    ],
)
def test_what_is_wrong_in_our_own_is_named(path: Any, value: object, where: str) -> None:
    document = copy.deepcopy(an_own_json())
    at: Any = document
    for step in path[:-1]:
        at = at[step]
    at[path[-1]] = value
    with pytest.raises(Refusal) as caught:
        parse(document)
    assert caught.value.reason == "IMPORT_FILE_BROKEN"
    assert where in caught.value.message
