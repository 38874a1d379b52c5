"""Reading single days: what one is worth, and how it stands on its own."""

from collections.abc import Iterable
from datetime import date
from operator import add, sub
from typing import NamedTuple

from rhythm.goal import Measure
from rhythm.plan import Day, Facts, Mark, Pause, Plan, State, Stretch, paused_dates
from rhythm.schedule import ONE_DAY

_NOTHING = Day()


class Share(NamedTuple):
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

    def plus(self, other: "Share") -> "Share":
        """Return both together."""
        return Share(*map(add, self, other))

    def minus(self, other: "Share") -> "Share":
        """Return what is left without the other."""
        return Share(*map(sub, self, other))


NOT_LIVED = Share(0, 0, 0, 0, 0)
_SKIPPED = Share(1, 1, 0, 0, 0)
_DONE = Share(1, 0, 1, 0, 0)
NOT_DONE = Share(1, 0, 0, 0, 0)


class Ledger:
    """The facts of one habit as they stand on a date; later facts are not looked at.

    Attributes:
        plan: What the habit asks.
        facts: What its days hold.
        today: The person's logical date.
        counts_days: Whether days are done or not, rather than hold amounts.
        open_from: The first date that is not over: today, or tomorrow once archived.
        paused: The paused dates, among those the ledger is opened for.
    """

    __slots__ = ("counts_days", "facts", "open_from", "paused", "plan", "today")

    def __init__(
        self, plan: Plan, facts: Facts, pauses: Iterable[Pause], *, first: date, today: date
    ) -> None:
        self.plan = plan
        self.facts = facts
        self.today = today
        self.counts_days = plan.measure is Measure.YES_NO
        archived = plan.archived_date
        is_closed = archived is not None and archived <= today
        self.open_from = today + ONE_DAY if is_closed else today
        self.paused = paused_dates(pauses, first, today + 31 * ONE_DAY)

    def verdict(self, day: date, stretch: Stretch) -> State:
        """Judge a day that is not in the future as if it were due by itself."""
        if self.paused and day in self.paused:
            return State.NEUTRAL
        fact = self.facts.get(day, _NOTHING)
        mark, amount = fact.mark, fact.amount_thousandths
        if mark is Mark.SKIP:
            return State.NEUTRAL
        if mark is Mark.MISSED:
            return State.FAILED
        if not stretch.at_most:
            if mark is Mark.DONE or amount >= stretch.amount:
                return State.MET
            return State.OPEN if day >= self.open_from else State.FAILED
        if amount > stretch.amount:
            return State.FAILED
        if day >= self.open_from:
            return State.OPEN
        return State.MET if mark is Mark.DONE or amount else stretch.silence

    def worth(self, day: date, stretch: Stretch) -> int | None:
        """Return what a day counts for in a sum, or None if it is neutral.

        That is 1 for a day done, or the thousandths of its amounts. The mark `done` stands for the
        whole amount of the goal, where there is one to reach.
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
        if mark is Mark.DONE and not stretch.at_most:
            return max(fact.amount_thousandths, stretch.amount)
        return fact.amount_thousandths

    def share(self, day: date, stretch: Stretch) -> Share:
        """Return what a day brings to a unit of many days."""
        if self.paused and day in self.paused:
            return NOT_LIVED
        if day > self.today or (day not in self.facts and not stretch.at_most):
            return NOT_DONE
        if not stretch.is_total:
            verdict = self.verdict(day, stretch)
            if verdict is State.MET:
                return _DONE
            return _SKIPPED if verdict is State.NEUTRAL else NOT_DONE
        worth = self.worth(day, stretch)
        if worth is None:
            return _SKIPPED
        answered = self.facts.get(day, _NOTHING) != _NOTHING
        return Share(1, 0, 0, worth, int(answered))

    def shares(self, first: date, last: date, stretch: Stretch) -> Share:
        """Return what the days from `first` to `last` bring together."""
        lived, skipped, done, amount, answered = (last - first).days + 1, 0, 0, 0, 0
        day = first
        while day <= last:
            share = self.share(day, stretch)
            if share is not NOT_DONE:
                lived -= 1 - share.lived
                skipped += share.skipped
                done += share.done
                amount += share.amount
                answered += share.answered
            day += ONE_DAY
        return Share(lived, skipped, done, amount, answered)

    def mark_on(self, day: date) -> Mark | None:
        """Return the mark of a day."""
        return self.facts.get(day, _NOTHING).mark
