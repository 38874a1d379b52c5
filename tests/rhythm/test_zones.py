"""Every IANA zone, every day of 2024 to 2028, against an independent library."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from importlib.resources import files
from itertools import pairwise
from pathlib import Path

import pytest
import whenever

from rhythm.days import end_of_day, moment_of, start_of_day, today, zone_names, zone_of

FIRST, LAST = date(2024, 1, 1), date(2028, 12, 31)
DAYS = [FIRST + timedelta(days=n) for n in range((LAST - FIRST).days + 1)]
DAY_STARTS = [time(0), time(3)]
QUARTERS = [time(n // 4, n % 4 * 15) for n in range(96)]
PARTS = 4  # so that the work spreads over processes


@pytest.fixture(autouse=True, scope="module")
def same_tzdata() -> Iterator[None]:
    """Both libraries read the pinned zones; the reading is what is compared."""
    whenever.reset_tzpath([Path(str(files("tzdata") / "zoneinfo"))])
    yield
    whenever.reset_tzpath()


def zones(part: int) -> list[str]:
    """One name for each zone file: the other 253 names are links, byte for byte the same."""
    folder = files("tzdata") / "zoneinfo"
    distinct = {(folder / name).read_bytes(): name for name in sorted(zone_names())}
    return sorted(distinct.values())[part::PARTS]


def independent_moment(day: date, at: time, zone: str, day_start: time) -> datetime:
    """The same wall time by another library: later in a gap, earlier in an overlap."""
    civil = day if at >= day_start else day + timedelta(days=1)
    wall = whenever.PlainDateTime(civil.year, civil.month, civil.day, at.hour, at.minute)
    zoned = wall.assume_tz(zone, disambiguation="compatible")
    return datetime.fromtimestamp(zoned.timestamp(), UTC)


def transitions(zone: str) -> list[datetime]:
    """The moments at which the clock is set, by the other library."""
    found: list[datetime] = []
    moment = whenever.ZonedDateTime(2024, 1, 1, tz=zone, disambiguation="compatible")
    while (following := moment.next_transition()) is not None and following.year <= LAST.year:
        moment = following
        found.append(datetime.fromtimestamp(moment.timestamp(), UTC))
    return found


@pytest.mark.parametrize("part", range(PARTS))
def test_a_daily_reminder_fires_once_for_every_date(part: int) -> None:
    half_past_two = time(2, 30)
    for name in zones(part):
        zone = zone_of(name)
        days = [*DAYS, LAST + timedelta(days=1)]
        civil = [independent_moment(day, half_past_two, name, time(0)) for day in days]
        assert all(one < two for one, two in pairwise(civil)), name
        assert [moment_of(day, half_past_two, zone, time(0)) for day in DAYS] == civil[:-1], name
        # A day that starts at three ends with the half past two of the next date.
        assert [moment_of(day, half_past_two, zone, time(3)) for day in DAYS] == civil[1:], name


@pytest.mark.parametrize("part", range(PARTS))
def test_where_clocks_are_set_every_quarter_hour_has_its_reminder(part: int) -> None:
    for name in zones(part):
        zone = zone_of(name)
        for moment in transitions(name):
            nearby = [moment.date() + timedelta(days=n) for n in (-1, 0, 1)]
            for day_start in DAY_STARTS:
                for day in nearby:
                    for at in QUARTERS:
                        found = moment_of(day, at, zone, day_start)
                        assert found == independent_moment(day, at, name, day_start), (name, at)
                        assert found is not None
                        late = today(found, zone, day_start) - day
                        wall = found.astimezone(zone).time()
                        assert late == timedelta(0) or (wall != at and late.days == 1)


@pytest.mark.parametrize("part", range(PARTS))
def test_where_clocks_are_set_today_only_goes_forward(part: int) -> None:
    starts = [*DAY_STARTS, time(0, 30), time(1), time(2), time(2, 30), time(12)]
    for name in zones(part):
        zone = zone_of(name)
        for moment in transitions(name):
            ticks = [moment + timedelta(minutes=15 * n) for n in range(-16, 17)]
            for day_start in starts:
                dates = [today(tick, zone, day_start) for tick in ticks]
                assert dates == sorted(dates), name
                for day in set(dates):
                    begin = start_of_day(day, zone, day_start)
                    assert today(begin, zone, day_start) == day
                    assert today(begin - timedelta(seconds=1), zone, day_start) < day
                    assert begin < end_of_day(day, zone, day_start)
