"""Counting: which due units of a habit fall on which day, and what became of them.

A unit counts on the day it ended. One that is decided before its end, as a week whose three days
are done by Thursday, counts today until it is over: so that completion here and in a habit's
progress are one number.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date

from rhythm.boundaries import CALENDAR_UNITS, closing_date, facts_needed_from
from rhythm.day_facts import DayFacts
from rhythm.due_units import EvaluatedUnit, due_units
from rhythm.evaluate import evaluate
from rhythm.history import DayState, state_at_end
from rhythm.plan import State
from rhythm.streak import Streak
from services.analytics.domain.habit import HabitRecord
from services.analytics.domain.window import ONE_DAY, Window

_DECIDED = (State.MET, State.FAILED)


@dataclass(slots=True)
class Tally:
    """What one or more habits come to, day by day."""

    due: Counter[date] = field(default_factory=Counter)
    """Units decided, by the day they count on."""
    met: Counter[date] = field(default_factory=Counter)
    """Those of them that were met."""
    due_days: Counter[date] = field(default_factory=Counter)
    """Units of a single day, decided or still open."""
    met_days: Counter[date] = field(default_factory=Counter)
    """Those of them that were met."""
    failed_days: Counter[date] = field(default_factory=Counter)
    """Those of them that failed."""
    check_ins: Counter[date] = field(default_factory=Counter)
    """Habits with a done or an amount over 0."""
    asked: bool = False
    """Whether anything was asked at all, open or decided."""

    def add(self, other: "Tally") -> None:
        """Count another tally in."""
        self.due.update(other.due)
        self.met.update(other.met)
        self.due_days.update(other.due_days)
        self.met_days.update(other.met_days)
        self.failed_days.update(other.failed_days)
        self.check_ins.update(other.check_ins)
        self.asked = self.asked or other.asked

    def rate(self) -> float | None:
        """Return met / due; None when nothing was due: never a made-up 0 or 1."""
        return rate_of(self.met.total(), self.due.total())


def rate_of(met: int, due: int) -> float | None:
    """Return met / due, 0 to 1; None when nothing was due."""
    return met / due if due else None


def tally_of(record: HabitRecord, window: Window, today: date) -> Tally:
    """Count one habit's units and check-ins in a window.

    Needs the record's facts since `facts_needed_from` the day before the window.
    """
    tally = Tally()
    tally.check_ins.update(
        day
        for day, fact in record.facts.items()
        if fact.is_check_in and day in window and day <= today
    )
    _, units = units_of(record, window, today)
    for unit in units:
        _count(tally, unit, window, today)
    return tally


def tally_of_all(records: Iterable[HabitRecord], window: Window, today: date) -> Tally:
    """Count the units and check-ins of many habits in a window."""
    total = Tally()
    for record in records:
        total.add(tally_of(record, window, today))
    return total


def state_on(record: HabitRecord, day: date, today: date) -> DayState:
    """Return what a day that has come is summed up by: itself, or the unit that ends on it."""
    day_facts, units = units_of(record, Window(day, day), today)
    return state_at_end(day_facts, next(units, None), day)


def streak_of(record: HabitRecord, today: date) -> Streak:
    """Return the habit's current streak. Needs its facts since its checkpoint, or its start."""
    evaluation = evaluate(record.plan, record.facts, record.pauses, today, record.checkpoint)
    return evaluation.current_streak


def units_of(
    record: HabitRecord, window: Window, today: date
) -> tuple[DayFacts, Iterator[EvaluatedUnit]]:
    """Return the units that have begun and touch the window, and the facts they are read from."""
    plan = record.plan
    since = closing_date(plan, window.first - ONE_DAY) + ONE_DAY
    needed = facts_needed_from(plan, since - ONE_DAY)
    day_facts = DayFacts(plan, record.facts, record.pauses, first=needed, today=today)
    found = due_units(day_facts, since, min(window.last, today))
    return day_facts, (unit for unit in found if unit.last >= window.first)


def _count(tally: Tally, unit: EvaluatedUnit, window: Window, today: date) -> None:
    tally.asked = tally.asked or unit.state is not State.NEUTRAL
    counted_on = min(unit.last, today)
    if unit.state in _DECIDED and counted_on in window:
        tally.due[counted_on] += 1
        tally.met[counted_on] += unit.state is State.MET
    if unit.span.kind not in CALENDAR_UNITS and unit.state is not State.NEUTRAL:
        tally.due_days[unit.last] += 1
        tally.met_days[unit.last] += unit.state is State.MET
        tally.failed_days[unit.last] += unit.state is State.FAILED
