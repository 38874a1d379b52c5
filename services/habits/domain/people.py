"""A person with the settings that decide their logical dates."""

from dataclasses import dataclass
from datetime import date, datetime, time
from functools import lru_cache
from uuid import UUID
from zoneinfo import ZoneInfo

from rhythm import days
from rhythm.schedule import Weekday
from rhythm.week_changes import WeekChanges

_FIRST_SKIPPED_YEAR = 1990  # no habit starts before it


@dataclass(frozen=True, slots=True)
class Person:
    """What decides a person's logical dates."""

    id: UUID
    timezone: str = "UTC"
    day_start: time = days.MIDNIGHT
    week_start: Weekday = Weekday.MON
    week_changes: WeekChanges = ()
    """When `week_start` was changed: weeks of the past stay as they were lived."""
    locale: str = "en"
    floor_date: date | None = None
    """Today is never before it: the person's date when their zone last changed."""
    revision: int = 0
    """The account's revision as of its last event; 0 before the first event."""
    quiet_hours: tuple[time, time] | None = None
    """From when to when reminders wait, wall time; None when they never do."""

    @property
    def zone(self) -> ZoneInfo:
        """The person's time zone."""
        return days.zone_of(self.timezone)

    def today(self, now: datetime) -> date:
        """Return the person's logical date."""
        return days.today(now, self.zone, self.day_start, self.floor_date)

    def end_of_day(self, day: date) -> datetime:
        """Return the moment a logical date is over for this person."""
        return days.end_of_day(day, self.zone, self.day_start)

    def moment_of(self, day: date, wall_time: time) -> datetime | None:
        """Return when a wall time of a logical date comes; None if that date never comes."""
        return days.moment_of(day, wall_time, self.zone, self.day_start)

    def missing_dates(self, first: date, last: date) -> tuple[date, ...]:
        """Return the dates from `first` to `last` that this person's zone never had."""
        skipped = _skipped_dates(self.timezone, self.day_start, last.year + 1)
        return tuple(day for day in skipped if first <= day <= last) if skipped else ()


@lru_cache(maxsize=1024)
def _skipped_dates(timezone: str, day_start: time, through_year: int) -> tuple[date, ...]:
    first, last = date(_FIRST_SKIPPED_YEAR, 1, 1), date(min(through_year, 9998), 12, 31)
    return days.missing_dates(days.zone_of(timezone), first, last, day_start)
