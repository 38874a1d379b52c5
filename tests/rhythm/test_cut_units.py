"""Units that are cut short by an edit or by the archive, for every pair of schedules."""

from datetime import date, timedelta

import pytest

from rhythm.goal import Direction, Goal, Measure, NoAnswer
from rhythm.plan import DayFact, Pause, Plan, Version
from rhythm.schedule import Schedule
from rhythm.units import list_units
from tests.rhythm.agree import assert_numbers_agree, described_oracle_unit, described_unit
from tests.rhythm.histories import QUANTITY_BYTES, YES_NO_BYTES, Life
from tests.rhythm.oracle_numbers import Oracle
from tests.rhythm.story import (
    DAILY,
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

DAYS = 45
START = date(2025, 12, 4)  # weeks, a month and the year end while it is lived
SCHEDULES = [
    DAILY,
    every(3),
    on("mon", "wed"),
    on_days(1, -1),
    on_ordinals(("fri", -1), ("mon", 5)),
    on_year_days((12, 31), (1, 6)),
    weekly(3),
    monthly(4),
    yearly(20),
    rolling(2, 5),
    rolling(2, 9),
]
TOTALS = [weekly(), monthly(), yearly(), rolling(None, 4), rolling(None, 11)]
YES_NO = [(schedule, Goal()) for schedule in SCHEDULES]
QUANTITY = [
    *((schedule, goal) for schedule in TOTALS for goal in (at_least(9), at_most(9))),
    *((schedule, at_most(0, NoAnswer.FAILURE)) for schedule in TOTALS),
    (weekly(), at_most(0, NoAnswer.NEUTRAL)),
    *((schedule, at_least(2)) for schedule in (DAILY, weekly(4), rolling(2, 5))),
    *((schedule, at_most(2, NoAnswer.FAILURE)) for schedule in (weekly(3), monthly(4))),
]


def life_of(measure: Measure, versions: tuple[Version, ...], archived: date | None) -> Life:
    """Live 45 days in a fixed, uneven way, so that every cut meets met, failed and silent days."""
    kinds = YES_NO_BYTES if measure is Measure.YES_NO else QUANTITY_BYTES
    seed = len(versions[-1].schedule.frequency) + versions[-1].effective_date.day
    facts = {
        START + timedelta(days=n): kinds[(n * n * 7 + seed) % len(kinds)]
        for n in range(DAYS)
        if (n + seed) % 9 > 2  # three silent days in nine
    }
    facts = {day: fact for day, fact in facts.items() if fact != DayFact()}
    pauses = [Pause(START + timedelta(days=20), START + timedelta(days=22))]
    plan = Plan(measure, START, versions, archived_date=archived)
    return Life(plan, facts, pauses, START + timedelta(days=DAYS - 1))


def assert_units_agree(life: Life) -> None:
    found = list_units(
        life.plan, life.facts, life.pauses, from_date=START, to_date=life.today, today=life.today
    )
    units = Oracle(life.plan, life.facts, life.pauses, life.today).units
    assert [described_unit(unit) for unit in found] == [
        described_oracle_unit(unit) for unit in units
    ]
    assert_numbers_agree(life)


PAIRS = [(Measure.YES_NO, *before) for before in YES_NO]
PAIRS += [(Measure.QUANTITY, *before) for before in QUANTITY]


@pytest.mark.parametrize(("measure", "schedule", "goal"), PAIRS)
def test_every_pair_of_schedules_at_every_cut(
    measure: Measure, schedule: Schedule, goal: Goal
) -> None:
    """Each pair is cut on some of the days, all pairs together on all; the archive cuts too."""
    pairs = YES_NO if measure is Measure.YES_NO else QUANTITY
    mine = pairs.index((schedule, goal))
    for place, (later, later_goal) in enumerate(pairs):
        for n in range(1 + (7 * place + mine) % 22, DAYS, 22):
            cut = START + timedelta(days=n)
            versions = (Version(START, schedule, goal), Version(cut, later, later_goal))
            assert_units_agree(life_of(measure, versions, None))
    for n in range(DAYS):
        archived = START + timedelta(days=n)
        assert_units_agree(life_of(measure, (Version(START, schedule, goal),), archived))


CUT = [
    # before, after                      days          units
    ((weekly(), at_most(7)), (weekly(3), at_most(7)), "8..|....", "8/3 failed"),
    ((weekly(), at_most(7)), (weekly(3), at_most(7)), "6..|....", "6/3 neutral"),
    ((weekly(), at_most(7)), (weekly(3), at_most(7)), "3..|....", "3/3 met"),
    ((weekly(), at_most(0)), (weekly(3), at_most(7)), "1..|....", "1/0 failed"),
    ((weekly(), at_most(0, NoAnswer.FAILURE)), (weekly(3), at_most(7)), "...|.", "0/0 neutral"),
    ((weekly(), at_most(0, NoAnswer.SUCCESS)), (weekly(3), at_most(7)), "...|.", "0/0 met"),
    ((weekly(), at_least(7)), (DAILY, at_least(1)), "1..|.", "1/3 neutral"),
    ((weekly(), at_least(7)), (DAILY, at_least(1)), "3..|.", "3/3 met"),
]


@pytest.mark.parametrize(("before", "after", "days", "first"), CUT)
def test_a_cut_unit_stands_as_it_stood_when_it_was_cut(
    before: tuple[Schedule, Goal], after: tuple[Schedule, Goal], days: str, first: str
) -> None:
    told = story(before[0], days, goal=before[1], changes={3: version(*after)})
    units = [f"{unit.done}/{unit.asked:.0f} {unit.state}" for unit in told.due_units]
    assert units[0] == first.replace("3.", "3")


def test_archiving_takes_back_no_failure_that_was_decided() -> None:
    """A limit that was passed and a day said to be missed failed before the day was over."""
    assert story(DAILY, "3", goal=at_most(2), archived_on=0).shown == "-"
    assert story(DAILY, "m", archived_on=0).shown == "-"
    assert story(DAILY, ".", archived_on=0).shown == "~"
    silent = Goal(Direction.AT_MOST, 2000, NoAnswer.FAILURE)
    assert story(DAILY, ".", goal=silent, archived_on=0).shown == "~"


def test_rolling_days_are_not_cut_by_another_width() -> None:
    """The first day under the new width looks back over days that were lived under the old."""
    told = story(rolling(2, 3), "xx....x", changes={6: rolling(3, 7)})
    assert told.units[-1] == "3/3 met"
