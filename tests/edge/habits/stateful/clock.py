"""A second, naive reading of which date it is: minute by minute, no cleverness."""

from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import NamedTuple

from rhythm.days import zone_of

MINUTE = timedelta(minutes=1)
LONGEST_SHIFT = 180  # minutes a clock is ever set back, and some more
HALF_HOURS_AROUND = 200


class Setting(NamedTuple):
    """Where somebody's days begin."""

    zone: str
    day_start: time


def wall_date(moment: datetime, setting: Setting) -> date:
    """Return the date of the wall clock, less the start of the day."""
    wall = moment.astimezone(zone_of(setting.zone)).replace(tzinfo=None)
    return (wall - timedelta(hours=setting.day_start.hour, minutes=setting.day_start.minute)).date()


@lru_cache(maxsize=200_000)
def today(now: datetime, setting: Setting) -> date:
    """Return the date that has begun: a clock that is set back takes none back."""
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
    """Tell whether no half hour was of this date, as of 30 December 2011 in Apia."""
    begin = datetime.combine(day, time(0), UTC) - timedelta(hours=36)
    moments = (begin + n * 30 * MINUTE for n in range(HALF_HOURS_AROUND))
    return all(wall_date(moment, setting) != day for moment in moments)
