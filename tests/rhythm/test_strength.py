"""Strength, against the formula worked out by hand.

Every row gives the value `v` of each day, found with a finger on the calendar; None is neutral.
What is left is the smoothing, written here once more: `s = s * m + v * (1 - m)`.
"""

from math import sqrt

import pytest

from rhythm.goal import Goal
from rhythm.history import list_history
from rhythm.plan import Version
from rhythm.schedule import Schedule
from tests.rhythm.story import (
    DAILY,
    MONDAY,
    Story,
    at_least,
    at_most,
    every,
    monthly,
    on,
    on_days,
    on_ordinals,
    on_year_days,
    rolling,
    story,
    version,
    weekly,
    yearly,
)

EXACT = 1e-8
HALF, THIRD = 1 / 2, 1 / 3


def smoothed(values: list[float | None], rate: float, start: float) -> list[float]:
    multiplier = 0.5 ** (sqrt(rate) / 13)
    strength, strengths = start, []
    for value in values:
        if value is not None:
            strength = strength * multiplier + value * (1 - multiplier)
        strengths.append(strength)
    return strengths


def strengths_of(it: Story) -> list[float]:
    rows = list_history(
        it.plan, it.facts, it.pauses, from_date=MONDAY, to_date=it.today, today=it.today
    )
    return [row.strength for row in rows]


YES_NO = [
    # schedule         rate   days        v of each day
    (DAILY, 1, "xx.x", [1, 1, 0, 1]),
    (DAILY, 1, "xsxp.", [1, None, 1, None, 0]),
    (DAILY, 1, "xm", [1, 0]),
    # n/d below 1: both doubled, so one in two days is two in four
    (every(2), 1 / 2, "x.x.x", [HALF, HALF, 1, 1, 1]),
    (every(2), 1 / 2, "x....", [HALF, HALF, HALF, HALF, 0]),
    (on("mon", "wed"), 2 / 7, "x.x.x", [1 / 4, 1 / 4, HALF, HALF, 3 / 4]),
    (on("mon", interval=2), 1 / 14, "xx", [HALF, 1]),
    (weekly(), 1 / 7, "x.x", [HALF, HALF, 1]),
    (weekly(3), 3 / 7, "x.s.xx", [1 / 6, 1 / 6, None, 1 / 6, THIRD, HALF]),
    (monthly(4), 4 / 30, "xxx", [1 / 8, 2 / 8, 3 / 8]),
    (monthly(), 1 / 30, "x.x", [HALF, HALF, 1]),
    (yearly(), 1 / 365, "x.x", [HALF, HALF, 1]),
    (yearly(4), 4 / 365, "x.x", [1 / 8, 1 / 8, 2 / 8]),
    (on_year_days((3, 14), (9, 1)), 2 / 365, "x", [1 / 4]),
    (on_ordinals(("fri", -1), ("mon", 1)), 2 / 30, "x", [1 / 4]),
    # a fifth Friday comes in four months of twelve; a first Monday in all of them
    (on_ordinals(("fri", 5), ("mon", 1)), 16 / 365, "x", [1 / 32]),
    (on_days(1, 15, -1), 3 / 30, "x.x", [1 / 6, 1 / 6, 2 / 6]),
    (rolling(2, 4), 2 / 4, "xx.......", [1 / 4, *[HALF] * 7, 1 / 4]),
    # as often as there are days is every day
    (weekly(7), 1, "x.x", [1, 0, 1]),
    (on("mon", "tue", "wed", "thu", "fri", "sat", "sun"), 1, "x.x", [1, 0, 1]),
    (monthly(31), 1, "x.x", [1, 0, 1]),
    (rolling(3, 3), 1, "x.x", [1, 0, 1]),
]


@pytest.mark.parametrize(("schedule", "rate", "days", "values"), YES_NO)
def test_yes_no(schedule: Schedule, rate: float, days: str, values: list[float | None]) -> None:
    expected = smoothed(values, rate, start=0.0)
    assert strengths_of(story(schedule, days)) == pytest.approx(expected, abs=EXACT)


AT_LEAST = [
    # schedule        goal          rate    days      v of each day
    (DAILY, at_least(2), 1, "1294.", [HALF, 1, 1, 1, 0]),
    (DAILY, at_least(2), 1, "1s2p.", [HALF, None, 1, None, 0]),
    (DAILY, at_least(2), 1, "xm", [1, 0]),  # done stands for the amount
    (every(2), at_least(2), 1 / 2, "2..1", [1, 1, 0, HALF]),
    (on("mon", "wed"), at_least(3), 2 / 7, "3.3", [HALF, HALF, 1]),  # six in seven days
    (weekly(3), at_least(2), 3 / 7, "2.4", [THIRD, THIRD, 1]),
    (weekly(), at_least(8), 1 / 7, "2.2s4", [1 / 4, 1 / 4, HALF, None, 1]),
    (weekly(), at_least(8), 1 / 7, "8.......", [*[1] * 7, 0]),  # the eighth day looks back six
    (monthly(), at_least(8), 1 / 30, "22", [1 / 4, HALF]),
    (rolling(None, 2), at_least(4), 1 / 2, "3.2", [3 / 4, 3 / 4, HALF]),
    (rolling(2, 4), at_least(2), 2 / 4, "2.2", [HALF, HALF, 1]),
    (weekly(7), at_least(2), 1, "21", [1, HALF]),
]


