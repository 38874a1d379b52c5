"""Streaks: how many in a row, from when, and what breaks them."""

from datetime import date

import pytest

from rhythm.history import list_history
from rhythm.plan import Mark
from rhythm.schedule import Schedule, StreakUnit
from rhythm.streak import Streak
from tests.rhythm.story import (
    DAILY,
    MONDAY,
    every,
    monthly,
    on,
    on_days,
    rolling,
    story,
    weekly,
)

STREAKS = [
    # schedule        days                          shown                    current best
    (DAILY, ".", "?", 0, 0),
    (DAILY, "x", "+", 1, 1),
    (DAILY, "xxx.", "+++?", 3, 3),  # today is not over
    (DAILY, "xx..", "++-?", 0, 2),  # yesterday is
    (DAILY, "xxx.xx", "+++-++", 2, 3),
    (DAILY, "xx.xx", "++-++", 2, 2),
    (DAILY, "xxs.", "++~?", 2, 2),  # a skip neither breaks
    (DAILY, "xxsx", "++~+", 3, 3),  # nor extends
    (DAILY, "xxpppx", "++~~~+", 3, 3),  # and so does a pause
    (DAILY, "ssss", "~~~~", 0, 0),
    (DAILY, "xxm", "++-", 0, 2),  # an explicit no counts at once
    (DAILY, "mxx", "-++", 2, 2),
    (every(3), "x..x..x", "+..+..+", 3, 3),
    (every(3), "x..x...", "+..+..?", 2, 2),
    (every(3), "x...x..", "+..-..?", 0, 1),  # done a day late: that day was not due
    (on("mon", "wed"), "x.x....|x.x", "+.+....|+.+", 4, 4),
    (on("mon", "wed"), "xxxxxxx|.", "+.+....|?", 2, 2),  # days not due count for nothing
    (weekly(1), ".....x.|.", ".....+.|?", 1, 1),
    (weekly(1), ".......|x......|x", "......-|+......|+", 2, 2),
    (weekly(3), "x.x.x..|xx", "+.+.+..|++", 1, 1),  # the open week does not count yet
    (weekly(3), "x.x.x..|xx.x", "+.+.+..|++.+", 2, 2),
    (weekly(3), "x.x....|xxx", "+.+...-|+++", 1, 1),
    (weekly(2), "xx.....|sssssss|xx", "++.....|~~~~~~~|++", 2, 2),
    (rolling(1, 3), "x...x", "+++-+", 1, 3),
    (rolling(2, 4), "xx..xx", "++++++", 6, 6),
    (rolling(2, 4), "xx...x", "++++-?", 0, 4),
    (rolling(2, 4), "xx..m", "++++-", 0, 4),  # an explicit no
    (rolling(2, 4), "xx.m", "++++", 4, 4),  # the window still holds two
]


@pytest.mark.parametrize(("schedule", "days", "shown", "current", "best"), STREAKS)
def test_streaks(schedule: Schedule, days: str, shown: str, current: int, best: int) -> None:
    told = story(schedule, days)
    assert told.shown == shown.replace("|", "")
    assert told.streaks == (current, best)


def test_a_streak_knows_its_dates() -> None:
    told = story(DAILY, "xx.xxs.").numbers
    assert told.current_streak == Streak(2, StreakUnit.DAY, date(2026, 1, 8), date(2026, 1, 9))
    assert told.best_streak == told.current_streak  # the later one on a tie


def test_a_streak_of_weeks_begins_with_a_week() -> None:
    told = story(weekly(2), "....xx.|xx.....|xx").numbers
    assert told.current_streak == Streak(3, StreakUnit.WEEK, MONDAY, date(2026, 1, 20))


def test_a_habit_that_starts_in_the_middle_of_a_week_has_its_streak_from_there() -> None:
    thursday = date(2026, 1, 8)
    told = story(weekly(1), "x", start=thursday).numbers
    assert told.current_streak == Streak(1, StreakUnit.WEEK, thursday, thursday)


def test_there_is_no_streak_without_anything_done() -> None:
    told = story(monthly(2), "...").numbers
    assert told.current_streak == told.best_streak == Streak(0, StreakUnit.MONTH)


def test_a_habit_that_has_not_begun_has_no_numbers() -> None:
    begun = story(DAILY, "x")
    early = story(DAILY, ".", start=date(2026, 2, 1))
    numbers = type(early)(early.plan, {}, [], begun.today).numbers
    assert numbers.current_streak == numbers.best_streak == Streak(0, StreakUnit.DAY)
    assert numbers.completion.all_time is None
    assert numbers.current_unit is None
    assert numbers.strength == 0.0
    assert numbers.total_check_ins == 0


def test_the_history_of_days_before_the_start_and_of_none() -> None:
    told = story(DAILY, "xx")
    eve, later = date(2026, 1, 4), date(2026, 1, 20)
    rows = list_history(told.plan, told.facts, (), from_date=eve, to_date=later, today=told.today)
    assert [(row.date.day, row.state) for row in rows] == [(4, "not_due"), (5, "met"), (6, "met")]
    assert rows[0].strength == 0.0
    assert list_history(told.plan, {}, (), from_date=later, to_date=later, today=eve) == []


COMPLETION = [
    # schedule   days                                   7 days  30 days  ever
    (DAILY, ".", None, None, None),
    (DAILY, "x", 1.0, 1.0, 1.0),
    (DAILY, "xxxx......", 1 / 6, 4 / 9, 4 / 9),  # today is open
    (DAILY, "x......x", 1 / 7, 2 / 8, 2 / 8),
    (DAILY, "xs.p.", 1 / 2, 1 / 2, 1 / 2),
    (DAILY, "sssss", None, None, None),
    (weekly(1), "x......|.......|.", 0.0, 1 / 2, 1 / 2),
    (weekly(1), "x......|.......|x", 1 / 2, 2 / 3, 2 / 3),  # this week, met, counts today
    (on_days(5), "x.......", None, 1.0, 1.0),  # nothing was due in these seven days
    (DAILY, "x" * 10 + "." * 31, 0.0, 0.0, 10 / 40),
]


@pytest.mark.parametrize(("schedule", "days", "week", "month", "ever"), COMPLETION)
def test_completion(
    schedule: Schedule, days: str, week: float | None, month: float | None, ever: float | None
) -> None:
    told = story(schedule, days).numbers.completion
    assert (told.last_7_days, told.last_30_days, told.all_time) == (week, month, ever)


def test_days_done_while_nothing_was_due_are_kept_and_counted() -> None:
    told = story(on("mon"), "xxx")
    assert told.numbers.total_check_ins == 3
    assert told.streaks == (1, 1)
    assert told.facts[date(2026, 1, 7)].mark is Mark.DONE


def test_a_check_in_is_a_day_done_or_an_amount() -> None:
    assert story(DAILY, "xsm.px").numbers.total_check_ins == 2
