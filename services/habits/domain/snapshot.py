"""The snapshot of a habit: everything its numbers are computed from, without its older days.

Rows are the truth. The state derived from them is a checkpoint, the evaluator's state at a past
date, and the facts since; it is written with every check-in and can be rebuilt from the rows.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import NamedTuple

import msgspec

from rhythm import days, evaluate, streak
from rhythm.boundaries import closing_date, facts_needed_from
from rhythm.checkpoint import Checkpoint, first_checkpoint, fits
from rhythm.evaluate import Evaluation, StreakEvaluation
from rhythm.plan import DayFact, Plan, State
from rhythm.plan import Pause as PausedRange
from rhythm.schedule import Weekday
from rhythm.week_changes import WeekChanges
from services.habits.domain.habit import Habit
from services.habits.domain.people import Person

MIN_RECENT_DAYS = timedelta(days=8)
"""How far back a day can at least be changed without reading all facts of the habit."""
MAX_RECENT_DAYS = timedelta(days=16)
"""A checkpoint older than this is moved forward: every evaluation walks the days since."""

_AHEAD = timedelta(days=366)  # the longest unit that can hold today


class DerivedState(NamedTuple):
    """The stored state of a habit's days, which spares reading all of them.

    Attributes:
        facts: The facts that still matter: all of them, or those since the checkpoint and
            as far before it as anything looks back.
        checkpoint: The evaluator's state for the days before; None while all are among the facts.
        week_start: The first day of the week the checkpoint was computed with.
        week_changes: The changes of it the checkpoint was computed with.
        missing: The dates the person's zone never had, as the checkpoint was computed with.
        is_outdated: Whether an earlier version of this program stored it: then the facts are those
            since its checkpoint, which cannot be read any more.
    """

    facts: Mapping[date, DayFact]
    checkpoint: Checkpoint | None = None
    week_start: Weekday = Weekday.MON
    missing: tuple[date, ...] = ()
    week_changes: WeekChanges = ()
    is_outdated: bool = False


@dataclass(frozen=True, slots=True)
class HabitSnapshot:
    """A habit with everything its numbers are computed from."""

    habit: Habit
    person: Person
    plan: Plan
    pauses: tuple[PausedRange, ...]
    derived: DerivedState
    revision: int
    """Revision of the habit's days; incremented by every change of them, its schedule or pauses."""
    _evaluations: dict[date, Evaluation] = field(
        init=False, repr=False, compare=False, default_factory=dict
    )

    def is_up_to_date(self, today: date) -> bool:
        """Tell whether the checkpoint is valid for the plan, the person's settings and today."""
        derived = self.derived
        if derived.checkpoint is None:
            return not derived.is_outdated
        return (
            derived.week_start == self.plan.week_start
            and derived.week_changes == self.plan.week_changes
            and derived.checkpoint.through < today
            and fits(derived.checkpoint, self.plan)
            and derived.missing == self.missing_dates(today)
        )

    def missing_dates(self, today: date) -> tuple[date, ...]:
        """Return the dates that the person's zone never had, in the life of the habit."""
        return self.person.missing_dates(self.habit.start_date, today + _AHEAD)

    def paused_ranges(self, today: date) -> tuple[PausedRange, ...]:
        """Return the pauses, and the dates the person's zone never had and nothing was done on."""
        missing = self.missing_dates(today)
        if not missing:
            return self.pauses
        facts = self.derived.facts
        return self.pauses + tuple(PausedRange(it, it) for it in missing if it not in facts)

    def evaluation(self, today: date) -> Evaluation:
        """Return the cached numbers of the habit as of a date."""
        found = self._evaluations.get(today)
        if found is None:
            found = self._evaluations[today] = self.evaluate(today)
        return found

    def evaluate(self, today: date) -> Evaluation:
        """Compute every number of the habit as of a date."""
        return evaluate.evaluate(
            self.plan, self.derived.facts, self.paused_ranges(today), today, self.derived.checkpoint
        )

    def evaluate_streak(self, today: date) -> StreakEvaluation:
        """Compute the streak as of a date, and the unit that holds it."""
        return evaluate.evaluate_streak(
            self.plan, self.derived.facts, self.paused_ranges(today), today, self.derived.checkpoint
        )

    def with_facts(self, facts: Mapping[date, DayFact]) -> "HabitSnapshot":
        """Return the snapshot with all facts in place of the checkpoint."""
        return self.with_derived(DerivedState(facts), self.revision)

    def with_derived(self, derived: DerivedState, revision: int) -> "HabitSnapshot":
        """Return the snapshot with another state of its days."""
        return HabitSnapshot(self.habit, self.person, self.plan, self.pauses, derived, revision)

    def compacted(self, today: date) -> DerivedState:
        """Return the derived state to store: the checkpoint moved forward when it is old."""
        derived, missing = self.derived, self.missing_dates(today)
        closed = derived.checkpoint or first_checkpoint(self.plan)
        checkpoint = derived.checkpoint
        facts = derived.facts
        if today - closed.through > MAX_RECENT_DAYS:
            through = closing_date(self.plan, today - MIN_RECENT_DAYS)
            if through > closed.through:
                checkpoint = evaluate.advance(
                    self.plan, facts, self.paused_ranges(today), through, derived.checkpoint
                )
                is_needed = facts_needed_from(self.plan, through)
                facts = {day: fact for day, fact in facts.items() if day >= is_needed}
        plan = self.plan
        return DerivedState(facts, checkpoint, plan.week_start, missing, plan.week_changes)


class CurrentStreak(msgspec.Struct, frozen=True):
    """The current streak, and the deadline for continuing it."""

    streak: streak.Streak
    deadline: datetime | None = None
    """When the open unit ends; None when none is open."""
    at_risk: bool = False
    """Whether that is within 24 hours."""


def current_streak(
    evaluation: Evaluation | StreakEvaluation, person: Person, now: datetime
) -> CurrentStreak:
    """Return the current streak with its deadline."""
    if isinstance(evaluation, StreakEvaluation):
        running, unit = evaluation
        last = unit.last if unit is not None and unit.state is State.OPEN else None
    else:
        running, due = evaluation.current_streak, evaluation.current_unit
        last = due.to_date if due is not None and due.state is State.OPEN else None
    deadline = None if last is None else person.end_of_day(last)
    return CurrentStreak(running, deadline, at_risk=days.is_at_risk(deadline, now))
