"""The daily totals of many people, as arrays: a row a person, a column a day."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from rhythm.vectorized.day_grid import FAILED, MET, Codes, DayGrid, Ints
from services.analytics.domain.tally import Tally

MONTH_DAYS = 31
"""Numbers of a month, whichever it is: those after its last day are 0."""
_EPOCH = date(1970, 1, 1).toordinal()
_KEY_STEP = date.max.toordinal() + 1


@dataclass(frozen=True, slots=True)
class MonthRows:
    """Totals of months in which anything was due or done: a row each, by person and month.

    Attributes:
        people: The place of the person.
        months: Ordinals of the first day.
        first_days: The first day of the month that was counted, from 1; those before it hold 0.
        due_counts: Units that were decided on each day: 31 columns.
        met_counts: Those of them that were met.
        check_in_counts: Habits with something done on the day.
    """

    people: Ints
    months: Ints
    first_days: Ints
    due_counts: Ints
    met_counts: Ints
    check_in_counts: Ints


class TotalsGrid:
    """Adds up what habits come to, from each person's `since` to the day before their `today`."""

    def __init__(self, since: Sequence[int], today: Sequence[int]) -> None:
        self._since = np.array(since, np.int64)
        self._first = int(min(since))
        columns = max(max(today) - self._first, 1)
        self._counts = np.zeros((3, len(since), columns), np.int32)

    def add(self, grid: DayGrid, ends: Codes) -> None:
        """Count the habits of a grid in, of which each has its days since the person's `since`."""
        people = grid.each(lambda habit: habit.person)
        order = np.argsort(people, kind="stable")
        owners, begin = np.unique(people[order], return_index=True)
        parts = ((ends == MET) | (ends == FAILED), ends == MET, grid.is_check_in)
        offset = grid.first - self._first
        place, end = max(offset, 0), min(offset + grid.shape[1], self._counts.shape[2])
        if place >= end:  # nothing of them is over
            return
        for counts, part in zip(self._counts, parts, strict=True):
            wanted = part[order, place - offset : end - offset].astype(np.int32)
            counts[owners, place:end] += np.add.reduceat(wanted, begin, axis=0)

    def add_tally(self, person: int, tally: Tally) -> None:
        """Count a habit in that was counted by itself."""
        parts = tally.due, tally.met, tally.check_ins
        for counts, part in zip(self._counts, parts, strict=True):
            for day, count in part.items():
                counts[person, day.toordinal() - self._first] += count

    def months(self) -> MonthRows:
        """Return the totals of all months that are not empty."""
        days: Ints = np.arange(self._counts.shape[2], dtype=np.int64) + self._first
        is_counted = (self._counts.any(axis=0)) & (days[None, :] >= self._since[:, None])
        people, columns = np.nonzero(is_counted)
        starts = _month_starts(days)
        keys, rows = np.unique(people * _KEY_STEP + starts[columns], return_inverse=True)
        owners, months = np.divmod(keys, _KEY_STEP)
        filled = np.zeros((3, len(months), MONTH_DAYS), np.int64)
        filled[:, rows, days[columns] - starts[columns]] = self._counts[:, people, columns]
        first_days = np.maximum(self._since[owners] - months, 0) + 1
        return MonthRows(owners, months, first_days, *filled)


def _month_starts(days: Ints) -> Ints:
    """Return the first day of the month of each day, as ordinals."""
    dates = (days - _EPOCH).astype("datetime64[D]")
    starts: Ints = dates.astype("datetime64[M]").astype("datetime64[D]").astype(np.int64) + _EPOCH
    return starts
