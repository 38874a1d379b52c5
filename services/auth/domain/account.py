"""An account, and how a change of its time zone or day start affects the owner's today."""

from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

from rhythm import days
from rhythm import schedule as days_of_week
from rhythm.week_changes import WeekChanges, with_week_start

MAX_DISPLAY_NAME_LENGTH = 80
MAX_DAY_START = time(12)

_ONE_DAY = timedelta(days=1)


class Weekday(StrEnum):
    """The day a week begins on, as tokens and JSON spell it."""

    MONDAY = "mon"
    TUESDAY = "tue"
    WEDNESDAY = "wed"
    THURSDAY = "thu"
    FRIDAY = "fri"
    SATURDAY = "sat"
    SUNDAY = "sun"


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """The fields of an account that its owner may set; None leaves a field unchanged."""

    display_name: str | None = None
    timezone: str | None = None
    locale: str | None = None
    week_start: Weekday | None = None
    day_start: time | None = None

    def set_fields(self) -> dict[str, Any]:
        """Return the fields that are not None."""
        values = {name: getattr(self, name) for name in self.__dataclass_fields__}
        return {name: value for name, value in values.items() if value is not None}


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """The account of a person."""

    id: UUID
    create_time: datetime
    email: str = ""
    """Empty for an account created in a chat."""
    display_name: str = ""
    timezone: str = "UTC"
    locale: str = "en"
    week_start: Weekday = Weekday.MONDAY
    day_start: time = time()
    floor_date: date | None = None
    """The person's today when `timezone` or `day_start` last changed; today is never before it."""
    week_changes: WeekChanges = ()
    """When `week_start` was changed: weeks of the past stay as they were lived."""
    revision: int = 1

    def today(self, now: datetime) -> date:
        """Return the person's logical date at a moment."""
        zone = days.zone_of(self.timezone)
        return days.today(now, zone, self.day_start, self.floor_date)

    def updated(self, profile: Profile, *, now: datetime) -> "Account":
        """Return the account with the profile applied; itself when nothing changes.

        Today never goes back: the current day under the old settings becomes `floor_date`.
        """
        after = replace(self, **profile.set_fields())
        if after == self:
            return self
        if (after.timezone, after.day_start) != (self.timezone, self.day_start):
            after = replace(after, floor_date=self.today(now))
        if after.week_start is not self.week_start:
            before, new = (_rhythm_weekday(it.week_start) for it in (self, after))
            changes = with_week_start(self.week_changes, before, new, after.today(now))
            after = replace(after, week_changes=changes)
        return replace(after, revision=self.revision + 1)

    def with_email(self, email: str) -> "Account":
        """Return the account with another email address."""
        return replace(self, email=email, revision=self.revision + 1)


def _rhythm_weekday(weekday: Weekday) -> days_of_week.Weekday:
    return days_of_week.Weekday[weekday.value.upper()]


@dataclass(frozen=True, slots=True)
class JumpedDays:
    """Civil days that a change of time zone skipped for the owner. Both ends inclusive."""

    first: date
    last: date


def jumped_days(before: Account, after: Account, *, now: datetime) -> JumpedDays | None:
    """Return the days that a change skipped (as a flight over the date line does), or None."""
    left, reached = before.today(now), after.today(now)
    if reached - left <= _ONE_DAY:
        return None
    return JumpedDays(left + _ONE_DAY, reached - _ONE_DAY)
