"""Every number of a habit, as a fold over its days that can be closed and gone on with.

`evaluate` answers for today; `advance` closes a checkpoint, so that later answers need only the
days after it. Both fold in the same way, so the answer is the same from any checkpoint.
`evaluate_streak` answers only what a check-in needs to know.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import NamedTuple

from rhythm.boundaries import facts_needed_from, window_needed
from rhythm.checkpoint import (
    WINDOW_DAYS,
    Checkpoint,
    CompletionCounts,
    check_fits,
    first_checkpoint,
)
from rhythm.day_facts import DayFacts
from rhythm.due_dates import due_dates
from rhythm.due_units import EvaluatedUnit, due_units
from rhythm.errors import CheckpointStale
from rhythm.history import DayState, day_state
from rhythm.plan import Facts, Pause, Plan, State, VersionSpan
from rhythm.schedule import ONE_DAY, UnitKind
from rhythm.streak import Streak, StreakCounter
from rhythm.strength import StrengthFold
from rhythm.units import DueUnit, unit_of


@dataclass(frozen=True, slots=True)
class Completion:
    """Met units of those decided, 0 to 1, by the date they ended; None where nothing was due."""

    last_7_days: float | None
    last_30_days: float | None
    last_90_days: float | None
    all_time: float | None


@dataclass(frozen=True, slots=True)
class Evaluation:
    """What is true of a habit on a date.

    Attributes:
        current_streak: The streak that runs.
        best_streak: The longest ever, the later one on a tie.
        completion: How much of what was due was met.
        completion_counts: The units behind it, met and failed.
        current_unit: The unit that holds the date; None if nothing is due on it.
        day_state: How the date stands by itself, as in the history.
        strength: 0 to 1.
        total_check_ins: The days on which something was done, due or not.
    """

    current_streak: Streak
    best_streak: Streak
    completion: Completion
    completion_counts: CompletionCounts
    current_unit: DueUnit | None
    day_state: DayState
    strength: float
    total_check_ins: int


class StreakEvaluation(NamedTuple):
    """The part of an evaluation that a check-in needs.

    Attributes:
        streak: The streak that runs.
        unit: The unit that holds the date; None if nothing is due on it.
    """

    streak: Streak
    unit: EvaluatedUnit | None


@dataclass(slots=True)
class _FoldResult:
    """What a checkpoint and the days after it come to."""

    streaks: StreakCounter
    completion_counts: CompletionCounts
    last: EvaluatedUnit | None
    check_in_count: int
    strength: StrengthFold


def evaluate(
    plan: Plan,
    facts: Facts,
    pauses: Sequence[Pause],
    today: date,
    checkpoint: Checkpoint | None = None,
) -> Evaluation:
    """Return every number of a habit as of `today`.

    Args:
        plan: What the habit asks.
        facts: What its days hold, at least since `facts_needed_from(plan, checkpoint.through)`.
        pauses: All pauses that touch those days or the unit that holds `today`, and the dates the
            person's zone never had.
        today: The person's logical date; facts after it are not looked at.
        checkpoint: Where to go on from; without one, all facts from the start are needed.

    Raises:
        CheckpointStale: The checkpoint lies inside a unit, or is not before today.
    """
    checkpoint = checkpoint or first_checkpoint(plan)
    day_facts = _day_facts_until(plan, facts, pauses, checkpoint, today)
    folded = _fold(day_facts, checkpoint, today)
    last = _unit_today(folded.last, today)
    return Evaluation(
        current_streak=folded.streaks.current(plan.span_on(today).streak_unit),
        best_streak=folded.streaks.longest(),
        completion=_completion(folded.completion_counts),
        completion_counts=folded.completion_counts,
        current_unit=last and unit_of(day_facts, last),
        day_state=day_state(day_facts, last, today),
        strength=folded.strength.strength,
        total_check_ins=folded.check_in_count,
    )


def evaluate_streak(
    plan: Plan,
    facts: Facts,
    pauses: Sequence[Pause],
    today: date,
    checkpoint: Checkpoint | None = None,
) -> StreakEvaluation:
    """Return the streak and the unit of `evaluate`, for the same arguments, and nothing else.

    Raises:
        CheckpointStale: The checkpoint lies inside a unit, or is not before today.
    """
    checkpoint = checkpoint or first_checkpoint(plan)
    day_facts = _day_facts_until(plan, facts, pauses, checkpoint, today)
    since = max(checkpoint.through + ONE_DAY, plan.start_date)
    span = plan.span_on(today)
    if span.kind is UnitKind.DUE_DAY and span.first <= since and plan.archived_date is None:
        return _streak_of_due_days(day_facts, span, since, checkpoint.streak)
    streaks = StreakCounter(checkpoint.streak, checkpoint.best_streak)
    unit = None
    for unit in due_units(day_facts, since, today):
        streaks.count(unit.state, unit.span.streak_unit, unit.first, min(unit.last, today))
    return StreakEvaluation(streaks.current(span.streak_unit), _unit_today(unit, today))


def advance(
    plan: Plan,
    facts: Facts,
    pauses: Sequence[Pause],
    through: date,
    checkpoint: Checkpoint | None = None,
) -> Checkpoint:
    """Return the checkpoint closed through a later date, which must be over for the person.

    Args:
        plan: What the habit asks.
        facts: What its days hold, at least since `facts_needed_from(plan, checkpoint.through)`.
        pauses: All pauses that touch those days.
        through: A closing date of the plan, see `closing_date`.
        checkpoint: Where to go on from; without one, all facts from the start are needed.

    Raises:
        CheckpointStale: One of the two dates lies inside a unit, or they are in the wrong order.
    """
    checkpoint = checkpoint or first_checkpoint(plan)
    day_facts = _day_facts_after(plan, facts, pauses, checkpoint, through + ONE_DAY)
    if through < checkpoint.through:
        raise CheckpointStale(checkpoint.through, f"is already after {through}.")
    folded = _fold(day_facts, checkpoint, through)
    window_days = window_needed(plan, through)
    closed = Checkpoint(
        through=through,
        streak=folded.streaks.running(),
        best_streak=folded.streaks.longest(),
        completion_counts=folded.completion_counts,
        check_in_count=folded.check_in_count,
        strength=folded.strength.strength,
        window=folded.strength.window(window_days),
        window_days=window_days,
    )
    check_fits(closed, plan)
    return closed


def _day_facts_after(
    plan: Plan, facts: Facts, pauses: Sequence[Pause], checkpoint: Checkpoint, today: date
) -> DayFacts:
    check_fits(checkpoint, plan)
    # From where pauses matter: without any, it does not matter.
    needed = facts_needed_from(plan, checkpoint.through) if pauses else checkpoint.through
    return DayFacts(plan, facts, pauses, first=needed, today=today)


def _day_facts_until(
    plan: Plan, facts: Facts, pauses: Sequence[Pause], checkpoint: Checkpoint, today: date
) -> DayFacts:
    """Return the facts after a checkpoint, which must be before today."""
    day_facts = _day_facts_after(plan, facts, pauses, checkpoint, today)
    if checkpoint.through >= max(today, plan.start_date):
        raise CheckpointStale(checkpoint.through, f"is not before {today}.")
    return day_facts


def _unit_today(last: EvaluatedUnit | None, today: date) -> EvaluatedUnit | None:
    return last if last is not None and last.last >= today else None


def _streak_of_due_days(
    day_facts: DayFacts, span: VersionSpan, since: date, before: Streak
) -> StreakEvaluation:
    """Walk back from today, over days of one version, to the first that failed."""
    today, schedule = day_facts.today, span.version.schedule
    dates = due_dates(schedule, since, today, anchor=span.anchor, week_start=span.week_start)
    state_by_itself = day_facts.state_by_itself
    length, start, end, unit = 0, None, None, None
    for day in reversed(list(dates)):
        state = state_by_itself(day, span)
        if day == today:
            unit = EvaluatedUnit(span, day, day, state, None, 0)
        if state is State.MET:
            length, start, end = length + 1, day, end or day
        elif state is State.FAILED:
            break
    else:
        if before.length and before.unit is span.streak_unit:
            length, start, end = length + before.length, before.start_date, end or before.end_date
    return StreakEvaluation(Streak(length, span.streak_unit, start, end), unit)


def _fold(day_facts: DayFacts, checkpoint: Checkpoint, through: date) -> _FoldResult:
    """Go on from a checkpoint through a date, over units, days and check-ins."""
    since = checkpoint.through + ONE_DAY
    streaks = StreakCounter(checkpoint.streak, checkpoint.best_streak)
    horizon = through - timedelta(days=WINDOW_DAYS)
    met = failed = met_ends = failed_ends = 0
    due = None
    for due in due_units(day_facts, since, through):
        span, first, last, state, _, _ = due
        ended = min(last, through)  # one that is met or lost before its end counts from today
        streaks.count(state, span.streak_unit, first, ended)
        bit = 1 << (through - ended).days if ended > horizon else 0
        if state is State.MET:
            met += 1
            met_ends |= bit
        elif state is State.FAILED:
            failed += 1
            failed_ends |= bit
    passed = max((through - checkpoint.through).days, 0)
    completion_counts = checkpoint.completion_counts.later(passed).plus(
        CompletionCounts(met, failed, met_ends, failed_ends)
    )
    strength = StrengthFold(
        day_facts, checkpoint.strength, checkpoint.window, checkpoint.window_days
    )
    for _ in strength.advance(since, through):
        pass
    check_in_count = checkpoint.check_in_count + _check_ins(day_facts, since, through)
    return _FoldResult(streaks, completion_counts, due, check_in_count, strength)


def _check_ins(day_facts: DayFacts, since: date, through: date) -> int:
    found = day_facts.facts.items()
    return sum(1 for day, fact in found if since <= day <= through and fact.is_check_in)


def _completion(completion_counts: CompletionCounts) -> Completion:
    return Completion(
        _rate(*completion_counts.within(7)),
        _rate(*completion_counts.within(30)),
        _rate(*completion_counts.within(90)),
        _rate(completion_counts.met, completion_counts.failed),
    )


def _rate(met: int, failed: int) -> float | None:
    return met / (met + failed) if met or failed else None
