"""Which date is today: a person's clock, day start, and clocks that are set forward and back."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rhythm.days import (
    end_of_day,
    is_at_risk,
    is_missing,
    missing_dates,
    moment_of,
    start_of_day,
    today,
    zone_names,
    zone_of,
)
from rhythm.errors import ZoneUnknown


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def day(text: str) -> date:
    return date.fromisoformat(text)


def clock(text: str) -> time:
    return time.fromisoformat(text)


TODAY = [
    # zone               day starts  moment (UTC)        today         why
    ("Europe/Berlin", "00:00", "2026-01-08 22:59", "2026-01-08", "a minute to midnight"),
    ("Europe/Berlin", "00:00", "2026-01-08 23:00", "2026-01-09", "midnight"),
    ("Pacific/Auckland", "00:00", "2026-01-08 11:30", "2026-01-09", "half past midnight there"),
    ("America/New_York", "00:00", "2026-01-09 02:00", "2026-01-08", "nine in the evening there"),
    ("Europe/Berlin", "03:00", "2026-01-09 01:30", "2026-01-08", "half past two: still the 8th"),
    ("Europe/Berlin", "03:00", "2026-01-09 02:00", "2026-01-09", "three: the 9th begins"),
    ("Asia/Kathmandu", "00:00", "2026-01-08 18:14", "2026-01-08", "a quarter-hour zone"),
    ("Asia/Kathmandu", "00:00", "2026-01-08 18:15", "2026-01-09", "a quarter-hour zone"),
    # Clocks go forward 02:00 → 03:00. Wall time counts, not hours since midnight.
    ("Europe/Berlin", "03:00", "2026-03-29 00:59", "2026-03-28", "01:59 on the wall"),
    ("Europe/Berlin", "03:00", "2026-03-29 01:00", "2026-03-29", "03:00 on the wall"),
    ("Europe/Berlin", "02:30", "2026-03-29 01:00", "2026-03-29", "02:30 never came; 03:00 has"),
    # Clocks go back 03:00 → 02:00: what has begun stays begun.
    ("Europe/Berlin", "02:30", "2026-10-25 00:29", "2026-10-24", "02:29, the first time"),
    ("Europe/Berlin", "02:30", "2026-10-25 00:30", "2026-10-25", "02:30, the first time"),
    ("Europe/Berlin", "02:30", "2026-10-25 01:10", "2026-10-25", "02:10, the second time"),
    ("Europe/Berlin", "03:00", "2026-10-25 01:10", "2026-10-24", "02:10 again, day from 03:00"),
    # Days without a midnight.
    ("Asia/Beirut", "00:00", "2026-03-28 21:59", "2026-03-28", "23:59, then 01:00"),
    ("Asia/Beirut", "00:00", "2026-03-28 22:00", "2026-03-29", "there is no midnight"),
    ("Africa/Cairo", "00:00", "2026-04-23 22:00", "2026-04-24", "there is no midnight"),
    ("Asia/Beirut", "00:00", "2026-10-24 20:59", "2026-10-24", "23:59, then 23:00 again"),
    ("Asia/Beirut", "00:00", "2026-10-24 21:30", "2026-10-24", "23:30, the second time"),
    ("Asia/Beirut", "00:00", "2026-10-24 22:00", "2026-10-25", "midnight at last"),
    # Shifts that are not an hour.
    ("Australia/Lord_Howe", "02:00", "2026-10-03 15:29", "2026-10-03", "01:59, then 02:30"),
    ("Australia/Lord_Howe", "02:00", "2026-10-03 15:30", "2026-10-04", "02:30"),
    ("Antarctica/Troll", "02:00", "2026-03-29 00:59", "2026-03-28", "00:59, then 03:00"),
    ("Antarctica/Troll", "02:00", "2026-03-29 01:00", "2026-03-29", "03:00"),
    # 30 December 2011 never came in Apia.
    ("Pacific/Apia", "00:00", "2011-12-30 09:59", "2011-12-29", "one minute to midnight"),
    ("Pacific/Apia", "00:00", "2011-12-30 10:00", "2011-12-31", "a day is gone"),
]


@pytest.mark.parametrize(("zone", "day_start", "moment", "expected", "why"), TODAY)
def test_today(zone: str, day_start: str, moment: str, expected: str, why: str) -> None:
    assert today(utc(moment), zone_of(zone), clock(day_start)) == day(expected), why


BEGINS = [
    # zone               day starts  date          begins (UTC)
    ("Europe/Berlin", "00:00", "2026-01-09", "2026-01-08 23:00"),
    ("Europe/Berlin", "03:00", "2026-01-09", "2026-01-09 02:00"),
    ("Europe/Berlin", "02:30", "2026-03-29", "2026-03-29 01:00"),  # with the jump to 03:00
    ("Europe/Berlin", "02:30", "2026-10-25", "2026-10-25 00:30"),  # at the first 02:30
    ("Asia/Beirut", "00:00", "2026-03-29", "2026-03-28 22:00"),
    ("Antarctica/Troll", "02:00", "2026-03-29", "2026-03-29 01:00"),
    ("Pacific/Apia", "00:00", "2011-12-31", "2011-12-30 10:00"),
]


@pytest.mark.parametrize(("zone", "day_start", "date_text", "moment"), BEGINS)
def test_a_day_begins_with_the_first_moment_that_is_its(
    zone: str, day_start: str, date_text: str, moment: str
) -> None:
    there, start = zone_of(zone), clock(day_start)
    first = start_of_day(day(date_text), there, start)
    assert first == utc(moment)
    assert today(first, there, start) == day(date_text)
    assert today(first - timedelta(microseconds=1), there, start) < day(date_text)
    assert end_of_day(day(date_text) - timedelta(days=1), there, start) == first or "Apia" in zone


REMINDERS = [
    # zone              day starts  date          at       fires (UTC)         why
    ("Europe/Berlin", "00:00", "2026-01-09", "08:00", "2026-01-09 07:00", "any day"),
    ("Europe/Berlin", "03:00", "2026-01-09", "01:00", "2026-01-10 00:00", "in the night after"),
    ("Europe/Berlin", "03:00", "2026-01-09", "03:00", "2026-01-09 02:00", "the day's first minute"),
    ("Europe/Berlin", "00:00", "2026-03-29", "02:30", "2026-03-29 01:30", "no 02:30: at 03:30"),
    ("Europe/Berlin", "00:00", "2026-10-25", "02:30", "2026-10-25 00:30", "the first 02:30"),
    ("Asia/Beirut", "00:00", "2026-03-29", "00:15", "2026-03-28 22:15", "no 00:15: at 01:15"),
    ("Asia/Beirut", "00:00", "2026-10-24", "23:30", "2026-10-24 20:30", "the first 23:30"),
    ("Australia/Lord_Howe", "00:00", "2026-10-04", "02:15", "2026-10-03 15:45", "at 02:45"),
    ("Antarctica/Troll", "00:00", "2026-03-29", "01:30", "2026-03-29 01:30", "at 03:30"),
    ("America/Nuuk", "00:00", "2026-03-28", "23:30", "2026-03-29 01:30", "00:30 of the 29th"),
    ("Pacific/Apia", "00:00", "2011-12-29", "09:00", "2011-12-29 19:00", "the eve"),
    ("Pacific/Apia", "00:00", "2011-12-31", "09:00", "2011-12-30 19:00", "the day after"),
]


@pytest.mark.parametrize(("zone", "day_start", "date_text", "at", "fires", "why"), REMINDERS)
def test_when_a_reminder_fires(
    zone: str, day_start: str, date_text: str, at: str, fires: str, why: str
) -> None:
    moment = moment_of(day(date_text), clock(at), zone_of(zone), clock(day_start))
    assert moment == utc(fires), why


def test_a_reminder_for_a_date_that_never_comes_never_fires() -> None:
    assert moment_of(day("2011-12-30"), clock("09:00"), zone_of("Pacific/Apia")) is None


def test_dates_that_never_come_are_known() -> None:
    apia, kwajalein = zone_of("Pacific/Apia"), zone_of("Pacific/Kwajalein")
    assert missing_dates(apia, day("2000-01-01"), day("2026-01-01")) == (day("2011-12-30"),)
    assert missing_dates(apia, day("2011-12-30"), day("2011-12-30")) == (day("2011-12-30"),)
    assert missing_dates(apia, day("2011-12-31"), day("2026-01-01")) == ()
    assert missing_dates(kwajalein, day("1993-01-01"), day("1994-01-01")) == (day("1993-08-21"),)
    assert missing_dates(zone_of("Europe/Berlin"), day("2000-01-01"), day("2026-01-01")) == ()


def test_a_late_day_start_leaves_three_hours_of_the_day_apia_lost() -> None:
    apia, three = zone_of("Pacific/Apia"), clock("03:00")
    assert not is_missing(day("2011-12-30"), apia, three)
    assert end_of_day(day("2011-12-30"), apia, three) - start_of_day(
        day("2011-12-30"), apia, three
    ) == (timedelta(hours=3))


def test_days_have_23_and_25_hours() -> None:
    berlin = zone_of("Europe/Berlin")
    spring, autumn = day("2026-03-29"), day("2026-10-25")
    assert end_of_day(spring, berlin) - start_of_day(spring, berlin) == timedelta(hours=23)
    assert end_of_day(autumn, berlin) - start_of_day(autumn, berlin) == timedelta(hours=25)


def test_at_risk_is_within_24_hours_of_the_deadline() -> None:
    deadline = utc("2026-01-09 23:00")
    assert is_at_risk(deadline, utc("2026-01-08 23:00"))
    assert not is_at_risk(deadline, utc("2026-01-08 22:59"))
    assert not is_at_risk(None, deadline)


def test_the_25th_hour_of_a_day_is_not_at_risk_yet() -> None:
    deadline = end_of_day(day("2026-10-25"), zone_of("Europe/Berlin"))
    assert not is_at_risk(deadline, start_of_day(day("2026-10-25"), zone_of("Europe/Berlin")))


@pytest.mark.parametrize("name", ["", "Mars/Base", "../../etc/passwd", "europe/berlin", "Europe"])
def test_a_zone_that_is_none_is_refused_by_name(name: str) -> None:
    with pytest.raises(ZoneUnknown) as refused:
        zone_of(name)
    assert refused.value.field == "timezone"
    assert refused.value.value == name


def test_zones_are_all_there() -> None:
    assert {"UTC", "Europe/Kyiv", "America/Argentina/Buenos_Aires"} <= zone_names()
    for name in zone_names():
        assert zone_of(name).key == name


# ── Travel ────────────────────────────────────────────────────────────────────────────────────

TRAVEL = [
    # moment (UTC)         from               to                  today before  after
    ("2026-01-09 11:30", "Pacific/Auckland", "America/Los_Angeles", "2026-01-10", "2026-01-10"),
    ("2026-01-09 11:30", "America/Los_Angeles", "Pacific/Auckland", "2026-01-09", "2026-01-10"),
    ("2026-01-09 23:30", "Europe/Berlin", "America/New_York", "2026-01-10", "2026-01-10"),
    ("2026-01-09 10:30", "Pacific/Kiritimati", "Pacific/Pago_Pago", "2026-01-10", "2026-01-10"),
    ("2026-01-09 10:30", "Pacific/Pago_Pago", "Pacific/Kiritimati", "2026-01-08", "2026-01-10"),
]


@pytest.mark.parametrize(("moment", "old", "new", "before", "after"), TRAVEL)
def test_travel_never_takes_a_day_back(
    moment: str, old: str, new: str, before: str, after: str
) -> None:
    floor = today(utc(moment), zone_of(old))
    assert floor == day(before)
    assert today(utc(moment), zone_of(new), floor=floor) == day(after)


def test_flying_west_after_midnight_stays_on_the_day_until_the_new_zone_reaches_it() -> None:
    """What was done at 00:30 in Berlin counts for the 10th, also where it is still the 9th."""
    new_york, floor = zone_of("America/New_York"), day("2026-01-10")
    for moment in ["2026-01-09 23:30", "2026-01-10 04:59", "2026-01-10 05:00", "2026-01-11 04:59"]:
        assert today(utc(moment), new_york, floor=floor) == floor
    assert today(utc("2026-01-11 05:00"), new_york, floor=floor) == day("2026-01-11")


def test_a_later_day_start_does_not_bring_yesterday_back() -> None:
    berlin, half_past_one = zone_of("Europe/Berlin"), utc("2026-01-10 00:30")
    floor = today(half_past_one, berlin, clock("00:00"))
    assert today(half_past_one, berlin, clock("03:00")) == day("2026-01-09")
    assert today(half_past_one, berlin, clock("03:00"), floor) == day("2026-01-10")


MOVES = st.tuples(
    st.integers(1, 60 * 40),  # minutes until the next change
    st.sampled_from(
        [
            *("Europe/Berlin", "America/New_York", "Pacific/Apia", "Pacific/Pago_Pago", "UTC"),
            *("Pacific/Kiritimati", "Asia/Beirut", "Australia/Lord_Howe", "Antarctica/Troll"),
        ]
    ),
    st.integers(0, 12 * 60),  # day start, minutes
)


@given(
    st.sampled_from(["2026-03-28", "2026-10-24", "2011-12-29", "2026-01-09"]),
    st.lists(MOVES, min_size=1, max_size=12),
)
def test_today_never_goes_back_however_one_travels(
    start: str, moves: list[tuple[int, str, int]]
) -> None:
    now, seen = utc(start), date.min
    zone, day_start, floor = zone_of("UTC"), time(0), date.min
    for minutes, name, start_minutes in moves:
        for _ in range(4):
            now += timedelta(minutes=minutes / 4)
            current = today(now, zone, day_start, floor)
            assert current >= seen
            seen = current
        floor = today(now, zone, day_start, floor)
        zone, day_start = zone_of(name), time(start_minutes // 60, start_minutes % 60)
