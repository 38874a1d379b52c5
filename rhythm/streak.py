"""How many due units in a row were met."""

from dataclasses import dataclass
from datetime import date

from rhythm.plan import State
from rhythm.schedule import StreakUnit


@dataclass(frozen=True, slots=True)
class Streak:
    """Met units in a row, with nothing but neutral ones between them.

    Attributes:
        length: How many.
        unit: What is counted. A habit that changes from days to weeks begins a new streak.
        start_date: The first date of the first of them; None when there is none.
        end_date: The last date of the last of them, today at the latest; None when there is none.
    """

    length: int
    unit: StreakUnit
    start_date: date | None = None
    end_date: date | None = None


class StreakCounter:
    """Counts units one by one; knows the streak that runs and the best so far."""

    __slots__ = ("best", "end", "length", "start", "unit")

    def __init__(self, current: Streak, best: Streak) -> None:
        self.length = current.length
        self.unit = current.unit
        self.start = current.start_date
        self.end = current.end_date
        self.best = best

    def count(self, state: State, unit: StreakUnit, first: date, last: date) -> None:
        """Go on with one more unit. Neutral and open ones pass by."""
        if state is State.MET:
            if self.length == 0 or unit is not self.unit:
                self._break()
                self.start, self.unit = first, unit
            self.length += 1
            self.end = last
        elif state is State.FAILED:
            self._break()

    def running(self) -> Streak:
        """Return the streak that runs, as it was counted."""
        return Streak(self.length, self.unit, self.start, self.end)

    def current(self, unit: StreakUnit) -> Streak:
        """Return the streak that runs, in the unit that is counted now."""
        if self.length == 0 or unit is not self.unit:
            return Streak(0, unit)
        return self.running()

    def longest(self) -> Streak:
        """Return the longest streak ever, the one that runs included; the later one on a tie."""
        if self.length and self.length >= self.best.length:
            return self.running()
        return self.best

    def _break(self) -> None:
        self.best = self.longest()
        self.length = 0
        self.start = self.end = None
