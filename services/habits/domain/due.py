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
from rhythm.plan import Pause as Rest
from rhythm.schedule import UnitKind
from rhythm.units import DueUnit, due_on
from services.habits.domain.people import Person
from services.habits.domain.reminders import (
    Decision,
    Firing,
    Outcome,
    Pending,
    Reminder,
    decide,
    decide_snooze,
)

_MOST_DAYS = 16


class Asking:
    """What habits of one plan ask. Made once for all of them."""

    __slots__ = ("_untouched", "plan")

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self._untouched: dict[date, DueUnit | None] = {}

    def is_single(self, day: date) -> bool:
        """Tell whether a day stands for itself: no other day matters to what it asks."""
        return self.plan.span_on(day).kind is UnitKind.DUE_DAY

    def of_untouched(self, day: date) -> DueUnit | None:
        """Return what a single day asks on which nothing was recorded, and nobody rests."""
        if day not in self._untouched:
            if len(self._untouched) >= _MOST_DAYS:
                self._untouched.clear()
            self._untouched[day] = due_on(self.plan, {}, (), day)
        return self._untouched[day]


class Subject(NamedTuple):
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
    asking: Asking
    rests: Sequence[Rest]
    day: date
    fact: DayFact | None
    recent: Callable[[], Facts]

    def lacking(self, day: date) -> DueUnit | None:
        """Return the unit that still wants something done on a day; None when nothing does."""
        if day != self.day or not self.asking.is_single(day):
            return due_on(self.asking.plan, self.recent(), self.rests, day)
        if self.fact is None and not self.rests:
            return self.asking.of_untouched(day)
        facts = {} if self.fact is None else {day: self.fact}
        return due_on(self.asking.plan, facts, self.rests, day)

    def direction_on(self, day: date) -> Direction:
        """Return which way the goal of a day points."""
        return self.asking.plan.span_on(day).version.goal.direction

    def missing_on(self, day: date) -> Decimal | None:
        """Return how much a day or its unit lacks; None where nothing is counted or lacking."""
        is_counted = self.asking.plan.measure is Measure.QUANTITY
        if not is_counted or self.direction_on(day) is Direction.AT_MOST:
            return None
        unit = self.lacking(day)
        return None if unit is None else max(unit.asked - unit.done, Decimal(0))


class Due(NamedTuple):
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
    subject: Subject

    @property
    def reminder_id(self) -> UUID:
        """What its firings are kept under: a habit's snoozes under the habit."""
        return self.subject.habit_id if self.reminder is None else self.reminder.id

    def decide(self, now: datetime) -> Decision:
        """Say what rings now, what was missed, and what comes next."""
        subject = self.subject

        def needed(day: date) -> bool:
            return subject.lacking(day) is not None

        if self.reminder is None:
            return decide_snooze(self.pending, self.person, needed, now=now)
        nags = subject.direction_on(self.pending.due_date) is Direction.AT_LEAST
        return decide(self.reminder, self.pending, self.person, needed, nags=nags, now=now)


class Ring(NamedTuple):
    """A reminder that rings now."""

    due: Due
    firing: Firing


class Look(NamedTuple):
    """A reminder that was looked at, and what came of it."""

    due: Due
    decision: Decision

    @property
    def ring(self) -> Ring | None:
        """What rings now, if anything does."""
        firings = self.decision.firings
        if firings and firings[-1].outcome is Outcome.SENT:
            return Ring(self.due, firings[-1])
        return None
