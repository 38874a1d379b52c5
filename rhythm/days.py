"""Which logical date a moment belongs to, and which moment a wall time of a logical date is."""

from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from importlib.resources import files
from zoneinfo import ZoneInfo

from rhythm.errors import ZoneUnknown
from rhythm.schedule import ONE_DAY

MIDNIGHT = time(0)
_TZDATA = files("tzdata")
_AT_RISK_WITHIN = timedelta(hours=24)
_SEARCH_STEP = timedelta(days=28)
_LONGEST_USUAL_SHIFT = timedelta(hours=12)
_CACHE_SIZE = 1024


@lru_cache(maxsize=1)
def zone_names() -> frozenset[str]:
    """Return the names of all IANA zones, as the pinned tzdata has them."""
    return frozenset((_TZDATA / "zones").read_text(encoding="utf-8").split())


@lru_cache(maxsize=1024)
def zone_of(name: str) -> ZoneInfo:
    """Return the IANA zone of that name from the pinned tzdata, not from the machine's.

    Raises:
        ZoneUnknown: There is none.
    """
    if name not in zone_names():
        raise ZoneUnknown(name)
    with _TZDATA.joinpath("zoneinfo", *name.split("/")).open("rb") as file:
        return ZoneInfo.from_file(file, key=name)


def today(
    now: datetime, zone: ZoneInfo, day_start: time = MIDNIGHT, floor: date | None = None
) -> date:
    """Return a person's logical date: that of the wall clock, less the start of the day.

    Args:
        now: The moment, aware.
        zone: The person's zone.
        day_start: When the person's day begins, 00:00 to 12:00.
        floor: The person's today when zone or `day_start` last changed; today never goes below.
    """
    day = _day_of(now.astimezone(UTC), zone, day_start)
    return day if floor is None else max(day, floor)


@lru_cache(maxsize=_CACHE_SIZE)  # a batch asks it several times for all people of a zone
def _day_of(now: datetime, zone: ZoneInfo, day_start: time) -> date:
    """Return the logical date of a moment in UTC, where equal moments are the same one."""
    local = now.astimezone(zone)
    day = (local.replace(tzinfo=None) - _since_midnight(day_start)).date()
    if local.fold and start_of_day(day + ONE_DAY, zone, day_start) <= now:
        day += ONE_DAY  # the clock was set back over the start of the day, which had passed
    return day


@lru_cache(maxsize=_CACHE_SIZE)
def start_of_day(day: date, zone: ZoneInfo, day_start: time = MIDNIGHT) -> datetime:
    """Return the moment a logical date begins, in UTC: the first at which the wall clock is there.

    Where the clock jumps over the start of the day, the day begins with the jump.
    """
    wall = datetime.combine(day, day_start)
    moment = wall.replace(tzinfo=zone).astimezone(UTC)
    if moment.astimezone(zone).replace(tzinfo=None) == wall:
        return moment
    return _jump(wall.replace(tzinfo=zone, fold=1).astimezone(UTC), moment, zone)


def end_of_day(day: date, zone: ZoneInfo, day_start: time = MIDNIGHT) -> datetime:
    """Return the moment a logical date is over, in UTC: the deadline of what is due on it."""
    return start_of_day(day + ONE_DAY, zone, day_start)


def moment_of(
    day: date, wall_time: time, zone: ZoneInfo, day_start: time = MIDNIGHT
) -> datetime | None:
    """Return when a wall time of a logical date comes, in UTC, or None if that date never comes.

    A wall time before the start of the day belongs to the night after: 01:00 of Monday, for a
    person whose day starts at 03:00, is on Tuesday. One that the clock jumps over is taken with
    the offset before the jump; one that comes twice is taken at its first occurrence.
    """
    civil_day = day + ONE_DAY if wall_time < day_start else day
    moment = datetime.combine(civil_day, wall_time, tzinfo=zone).astimezone(UTC)
    if today(moment, zone, day_start) != day and is_missing(day, zone, day_start):
        return None
    return moment


def is_missing(day: date, zone: ZoneInfo, day_start: time = MIDNIGHT) -> bool:
    """Tell whether a logical date is over before it begins, as 2011-12-30 was in Apia."""
    return start_of_day(day, zone, day_start) >= end_of_day(day, zone, day_start)


def missing_dates(
    zone: ZoneInfo, first: date, last: date, day_start: time = MIDNIGHT
) -> tuple[date, ...]:
    """Return the logical dates from `first` to `last` that a zone never had.

    A habit asks for nothing on them: they are handed to the evaluator as pauses of one day.
    """
    found: list[date] = []
    while first <= last:
        following = min(first + _SEARCH_STEP, last + ONE_DAY)
        shift = _offset(following + ONE_DAY, zone) - _offset(first - ONE_DAY, zone)
        if shift > _LONGEST_USUAL_SHIFT:  # only crossing the date line can swallow a day
            days = (first + timedelta(days=n) for n in range((following - first).days))
            found += [day for day in days if is_missing(day, zone, day_start)]
        first = following
    return tuple(found)


def is_at_risk(deadline: datetime | None, now: datetime) -> bool:
    """Tell whether what is open must be done within 24 hours; never without a deadline."""
    return deadline is not None and deadline - now <= _AT_RISK_WITHIN


def _since_midnight(wall_time: time) -> timedelta:
    return timedelta(hours=wall_time.hour, minutes=wall_time.minute)


def _offset(day: date, zone: ZoneInfo) -> timedelta:
    return zone.utcoffset(datetime.combine(day, time(12))) or timedelta(0)


def _jump(before: datetime, after: datetime, zone: ZoneInfo) -> datetime:
    """Find the second in which the clock jumps, known to lie after `before`, not after `after`."""
    offset = before.astimezone(zone).utcoffset()
    low, high = 0, int((after - before).total_seconds())
    while high - low > 1:
        middle = (low + high) // 2
        if (before + timedelta(seconds=middle)).astimezone(zone).utcoffset() == offset:
            low = middle
        else:
            high = middle
    return before + timedelta(seconds=high)
