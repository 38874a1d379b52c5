"""The person whose days are counted: where their days begin, and when they want a report."""

from dataclasses import dataclass
from datetime import date, datetime, time
from functools import lru_cache
from uuid import UUID
from zoneinfo import ZoneInfo

from rhythm import days
from rhythm.schedule import Weekday
from rhythm.week_changes import WeekChanges

DEFAULT_REPORT_TIME = time(21)
"""When reports come, unless the person says otherwise."""

_FIRST_SKIPPED_YEAR = 1990


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """What decides a person's logical dates, and their reports."""

    id: UUID
    timezone: str = "UTC"
    day_start: time = days.MIDNIGHT
    week_start: Weekday = Weekday.MON
    week_changes: WeekChanges = ()
    """When `week_start` was changed: weeks of the past stay as they were lived."""
    floor_date: date | None = None
    """Today is never before it: where the person stood when their zone last changed."""
    daily_report_time: time | None = DEFAULT_REPORT_TIME
    """None when the person wants no daily report."""
    weekly_report: bool = True
    monthly_report: bool = True
    locale: str = "en"
    """The language of what is written to the person, a BCP 47 tag."""

    @property
    def zone(self) -> ZoneInfo:
        """The person's time zone."""
        return days.zone_of(self.timezone)

    def today(self, now: datetime) -> date:
        """Return the person's logical date."""
        return days.today(now, self.zone, self.day_start, self.floor_date)

    def end_of_day(self, day: date) -> datetime:
        """Return the moment a logical date is over."""
        return days.end_of_day(day, self.zone, self.day_start)

    def moment_of(self, day: date, wall_time: time) -> datetime | None:
        """Return when a wall time of a logical date comes; None if that date never comes."""
        return days.moment_of(day, wall_time, self.zone, self.day_start)

    def hour_of(self, moment: datetime) -> int:
        """Return the hour of the person's wall clock at a moment, 0 to 23."""
        return moment.astimezone(self.zone).hour

    def dates_never_lived(self, until: date) -> tuple[date, ...]:
        """Return the dates up to `until`, or later, that the person's zone never had.

        Each is a pause of a day for the habits of which it holds nothing: somebody who moved may
        have lived it elsewhere.
        """
        return _skipped_dates(self.timezone, self.day_start, until.year + 1)


@lru_cache(maxsize=1024)
def _skipped_dates(timezone: str, day_start: time, through_year: int) -> tuple[date, ...]:
    first, last = date(_FIRST_SKIPPED_YEAR, 1, 1), date(min(through_year, 9998), 12, 31)
    return days.missing_dates(days.zone_of(timezone), first, last, day_start)
