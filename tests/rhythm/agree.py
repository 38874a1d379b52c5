"""Holding the kernel against the oracle, number by number."""

from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest

from rhythm.evaluate import Evaluation, evaluate
from rhythm.streak import Streak
from rhythm.units import DueUnit
from tests.rhythm.histories import Life
from tests.rhythm.oracle import OracleUnit
from tests.rhythm.oracle_numbers import Oracle

type UnitDescription = tuple[date, date, Fraction, Fraction, str]


def assert_numbers_agree(life: Life, evaluation: Evaluation | None = None) -> None:
    """Hold every number of a life against the oracle's."""
    oracle = Oracle(life.plan, life.facts, life.pauses, life.today)
    found = evaluation or evaluate(life.plan, life.facts, life.pauses, life.today)
    assert described_streak(found.current_streak) == oracle_streak(
        oracle.current_streak(), life.today
    )
    assert described_streak(found.best_streak) == oracle_streak(oracle.best_streak(), life.today)
    completion = found.completion
    for rate, days in [
        (completion.last_7_days, 7),
        (completion.last_30_days, 30),
        (completion.last_90_days, 90),
        (completion.all_time, None),
    ]:
        expected = oracle.completion(days)
        assert rate == (None if expected is None else float(expected)), days
    now = oracle.unit_today()
    current = found.current_unit and described_unit(found.current_unit)
    assert current == (now and described_oracle_unit(now))
    if now and found.current_unit:
        assert found.current_unit.is_limit == now.is_limit
    assert found.day_state == oracle.day_state(life.today)
    assert found.strength == pytest.approx(oracle.strength(life.today), abs=1e-9)
    assert found.total_check_ins == oracle.check_ins()


def described_streak(streak: Streak) -> tuple[int, date | None, date | None]:
    return streak.length, streak.start_date, streak.end_date


def oracle_streak(units: list[OracleUnit], today: date) -> tuple[int, date | None, date | None]:
    if not units:
        return 0, None, None
    return len(units), units[0].begins, min(units[-1].to_date, today)


def described_unit(unit: DueUnit) -> UnitDescription:
    return unit.from_date, unit.to_date, exact(unit.done), exact(unit.asked), unit.state


def described_oracle_unit(unit: OracleUnit) -> UnitDescription:
    return unit.from_date, unit.to_date, unit.done, unit.asked, unit.state


def exact(number: Decimal) -> Fraction:
    return Fraction(number)
