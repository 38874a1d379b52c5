"""What became of the due units that ended on each day: as `rhythm.due_units` decides it.

All habits of a grid have one kind of units, and those by weeks one first day of the week.
"""

from datetime import date
from typing import NamedTuple

import numpy as np

from rhythm.boundaries import CALENDAR_UNITS
from rhythm.due_dates import due_dates
from rhythm.schedule import UnitKind
from rhythm.vectorized.counted_habit import CountedHabit, unit_of
from rhythm.vectorized.day_grid import (
    DONE,
    FAILED,
    MET,
    MISSED,
    NEUTRAL,
    NO_UNIT,
    SKIP,
    STATE_CODES,
    Bools,
    Codes,
    DayGrid,
    Ints,
)


class _Held(NamedTuple):
    """What the days of units bring together, as `rhythm.day_facts.Contribution`."""

    lived: Ints
    skipped: Ints
    done: Ints
    amount: Ints
    answered: Ints


def unit_ends(grid: DayGrid) -> Codes:
    """Return for each habit and day what became of the unit that ended on it."""
    kind = grid.habits[0].span.kind
    if kind is UnitKind.DUE_DAY:
        return _due_days(grid)
    return _calendar_units(grid) if kind in CALENDAR_UNITS else _rolling_days(grid)


def _states_by_themselves(grid: DayGrid) -> Codes:
    """Judge each day as if it were due by itself, and over."""
    limit = grid.each_span(lambda span: span.amount)
    at_most = grid.each_span(lambda span: span.at_most).astype(np.bool_)
    silent = grid.each_span(lambda span: STATE_CODES[span.no_answer_state])
    reached = (grid.mark == DONE) | (grid.amount >= limit)
    kept = np.where(grid.answered, MET, silent)
    judged = np.where(
        at_most, np.where(grid.amount > limit, FAILED, kept), np.where(reached, MET, FAILED)
    ).astype(np.uint8)
    judged[grid.mark == MISSED] = FAILED
    judged[(grid.mark == SKIP) | grid.paused] = NEUTRAL
    return judged


def counted_values(grid: DayGrid) -> Ints:
    """Return what each day counts for in a sum; 0 where it is neutral."""
    amount = grid.each_span(lambda span: span.amount)
    in_days = grid.each(lambda habit: habit.counts_days)[:, None].astype(np.bool_)
    at_most = grid.each_span(lambda span: span.at_most).astype(np.bool_)
    is_done = grid.mark == DONE
    whole = np.where(is_done & ~at_most & ~in_days, np.maximum(grid.amount, amount), grid.amount)
    value: Ints = np.where(in_days, is_done, whole)
    value[is_neutral(grid)] = 0
    return value


def is_neutral(grid: DayGrid) -> Bools:
    """Return which days are skipped or paused."""
    neutral: Bools = (grid.mark == SKIP) | grid.paused
    return neutral


def _due_days(grid: DayGrid) -> Codes:
    states = _states_by_themselves(grid)
    states[~(grid.alive & _is_due(grid))] = NO_UNIT
    limit = grid.each_span(lambda span: span.amount)
    at_most = grid.each_span(lambda span: span.at_most).astype(np.bool_)
    decided = (grid.mark == MISSED) | (at_most & (grid.amount > limit))
    states[(grid.days == grid.archived_column[:, None]) & (states == FAILED) & ~decided] = NEUTRAL
    return states


def _is_due(grid: DayGrid) -> Bools:
    """Return which days the schedules name; those of habits that ask alike are found once."""
    due = np.ones(grid.shape, np.bool_)
    known: dict[object, Bools] = {}
    for row, habit in enumerate(grid.habits):
        schedule = habit.span.version.schedule
        if schedule.interval == 1 and not schedule.weekdays and schedule.frequency == "daily":
            continue
        anchor = schedule.anchor_date or date.fromordinal(habit.start)
        key = schedule, schedule.interval > 1 and (anchor, habit.span.week_start)
        if key not in known:
            known[key] = _named_days(grid, habit, anchor)
        due[row] = known[key]
    return due


def _named_days(grid: DayGrid, habit: CountedHabit, anchor: date) -> Bools:
    named = np.zeros(grid.shape[1], np.bool_)
    first, last = grid.first, grid.first + grid.shape[1] - 1
    schedule, week_start = habit.span.version.schedule, habit.span.week_start
    bounds = date.fromordinal(first), date.fromordinal(last)
    for day in due_dates(schedule, *bounds, anchor=anchor, week_start=week_start):
        named[day.toordinal() - first] = True
    return named


