"""Counts habits in grids of those whose units are of one kind."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from uuid import UUID

import numpy as np

from rhythm.checkpoint import Checkpoint
from rhythm.schedule import UnitKind
from rhythm.vectorized.checkpoints import close_habits
from rhythm.vectorized.counted_habit import CountedHabit
from rhythm.vectorized.day_grid import Codes, DayGrid, FactColumns, Ints
from rhythm.vectorized.unit_ends import unit_ends

MAX_CELLS = 500_000
"""Habits times days of a grid: each takes some hundred bytes for a while."""


def count_habits(
    habits: Sequence[CountedHabit],
    facts: FactColumns,
    add_ends: Callable[[DayGrid, Codes], None] | None = None,
) -> list[tuple[UUID, Checkpoint]]:
    """Return the new checkpoints of the habits that have a day to close through.

    Args:
        habits: The habits.
        facts: Their facts since the first day that each needs.
        add_ends: Called with some habits at a time, and what became of the units that ended on
            each day.
    """
    closed: list[tuple[UUID, Checkpoint]] = []
    grid_of, row_of = _places(habits)
    grids = grid_of[facts.rows]
    order = np.argsort(grids, kind="stable")
    bounds = np.searchsorted(grids[order], np.arange(int(grid_of.max(initial=-1)) + 2))
    for number, members in enumerate(_grids(habits)):
        chosen = order[bounds[number] : bounds[number + 1]]
        part = FactColumns(
            row_of[facts.rows[chosen]],
            facts.days[chosen],
            facts.marks[chosen],
            facts.amounts[chosen],
        )
        together = [habits[place] for place in members]
        grid = DayGrid(together, part)
        ends = unit_ends(grid)
        if add_ends is not None:
            add_ends(grid, ends)
        if together[0].through is not None:
            ids = (habit.habit_id for habit in together)
            closed += zip(ids, close_habits(grid, ends), strict=True)
    return closed


def _places(habits: Sequence[CountedHabit]) -> tuple[Ints, Ints]:
    """Return the number of each habit's grid, and its row there."""
    grid_of = np.zeros(len(habits), np.int64)
    row_of = np.zeros(len(habits), np.int64)
    for number, members in enumerate(_grids(habits)):
        grid_of[members] = number
        row_of[members] = np.arange(len(members))
    return grid_of, row_of


def _grids(habits: Sequence[CountedHabit]) -> Iterator[list[int]]:
    """Yield the places of habits that are counted together: of one kind, and of similar ages."""
    alike: defaultdict[object, list[int]] = defaultdict(list)
    for place, habit in enumerate(habits):
        span = habit.span
        week_start = span.week_start if span.kind is UnitKind.WEEK else None
        alike[span.kind, week_start, habit.through is None].append(place)
    for places in alike.values():
        places.sort(key=lambda place: habits[place].first_needed)
        members: list[int] = []
        for place in places:
            oldest = habits[(members or [place])[0]]
            days = habits[place].today - oldest.first_needed
            if members and days * (len(members) + 1) > MAX_CELLS:
                yield members
                members = []
            members.append(place)
        yield members
