"""Changing the first day of the week: past weeks stay as they were lived."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from rhythm.errors import VersionsInvalid
from rhythm.schedule import Schedule, Weekday
from rhythm.units import scheduled_dates
from rhythm.week_changes import (
    MOST_WEEK_CHANGES,
    WeekChange,
    WeekChanges,
    anchor_weeks,
    week_changes_from_numbers,
    week_changes_to_numbers,
    with_week_start,
)
from tests.rhythm.story import monthly, on, story, weekly, yearly

SUN = Weekday.SUN


def test_half_a_year_of_weeks_stays_met() -> None:
    """Reported: the streak of 12 weeks was 0 after the week began on Sunday."""
    days = ".....xx" * 12 + "...xx"
    before = story(weekly(2), days).numbers
    after = story(weekly(2), days, week_changes={84: SUN}).numbers
    assert before.current_streak.length == after.current_streak.length == 13
    assert after.completion.all_time == 1.0


def test_the_week_between_is_cut() -> None:
    """On Thursday weeks begin to begin on Sunday: Monday to Wednesday, Thursday to Saturday."""
    told = story(weekly(7), "xxx....|.", week_changes={3: SUN})
    assert told.units == ["3/3 met", "0/3 failed", "0/7 open"]
    told = story(weekly(7), "xx.....|.", week_changes={3: SUN})
    assert told.units == ["2/3 neutral", "0/3 failed", "0/7 open"]


@pytest.mark.parametrize("schedule", [monthly(4), yearly(9), on("mon", "thu")])
def test_what_has_no_weeks_is_left_alone(schedule: Schedule) -> None:
    days = "x..x..." * 6
    plain, changed = story(schedule, days), story(schedule, days, week_changes={10: SUN})
    assert plain.numbers == changed.numbers
    assert plain.units == changed.units


@pytest.mark.parametrize("first", Weekday)
@pytest.mark.parametrize("later", Weekday)
def test_an_interval_of_weeks_keeps_its_weeks(first: Weekday, later: Weekday) -> None:
    """Every second week stays the same week but for the days that change weeks: three at most."""
    it = story(on(*(day.name for day in Weekday), interval=2), "x", week_start=first)
    changed = replace(it.plan, week_changes=(WeekChange(date(2026, 3, 1), later),))
    begin, end = date(2026, 3, 1), date(2026, 3, 28)
    due = [set(scheduled_dates(p, (), from_date=begin, to_date=end)) for p in (it.plan, changed)]
    assert len(due[1]) in range(12, 17)
    assert len(due[0] ^ due[1]) <= 2 * 2 * 3


def test_the_week_of_an_anchor_is_that_of_the_week_start_of_its_day() -> None:
    changes = (WeekChange(date(2026, 1, 11), SUN), WeekChange(date(2026, 2, 1), Weekday.WED))
    sunday = date(2026, 1, 11)
    assert anchor_weeks(sunday, Weekday.MON, changes) == (
        sunday + timedelta(days=1),
        sunday,
        sunday + timedelta(days=3),
    )


def test_changes_of_the_week_follow_each_other() -> None:
    twice = (WeekChange(date(2026, 1, 11), SUN), WeekChange(date(2026, 1, 11), Weekday.WED))
    with pytest.raises(VersionsInvalid):
        replace(story(weekly(), "x").plan, week_changes=twice)


def test_a_change_replaces_that_of_the_same_day() -> None:
    monday, day = Weekday.MON, date(2026, 1, 11)
    once = with_week_start((), monday, SUN, day)
    assert once == (WeekChange(date.min, monday), WeekChange(day, SUN))
    assert with_week_start(once, SUN, monday, day) == ()
    assert with_week_start(once, SUN, Weekday.WED, day)[1:] == (WeekChange(day, Weekday.WED),)
    assert week_changes_from_numbers(week_changes_to_numbers(once)) == once


def test_changes_have_an_end() -> None:
    """Whoever changes it every day loses what is oldest, and never what is in force."""
    changes: WeekChanges = ()
    for n in range(2 * MOST_WEEK_CHANGES):
        before, after = Weekday(n % 7), Weekday((n + 1) % 7)
        changes = with_week_start(changes, before, after, date(2026, 1, 1) + timedelta(days=n))
    assert len(changes) == MOST_WEEK_CHANGES
    assert changes[0].effective_date == date.min
    assert changes[-1].week_start is after
