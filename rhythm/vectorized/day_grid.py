"""The facts of many habits of one kind: a row a habit, a column a day."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rhythm.plan import State, VersionSpan
from rhythm.vectorized.counted_habit import CountedHabit

type Bools = NDArray[np.bool_]
type Codes = NDArray[np.uint8]
type Ints = NDArray[np.int64]

DONE, SKIP, MISSED = 1, 2, 3
"""Marks, as an array holds them; 0 for a day without one."""
NO_UNIT, MET, FAILED, NEUTRAL = 0, 1, 2, 3
"""What became of a unit, as an array holds it."""
STATE_CODES = {State.MET: MET, State.FAILED: FAILED, State.NEUTRAL: NEUTRAL}
_NEVER = 1 << 40


@dataclass(frozen=True, slots=True)
class FactColumns:
    """Days that hold anything, one in each place of the arrays.

    Attributes:
        rows: The place of the habit among those that are counted.
        days: Ordinals.
        marks: 0, or what `DONE`, `SKIP` and `MISSED` say.
        amounts: Thousandths; 0 where the day holds none.
    """

    rows: Ints
    days: Ints
    marks: Codes
    amounts: Ints


class DayGrid:
    """What the days of habits hold, up to the day before each person's today.

    Attributes:
        habits: The habits, one a row.
        first: The ordinal of the first column.
        mark: The mark of each day.
        amount: The thousandths of each day.
        answered: Whether a day holds anything.
        paused: Whether a day is paused.
        alive: Whether a day lies between the start and the archive, and is over.
        is_check_in: Whether something was done, from the start on.
        start: The column of each start; negative for one that lies before the grid.
        closed: The last column of each habit that is over.
        archived_column: The column of the archive; far behind all others where there is none.
    """

    def __init__(self, habits: Sequence[CountedHabit], facts: FactColumns) -> None:
        self.habits = habits
        self.first = min(habit.first_needed for habit in habits)
        self.shape = len(habits), max(max(habit.today for habit in habits) - self.first, 1)
        columns = facts.days - self.first
        held = (columns >= 0) & (columns < self.shape[1])
        places = facts.rows[held], columns[held]
        self.mark = np.zeros(self.shape, np.uint8)
        self.mark[places] = facts.marks[held]
        self.amount = np.zeros(self.shape, np.int64)
        self.amount[places] = facts.amounts[held]
        self.answered = np.zeros(self.shape, np.bool_)
        self.answered[places] = True
        self.start = self.each(lambda habit: habit.start) - self.first
        self.closed = self.each(lambda habit: habit.today) - 1 - self.first
        archived = self.each(lambda habit: _NEVER if habit.archived is None else habit.archived)
        self.archived_column = archived - self.first
        ends = np.minimum(self.closed, self.archived_column)
        begun = self.days >= self.start[:, None]
        over = self.days <= self.closed[:, None]
        self.alive: Bools = begun & (self.days <= ends[:, None])
        self.is_check_in: Bools = begun & over & ((self.mark == DONE) | (self.amount > 0))
        self.paused = self._paused()

    @property
    def days(self) -> Ints:
        """The columns, as one row."""
        return np.arange(self.shape[1], dtype=np.int64)[None, :]

    def each(self, value_of: Callable[[CountedHabit], int]) -> Ints:
        """Return a number of each habit."""
        return np.fromiter(map(value_of, self.habits), np.int64, len(self.habits))

    def each_span(self, value_of: Callable[[VersionSpan], int]) -> Ints:
        """Return a number of what each habit asks, as a column."""
        return self.each(lambda habit: value_of(habit.span))[:, None]

    def _paused(self) -> Bools:
        paused = np.zeros(self.shape, np.bool_)
        for row, habit in enumerate(self.habits):
            for first, last in habit.pauses:
                end = self.shape[1] if last is None else max(last + 1 - self.first, 0)
                paused[row, max(first - self.first, 0) : end] = True
            for day in habit.never_lived:
                column = day - self.first
                if 0 <= column < self.shape[1]:
                    paused[row, column] |= not self.answered[row, column]
        return paused
