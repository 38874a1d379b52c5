"""Amounts: of a day, of a week, of a month, and limits that should not be passed."""

from dataclasses import replace
from datetime import UTC, date, datetime, time
from decimal import Decimal

import pytest

from rhythm.days import zone_of
from rhythm.errors import AmountTooFine, GoalInvalid
from rhythm.evaluate import evaluate
from rhythm.goal import Goal, Measure, NoAnswer, amount_of, check_goal, thousandths_of
from rhythm.plan import DayFact, Plan, State, Version
from rhythm.schedule import Schedule
from rhythm.units import MOST_PERCENT, deadline_of, due_on
from tests.rhythm.story import (
    DAILY,
    MONDAY,
    at_least,
    at_most,
    monthly,
    on,
    rolling,
    story,
    weekly,
    yearly,
)

AMOUNTS = [
    # schedule        goal         days              shown              done/asked of the last unit
    (DAILY, at_least(2), "2", "+", "2/2 met"),
    (DAILY, at_least(2), "1", "?", "1/2 open"),
    (DAILY, at_least(2), "1.", "-?", "0/2 open"),
    (DAILY, at_least(2), "9", "+", "9/2 met"),
    (DAILY, at_least(2), "x", "+", "2/2 met"),  # done stands for the whole amount
    (DAILY, at_least(2), "m", "-", "0/2 failed"),
    (DAILY, at_least(2), "sp2", "~~+", "2/2 met"),
    (on("mon"), at_least(2), "1......|2", "-......|+", "2/2 met"),
    (weekly(2), at_least(3), "3.1.3..", "+...+..", "2/2 met"),  # two days of three each
    (weekly(), at_least(7), "3.1.3..", "+.+.+..", "7/7 met"),  # seven in the whole week
    (weekly(), at_least(7), "3.1....|.", "+.+...-|?", "0/7 open"),
    (weekly(), at_least(7), "3..s...|.", "+..~..-|?", "0/7 open"),
    (weekly(), at_least(7), "6..s...|.", "+..~...|?", "0/7 open"),  # six lived days ask for six
    (weekly(), at_least(7), "x", "+", "7/7 met"),
    (rolling(None, 3), at_least(4), "4..", "+++", "4/4 met"),
    (rolling(None, 3), at_least(4), "4...", "+++?", "0/4 open"),
    (rolling(2, 3), at_least(4), "44.", "+++", "2/2 met"),
]


@pytest.mark.parametrize(("schedule", "goal", "days", "shown", "last"), AMOUNTS)
def test_amounts_to_reach(schedule: Schedule, goal: Goal, days: str, shown: str, last: str) -> None:
    told = story(schedule, days, goal=goal)
    assert told.shown == shown.replace("|", "")
    assert told.units[-1] == last


def test_a_share_of_a_total_is_rounded_up_to_three_places() -> None:
    """January from the 5th: 10 x 27/31 = 8.7096, so 8.710."""
    assert story(monthly(), "9", goal=at_least(10)).units == ["9/8.71 met"]
    assert story(weekly(), "s", goal=at_least(10)).units == ["0/8.572 open"]


