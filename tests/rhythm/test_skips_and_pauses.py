"""Skips and pauses: neutral everywhere, and less to do in a week."""

from datetime import date

import pytest

from rhythm.days import missing_dates, zone_of
from rhythm.errors import PauseInvalid
from rhythm.evaluate import evaluate
from rhythm.goal import Measure
from rhythm.plan import DayFact, Mark, Pause, Plan, Version
from rhythm.schedule import Schedule, StreakUnit
from tests.rhythm.story import DAILY, MONDAY, monthly, on, rolling, story, weekly

WEEKS = [
    # schedule     week          done/asked     why
    (weekly(3), "x......|.", "1/3 failed", "three are asked"),
    (weekly(3), "xs.....|.", "1/2 failed", "a skip: one less"),
    (weekly(3), "xss....|.", "1/1 met", "two skips: two less"),
    (weekly(3), "ssss...|.", "0/0 neutral", "never below zero"),
    (weekly(3), "xp.....|.", "1/3 failed", "six days lived: 6 x 3/7 = 2.6, rounded up"),
    (weekly(3), "xpp....|.", "1/3 failed", "five days lived: 2.1, rounded up"),
    (weekly(3), "xppp...|.", "1/2 failed", "four days lived: 1.7, rounded up"),
    (weekly(3), "xpppppp|.", "1/1 met", "one day lived: 0.4, rounded up"),
    (weekly(3), "xpppps.|.", "1/1 met", "three days lived: 1.3, rounded up, less one skip"),
    (weekly(3), "ppppppp|.", "0/0 neutral", "nothing was asked"),
    (weekly(7), "xxxsppp|.", "3/3 met", "four days lived, one skipped"),
]


@pytest.mark.parametrize(("schedule", "week", "unit", "why"), WEEKS)
def test_what_a_week_asks(schedule: Schedule, week: str, unit: str, why: str) -> None:
    assert story(schedule, week).units[0] == unit, why


def test_a_month_asks_for_its_share_too() -> None:
    """January from the 5th is 27 of 31 days: 4 x 27/31 = 3.5; ten paused days leave 2.2."""
    assert story(monthly(4), "x").units == ["1/4 open"]
    assert story(monthly(4), "x" + "p" * 10).units == ["1/3 open"]


def test_skips_count_however_a_day_is_due() -> None:
    assert story(on("mon", "tue"), "s......|xx").shown == "~-.....++"


NEUTRAL = ["xxs", "xxp", "xxss", "xxps", "xxsp"]


@pytest.mark.parametrize("days", NEUTRAL)
def test_skip_and_pause_leave_streak_completion_and_strength_alone(days: str) -> None:
    before, after = story(DAILY, "xx").numbers, story(DAILY, days).numbers
    assert after.current_streak == before.current_streak
    assert after.completion == before.completion
    assert after.strength == before.strength


def test_what_is_done_in_a_pause_is_kept_but_asks_and_brings_nothing() -> None:
    paused = [Pause(date(2026, 1, 6), date(2026, 1, 7))]
    facts = {date(2026, 1, day): DayFact(Mark.DONE) for day in (5, 6, 7)}
    plan = Plan(Measure.YES_NO, MONDAY, (Version(MONDAY, DAILY),))
    told = evaluate(plan, facts, paused, date(2026, 1, 8))
    assert told.total_check_ins == 3
    assert told.current_streak.length == 1


def test_a_window_looks_past_the_days_of_a_pause() -> None:
    """After eight paused days the window holds one lived day, which asks for one."""
    told = story(rolling(2, 4), "xx" + "p" * 8 + "..")
    assert told.shown == "++~~~~~~~~-?"
    assert story(rolling(2, 4), "xx" + "p" * 8 + "x").shown == "++~~~~~~~~+"


def test_a_pause_without_an_end_lasts() -> None:
    plan = Plan(Measure.YES_NO, MONDAY, (Version(MONDAY, DAILY),))
    facts = {MONDAY: DayFact(Mark.DONE)}
    told = evaluate(plan, facts, [Pause(date(2026, 1, 6))], date(2027, 1, 5))
    assert told.current_streak.length == 1
    assert told.day_state == "neutral"


def test_overlapping_pauses_are_one() -> None:
    plan = Plan(Measure.YES_NO, MONDAY, (Version(MONDAY, weekly(7)),))
    pauses = [Pause(MONDAY, date(2026, 1, 7)), Pause(date(2026, 1, 6), date(2026, 1, 8))]
    unit = evaluate(plan, {}, pauses, date(2026, 1, 9)).current_unit
    assert unit is not None
    assert unit.asked == 3


def test_a_pause_that_is_still_to_come_lowers_the_open_week() -> None:
    plan = Plan(Measure.YES_NO, MONDAY, (Version(MONDAY, weekly(7)),))
    unit = evaluate(plan, {}, [Pause(date(2026, 1, 9))], MONDAY).current_unit
    assert unit is not None
    assert unit.asked == 4


def test_a_pause_cannot_end_before_it_begins() -> None:
    with pytest.raises(PauseInvalid) as refused:
        Pause(date(2026, 1, 6), date(2026, 1, 5))
    assert refused.value.field == "to_date"


def test_the_day_that_apia_lost_breaks_nobodys_streak() -> None:
    start, today = date(2011, 12, 28), date(2011, 12, 31)
    plan = Plan(Measure.YES_NO, start, (Version(start, DAILY),))
    facts = {day: DayFact(Mark.DONE) for day in (start, date(2011, 12, 29), today)}
    lost = [Pause(day, day) for day in missing_dates(zone_of("Pacific/Apia"), start, today)]
    streak = evaluate(plan, facts, lost, today).current_streak
    assert (streak.length, streak.unit) == (3, StreakUnit.DAY)
