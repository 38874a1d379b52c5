"""The derived state of many habits at once, as arrays: what `HabitSnapshot.compacted` returns."""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from functools import lru_cache
from itertools import pairwise

import numpy as np

from rhythm.boundaries import closing_date, facts_needed_from
from rhythm.checkpoint import Checkpoint
from rhythm.goal import Measure
from rhythm.plan import DayFact, Mark, Version, VersionSpan
from rhythm.schedule import Weekday
from rhythm.vectorized.counted_habit import (
    CountedHabit,
    days_of_pause,
    span_of,
)
from rhythm.vectorized.counting import count_habits
from rhythm.vectorized.day_grid import DONE, MISSED, SKIP, FactColumns
from rhythm.week_changes import WeekChanges
from services.habits.domain.snapshot import (
    MAX_RECENT_DAYS,
    MIN_RECENT_DAYS,
    DerivedState,
    HabitSnapshot,
)

_MARKS = {0: None, DONE: Mark.DONE, SKIP: Mark.SKIP, MISSED: Mark.MISSED}


def derive_together(
    snapshots: Sequence[HabitSnapshot], facts: FactColumns, today: Sequence[date]
) -> list[DerivedState]:
    """Return the derived state of each habit, computed from all its facts.

    Args:
        snapshots: The habits. What is derived of them now does not matter.
        facts: All their facts, in the order of the habits and of their days.
        today: The date of each habit's person.
    """
    through = [_closing_day(it, day) for it, day in zip(snapshots, today, strict=True)]
    checkpoints = checkpoints_through(snapshots, facts, today, through)
    ends = np.searchsorted(facts.rows, np.arange(len(snapshots) + 1)).tolist()
    derived: list[DerivedState] = []
    for place, (snapshot, (begin, end)) in enumerate(zip(snapshots, pairwise(ends), strict=True)):
        plan, checkpoint, closed = snapshot.plan, checkpoints[place], through[place]
        if checkpoint is not None and closed is not None:
            needed = _facts_needed_from(snapshot, closed)
            begin += int(np.searchsorted(facts.days[begin:end], needed))
        derived.append(
            DerivedState(
                facts_between(facts, begin, end),
                checkpoint,
                plan.week_start,
                snapshot.missing_dates(today[place]),
                plan.week_changes,
            )
        )
    return derived


def are_equal_together(
    snapshots: Sequence[HabitSnapshot], facts: FactColumns, today: Sequence[date]
) -> list[bool]:
    """Return of each habit whether what is derived of it is exactly what its facts come to.

    A habit whose checkpoint does not fit its plan, or that keeps more facts than it must, is not
    equal; its numbers may be right nevertheless.
    """
    fitting = [it.is_up_to_date(day) for it, day in zip(snapshots, today, strict=True)]
    through: list[int | None] = []
    for snapshot, fits in zip(snapshots, fitting, strict=True):
        kept = snapshot.derived.checkpoint
        through.append(kept.through.toordinal() if kept and fits else None)
    checkpoints = checkpoints_through(snapshots, facts, today, through)
    ends = np.searchsorted(facts.rows, np.arange(len(snapshots) + 1)).tolist()
    equal: list[bool] = []
    for place, (snapshot, (begin, end)) in enumerate(zip(snapshots, pairwise(ends), strict=True)):
        closed, derived = through[place], snapshot.derived
        if closed is not None:
            needed = _facts_needed_from(snapshot, closed)
            begin += int(np.searchsorted(facts.days[begin:end], needed))
        equal.append(
            fitting[place]
            and checkpoints[place] == derived.checkpoint
            and facts_between(facts, begin, end) == derived.facts
        )
    return equal


def span_together(snapshot: HabitSnapshot) -> VersionSpan | None:
    """Return what a habit asks; None where that has changed, so that it is counted by itself."""
    plan = snapshot.plan
    return _span_of(plan.measure, plan.versions, plan.week_start, plan.week_changes)


def checkpoints_through(
    snapshots: Sequence[HabitSnapshot],
    facts: FactColumns,
    today: Sequence[date],
    through: Sequence[int | None],
) -> list[Checkpoint | None]:
    """Return the checkpoint of each habit through a closing day; None where none is asked for."""
    wanted = [place for place, closed in enumerate(through) if closed is not None]
    counted = [_counted_habit(snapshots[it], today[it], through[it]) for it in wanted]
    row_of = np.full(len(snapshots), -1, np.int64)
    row_of[wanted] = np.arange(len(wanted))
    rows = row_of[facts.rows]
    held = rows >= 0
    columns = FactColumns(rows[held], facts.days[held], facts.marks[held], facts.amounts[held])
    found = dict(count_habits(counted, columns))
    return [found.get(snapshot.habit.id) for snapshot in snapshots]


def facts_between(facts: FactColumns, begin: int, end: int) -> dict[date, DayFact]:
    """Return some of the facts, as the evaluator reads them."""
    columns = facts.days[begin:end], facts.marks[begin:end], facts.amounts[begin:end]
    items: Iterable[tuple[int, int, int]] = zip(*(it.tolist() for it in columns), strict=True)
    return {date.fromordinal(day): _fact(mark, amount) for day, mark, amount in items}


def _counted_habit(snapshot: HabitSnapshot, today: date, through: int | None) -> CountedHabit:
    plan, span = snapshot.plan, span_together(snapshot)
    if span is None:
        raise ValueError("A habit whose plan has changed cannot be counted as an array.")
    return CountedHabit(
        habit_id=snapshot.habit.id,
        person=0,
        span=span,
        counts_days=plan.measure is Measure.YES_NO,
        start=plan.start_date.toordinal(),
        archived=plan.archived_date.toordinal() if plan.archived_date else None,
        since=today.toordinal(),
        today=today.toordinal(),
        through=through,
        pauses=tuple(map(days_of_pause, snapshot.pauses)),
        never_lived=tuple(day.toordinal() for day in snapshot.missing_dates(today)),
    )


def _closing_day(snapshot: HabitSnapshot, today: date) -> int | None:
    """Return the day to close through; None while the habit needs no checkpoint."""
    eve = snapshot.plan.start_date - timedelta(days=1)
    if today - eve <= MAX_RECENT_DAYS:
        return None
    through = closing_date(snapshot.plan, today - MIN_RECENT_DAYS)
    return through.toordinal() if through > eve else None


def _facts_needed_from(snapshot: HabitSnapshot, through: int) -> int:
    return facts_needed_from(snapshot.plan, date.fromordinal(through)).toordinal()


@lru_cache(maxsize=4_096)
def _span_of(
    measure: Measure,
    versions: tuple[Version, ...],
    week_start: Weekday,
    week_changes: WeekChanges,
) -> VersionSpan | None:
    return span_of(measure, versions, week_start, week_changes)


@lru_cache(maxsize=4_096)
def _fact(mark: int, amount: int) -> DayFact:
    return DayFact(_MARKS[mark], amount)
