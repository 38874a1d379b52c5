"""The daily totals of many people, as arrays: a row a person, a column a day."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from services.analytics.domain.tally import Tally
from services.analytics.domain.vectorized.day_grid import FAILED, MET, Codes, DayGrid, Ints


@dataclass(frozen=True, slots=True)
class TotalColumns:
    """Totals of days on which anything was due or done, one in each place of the lists.

    Attributes:
        people: The place of the person.
        days: Ordinals.
        due_counts: Units that were decided on the day.
        met_counts: Those of them that were met.
        check_in_counts: Habits with something done on the day.
    """

    people: list[int]
    days: list[int]
    due_counts: list[int]
    met_counts: list[int]
    check_in_counts: list[int]


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

    def columns(self) -> TotalColumns:
        """Return the totals of all days that are not empty."""
        days: Ints = np.arange(self._counts.shape[2], dtype=np.int64) + self._first
        is_counted = (self._counts.any(axis=0)) & (days[None, :] >= self._since[:, None])
        people, places = np.nonzero(is_counted)
        due, met, check_ins = self._counts[:, people, places].tolist()
        return TotalColumns(people.tolist(), days[places].tolist(), due, met, check_ins)
