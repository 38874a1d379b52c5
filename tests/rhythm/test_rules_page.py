"""docs/rhythm.md tells the rules; what it names is there, and what it shows is so."""

import re
from pathlib import Path

import pytest

import rhythm
from rhythm.schedule import Schedule
from tests.rhythm.story import monthly, story, weekly

PAGE = (Path(rhythm.__path__[0]).parent / "docs" / "rhythm.md").read_text(encoding="utf-8")
TESTS = Path(__file__).parent


def test_every_test_it_names_exists() -> None:
    defined = "".join(path.read_text(encoding="utf-8") for path in TESTS.glob("test_*.py"))
    named = set(re.findall(r"\btest_\w+\b(?!\.py)", PAGE)) - {"test_"}
    assert len(named) > 20
    assert [name for name in sorted(named) if f"def {name}(" not in defined] == []
    files = set(re.findall(r"\b(\w+\.py)\b", PAGE))
    assert [name for name in sorted(files) if not (TESTS / name).exists()] == []


ASKED = [
    # start of the habit, days, changes     asked
    ("x......", {}, 3),
    ("s......", {}, 2),
    ("p......", {}, 3),
    ("ppp....", {}, 2),
    ("x......", {3: weekly(5)}, 5),
]


@pytest.mark.parametrize(("days", "changes", "asked"), ASKED)
def test_the_table_of_cut_weeks(days: str, changes: dict[int, Schedule], asked: int) -> None:
    unit = story(weekly(3), days, changes={**changes}).numbers.current_unit
    assert unit is not None
    assert unit.asked == asked


def test_a_week_that_begins_on_a_saturday() -> None:
    saturday = story(weekly(3), "x").plan.start_date.replace(day=10)
    assert story(weekly(3), "x", start=saturday).units == ["1/1 met"]


def test_31_days_a_month_are_every_day_of_february() -> None:
    first = story(monthly(31), "x").plan.start_date.replace(month=2, day=1)
    assert story(monthly(31), "x" * 27, start=first).units == ["27/28 open"]
