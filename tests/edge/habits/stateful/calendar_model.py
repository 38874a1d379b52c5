"""A second, naive computation of logical dates: minute by minute."""

from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import NamedTuple

from rhythm.days import zone_of

MINUTE = timedelta(minutes=1)
LONGEST_SHIFT = 180  # minutes; more than a clock is ever set back
HALF_HOURS_AROUND = 200


class Setting(NamedTuple):
    """A person's time zone and day start."""

    zone: str
    day_start: time


def wall_date(moment: datetime, setting: Setting) -> date:
    """Return the date of the wall clock, less the start of the day."""
    wall = moment.astimezone(zone_of(setting.zone)).replace(tzinfo=None)
    return (wall - timedelta(hours=setting.day_start.hour, minutes=setting.day_start.minute)).date()


@lru_cache(maxsize=200_000)
def today(now: datetime, setting: Setting) -> date:
    """Return the logical date: it never goes back when a clock is set back."""
    return max(wall_date(now - n * MINUTE, setting) for n in range(LONGEST_SHIFT + 1))


@lru_cache(maxsize=100_000)
def ends(day: date, setting: Setting) -> datetime:
    """Return the first minute of any later date."""
    low = datetime.combine(day, time(0), UTC) - timedelta(days=2)
    minutes = range(6 * 24 * 60)
    first, beyond = 0, len(minutes)
    while first < beyond:
        middle = (first + beyond) // 2
        if today(low + middle * MINUTE, setting) > day:
            beyond = middle
        else:
            first = middle + 1
    return low + first * MINUTE


@lru_cache(maxsize=100_000)
def never_came(day: date, setting: Setting) -> bool:
    """Return whether the date never existed, such as 30 December 2011 in Apia."""
    begin = datetime.combine(day, time(0), UTC) - timedelta(hours=36)
    moments = (begin + n * 30 * MINUTE for n in range(HALF_HOURS_AROUND))
    return all(wall_date(moment, setting) != day for moment in moments)