SUCCESS, NEUTRAL, FAILURE = NoAnswer
LIMITS = [
    # schedule        limit                 days           shown          why
    (DAILY, at_most(2), ".", "?", "kept so far, but today is not over"),
    (DAILY, at_most(2), "2", "?", "at the limit is not over it"),
    (DAILY, at_most(2), "3", "-", "passed at once"),
    (DAILY, at_most(2), "2.3.", "++-?", "silence is success unless said otherwise"),
    (DAILY, at_most(2, NEUTRAL), "2.3.", "+~-?", "silence is neutral"),
    (DAILY, at_most(2, FAILURE), "2.3.", "+--?", "silence is failure"),
    (DAILY, at_most(2, FAILURE), "xm.", "+-?", "an answer is no silence"),
    (DAILY, at_most(0), "...1.", "+++-?", "how to quit something"),
    (DAILY, at_most(0), "sp.", "~~?", "skips and pauses as ever"),
    (weekly(), at_most(7), "3.4....|.", "......+|?", "seven in the whole week"),
    (weekly(), at_most(7), "3.5.", "...-", "passed on Wednesday, and stays so"),
    (weekly(), at_most(7), ".......|.", "......+|?", "a silent week"),
    (weekly(), at_most(7, NEUTRAL), ".......|.", ".......|?", "a silent week"),
    (weekly(), at_most(7, NEUTRAL), "s......|.", "~......|?", "a skip is no answer"),
    (weekly(), at_most(7, FAILURE), ".......|.", "......-|?", "a silent week"),
    (weekly(), at_most(7, FAILURE), "x......|.", "......+|?", "an answer for the week"),
    (weekly(), at_most(0), ".......|1", "......+|-", "nothing at all in a week"),
    (weekly(3), at_most(2), "5555...|.", "....+++|?", "three good days of silence"),
    (weekly(3), at_most(2, NEUTRAL), ".......|.", "~~~~~~~|?", "nothing said, nothing asked"),
    (weekly(3), at_most(2, FAILURE), "22.....|.", "++....-|?", "only two good days"),
    (rolling(None, 2), at_most(4), "2231.", "++-+?", "no two days over four"),
]


@pytest.mark.parametrize(("schedule", "goal", "days", "shown", "why"), LIMITS)
def test_limits(schedule: Schedule, goal: Goal, days: str, shown: str, why: str) -> None:
    assert story(schedule, days, goal=goal).shown == shown.replace("|", ""), why


def test_a_limit_that_is_passed_never_heals() -> None:
    assert story(DAILY, "31", goal=at_most(2)).shown == "-?"
    assert story(weekly(), "8......|.", goal=at_most(7)).units == ["8/7 failed", "0/7 open"]


def test_a_total_of_the_year() -> None:
    first = date(2026, 1, 1)
    assert story(yearly(), "5" * 8, goal=at_least(50), start=first).units == ["40/50 open"]
    assert story(yearly(), "5" * 8, goal=at_most(30), start=first).units == ["40/30 failed"]


PERCENT = [
    # goal          day   percent
    (at_least(3), ".", 0),
    (at_least(3), "1", 33),
    (at_least(3), "2", 66),
    (at_least(3), "9", 100),
    (at_most(4), "1", 25),
    (at_most(4), "4", 100),
    (at_most(4), "8", 200),
    (at_most(0), ".", 0),
    (at_most(0), "1", 9999),
]


@pytest.mark.parametrize(("goal", "days", "percent"), PERCENT)
def test_percent(goal: Goal, days: str, percent: int) -> None:
    unit = story(DAILY, days, goal=goal).numbers.current_unit
    assert unit is not None
    assert unit.percent == percent


def test_the_percent_of_a_limit_is_over_100_exactly_where_it_is_passed() -> None:
    for thousandths in (3_999, 4_000, 4_001, 10**12):
        facts = {MONDAY: DayFact(None, thousandths)}
        plan = Plan(Measure.QUANTITY, MONDAY, (Version(MONDAY, DAILY, at_most(4)),))
        unit = evaluate(plan, facts, (), MONDAY).current_unit
        assert unit is not None
        assert (unit.percent > 100) == (unit.state is State.FAILED)
        assert 100 <= unit.percent <= MOST_PERCENT


