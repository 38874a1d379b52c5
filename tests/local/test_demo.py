"""The demo's generated check-ins, without a server."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from local.demo.sample_habits import DAYS, HOLIDAY, KNEE, SICK, SampleHabit, days_of, sample_habits

TODAYS = [date(2026, 1, 1), date(2026, 3, 29), date(2026, 11, 23), date(2028, 2, 29)]
HABITS = {habit.title: habit for habit in sample_habits("08:30")}


def days_by_age(habit: SampleHabit, today: date) -> dict[int, dict[str, Any]]:
    """Return what each day held, by how many days ago it was."""
    return {
        (today - date.fromisoformat(day["date"])).days: day for day in days_of(habit, today=today)
    }


@pytest.mark.parametrize("today", TODAYS)
def test_it_is_the_same_for_everybody_on_the_same_day(today: date) -> None:
    assert [days_by_age(one, today) for one in sample_habits("08:30")] == [
        days_by_age(one, today) for one in sample_habits("21:00")
    ]


@pytest.mark.parametrize("today", TODAYS)
def test_a_day_is_told_the_same_tomorrow(today: date) -> None:
    coffee = HABITS["Coffee"]
    now, tomorrow = days_by_age(coffee, today), days_by_age(coffee, today + timedelta(days=1))
    recent = range(2, 20)  # neither on holiday nor at an edge of the story
    assert [tomorrow.get(ago + 1) for ago in recent] == [now.get(ago) for ago in recent]


@pytest.mark.parametrize("today", TODAYS)
@pytest.mark.parametrize("title", HABITS)
def test_a_day_is_one_that_the_api_takes(title: str, today: date) -> None:
    habit = HABITS[title]
    days = list(days_of(habit, today=today))
    dates = [date.fromisoformat(day["date"]) for day in days]
    assert dates == sorted(set(dates))
    assert today - timedelta(days=DAYS) <= dates[0] <= dates[-1] <= today
    quantity = habit.body.get("measure") == "quantity"
    for day in days:
        assert ("mark" in day) != ("amount" in day)
        assert "amount" not in day or (quantity and day["amount"] > 0)


@pytest.mark.parametrize("today", TODAYS)
def test_rests_are_empty_and_sick_days_are_skipped(today: date) -> None:
    for habit in HABITS.values():
        days = days_by_age(habit, today)
        assert not [ago for ago in days if HOLIDAY[0] >= ago >= HOLIDAY[1]]
        if "less" not in habit.body["tags"]:
            marks = {days[ago].get("mark") for ago in days if SICK[0] >= ago >= SICK[1]}
            assert marks <= {"skip"}
    assert not [
        ago for ago in days_by_age(HABITS["Go for a run"], today) if KNEE[0] >= ago >= KNEE[1]
    ]


@pytest.mark.parametrize("today", TODAYS)
def test_there_is_something_for_advice_to_find(today: date) -> None:
    assert min(days_by_age(HABITS["Cold shower"], today)) > 30, "given up for a month"
    reading = days_by_age(HABITS["Read before sleep"], today)
    assert all(reading.get(ago, {}).get("mark") == "done" for ago in range(1, 24))
    assert 0 not in reading, "today's evening is the reader's"


def test_every_kind_of_habit_is_there() -> None:
    schedules = [habit.body.get("schedule", {"frequency": "daily"}) for habit in HABITS.values()]
    assert {one["frequency"] for one in schedules} == {"daily", "weekly", "monthly", "rolling"}
    assert {"times", "weekdays", "month_days", "days"} <= {key for one in schedules for key in one}
    goals = [habit.body["goal"]["direction"] for habit in HABITS.values() if "goal" in habit.body]
    assert set(goals) == {"at_least", "at_most"}
    assert [habit.title for habit in HABITS.values() if habit.change]
