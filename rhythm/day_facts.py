"""Reading single days: what one is worth, and how it stands on its own."""

from collections.abc import Sequence
from datetime import date
from operator import add, sub
from typing import NamedTuple

from rhythm.boundaries import CALENDAR_UNITS, whole_unit_bounds
from rhythm.goal import Measure
from rhythm.plan import DayFact, Facts, Mark, Pause, Plan, State, VersionSpan, paused_dates
from rhythm.schedule import ONE_DAY

_NOTHING = DayFact()
_NONE: frozenset[date] = frozenset()


class Contribution(NamedTuple):
    """What one day, or several added up, bring to a unit of many days.

    Attributes:
        lived: Days that count: neither before the start nor paused.
        skipped: Those of them that are neutral.
        done: Those of them on which the day's goal was met.
        amount: What they hold, in thousandths.
        answered: Of a total, those that hold anything but a skip.
    """

    lived: int
    skipped: int
    done: int
    amount: int
    answered: int

    def plus(self, other: "Contribution") -> "Contribution":
        """Return both together."""
        return Contribution(*map(add, self, other))

    def minus(self, other: "Contribution") -> "Contribution":
        """Return what is left without the other."""
        return Contribution(*map(sub, self, other))


NOT_LIVED = Contribution(0, 0, 0, 0, 0)
_SKIPPED = Contribution(1, 1, 0, 0, 0)
_DONE = Contribution(1, 0, 1, 0, 0)
NOT_DONE = Contribution(1, 0, 0, 0, 0)


class DayFacts:
    """The facts of one habit as they stand on a date; later facts are not looked at.

    Attributes:
        plan: What the habit asks.
        facts: What its days hold.
        today: The person's logical date.
        counts_days: Whether days are done or not, rather than hold amounts.
        open_from: The first date that is not over: today, or tomorrow once archived.
        paused: The paused dates, among those this was made for.
    """

    __slots__ = ("counts_days", "facts", "open_from", "paused", "plan", "today")

    def __init__(
        self, plan: Plan, facts: Facts, pauses: Sequence[Pause], *, first: date, today: date
    ) -> None:
        self.plan = plan
        self.facts = facts
        self.today = today
        self.counts_days = plan.measure is Measure.YES_NO
        archived = plan.archived_date
        is_closed = archived is not None and archived <= today
        self.open_from = today + ONE_DAY if is_closed else today
        self.paused = paused_dates(pauses, first, _end_of_unit(plan, today)) if pauses else _NONE

    def state_by_itself(self, day: date, span: VersionSpan) -> State:
        """Judge a day that is not in the future as if it were due by itself."""
        if self.paused and day in self.paused:
            return State.NEUTRAL
        fact = self.facts.get(day, _NOTHING)
        mark, amount = fact.mark, fact.amount_thousandths
        if mark is Mark.SKIP:
            return State.NEUTRAL
        if mark is Mark.MISSED:
            return State.FAILED
        if not span.at_most:
            if mark is Mark.DONE or amount >= span.amount:
                return State.MET
            return State.OPEN if day >= self.open_from else State.FAILED
        if amount > span.amount:
            return State.FAILED
        if day >= self.open_from:
            return State.OPEN
        return State.MET if day in self.facts else span.no_answer_state

    def counted_value(self, day: date) -> int | None:
        """Return what a day counts for in a sum, or None if it is neutral.

        That is 1 for a day done, or the thousandths of its amounts. The mark `done` stands for the
        whole amount to reach of the version in force on that day, whichever version sums it up.
        """
        if self.paused and day in self.paused:
            return None
        fact = self.facts.get(day)
        if fact is None:
            return 0
        mark = fact.mark
        if mark is Mark.SKIP:
            return None
        if self.counts_days:
            return 1 if mark is Mark.DONE else 0
        if mark is Mark.DONE:
            span = self.plan.span_on(day)
            if not span.at_most:
                return max(fact.amount_thousandths, span.amount)
        return fact.amount_thousandths

    def contribution(self, day: date, span: VersionSpan) -> Contribution:
        """Return what a day brings to a unit of many days."""
        if self.paused and day in self.paused:
            return NOT_LIVED
        if day > self.today or (day not in self.facts and not span.at_most):
            return NOT_DONE
        if not span.is_total:
            state_by_itself = self.state_by_itself(day, span)
            if state_by_itself is State.MET:
                return _DONE
            return _SKIPPED if state_by_itself is State.NEUTRAL else NOT_DONE
        counted_value = self.counted_value(day)
        if counted_value is None:
            return _SKIPPED
        return Contribution(1, 0, 0, counted_value, int(day in self.facts))

    def contributions(self, first: date, last: date, span: VersionSpan) -> Contribution:
        """Return what the days from `first` to `last` bring together."""
        lived, skipped, done, amount, answered = (last - first).days + 1, 0, 0, 0, 0
        day = first
        while day <= last:
            contribution = self.contribution(day, span)
            if contribution is not NOT_DONE:
                lived -= 1 - contribution.lived
                skipped += contribution.skipped
                done += contribution.done
                amount += contribution.amount
                answered += contribution.answered
            day += ONE_DAY
        return Contribution(lived, skipped, done, amount, answered)

    def mark_on(self, day: date) -> Mark | None:
        """Return the mark of a day."""
        return self.facts.get(day, _NOTHING).mark

    def is_decided_failure(self, day: date, span: VersionSpan) -> bool:
        """Tell whether a day failed before it was over: it was said to be missed, or too much."""
        fact = self.facts.get(day, _NOTHING)
        return fact.mark is Mark.MISSED or (span.at_most and fact.amount_thousandths > span.amount)


def _end_of_unit(plan: Plan, today: date) -> date:
    """Return the last date of the unit that holds `today`, or `today`."""
    day = max(today, plan.start_date)
    span = plan.span_on(day)
    return whole_unit_bounds(span, day)[1] if span.kind in CALENDAR_UNITS else today
