"""A due reminder with everything needed to decide about it. Pure.

Thousands are due at the same moment, and most are alike: a day on which nothing was done yet. What
is the same for many is computed once.
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
    """The due units of one plan, cached for all habits that share it."""

    __slots__ = ("_units_without_check_ins", "plan")

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self._units_without_check_ins: dict[date, DueUnit | None] = {}

    def is_single_day(self, day: date) -> bool:
        """Tell whether a day is a due unit of its own, which no other day affects."""
        return self.plan.span_on(day).kind is UnitKind.DUE_DAY

    def unit_without_check_ins(self, day: date) -> DueUnit | None:
        """Return the unit of a single day without check-ins and pauses."""
        if day not in self._units_without_check_ins:
            if len(self._units_without_check_ins) >= _MAX_DAYS:
                self._units_without_check_ins.clear()
            self._units_without_check_ins[day] = due_on(self.plan, {}, (), day)
        return self._units_without_check_ins[day]


class RemindedHabit(NamedTuple):
    """The habit of a reminder, as far as the reminder needs it.

    Attributes:
        habit_id: Identifies it.
        title: What the person calls it.
        unit: What its amounts count; may be empty.
        plan_units: The due units of its plan.
        paused_ranges: Its pauses, and dates the person's zone never had.
        day: The logical date of the reminder.
        fact: What that day holds; None when nothing.
        recent: Returns the facts of the latest days, for units of several days.
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
        """Return the unit of a day that is not met yet; None when there is none."""
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
        """Return the amount that a day or its unit is short of; None where none is."""
        is_counted = self.plan_units.plan.measure is Measure.QUANTITY
        if not is_counted or self.direction_on(day) is Direction.AT_MOST:
            return None
        unit = self.open_unit(day)
        return None if unit is None else max(unit.asked - unit.done, Decimal(0))


class DueReminder(NamedTuple):
    """A due reminder or snooze.

    Attributes:
        reminder: The reminder; None for a snooze.
        pending: The firing that is due.
        person: The owner, with time zone and quiet hours.
        habit: The habit.
    """

    reminder: Reminder | None
    pending: Pending
    person: Person
    habit: RemindedHabit

    @property
    def reminder_id(self) -> UUID:
        """The id its firings are recorded under: a habit's snoozes under the habit."""
        return self.habit.habit_id if self.reminder is None else self.reminder.id

    @property
    def nags(self) -> bool:
        """Whether repeats make sense for the habit; not for at-most ones."""
        return self.habit.direction_on(self.pending.due_date) is Direction.AT_LEAST

    def is_needed(self, day: date) -> bool:
        """Tell whether a logical date needs a reminder."""
        return self.habit.open_unit(day) is not None


class DecisionCache:
    """Decides about due reminders as of one moment, once for all that are alike.

    Alike are reminders of one wall time, due for the same date in the same zone, of habits that all
    need it or all do not: at nine in the morning that is most of them. A decision that depends on
    other dates too, after a downtime of days, is made for each.
    """

    def __init__(self, now: datetime) -> None:
        self._now = now
        self._decisions: dict[tuple[object, ...], ReminderDecision] = {}

    def decide(self, due: DueReminder) -> ReminderDecision:
        """Decide what is sent now, what was missed, and what comes next."""
        return self._decide(due)[0]

    def decide_for_all(self, example: DueReminder) -> ReminderDecision | None:
        """Decide for all reminders that are like the example on its date.

        None where other dates matter, or another slot fires than the one that was due.
        """
        decision, only_this_date = self._decide(example)
        slot_due = example.pending[:2]
        if only_this_date and all(firing[:2] == slot_due for firing in decision.firings):
            return decision
        return None

    def _decide(self, due: DueReminder) -> tuple[ReminderDecision, bool]:
        """Return the decision, and whether it depends on the state of no other date."""
        reminder, pending, person = due.reminder, due.pending, due.person
        if reminder is None:
            return decide_snooze(pending, person, due.is_needed, now=self._now), True
        needed, nags = due.is_needed(pending.due_date), due.nags
        key = (
            pending,
            needed,
            nags,
            reminder.local_time,
            reminder.weekdays,
            reminder.nag_minutes,
            person.timezone,
            person.day_start,
            person.floor_date,
            person.quiet_hours,
        )
        found = self._decisions.get(key)
        if found is not None:
            return found, True
        only_this_date = True

        def is_needed(day: date) -> bool:
            nonlocal only_this_date
            if day == pending.due_date:
                return needed
            only_this_date = False
            return due.is_needed(day)

        decision = decide(reminder, pending, person, is_needed, nags=nags, now=self._now)
        if only_this_date:
            self._decisions[key] = decision
        return decision, only_this_date


class ReminderToSend(NamedTuple):
    """A reminder to send now, and the firing it is."""

    due: DueReminder
    firing: Firing


class DecidedReminder(NamedTuple):
    """A due reminder and the decision about it."""

    due: DueReminder
    decision: ReminderDecision

    @property
    def to_send(self) -> ReminderToSend | None:
        """The reminder to send now, if any."""
        firings = self.decision.firings
        if firings and firings[-1].outcome is FiringOutcome.SENT:
            return ReminderToSend(self.due, firings[-1])
        return None
