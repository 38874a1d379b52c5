"""A habit with its goals and schedules."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from rhythm.goal import Goal, Measure
from rhythm.plan import Plan, Version
from rhythm.schedule import Weekday
from rhythm.week_changes import WeekChanges
from services.habits.domain.reminders import Reminder


class HabitState(StrEnum):
    """Whether a habit is active or archived."""

    ACTIVE = "active"
    ARCHIVED = "archived"


@dataclass(frozen=True, slots=True, kw_only=True)
class Habit:
    """A habit with every goal and schedule it ever had."""

    id: UUID
    owner_id: UUID
    title: str
    description: str = ""
    color: str = ""
    icon: str = ""
    tags: tuple[str, ...] = ()
    position: int = 0
    start_date: date
    measure: Measure = Measure.YES_NO
    unit: str = ""
    versions: tuple[Version, ...]
    """By the date they begin, oldest first; the first is in force from the start."""
    reminders: tuple[Reminder, ...] = ()
    archive_time: datetime | None = None
    archive_date: date | None = None
    """The last date that counts; None while active."""
    revision: int = 1
    """Counts all changes of the habit, those of its position included."""
    content_revision: int = 1
    """Counts the changes of the habit's content, to which its position does not belong."""
    create_time: datetime
    update_time: datetime

    @property
    def state(self) -> HabitState:
        """Whether the habit is active or archived."""
        return HabitState.ACTIVE if self.archive_time is None else HabitState.ARCHIVED

    @property
    def etag(self) -> str:
        """What a client sends back to be refused when it has not seen the last edit."""
        return f'"{self.content_revision}"'

    def version_on(self, day: date) -> Version:
        """Return the version in force on a day; before the first, the first."""
        found = self.versions[0]
        for version in self.versions[1:]:
            if version.effective_date > day:
                break
            found = version
        return found

    def goal_on(self, day: date) -> Goal:
        """Return what has to be reached on a day."""
        return self.version_on(day).goal

    def plan(self, week_start: Weekday, week_changes: WeekChanges = ()) -> Plan:
        """Return the habit as the evaluator sees it, for a person whose week begins so."""
        return Plan(
            measure=self.measure,
            start_date=self.start_date,
            versions=self.versions,
            week_start=week_start,
            archived_date=self.archive_date,
            week_changes=week_changes,
        )
