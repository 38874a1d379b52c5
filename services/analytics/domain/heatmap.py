"""How every day of a window went."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from services.analytics.domain.habit import HabitRecord
from services.analytics.domain.tally import rate_of, tally_of_all
from services.analytics.domain.window import Window


@dataclass(frozen=True, slots=True)
class DayTotals:
    """One day: what was decided on it, what of it was met, and what was done at all."""

    day: date
    due_count: int = 0
    met_count: int = 0
    check_in_count: int = 0

    @property
    def completion_rate(self) -> float | None:
        """Met / due; None when nothing was due."""
        return rate_of(self.met_count, self.due_count)

    @property
    def is_empty(self) -> bool:
        """Whether nothing was due and nothing done."""
        return not (self.due_count or self.met_count or self.check_in_count)


def day_totals(records: Sequence[HabitRecord], window: Window, today: date) -> list[DayTotals]:
    """Count every day of a window, oldest first; days after today are empty.

    Needs of each record the facts since what the window looks back on.
    """
    tally = tally_of_all(records, window, today)
    return [DayTotals(day, tally.due[day], tally.met[day], tally.check_ins[day]) for day in window]
