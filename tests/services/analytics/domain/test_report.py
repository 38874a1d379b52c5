"""When reports come: tables of evenings."""

from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID

import pytest

from rhythm.schedule import Weekday
from services.analytics.domain.person import Person
from services.analytics.domain.report import (
    ReportKind,
    encouragement,
    kinds_on,
    next_due_report,
    period_of,
    report_moment,
    rescheduled_report,
)
from services.analytics.domain.summary import Summary

DAILY, WEEKLY, MONTHLY = ReportKind.DAILY, ReportKind.WEEKLY, ReportKind.MONTHLY
ANN = UUID(int=1)


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def ann(**settings: object) -> Person:
    return Person(id=ANN, **settings)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("kind", "week_start", "first", "last"),
    [
        (DAILY, Weekday.MON, "2026-01-09", "2026-01-09"),
        (WEEKLY, Weekday.MON, "2026-01-05", "2026-01-11"),
        (WEEKLY, Weekday.SUN, "2026-01-04", "2026-01-10"),
        (WEEKLY, Weekday.FRI, "2026-01-09", "2026-01-15"),
        (MONTHLY, Weekday.MON, "2026-01-01", "2026-01-31"),
    ],
)
def test_the_period_that_holds_a_friday(
    kind: ReportKind, week_start: Weekday, first: str, last: str
) -> None:
    window = period_of(kind, date(2026, 1, 9), ann(week_start=week_start))
    assert (window.first.isoformat(), window.last.isoformat()) == (first, last)


@pytest.mark.parametrize(
    ("day", "kinds"),
    [
        ("2026-01-09", [DAILY]),  # a Friday
        ("2026-01-11", [DAILY, WEEKLY]),  # the last evening of a week
        ("2026-01-31", [DAILY, MONTHLY]),  # the last of a month
        ("2028-02-29", [DAILY, MONTHLY]),
        ("2026-05-31", [DAILY, WEEKLY, MONTHLY]),  # a Sunday and the last of a month
    ],
)
def test_the_reports_of_an_evening(day: str, kinds: list[ReportKind]) -> None:
    assert list(kinds_on(ann(), date.fromisoformat(day))) == kinds


def test_reports_nobody_wants_never_come() -> None:
    nobody = ann(daily_report_time=None, weekly_report=False, monthly_report=False)
    assert next_due_report(nobody, first=date(2026, 1, 1), now=utc("2026-01-01T00:00")) is None


def test_without_a_daily_report_the_weekly_one_comes_at_nine_in_the_evening() -> None:
    person = ann(daily_report_time=None)
    turn = next_due_report(person, first=date(2026, 1, 9), now=utc("2026-01-09T12:00"))
    assert turn == (date(2026, 1, 11), utc("2026-01-11T21:00"))


@pytest.mark.parametrize(
    ("zone", "at", "day", "comes"),
    [
        ("UTC", "21:00", "2026-01-09", "2026-01-09T21:00"),
        ("Pacific/Auckland", "21:00", "2026-01-09", "2026-01-09T08:00"),
        ("America/New_York", "21:00", "2026-01-09", "2026-01-10T02:00"),
        ("Europe/Berlin", "21:00", "2026-03-28", "2026-03-28T20:00"),
        ("Europe/Berlin", "21:00", "2026-03-29", "2026-03-29T19:00"),  # the clock went forward
        ("Europe/Berlin", "02:30", "2026-03-29", "2026-03-29T01:30"),  # 02:30 does not exist
        ("Europe/Berlin", "02:30", "2026-10-25", "2026-10-25T00:30"),  # it comes twice: the first
    ],
)
def test_a_report_comes_at_the_persons_own_time(zone: str, at: str, day: str, comes: str) -> None:
    person = ann(timezone=zone, daily_report_time=time.fromisoformat(at))
    assert report_moment(person, date.fromisoformat(day)) == utc(comes)


def test_a_report_before_the_start_of_the_day_belongs_to_the_day_before() -> None:
    owl = ann(day_start=time(3), daily_report_time=time(1))
    assert report_moment(owl, date(2026, 1, 9)) == utc("2026-01-10T01:00")


def test_a_turn_that_has_passed_is_not_the_next() -> None:
    turn = next_due_report(ann(), first=date(2026, 1, 9), now=utc("2026-01-09T21:00"))
    assert turn == (date(2026, 1, 10), utc("2026-01-10T21:00"))


