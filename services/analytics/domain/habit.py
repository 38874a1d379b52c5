"""Habits of the read model, with their days and pauses."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from uuid import UUID

from rhythm.checkpoint import Checkpoint
from rhythm.goal import Measure
from rhythm.plan import DayFact, Pause, Plan, Version
from rhythm.schedule import Weekday
from rhythm.week_changes import WeekChanges


@dataclass(frozen=True, slots=True, kw_only=True)
class Habit:
    """A habit with every goal and schedule it ever had."""

    id: UUID
    owner_id: UUID
    revision: int
    """Counts the edits of the habit; of two, the higher is right."""
    title: str
    unit: str = ""
    measure: Measure = Measure.YES_NO
    start_date: date
    archived_date: date | None = None
    """The last date that counts; None while active."""
    versions: tuple[Version, ...]
    reminder_times: tuple[time, ...] = ()
    position: int = 0
    create_time: datetime

    @property
    def active(self) -> bool:
        """Whether the habit is not archived."""
        return self.archived_date is None

    def plan(self, week_start: Weekday, week_changes: WeekChanges = ()) -> Plan:
        """Return the habit as the evaluator sees it, for a person whose week begins so."""
        return Plan(
            measure=self.measure,
            start_date=self.start_date,
            versions=self.versions,
            week_start=week_start,
            archived_date=self.archived_date,
            week_changes=week_changes,
        )

    def version_on(self, day: date) -> Version:
        """Return the goal and schedule in force on a day; before the first, the first."""
        found = self.versions[0]
        for version in self.versions[1:]:
            if version.effective_date > day:
                break
            found = version
        return found

    def evaluates_like(self, other: "Habit") -> bool:
        """Return whether the same days give the same numbers: only texts differ."""
        same_span = (self.start_date, self.archived_date) == (other.start_date, other.archived_date)
        return same_span and self.measure is other.measure and self.versions == other.versions


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordedDay:
    """The state of one day of a habit, with its revision."""

    habit_id: UUID
    owner_id: UUID
    day: date
    revision: int
    """Counts the changes of the habit's days; of two states of a day, the higher is right."""
    fact: DayFact | None
    """None when the day was cleared."""
    update_time: datetime
    imported: bool = False
    """Came from a file: its moment says nothing of the person's day."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordedPause:
    """A pause with its id and owner, of one habit or of all."""

    id: UUID
    owner_id: UUID
    habit_id: UUID | None
    pause: Pause


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportChunk:
    """A chunk of the export, of one person: pauses, a habit, or more days of the habit before."""

    owner_id: UUID
    habit: Habit | None = None
    days: Sequence[RecordedDay] = ()
    pauses: Sequence[RecordedPause] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class HabitRecord:
    """A habit with what is known of its days, as far back as was asked for."""

    habit: Habit
    plan: Plan
    facts: Mapping[date, DayFact]
    moments: Mapping[date, datetime]
    """When each day was last recorded; without the days that came from a file."""
    pauses: Sequence[Pause]
    """The habit's own and those of all, and the dates that the person never lived."""
    checkpoint: Checkpoint | None = None
    """Where counting the streak goes on from; None where it needs the facts since the start."""
