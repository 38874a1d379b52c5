"""How a habit stands: everything its numbers are counted from, without the days of long ago.

Rows are the truth. What is derived of them is a checkpoint, the evaluator's state at a date that is
over, and the facts since; it is written with every check-in and can be rebuilt from the rows.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta

from rhythm import days, evaluate, streak, units
from rhythm.boundaries import closing_date, facts_needed_from
from rhythm.checkpoint import Checkpoint, first_checkpoint
from rhythm.plan import DayFact, Plan
from rhythm.plan import Pause as PausedRange
from rhythm.schedule import Weekday
from services.habits.domain.habit import Habit
from services.habits.domain.people import Person

MIN_RECENT_DAYS = timedelta(days=8)
"""How far back a day can at least be changed without counting the habit from its start."""
MAX_RECENT_DAYS = timedelta(days=16)
"""When the checkpoint has fallen so far behind, it is moved on: every answer walks these days."""

_AHEAD = timedelta(days=31)  # the longest unit that can hold today


@dataclass(frozen=True, slots=True)
class DerivedState:
    """What is kept of a habit's days so that nobody reads them all again.

    Attributes:
        facts: What the days hold that still matter: all of them, or those since the checkpoint and
            as far before it as anything looks back.
        checkpoint: What the days before come to; None while all are among the facts.
        week_start: The first day of the week that was counted with.
        missing: The dates the person's zone never had that were counted with.
    """

    facts: Mapping[date, DayFact]
    checkpoint: Checkpoint | None = None
    week_start: Weekday = Weekday.MON
    missing: tuple[date, ...] = ()


@dataclass(frozen=True, slots=True)
class HabitSnapshot:
    """A habit with all that its numbers are counted from."""

    habit: Habit
    person: Person
    plan: Plan
    pauses: tuple[PausedRange, ...]
    derived: DerivedState
    revision: int
    """Of the habit's days; moves on with every change of them, or of what they are counted by."""
    _evaluations: dict[date, evaluate.Evaluation] = field(
        init=False, repr=False, compare=False, default_factory=dict
    )

    def is_up_to_date(self, today: date) -> bool:
        """Tell whether what is derived still fits the person and their today."""
        derived = self.derived
        if derived.checkpoint is None:
            return True
        return (
            derived.week_start == self.plan.week_start
            and derived.checkpoint.through < today
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

    def evaluation(self, today: date) -> evaluate.Evaluation:
        """Return every number of the habit as of a date; asked again, it is not counted again."""
        found = self._evaluations.get(today)
        if found is None:
            found = self._evaluations[today] = self.evaluate(today)
        return found

    def evaluate(self, today: date) -> evaluate.Evaluation:
        """Count every number of the habit as of a date."""
        return evaluate.evaluate(
            self.plan, self.derived.facts, self.paused_ranges(today), today, self.derived.checkpoint
        )

    def with_facts(self, facts: Mapping[date, DayFact]) -> "HabitSnapshot":
        """Return the same, counted from all facts there are."""
        return replace(self, derived=DerivedState(facts))

    def compacted(self, today: date) -> DerivedState:
        """Return what to keep: the checkpoint moved on when it has fallen behind."""
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
        return DerivedState(facts, checkpoint, self.plan.week_start, missing)


@dataclass(frozen=True, slots=True)
class CurrentStreak:
    """The streak that runs, and until when it must be fed."""

    streak: streak.Streak
    deadline: datetime | None = None
    """When the open unit ends; None when none is open."""
    at_risk: bool = False
    """Whether that is within 24 hours."""


def current_streak(evaluation: evaluate.Evaluation, person: Person, now: datetime) -> CurrentStreak:
    """Return the streak that runs with its deadline."""
    deadline = units.deadline_of(evaluation.current_unit, person.zone, person.day_start)
    return CurrentStreak(
        evaluation.current_streak, deadline, at_risk=days.is_at_risk(deadline, now)
    )