@pytest.mark.parametrize(("schedule", "goal", "rate", "days", "values"), AT_LEAST)
def test_amounts_to_reach(
    schedule: Schedule, goal: Goal, rate: float, days: str, values: list[float | None]
) -> None:
    expected = smoothed(values, rate, start=0.0)
    assert strengths_of(story(schedule, days, goal=goal)) == pytest.approx(expected, abs=EXACT)


AT_MOST = [
    # schedule        limit        rate    days       v of each day
    (DAILY, at_most(2), 1, ".2349.", [1, 1, HALF, 0, 0, 1]),
    (DAILY, at_most(2), 1, "3s3", [HALF, None, HALF]),
    (DAILY, at_most(0), 1, ".1x.", [1, 0, 1, 1]),
    (weekly(), at_most(4), 1 / 7, "3.2.1", [1, 1, 3 / 4, 3 / 4, HALF]),
    (every(2), at_most(2), 1 / 2, "21..", [1, HALF, 1, 1]),
]


@pytest.mark.parametrize(("schedule", "goal", "rate", "days", "values"), AT_MOST)
def test_limits_start_at_full_strength(
    schedule: Schedule, goal: Goal, rate: float, days: str, values: list[float | None]
) -> None:
    expected = smoothed(values, rate, start=1.0)
    assert strengths_of(story(schedule, days, goal=goal)) == pytest.approx(expected, abs=EXACT)


PAUSED = [
    # schedule, and a history without and with days that are not lived
    (on("mon", "wed", "fri"), "x.x.x..x.x.x..", "x.x.x.." + "p" * 14 + "x.x.x.."),
    (on("mon", "wed", "fri"), "x.x.x..x.x", "x.xsssss.x..pppx.x"),
    (on_days(1), "x" + "." * 40 + "x", "x" + "." * 20 + "s" * 30 + "." * 20 + "x"),
    (rolling(2, 4), "xx..x.x", "xx..ppppppx.x"),
    (weekly(3), "x.x.x..x", "x.x.x..ssssssssx"),
    (yearly(4), "x..x", "x." + "p" * 200 + ".x"),
]


@pytest.mark.parametrize(("schedule", "lived", "days"), PAUSED)
def test_days_that_are_not_lived_change_nothing_later_either(
    schedule: Schedule, lived: str, days: str
) -> None:
    assert story(schedule, days).numbers.strength == story(schedule, lived).numbers.strength


def test_a_done_mark_is_worth_what_it_was_done_for() -> None:
    """Two of two on the first day; a total of 20 a month counts 2 of that day, not 20."""
    before = smoothed([1 / 4], 4 / 7, start=0.0)
    after = smoothed([2 / 20, 22 / 20 - 2 / 20], 1 / 30, start=before[-1])
    changes: dict[int, Schedule | Version] = {1: version(monthly(), at_least(20))}
    found = strengths_of(story(weekly(4), "x.x", goal=at_least(2), changes=changes))
    assert found == pytest.approx(before + after, abs=EXACT)


def test_a_new_version_smooths_from_where_the_old_one_was() -> None:
    """Two days daily, then twice a week: a window of 14 days that asks for four."""
    before = smoothed([1, 1], 1, start=0.0)
    after = smoothed([HALF, HALF, 3 / 4], 2 / 7, start=before[-1])
    found = strengths_of(story(DAILY, "xx..x", changes={2: weekly(2)}))
    assert found == pytest.approx(before + after, abs=EXACT)


def test_a_new_amount_is_what_the_days_before_are_held_against_too() -> None:
    before = smoothed([1], 1 / 7, start=0.0)
    after = smoothed([HALF], 1 / 7, start=before[-1])
    changes: dict[int, Schedule | Version] = {1: version(weekly(), at_least(16))}
    found = strengths_of(story(weekly(), "8.", goal=at_least(8), changes=changes))
    assert found == pytest.approx(before + after, abs=EXACT)


PERFECT = [
    # Days in a row from nothing give 1 - 0.5 ** (days / 13).
    (1, 0.0519224857),
    (13, 0.5),
    (20, 0.6557476372),
    (26, 0.75),
    (90, 0.9917596400),
]


@pytest.mark.parametrize(("days", "strength"), PERFECT)
def test_thirteen_days_are_half_the_way(days: int, strength: float) -> None:
    assert story(DAILY, "x" * days).numbers.strength == pytest.approx(strength, abs=EXACT)


def test_strength_counts_what_was_done_when_nothing_was_due_too() -> None:
    assert strengths_of(story(on("sun"), "x"))[0] > 0


def test_today_counts_as_it_stands() -> None:
    """As in Loop, a morning lowers it a little, and the check-in brings it back and more."""
    yesterday, morning, evening = (story(DAILY, it).numbers.strength for it in ("x", "x.", "xx"))
    assert morning < yesterday < evening
