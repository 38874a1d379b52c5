"""Edits: a new version from a date on. What lies before keeps what it was lived under."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from rhythm.errors import GoalInvalid, StartDateInvalid, VersionsInvalid
from rhythm.goal import Goal, Measure
from rhythm.history import list_history
from rhythm.plan import Plan, Version
from rhythm.schedule import Schedule, StreakUnit
from tests.rhythm.story import (
    DAILY,
    MONDAY,
    SHOWN,
    Story,
    at_least,
    at_most,
    monthly,
    on,
    rolling,
    story,
    version,
    weekly,
)

CHANGES = [
    # from      to           on day  days                 units                        why
    (weekly(2), weekly(5), 7, "x.x....|xxxx..", ["2/2 met", "4/5 open"], "at the turn of a week"),
    (weekly(2), weekly(5), 3, "xx.....", ["2/4 open"], "3 x 2/7 + 4 x 5/7 = 3.7: one week, once"),
    (weekly(5), weekly(2), 3, "xxx....", ["3/4 open"], "3 x 5/7 + 4 x 2/7 = 3.3"),
    (weekly(2), DAILY, 2, "xx.", ["2/1 met", "0/1 open"], "two of seven days asked for one"),
    (weekly(6), DAILY, 2, "x..", ["1/2 neutral", "0/1 open"], "its time was taken away"),
    (DAILY, weekly(2), 5, "xxxxx..", [*["1/1 met"] * 5, "0/1 open"], "two days of a week left"),
    (DAILY, on("sat"), 2, "xx...x", [*["1/1 met"] * 3], "only the Saturday"),
    (weekly(2), monthly(9), 3, "x..x", ["1/1 met", "1/7 open"], "24 of 31 days: 6.97"),
    (DAILY, rolling(2, 3), 3, "x.xx", ["1/1 met", "0/1 failed", "1/1 met", "2/2 met"], "facts"),
]


@pytest.mark.parametrize(("before", "after", "day", "days", "units", "why"), CHANGES)
def test_a_change_of_schedule(
    before: Schedule, after: Schedule, day: int, days: str, units: list[str], why: str
) -> None:
    assert story(before, days, changes={day: after}).units == units, why


GOALS = [
    # from         to           on day  days     shown    why
    (at_least(2), at_least(3), 2, "22 23", "++-+", "each day by its own amount"),
    (at_least(2), at_most(2), 2, "23 23", "+++-", "each day in its own direction"),
]


@pytest.mark.parametrize(("before", "after", "day", "days", "shown", "why"), GOALS)
def test_a_change_of_goal(
    before: Goal, after: Goal, day: int, days: str, shown: str, why: str
) -> None:
    told = story(DAILY, days, goal=before, changes={day: version(DAILY, after)})
    assert told.shown == shown, why


def test_a_total_that_changes_in_the_middle_of_a_week_is_the_sum_of_its_days() -> None:
    """3 days of 7/7 and 4 days of 14/7: eleven."""
    changes: dict[int, Schedule | Version] = {3: version(weekly(), at_least(14))}
    told = story(weekly(), "4..4...", goal=at_least(7), changes=changes)
    assert told.units == ["8/11 open"]


def test_a_total_that_turns_into_a_limit_ends_there() -> None:
    changes: dict[int, Schedule | Version] = {3: version(weekly(), at_most(7))}
    told = story(weekly(), "1..9", goal=at_least(7), changes=changes)
    assert told.units == ["1/3 neutral", "9/4 failed"]


def test_editing_today_never_changes_what_was() -> None:
    """Every day until yesterday shows as before, whatever the new version is."""
    days = "xx.xsx.xxx.xpx" * 3
    before = story(DAILY, days)
    for later in [on("mon"), weekly(3), monthly(4), rolling(2, 5)]:
        after = story(DAILY, days, changes={len(days) - 1: later})
        assert after.shown[:-1] == before.shown[:-1]
        assert after.numbers.best_streak == before.numbers.best_streak


def test_editing_the_past_changes_it_from_that_date_on() -> None:
    told = story(DAILY, "..x....|x", changes={2: weekly(1)})
    assert told.shown == "--+....+"


def test_the_first_version_is_in_force_from_the_start_whatever_its_date() -> None:
    late = (Version(MONDAY + timedelta(days=30), DAILY),)
    told = Story(Plan(Measure.YES_NO, MONDAY, late), {}, [], MONDAY + timedelta(days=1))
    assert told.shown == "-?"


def test_a_version_that_was_replaced_before_the_start_does_not_count() -> None:
    versions = (Version(date(2025, 1, 1), weekly(1)), Version(date(2025, 6, 1), DAILY))
    told = Story(Plan(Measure.YES_NO, MONDAY, versions), {}, [], MONDAY + timedelta(days=1))
    assert told.shown == "-?"


def test_a_streak_goes_on_while_it_counts_the_same_unit() -> None:
    told = story(DAILY, "xxxx.x.", changes={3: on("sat"), 6: rolling(1, 2)})
    assert told.streaks == (5, 5)


def test_a_streak_of_days_does_not_become_weeks() -> None:
    """Four days and a week are neither five days nor five weeks; the four days stay the best."""
    told = story(DAILY, "xxxx...|x", changes={4: weekly(1)}).numbers
    assert (told.current_streak.length, told.current_streak.unit) == (1, StreakUnit.WEEK)
    assert (told.best_streak.length, told.best_streak.unit) == (4, StreakUnit.DAY)


def test_a_new_schedule_that_has_not_been_met_yet_has_no_streak_yet() -> None:
    told = story(DAILY, "xxxx.", changes={4: weekly(2)}).numbers
    assert (told.current_streak.length, told.current_streak.unit) == (0, StreakUnit.WEEK)
    assert told.best_streak.length == 4


ARCHIVED = [
    # schedule    days                on day  units                      why
    (DAILY, "x....", 2, ["1/1 met", "0/1 failed", "0/1 neutral"], "nothing after, no blame"),
    (DAILY, "xxx", 2, ["1/1 met"] * 3, "what was done that day counts"),
    (weekly(2), "x......|.", 3, ["1/2 neutral"], "a week cut short"),
    (weekly(2), "xx.....|.", 3, ["2/2 met"], "a week that was met in time"),
    (rolling(3, 3), "x..", 1, ["1/1 met", "1/2 neutral"], "the last window"),
]


@pytest.mark.parametrize(("schedule", "days", "on_day", "units", "why"), ARCHIVED)
def test_an_archived_habit(
    schedule: Schedule, days: str, on_day: int, units: list[str], why: str
) -> None:
    assert story(schedule, days, archived_on=on_day).units == units, why


def test_an_archived_habit_keeps_its_last_numbers() -> None:
    then, later = (story(DAILY, days, archived_on=2).numbers for days in ("xxx", "xxx......"))
    assert then.current_streak == later.current_streak
    assert then.strength == later.strength > 0
    assert later.current_unit is None
    assert SHOWN[later.day_state] == "."


def test_the_history_of_an_archived_habit_keeps_its_strength() -> None:
    told = story(DAILY, "xxx......", archived_on=2)
    day = MONDAY + timedelta(days=6)
    rows = list_history(
        told.plan, told.facts, (), from_date=day, to_date=told.today, today=told.today
    )
    assert [row.state for row in rows] == ["not_due"] * 3
    assert {row.strength for row in rows} == {told.numbers.strength}


def test_restoring_is_a_pause_for_the_time_between() -> None:
    told = story(DAILY, "xxx" + "p" * 40 + "x")
    assert told.streaks == (4, 4)


WRONG = [
    ((), "versions"),
    ((Version(MONDAY, DAILY), Version(MONDAY, weekly(1))), "effective_date"),
    ((Version(MONDAY, DAILY), Version(date(2026, 1, 1), weekly(1))), "effective_date"),
]


@pytest.mark.parametrize(("versions", "field"), WRONG)
def test_versions_out_of_order_are_refused(versions: tuple[Version, ...], field: str) -> None:
    with pytest.raises(VersionsInvalid) as refused:
        Plan(Measure.YES_NO, MONDAY, versions)
    assert refused.value.field == field


def test_every_version_has_a_goal_that_fits() -> None:
    with pytest.raises(GoalInvalid):
        Plan(Measure.YES_NO, MONDAY, (Version(MONDAY, DAILY, at_least(2)),))


def test_nobody_began_a_habit_in_1899() -> None:
    plan = story(DAILY, "x").plan
    with pytest.raises(StartDateInvalid, match="1899"):
        replace(plan, start_date=date(1899, 12, 31))
    assert replace(plan, start_date=date(1900, 1, 1)).start_date.year == 1900
