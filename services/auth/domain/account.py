"""A person's account, and what changing its zone or its start of day does to their today."""

from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

from rhythm import days

LONGEST_DISPLAY_NAME = 80
LATEST_DAY_START = time(12)

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
    """What a person may say of themselves; None leaves a field as it is."""

    display_name: str | None = None
    timezone: str | None = None
    locale: str | None = None
    week_start: Weekday | None = None
    day_start: time | None = None

    def given(self) -> dict[str, Any]:
        """Return the fields that were given."""
        values = {name: getattr(self, name) for name in self.__dataclass_fields__}
        return {name: value for name, value in values.items() if value is not None}


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """A person who keeps habits here."""

    id: UUID
    email: str
    create_time: datetime
    display_name: str = ""
    timezone: str = "UTC"
    locale: str = "en"
    week_start: Weekday = Weekday.MONDAY
    day_start: time = time()
    floor_date: date | None = None
    """The person's today when `timezone` or `day_start` last changed; today is never before it."""
    revision: int = 1

    def today(self, now: datetime) -> date:
        """Return the person's logical date at a moment."""
        zone = days.zone_of(self.timezone)
        return days.today(now, zone, self.day_start, self.floor_date)

    def changed(self, profile: Profile, *, now: datetime) -> "Account":
        """Return the account with the profile taken over; itself when nothing is new in it.

        Today never goes back: the day it is under the old setting becomes the floor of the new.
        """
        after = replace(self, **profile.given())
        if after == self:
            return self
        if (after.timezone, after.day_start) != (self.timezone, self.day_start):
            after = replace(after, floor_date=self.today(now))
        return replace(after, revision=self.revision + 1)


@dataclass(frozen=True, slots=True)
class Jump:
    """Days that nobody lived: a change of zone went over them. Both ends inclusive."""

    first: date
    last: date


def jump_between(before: Account, after: Account, *, now: datetime) -> Jump | None:
    """Return the days a change moved today over, as a flight west over the date line does."""
    left, reached = before.today(now), after.today(now)
    if reached - left <= _ONE_DAY:
        return None
    return Jump(left + _ONE_DAY, reached - _ONE_DAY)
