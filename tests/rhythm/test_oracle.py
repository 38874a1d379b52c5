"""The kernel and a naive reading of the rules agree on random histories: 10,000 and more in CI."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rhythm.goal import Direction, Goal, Measure
from rhythm.history import list_history
from rhythm.plan import DayFact, Plan, State, Version
from rhythm.schedule import ONE_DAY, Frequency, Schedule
from rhythm.units import due_on, list_units
from tests.rhythm.agree import assert_numbers_agree, described_oracle_unit, described_unit
from tests.rhythm.histories import (
    Life,
    any_schedules,
    due_day_schedules,
    lives,
    rolling_schedules,
    span_schedules,
)
from tests.rhythm.oracle_numbers import Oracle
from tests.rhythm.settings import many


@many
@given(lives(due_day_schedules()))
def test_due_days(life: Life) -> None:
    assert_numbers_agree(life)


@many
@given(lives(span_schedules()))
def test_weeks_and_months(life: Life) -> None:
    assert_numbers_agree(life)


@many
@given(lives(rolling_schedules()))
def test_rolling_windows(life: Life) -> None:
    assert_numbers_agree(life)


@many
@given(lives(any_schedules))
def test_schedules_that_change_kind(life: Life) -> None:
    assert_numbers_agree(life)


@many
@given(lives(), st.integers(-5, 60), st.integers(0, 40))
def test_the_units_behind_the_numbers(life: Life, offset: int, length: int) -> None:
    first = life.plan.start_date + timedelta(days=offset)
    last = first + timedelta(days=length)
    found = list_units(
        life.plan, life.facts, life.pauses, from_date=first, to_date=last, today=life.today
    )
    units = Oracle(life.plan, life.facts, life.pauses, life.today).units
    touching = [unit for unit in units if unit.to_date >= first and unit.begins <= last]
    assert [described_unit(unit) for unit in found] == [
        described_oracle_unit(unit) for unit in touching
    ]


@many
@given(lives(most_days=40), st.integers(-3, 45), st.integers(0, 20))
def test_every_day_of_the_history(life: Life, offset: int, length: int) -> None:
    first = life.plan.start_date + timedelta(days=offset)
    last = first + timedelta(days=length)
    rows = list_history(
        life.plan, life.facts, life.pauses, from_date=first, to_date=last, today=life.today
    )
    assert [row.date for row in rows] == days_between(first, min(last, life.today))
    oracle = Oracle(life.plan, life.facts, life.pauses, life.today)
    for row in rows:
        assert row.state == oracle.day_state(row.date)
        assert row.unit_state == oracle.unit_state(row.date)
        lived = row.date >= life.plan.start_date
        expected = oracle.strength(row.date) if lived else 0.0
        assert row.strength == pytest.approx(expected, abs=1e-9)


@many
@given(lives())
def test_what_still_wants_doing(life: Life) -> None:
    found = due_on(life.plan, life.facts, life.pauses, life.today)
    oracle = Oracle(life.plan, life.facts, life.pauses, life.today)
    unit, fact = oracle.unit_today(), life.facts.get(life.today, DayFact())
    wanted = (
        unit is not None
        and unit.state == State.OPEN
        and fact.mark is None
        and not oracle.is_paused(life.today)
        and (oracle.is_total(life.today) or oracle.judged(life.today, life.today) != "met")
    )
    assert (found is not None) == wanted
    if found is not None and unit is not None:
        assert described_unit(found) == described_oracle_unit(unit)


def days_between(first: date, last: date) -> list[date]:
    days, day = [], first
    while day <= last:
        days.append(day)
        day += ONE_DAY
    return days


def test_a_limit_archived_before_it_began_shows_the_strength_it_would_begin_with() -> None:
    """Found by `test_every_day_of_the_history`: it showed 0, as if something had been lived."""
    begin = date(2024, 1, 25)
    goal = Goal(direction=Direction.AT_MOST, amount_thousandths=2500)
    plan = Plan(
        measure=Measure.QUANTITY,
        start_date=begin,
        versions=(Version(begin, Schedule(Frequency.DAILY), goal),),
        archived_date=begin - timedelta(days=1),
    )
    rows = list_history(
        plan, {}, [], from_date=begin - timedelta(days=1), to_date=begin, today=begin
    )
    assert [row.strength for row in rows] == [0.0, 1.0]
