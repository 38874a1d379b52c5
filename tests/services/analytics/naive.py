"""The numbers counted the long way: from all facts since the start, day by day, no checkpoints."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from rhythm.evaluate import evaluate
from rhythm.plan import DayFact, Pause, Plan, State
from rhythm.schedule import StreakUnit, Weekday
from rhythm.units import DueUnit, list_units


@dataclass
class NaiveHabit:
    """A habit and all facts of its days."""

    plan: Plan
    facts: dict[date, DayFact] = field(default_factory=dict)
    pauses: list[Pause] = field(default_factory=list)
    _units: dict[date, list[DueUnit]] = field(default_factory=dict, repr=False)
    """By today, once they were counted: nothing above changes after that."""

    def units(self, today: date) -> list[DueUnit]:
        if today not in self._units:
            self._units[today] = list_units(
                self.plan,
                self.facts,
                self.pauses,
                from_date=self.plan.start_date,
                to_date=today,
                today=today,
            )
        return self._units[today]

    def decided(self, day: date, today: date) -> list[DueUnit]:
        """The units that count on a day: those that end on it, or were decided early today."""
        return [
            unit
            for unit in self.units(today)
            if unit.state in (State.MET, State.FAILED) and min(unit.to_date, today) == day
        ]

    def check_ins(self, today: date) -> set[date]:
        return {day for day, fact in self.facts.items() if fact.is_check_in and day <= today}

    def streak(self, today: date) -> tuple[int, StreakUnit]:
        found = evaluate(self.plan, self.facts, self.pauses, today).current_streak
        return found.length, found.unit


def days_of(first: date, last: date) -> list[date]:
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]


def due_and_met(
    habits: Sequence[NaiveHabit], first: date, last: date, today: date
) -> dict[date, tuple[int, int, int]]:
    """By day: what was due, what of it was met, what was done."""
    found = {}
    for day in days_of(first, last):
        units = [unit for habit in habits for unit in habit.decided(day, today)]
        met = sum(unit.state is State.MET for unit in units)
        found[day] = len(units), met, sum(day in habit.check_ins(today) for habit in habits)
    return found


def perfect_days(habits: Sequence[NaiveHabit], first: date, last: date, today: date) -> int:
    count = 0
    for day in days_of(first, last):
        states = [
            unit.state
            for habit in habits
            for unit in habit.units(today)
            if unit.kind is StreakUnit.DAY and unit.to_date == day
        ]
        states = [state for state in states if state is not State.NEUTRAL]
        count += bool(states) and all(state is State.MET for state in states)
    return count


def best_date(habits: Sequence[NaiveHabit], first: date, last: date, today: date) -> date | None:
    best, most = None, (1, 0)
    for day, (_, met, done) in due_and_met(habits, first, last, today).items():
        if (met, done) >= most:
            best, most = day, (met, done)
    return best


def weekday_counts(
    habits: Sequence[NaiveHabit], first: date, last: date, today: date
) -> dict[Weekday, tuple[int, int]]:
    found = dict.fromkeys(Weekday, (0, 0))
    for habit in habits:
        for unit in habit.units(today):
            if unit.kind is not StreakUnit.DAY or not first <= unit.to_date <= last:
                continue
            if unit.state in (State.MET, State.FAILED):
                weekday = Weekday(unit.to_date.weekday())
                due, met = found[weekday]
                found[weekday] = due + 1, met + (unit.state is State.MET)
    return found
