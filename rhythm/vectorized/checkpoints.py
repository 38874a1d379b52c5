"""New checkpoints of many habits at once: what `rhythm.evaluate.advance` closes, one by one."""

from collections.abc import Sequence
from datetime import date
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from rhythm.boundaries import CALENDAR_UNITS
from rhythm.checkpoint import WINDOW_DAYS, Checkpoint, CompletionCounts
from rhythm.streak import Streak
from rhythm.vectorized.counted_habit import CountedHabit, unit_of
from rhythm.vectorized.day_grid import FAILED, MET, Bools, Codes, DayGrid, Ints
from rhythm.vectorized.unit_ends import counted_values, is_neutral

type Numbers = NDArray[np.float64]


def close_habits(grid: DayGrid, ends: Codes) -> list[Checkpoint]:
    """Return the checkpoint of each habit of a grid, through the day that it names.

    Every habit has a day to close through, and its facts since the checkpoint before.

    Args:
        grid: The facts.
        ends: What became of the units that ended on each day.
    """
    since = grid.each(lambda habit: habit.counted_through) + 1 - grid.first
    through = grid.each(_through_of) - grid.first
    folded = (grid.days >= since[:, None]) & (grid.days <= through[:, None])
    states = np.where(folded, ends, 0).astype(np.uint8)
    streaks = _streaks(grid, states)
    counts = _completion_counts(grid, states, since, through)
    check_ins = (grid.is_check_in & folded).sum(axis=1).tolist()
    strengths, windows = _strengths(grid, folded & grid.alive)
    made: list[Checkpoint] = []
    for row, habit in enumerate(grid.habits):
        running, best = streaks[row]
        before = habit.checkpoint
        closed = Checkpoint(
            through=date.fromordinal(_through_of(habit)),
            streak=running,
            best_streak=best,
            completion_counts=counts[row],
            check_in_count=(before.check_in_count if before else 0) + check_ins[row],
            strength=strengths[row],
            window=windows[row],
            window_days=habit.span.strength_parameters.window_days,
        )
        made.append(closed)
    return made


def _through_of(habit: CountedHabit) -> int:
    return habit.counted_through if habit.through is None else habit.through


def _streaks(grid: DayGrid, states: Codes) -> list[tuple[Streak, Streak]]:
    """Return the streak that runs and the longest one, as `StreakCounter` counts them."""
    running = _streak_numbers([h.checkpoint.streak if h.checkpoint else None for h in grid.habits])
    best = _streak_numbers(
        [h.checkpoint.best_streak if h.checkpoint else None for h in grid.habits]
    )
    starts = grid.start + grid.first
    for column in np.flatnonzero(states.any(axis=0)).tolist():
        met, failed = states[:, column] == MET, states[:, column] == FAILED
        first = np.maximum(_first_of_unit(grid, column), starts)
        running[1] = np.where(met & (running[0] == 0), first, running[1])
        running[2] = np.where(met, column + grid.first, running[2])
        running[0] += met
        _keep_longer(best, running, failed)
        running[0][failed] = 0
    _keep_longer(best, running, np.ones(len(grid.habits), np.bool_))
    found = zip(*running.tolist(), *best.tolist(), strict=True)
    return [
        (_streak(habit, *numbers[:3]), _streak(habit, *numbers[3:]))
        for habit, numbers in zip(grid.habits, found, strict=True)
    ]


def _keep_longer(best: Ints, running: Ints, ended: Bools) -> None:
    """Keep running streaks that ended as the longest, where they are; the later one on a tie."""
    is_longer = ended & (running[0] > 0) & (running[0] >= best[0])
    np.copyto(best, running, where=is_longer)


def _first_of_unit(grid: DayGrid, column: int) -> int:
    """Return the first day of the whole unit that holds a column."""
    span = grid.habits[0].span
    day = column + grid.first
    return unit_of(span.kind, span.week_start, day)[0] if span.kind in CALENDAR_UNITS else day


def _streak_numbers(streaks: Sequence[Streak | None]) -> Ints:
    """Return lengths, first and last days: a row of each."""
    numbers = [
        (it.length, it.start_date.toordinal(), it.end_date.toordinal())
        if it and it.start_date and it.end_date
        else (0, 0, 0)
        for it in streaks
    ]
    return np.array(numbers, np.int64).T.copy()


def _streak(habit: CountedHabit, length: int, first: int, last: int) -> Streak:
    if not length:
        return Streak(0, habit.span.streak_unit)
    dates = date.fromordinal(first), date.fromordinal(last)
    return Streak(length, habit.span.streak_unit, *dates)


