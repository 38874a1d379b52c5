"""A reminder whose moment has come, with everything needed to say what becomes of it. Pure.

Thousands come at the same moment, and most ask the same: a day on which nothing was done yet. What
is the same for many is found once.
"""

from collections.abc import Callable, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import NamedTuple
from uuid import UUID

from rhythm.goal import Direction, Measure
from rhythm.plan import DayFact, Facts, Plan
from rhythm.plan import Pause as PausedRange
from rhythm.schedule import UnitKind
from rhythm.units import DueUnit, due_on
from services.habits.domain.people import Person
from services.habits.domain.reminders import (
    Firing,
    FiringOutcome,
    Pending,
    Reminder,
    ReminderDecision,
    decide,
    decide_snooze,
)

_MAX_DAYS = 16


class PlanUnits:
    """What habits of one plan ask. Made once for all of them."""

    __slots__ = ("_units_without_check_ins", "plan")

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self._units_without_check_ins: dict[date, DueUnit | None] = {}

    def is_single_day(self, day: date) -> bool:
        """Tell whether a day stands for itself: no other day matters to what it asks."""
        return self.plan.span_on(day).kind is UnitKind.DUE_DAY

    def unit_without_check_ins(self, day: date) -> DueUnit | None:
        """Return what a single day asks on which nothing was recorded, and nobody rests."""
        if day not in self._units_without_check_ins:
            if len(self._units_without_check_ins) >= _MAX_DAYS:
                self._units_without_check_ins.clear()
            self._units_without_check_ins[day] = due_on(self.plan, {}, (), day)
        return self._units_without_check_ins[day]


class RemindedHabit(NamedTuple):
    """The habit a reminder is about, as far as reminding goes.

    Attributes:
        habit_id: Identifies it.
        title: What the person calls it.
        unit: What its amounts count; may be empty.
        asking: What it asks.
        rests: Its pauses, and dates the person's zone never had.
        day: The day that is asked about first.
        fact: What that day holds; None when nothing.
        recent: Returns what the latest days hold, for what looks further than that day.
    """

    habit_id: UUID
    title: str
    unit: str
    plan_units: PlanUnits
    paused_ranges: Sequence[PausedRange]
    day: date
    fact: DayFact | None
    recent: Callable[[], Facts]

    def open_unit(self, day: date) -> DueUnit | None:
        """Return the unit that still wants something done on a day; None when nothing does."""
        if day != self.day or not self.plan_units.is_single_day(day):
            return due_on(self.plan_units.plan, self.recent(), self.paused_ranges, day)
        if self.fact is None and not self.paused_ranges:
            return self.plan_units.unit_without_check_ins(day)
        facts = {} if self.fact is None else {day: self.fact}
        return due_on(self.plan_units.plan, facts, self.paused_ranges, day)

    def direction_on(self, day: date) -> Direction:
        """Return which way the goal of a day points."""
        return self.plan_units.plan.span_on(day).version.goal.direction

    def missing_on(self, day: date) -> Decimal | None:
        """Return how much a day or its unit lacks; None where nothing is counted or lacking."""
        is_counted = self.plan_units.plan.measure is Measure.QUANTITY
        if not is_counted or self.direction_on(day) is Direction.AT_MOST:
            return None
        unit = self.open_unit(day)
        return None if unit is None else max(unit.asked - unit.done, Decimal(0))


class DueReminder(NamedTuple):
    """A reminder, or a snooze, whose moment has come.

    Attributes:
        reminder: The reminder; None for a snooze.
        pending: What it was waiting for.
        person: Whose clock counts.
        subject: The habit.
    """

    reminder: Reminder | None
    pending: Pending
    person: Person
    habit: RemindedHabit

    @property
    def reminder_id(self) -> UUID:
        """What its firings are kept under: a habit's snoozes under the habit."""
        return self.habit.habit_id if self.reminder is None else self.reminder.id

    def decide(self, now: datetime) -> ReminderDecision:
        """Say what rings now, what was missed, and what comes next."""
        habit = self.habit

        def is_needed(day: date) -> bool:
            return habit.open_unit(day) is not None

        if self.reminder is None:
            return decide_snooze(self.pending, self.person, is_needed, now=now)
        nags = habit.direction_on(self.pending.due_date) is Direction.AT_LEAST
        return decide(self.reminder, self.pending, self.person, is_needed, nags=nags, now=now)


class ReminderToSend(NamedTuple):
    """A reminder that rings now."""

    due: DueReminder
    firing: Firing


class DecidedReminder(NamedTuple):
    """A reminder that was looked at, and what came of it."""

    due: DueReminder
    decision: ReminderDecision

    @property
    def to_send(self) -> ReminderToSend | None:
        """What rings now, if anything does."""
        firings = self.decision.firings
        if firings and firings[-1].outcome is FiringOutcome.SENT:
            return ReminderToSend(self.due, firings[-1])
        return None