def test_flying_east_over_the_evening_makes_the_report_due_at_once() -> None:
    """At 20:30 in Berlin the day's report is still owed; in Tokyo it is half past four already."""
    now = utc("2026-01-09T19:30")
    landed = ann(timezone="Asia/Tokyo", floor_date=date(2026, 1, 9))
    assert rescheduled_report(landed, date(2026, 1, 9), now=now) == (date(2026, 1, 9), now)


def test_flying_west_after_the_report_schedules_no_second_one() -> None:
    """Published at 21:00 in Tokyo; in Los Angeles 21:00 of the same day comes again."""
    now = utc("2026-01-09T13:00")
    landed = ann(timezone="America/Los_Angeles", floor_date=date(2026, 1, 9))
    turn = rescheduled_report(landed, date(2026, 1, 10), now=now)
    assert turn == (date(2026, 1, 10), utc("2026-01-11T05:00"))


def test_flying_west_before_the_report_has_it_wait_for_the_new_evening() -> None:
    now = utc("2026-01-09T11:00")
    landed = ann(timezone="America/Los_Angeles", floor_date=date(2026, 1, 9))
    turn = rescheduled_report(landed, date(2026, 1, 9), now=now)
    assert turn == (date(2026, 1, 9), utc("2026-01-10T05:00"))


def test_a_day_the_zone_never_had_has_no_report() -> None:
    """Samoa crossed the date line: there was no 30 December 2011."""
    samoan = ann(timezone="Pacific/Apia")
    assert report_moment(samoan, date(2011, 12, 30)) is None
    turn = next_due_report(samoan, first=date(2011, 12, 30), now=utc("2011-12-30T09:00"))
    assert turn is not None
    assert turn[0] == date(2011, 12, 31)


def test_a_day_lost_on_the_way_has_its_report_no_more() -> None:
    """Who flew to Samoa just before its missing day lives the next one."""
    landed = ann(timezone="Pacific/Apia", floor_date=date(2011, 12, 30))
    now = utc("2011-12-30T10:30")
    turn = rescheduled_report(landed, date(2011, 12, 30), now=now)
    assert turn == (date(2011, 12, 31), utc("2011-12-31T07:00"))


def a_summary(first: date, last: date, *, due: int, met: int, perfect: int) -> Summary:
    return Summary(
        from_date=first,
        to_date=last,
        active_habit_count=1,
        due_count=due,
        met_count=met,
        check_in_count=met,
        perfect_day_count=perfect,
        best_date=None,
        longest_streak_count=0,
        longest_streak_unit=None,
        longest_streak_habit_id=None,
        habits=(),
        weekdays=(),
        hours=(),
        previous_rate=None,
    )


FRIDAY, SUNDAY = date(2026, 1, 9), date(2026, 1, 11)


@pytest.mark.parametrize(
    ("summary", "completed", "data_days", "begins"),
    [
        (a_summary(FRIDAY, FRIDAY, due=2, met=2, perfect=1), 2, 40, "Everything due today is"),
        (a_summary(FRIDAY, FRIDAY, due=1, met=1, perfect=0), 1, 40, "Keep going as you are"),
        (a_summary(FRIDAY, FRIDAY, due=1, met=1, perfect=0), 1, 13, "Keep checking in: advice"),
        (a_summary(FRIDAY, FRIDAY, due=0, met=0, perfect=0), 0, 40, "One small check-in"),
        (a_summary(FRIDAY, SUNDAY, due=3, met=3, perfect=3), 1, 40, "Keep going as you are"),
    ],
)
def test_without_a_recommendation_the_report_encourages(
    summary: Summary, completed: int, data_days: int, begins: str
) -> None:
    assert encouragement(summary, completed, data_days=data_days).startswith(begins)


@pytest.mark.parametrize("zone", ["Europe/Berlin", "Australia/Lord_Howe", "America/New_York"])
def test_every_day_of_two_years_has_one_turn(zone: str) -> None:
    person = ann(timezone=zone, weekly_report=False, monthly_report=False)
    day, now, days = date(2025, 1, 1), utc("2024-12-31T00:00"), []
    while day < date(2027, 1, 1):
        turn = next_due_report(person, first=day, now=now)
        assert turn is not None
        days.append(turn[0])
        day, now = turn[0] + timedelta(days=1), turn[1]
    assert days == [date(2025, 1, 1) + timedelta(days=n) for n in range(len(days))]