def _completion_counts(
    grid: DayGrid, states: Codes, since: Ints, through: Ints
) -> list[CompletionCounts]:
    """Return how many units were met and failed, and on which of the last 90 days."""
    back = through[:, None] - np.arange(WINDOW_DAYS)
    recent = np.where(back >= 0, np.take_along_axis(states, np.maximum(back, 0), axis=1), 0)
    ends = [_bits(recent == state) for state in (MET, FAILED)]
    sums = [(states == state).sum(axis=1).tolist() for state in (MET, FAILED)]
    passed = (through - since + 1).tolist()
    found: list[CompletionCounts] = []
    for row, habit in enumerate(grid.habits):
        counts = CompletionCounts(sums[0][row], sums[1][row], ends[0][row], ends[1][row])
        if habit.checkpoint:
            counts = habit.checkpoint.completion_counts.later(passed[row]).plus(counts)
        found.append(counts)
    return found


def _bits(flags: Bools) -> list[int]:
    """Return each row as a number whose bit n says the n-th flag."""
    packed = np.packbits(flags, axis=1, bitorder="little")
    return [int.from_bytes(row.tobytes(), "little") for row in packed]


def _strengths(
    grid: DayGrid, folded: Bools
) -> tuple[list[float], list[tuple[tuple[int, int], ...]]]:
    """Return the strength of each habit, and what its last lived days are worth.

    The window of the checkpoint before precedes the lived days, so that each sum is one difference.
    """
    lived = folded & ~is_neutral(grid)
    values = np.where(lived, counted_values(grid), 0)
    length = grid.each_span(lambda span: span.strength_parameters.window_days)
    before = _windows_before(grid, int(length.max()))
    known = before.shape[1]
    places = known + np.cumsum(lived, axis=1)
    sums = np.zeros((len(grid.habits), known + grid.shape[1] + 1), np.int64)
    np.cumsum(before, axis=1, out=sums[:, 1 : known + 1])
    running = sums[:, known, None] + np.cumsum(values, axis=1)
    rows, columns = np.nonzero(lived)
    sums[rows, places[rows, columns]] = running[rows, columns]
    held = running - np.take_along_axis(sums, places - length, axis=1)
    strengths = _fold_strength(grid, held, lived)
    last = places[:, -1:]
    back = np.arange(known)[None, :]
    newest = np.take_along_axis(sums, last - back, axis=1) - np.take_along_axis(
        sums, last - back - 1, axis=1
    )
    newest[back >= length] = 0
    return strengths.tolist(), _pairs(newest)


def _windows_before(grid: DayGrid, days: int) -> Ints:
    """Return what the last lived days before were worth, oldest first."""
    before = np.zeros((len(grid.habits), days), np.int64)
    for row, habit in enumerate(grid.habits):
        for back, value in habit.checkpoint.window if habit.checkpoint else ():
            if back < days:
                before[row, -1 - back] = value
    return before


def _fold_strength(grid: DayGrid, held: Ints, lived: Bools) -> Numbers:
    """Go on with the strength, day by day, by the same operations as `StrengthParameters.after`."""
    parameters = [habit.span.strength_parameters for habit in grid.habits]
    retention = np.array([it.retention for it in parameters])
    asked = np.array([it.asked for it in parameters], np.int64)[:, None]
    at_most = np.array([it.at_most for it in parameters])[:, None]
    divisor = np.maximum(asked, 1)
    reached = np.minimum(1.0, held / divisor)
    kept = np.minimum(1.0, np.maximum(0.0, 1.0 - (held - asked) / divisor))
    kept = np.where(asked == 0, np.where(held > 0, 0.0, 1.0), kept)
    gains = np.where(at_most, kept, reached) * (1.0 - retention)[:, None]
    strength: Numbers = np.array(
        [
            habit.checkpoint.strength if habit.checkpoint else float(habit.span.at_most)
            for habit in grid.habits
        ]
    )
    for column in np.flatnonzero(lived.any(axis=0)).tolist():
        after = strength * retention + gains[:, column]
        strength = np.where(lived[:, column], after, strength)
    return strength


def _pairs(newest: Ints) -> list[tuple[tuple[int, int], ...]]:
    """Return the places and values of each row that are not zero."""
    rows, places = np.nonzero(newest)
    pairs = list(zip(places.tolist(), newest[rows, places].tolist(), strict=True))
    ends = np.searchsorted(rows, np.arange(len(newest) + 1)).tolist()
    return [tuple(pairs[begin:end]) for begin, end in pairwise(ends)]