def _contributions(grid: DayGrid) -> _Held:
    """Return what each day brings to a unit of many days."""
    is_total = grid.each_span(lambda span: span.is_total).astype(np.bool_)
    states = _states_by_themselves(grid)
    lived = grid.alive & ~grid.paused
    skipped = lived & np.where(is_total, grid.mark == SKIP, states == NEUTRAL)
    done = lived & ~is_total & (states == MET)
    counts = lived & is_total & (grid.mark != SKIP)
    return _Held(
        lived.astype(np.int64),
        skipped.astype(np.int64),
        done.astype(np.int64),
        np.where(counts, counted_values(grid), 0),
        (counts & grid.answered).astype(np.int64),
    )


def _rolling_days(grid: DayGrid) -> Codes:
    length = grid.each_span(lambda span: span.version.schedule.days or 1)
    begin = np.maximum(grid.days - length + 1, 0)
    by_day = _contributions(grid)
    held = _Held(*(_windows(part, begin) for part in by_day))
    asked, states = _decide(grid, held, length, missing=None)
    states[(by_day.skipped > 0) | (by_day.lived == 0)] = NEUTRAL
    decided = (grid.mark == MISSED) | _is_passed(grid, held, asked)
    states[(grid.days == grid.archived_column[:, None]) & (states == FAILED) & ~decided] = NEUTRAL
    states[~grid.alive] = NO_UNIT
    return states


def _windows(part: Ints, begin: Ints) -> Ints:
    """Return the sum of each window that begins on a column and ends on the day itself."""
    sums = np.zeros((part.shape[0], part.shape[1] + 1), np.int64)
    np.cumsum(part, axis=1, out=sums[:, 1:])
    begin = np.broadcast_to(begin, part.shape)
    window: Ints = sums[:, 1:] - np.take_along_axis(sums, begin, axis=1)
    return window


def _calendar_units(grid: DayGrid) -> Codes:
    span = grid.habits[0].span
    units: list[tuple[int, int]] = []
    day, end = grid.first, grid.first + grid.shape[1]
    while day < end:
        units.append(unit_of(span.kind, span.week_start, day))
        day = units[-1][1] + 1
    firsts = np.array([first for first, _ in units]) - grid.first
    lasts = np.array([last for _, last in units]) - grid.first
    begin = np.maximum(firsts, 0)
    held = _Held(*(np.add.reduceat(part, begin, axis=1) for part in _contributions(grid)))
    ended = np.minimum(lasts[None, :], grid.archived_column[:, None])
    missing = lasts[None, :] - ended
    length = (lasts - firsts + 1)[None, :]
    _, states = _decide(grid, held, length, missing=None)
    whole, _ = _decide(grid, held, length, missing=missing)
    is_cut = (missing > 0) | (ended == grid.archived_column[:, None])
    states[(states == FAILED) & is_cut & ~_is_passed(grid, held, whole)] = NEUTRAL
    exists = (ended >= np.maximum(firsts[None, :], grid.start[:, None])) & (
        ended <= grid.closed[:, None]
    )
    found = np.zeros(grid.shape, np.uint8)
    rows, places = np.nonzero(exists)
    found[rows, ended[rows, places]] = states[rows, places]
    return found


def _decide(
    grid: DayGrid, held: _Held, length: Ints, *, missing: Ints | None
) -> tuple[Ints, Codes]:
    """Return what units ask, and how they stand, over as they are."""
    is_total = grid.each_span(lambda span: span.is_total).astype(np.bool_)
    at_most = grid.each_span(lambda span: span.at_most).astype(np.bool_)
    times = grid.each_span(lambda span: span.times)
    amount = np.where(is_total, grid.each_span(lambda span: span.amount), 0)
    silent = grid.each_span(lambda span: STATE_CODES[span.no_answer_state])
    weight = np.where(is_total, amount * (held.lived - held.skipped), times * held.lived)
    if missing is not None:
        weight = weight + amount * missing
    share = -(-weight // length)
    asked = np.where(is_total, share, np.maximum(np.minimum(share, held.lived) - held.skipped, 0))
    reached = np.where(is_total, held.amount, held.done) >= asked
    kept = np.where(held.answered > 0, MET, silent)
    states = np.where(
        is_total & at_most,
        np.where(held.amount > asked, FAILED, kept),
        np.where(reached, MET, FAILED),
    ).astype(np.uint8)
    states[(held.lived == held.skipped) | ((asked == 0) & ~is_total)] = NEUTRAL
    return asked, states


def _is_passed(grid: DayGrid, held: _Held, asked: Ints) -> Bools:
    """Return which units have a limit for their total, and hold more."""
    has_limit = grid.each_span(lambda span: span.is_total and span.at_most).astype(np.bool_)
    passed: Bools = has_limit & (held.amount > asked)
    return passed