WANTED = [
    # schedule     goal        days         what is missing
    (DAILY, None, ".", "0/1"),
    (DAILY, None, "x", None),
    (DAILY, None, "s", None),
    (DAILY, None, "m", None),
    (DAILY, None, "p", None),
    (on("mon"), None, "..", None),
    (weekly(2), None, "x.", "1/2"),
    (weekly(2), None, "xx.", None),
    (weekly(2), None, ".x", None),  # once a day
    (weekly(2), None, ".m", None),  # given up for today
    (weekly(2), None, "xp", None),
    (rolling(2, 4), None, "xx.", None),
    (rolling(2, 4), None, "xx..", None),
    (rolling(2, 4), None, "xx...", "1/2"),
    (DAILY, at_least(3), "2", "2/3"),
    (DAILY, at_least(3), "3", None),
    (weekly(), at_least(7), "33", "6/7"),
    (weekly(), at_least(7), "3s", None),
    (weekly(2), at_least(3), "3", None),
    (weekly(2), at_least(3), "2", "0/2"),
    (DAILY, at_most(2), ".", "0/2"),
    (DAILY, at_most(2), "3", None),
    (DAILY, at_most(2), "x", None),
]


@pytest.mark.parametrize(("schedule", "goal", "days", "missing"), WANTED)
def test_what_a_reminder_would_ask_for(
    schedule: Schedule, goal: Goal | None, days: str, missing: str | None
) -> None:
    told = story(schedule, days, goal=goal)
    unit = due_on(told.plan, told.facts, told.pauses, told.today)
    assert (unit and f"{unit.done}/{unit.asked}") == missing


def test_the_deadline_of_an_open_unit_is_the_end_of_its_last_day() -> None:
    berlin, three = zone_of("Europe/Berlin"), time(3)
    open_week, met_week = story(weekly(1), "...").numbers, story(weekly(1), "x").numbers
    assert deadline_of(open_week.current_unit, berlin) == datetime(2026, 1, 11, 23, tzinfo=UTC)
    assert deadline_of(open_week.current_unit, berlin, three) == datetime(
        2026, 1, 12, 2, tzinfo=UTC
    )
    assert deadline_of(met_week.current_unit, berlin) is None
    assert deadline_of(None, berlin) is None


def test_nothing_is_wanted_before_the_start_or_after_the_archive() -> None:
    told = story(DAILY, "...", archived_on=1)
    assert due_on(told.plan, {}, [], told.today) is None
    assert due_on(told.plan, {}, [], told.plan.start_date.replace(day=1)) is None


THOUSANDTHS = [("1", 1000), ("2.5", 2500), ("0.001", 1), ("1E+3", 1_000_000), ("2.5000", 2500)]


@pytest.mark.parametrize(("amount", "thousandths"), THOUSANDTHS)
def test_amounts_are_whole_thousandths(amount: str, thousandths: int) -> None:
    assert thousandths_of(Decimal(amount)) == thousandths
    assert amount_of(thousandths) == Decimal(amount)


def test_amounts_read_as_people_write_them() -> None:
    assert [str(amount_of(n)) for n in (0, 30_000, 2500, 1, 10)] == [
        "0",
        "30",
        "2.5",
        "0.001",
        "0.01",
    ]


@pytest.mark.parametrize("amount", ["0.0001", "NaN", "Infinity", "0." + "9" * 40])
def test_an_amount_too_fine_is_refused(amount: str) -> None:
    with pytest.raises(AmountTooFine):
        thousandths_of(Decimal(amount))


def test_a_thousandth_is_an_amount_to_reach() -> None:
    check_goal(Measure.QUANTITY, replace(at_least(1), amount_thousandths=1))
    check_goal(Measure.QUANTITY, at_most(0))


GOALS_REFUSED = [
    (Measure.YES_NO, at_least(1), "amount"),
    (Measure.YES_NO, Goal(at_most(1).direction), "direction"),
    (Measure.QUANTITY, Goal(), "amount"),
    (Measure.QUANTITY, at_least(0), "amount"),
    (Measure.QUANTITY, at_most(-1), "amount"),
]


@pytest.mark.parametrize(("measure", "goal", "field"), GOALS_REFUSED)
def test_a_goal_its_measure_cannot_have_is_refused(
    measure: Measure, goal: Goal, field: str
) -> None:
    with pytest.raises(GoalInvalid) as refused:
        check_goal(measure, goal)
    assert refused.value.field == field
