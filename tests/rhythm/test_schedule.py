"""Which days are due: every row of the table of schedules."""

from datetime import date, timedelta

import pytest

from rhythm.errors import ScheduleInvalid
from rhythm.goal import Measure
from rhythm.plan import Pause, Plan, Version
from rhythm.schedule import (
    ONE_DAY,
    Frequency,
    Schedule,
    StreakUnit,
    Weekday,
    WeekdayOrdinal,
    YearDay,
    month_of,
    week_of,
    year_of,
)
from rhythm.units import scheduled_dates
from tests.rhythm.story import (
    DAILY,
    every,
    monthly,
    on,
    on_days,
    on_ordinals,
    on_year_days,
    rolling,
    story,
    weekly,
    yearly,
)


def due(schedule: Schedule, start: str, until: str, week_start: Weekday = Weekday.MON) -> list[str]:
    first = date.fromisoformat(start)
    plan = Plan(Measure.YES_NO, first, (Version(first, schedule),), week_start=week_start)
    last = date.fromisoformat(until)
    found = scheduled_dates(plan, (), from_date=first - timedelta(days=9), to_date=last)
    return [f"{day:%a %d %b}" for day in found]


def test_every_day() -> None:
    assert due(DAILY, "2026-01-30", "2026-02-01") == ["Fri 30 Jan", "Sat 31 Jan", "Sun 01 Feb"]


def test_every_third_day_counts_from_the_start() -> None:
    assert due(every(3), "2026-01-30", "2026-02-06") == ["Fri 30 Jan", "Mon 02 Feb", "Thu 05 Feb"]


def test_every_seventh_day_is_the_same_weekday_for_ever() -> None:
    days = due(every(7), "2024-02-01", "2025-02-01")
    assert {day[:3] for day in days} == {"Thu"}
    assert len(days) == 53


def test_monday_and_wednesday() -> None:
    assert due(on("wed", "mon"), "2026-01-06", "2026-01-14") == [
        "Wed 07 Jan",
        "Mon 12 Jan",
        "Wed 14 Jan",
    ]


def test_every_second_week_counts_from_the_week_of_the_start() -> None:
    """It starts on a Wednesday: Monday of that week is past, Monday of the next is not due."""
    assert due(on("mon", "fri", interval=2), "2026-01-07", "2026-02-06") == [
        "Fri 09 Jan",
        "Mon 19 Jan",
        "Fri 23 Jan",
        "Mon 02 Feb",
        "Fri 06 Feb",
    ]


def test_whose_week_starts_on_sunday_counts_weeks_from_sunday() -> None:
    every_other = on("sun", interval=2)
    monday = due(every_other, "2026-01-07", "2026-02-01")
    sunday = due(every_other, "2026-01-07", "2026-02-01", Weekday.SUN)
    assert monday == ["Sun 11 Jan", "Sun 25 Jan"]
    assert sunday == ["Sun 18 Jan", "Sun 01 Feb"]


MONTH_DAYS = [
    # named               month      due
    ((1, 15, -1), "2026-01", [1, 15, 31]),
    ((31,), "2026-04", [30]),
    ((30, 31), "2026-04", [30]),
    ((29,), "2026-02", [28]),
    ((29,), "2028-02", [29]),
    ((-1,), "2028-02", [29]),
    ((-2, -1), "2026-02", [27, 28]),
    ((-30,), "2026-02", [1]),
    ((-31,), "2026-05", [1]),
]


@pytest.mark.parametrize(("named", "month", "expected"), MONTH_DAYS)
def test_days_of_the_month(named: tuple[int, ...], month: str, expected: list[int]) -> None:
    first, last = month_of(date.fromisoformat(f"{month}-01"))
    days = due(on_days(*named), first.isoformat(), last.isoformat())
    assert [int(day[4:6]) for day in days] == expected


ORDINALS = [
    # named                                        month      due
    ((("fri", -1),), "2026-01", [30]),
    ((("mon", 1), ("mon", 3)), "2026-06", [1, 15]),
    ((("thu", 5),), "2026-01", [29]),
    ((("thu", 5),), "2026-02", []),  # February has four: no such day
    ((("sun", -5),), "2026-03", [1]),
    ((("sun", -4), ("sun", -1)), "2026-02", [1, 22]),
    ((("sat", 1), ("sat", -4)), "2026-02", [7]),  # one day, named twice
]


@pytest.mark.parametrize(("named", "month", "expected"), ORDINALS)
def test_the_nth_weekday_of_a_month(
    named: tuple[tuple[str, int], ...], month: str, expected: list[int]
) -> None:
    first, last = month_of(date.fromisoformat(f"{month}-01"))
    days = due(on_ordinals(*named), first.isoformat(), last.isoformat())
    assert [int(day[4:6]) for day in days] == expected


def test_days_and_weekdays_of_a_month_may_be_named_together() -> None:
    schedule = Schedule(
        Frequency.MONTHLY, month_days=(1,), weekday_ordinals=(WeekdayOrdinal(Weekday.FRI, -1),)
    )
    assert due(schedule, "2026-01-01", "2026-02-28") == [
        "Thu 01 Jan",
        "Fri 30 Jan",
        "Sun 01 Feb",
        "Fri 27 Feb",
    ]


YEAR_DAYS = [
    # named                     year  due
    (((3, 14),), 2026, ["14 Mar"]),
    (((12, 24), (1, 6)), 2026, ["06 Jan", "24 Dec"]),
    (((2, 29),), 2026, ["28 Feb"]),
    (((2, 29),), 2028, ["29 Feb"]),
    (((2, -1), (2, 28)), 2026, ["28 Feb"]),
    (((4, -30),), 2026, ["01 Apr"]),
    (((2, -29),), 2026, ["01 Feb"]),
]


@pytest.mark.parametrize(("named", "year", "expected"), YEAR_DAYS)
def test_days_of_the_year(
    named: tuple[tuple[int, int], ...], year: int, expected: list[str]
) -> None:
    days = due(on_year_days(*named), f"{year}-01-01", f"{year}-12-31")
    assert [day[4:] for day in days] == expected


INTERVALS = [every(3), every(7), on("mon", interval=2), on("tue", "sun", interval=3)]


@pytest.mark.parametrize("schedule", INTERVALS)
@pytest.mark.parametrize("days_earlier", [1, 4, 7, 30])
def test_an_anchor_keeps_the_rhythm_when_the_start_moves(
    schedule: Schedule, days_earlier: int
) -> None:
    """What was due stays due; moved earlier, the rhythm goes on backwards; later, it goes on."""
    start, until = date(2026, 9, 7), "2026-12-31"
    anchored = schedule.anchored(start)
    before = due(anchored, start.isoformat(), until)
    assert before == due(schedule, start.isoformat(), until)
    earlier, later = start - timedelta(days=days_earlier), start + timedelta(days=days_earlier)
    assert due(anchored, earlier.isoformat(), until)[-len(before) :] == before
    found = due(anchored, later.isoformat(), until)
    assert found == before[len(before) - len(found) :]
    assert len(found) + len(due(anchored, start.isoformat(), f"{later - ONE_DAY}")) == len(before)


def test_an_anchor_may_be_named_on_either_side_of_the_start() -> None:
    for anchor in (date(2025, 12, 31), date(2026, 1, 6), date(2027, 1, 1)):
        schedule = Schedule(Frequency.DAILY, interval=3, anchor_date=anchor)
        assert due(schedule, "2026-01-05", "2026-01-10") == ["Tue 06 Jan", "Fri 09 Jan"]


def test_a_schedule_takes_an_anchor_only_for_an_interval_and_keeps_its_own() -> None:
    own = Schedule(Frequency.DAILY, interval=3, anchor_date=date(2026, 1, 1))
    assert own.anchored(date(2026, 5, 5)) == own
    assert DAILY.anchored(date(2026, 5, 5)) == DAILY


def test_any_day_of_a_week_month_or_window_may_be_the_one() -> None:
    for schedule in [weekly(2), monthly(4), rolling(3, 7)]:
        assert len(due(schedule, "2026-01-05", "2026-01-18")) == 14


def test_no_day_is_due_in_a_pause_after_the_archive_or_outside_a_version() -> None:
    first = date(2026, 1, 5)
    versions = (Version(first, DAILY), Version(date(2026, 1, 12), on("mon")))
    plan = Plan(Measure.YES_NO, first, versions, archived_date=date(2026, 1, 20))
    pauses = (Pause(date(2026, 1, 6), date(2026, 1, 8)),)
    found = scheduled_dates(plan, pauses, from_date=first, to_date=date(2026, 2, 28))
    assert [day.day for day in found] == [5, 9, 10, 11, 12, 19]


UNITS = [
    (DAILY, StreakUnit.DAY),
    (every(3), StreakUnit.DAY),
    (on("mon"), StreakUnit.DAY),
    (on_days(1), StreakUnit.DAY),
    (rolling(3, 7), StreakUnit.DAY),
    (weekly(), StreakUnit.WEEK),
    (weekly(3), StreakUnit.WEEK),
    (monthly(), StreakUnit.MONTH),
    (monthly(4), StreakUnit.MONTH),
    (yearly(), StreakUnit.YEAR),
    (yearly(12), StreakUnit.YEAR),
    (on_year_days((3, 14)), StreakUnit.DAY),
    (on_ordinals(("fri", -1)), StreakUnit.DAY),
]


@pytest.mark.parametrize(("schedule", "unit"), UNITS)
def test_what_a_streak_counts(schedule: Schedule, unit: StreakUnit) -> None:
    assert story(schedule, "x").numbers.current_streak.unit is unit


def test_weeks_and_months_have_their_ends() -> None:
    wednesday = date(2026, 1, 7)
    assert week_of(wednesday, Weekday.MON) == (date(2026, 1, 5), date(2026, 1, 11))
    assert week_of(wednesday, Weekday.SUN) == (date(2026, 1, 4), date(2026, 1, 10))
    assert week_of(wednesday, Weekday.WED) == (date(2026, 1, 7), date(2026, 1, 13))
    assert month_of(date(2028, 2, 10)) == (date(2028, 2, 1), date(2028, 2, 29))
    assert month_of(date(2026, 12, 31)) == (date(2026, 12, 1), date(2026, 12, 31))
    assert year_of(wednesday) == (date(2026, 1, 1), date(2026, 12, 31))


def test_days_are_kept_in_order_and_once() -> None:
    assert on("sun", "mon", "sun") == on("mon", "sun")
    assert on_days(31, -1, 1, 31).month_days == (-1, 1, 31)


DAILY_F, WEEKLY_F, MONTHLY_F, ROLLING_F, YEARLY_F = Frequency
_MONDAY = (Weekday.MON,)
REFUSED = [
    # frequency and fields                                    the field that is named
    (DAILY_F, {"times": 2}, "times"),
    (DAILY_F, {"interval": 0}, "interval"),
    (DAILY_F, {"interval": 367}, "interval"),
    (DAILY_F, {"weekdays": (Weekday.MON,)}, "weekdays"),
    (DAILY_F, {"days": 7}, "days"),
    (WEEKLY_F, {"times": 0}, "times"),
    (WEEKLY_F, {"times": 8}, "times"),
    (WEEKLY_F, {"times": 1, "weekdays": (Weekday.MON,)}, "times"),
    (WEEKLY_F, {"interval": 2}, "interval"),
    (WEEKLY_F, {"interval": 53, "weekdays": (Weekday.MON,)}, "interval"),
    (WEEKLY_F, {"month_days": (1,)}, "month_days"),
    (MONTHLY_F, {"month_days": (0,)}, "month_days"),
    (MONTHLY_F, {"month_days": (32,)}, "month_days"),
    (MONTHLY_F, {"month_days": (-32,)}, "month_days"),
    (MONTHLY_F, {"times": 32}, "times"),
    (MONTHLY_F, {"interval": 2, "month_days": (1,)}, "interval"),
    (ROLLING_F, {"times": 3}, "days"),
    (ROLLING_F, {"times": 8, "days": 7}, "times"),
    (ROLLING_F, {"days": 0}, "days"),
    (ROLLING_F, {"days": 367}, "days"),
    (DAILY_F, {"anchor_date": date(2026, 1, 1)}, "anchor_date"),
    (DAILY_F, {"interval": 2, "anchor_date": date(1899, 12, 31)}, "anchor_date"),
    (WEEKLY_F, {"weekdays": _MONDAY, "anchor_date": date(2026, 1, 1)}, "anchor_date"),
    (WEEKLY_F, {"weekday_ordinals": (WeekdayOrdinal(Weekday.MON, 1),)}, "weekday_ordinals"),
    (MONTHLY_F, {"weekday_ordinals": (WeekdayOrdinal(Weekday.MON, 0),)}, "weekday_ordinals"),
    (MONTHLY_F, {"weekday_ordinals": (WeekdayOrdinal(Weekday.MON, 6),)}, "weekday_ordinals"),
    (MONTHLY_F, {"weekday_ordinals": (WeekdayOrdinal(Weekday.MON, 1),), "times": 1}, "times"),
    (MONTHLY_F, {"year_days": (YearDay(3, 14),)}, "year_days"),
    (YEARLY_F, {"year_days": (YearDay(13, 1),)}, "year_days"),
    (YEARLY_F, {"year_days": (YearDay(0, 1),)}, "year_days"),
    (YEARLY_F, {"year_days": (YearDay(2, 30),)}, "year_days"),
    (YEARLY_F, {"year_days": (YearDay(4, -31),)}, "year_days"),
    (YEARLY_F, {"year_days": (YearDay(3, 14),), "times": 2}, "times"),
    (YEARLY_F, {"times": 367}, "times"),
    (YEARLY_F, {"month_days": (1,)}, "month_days"),
]


@pytest.mark.parametrize(("frequency", "fields", "named"), REFUSED)
def test_a_schedule_whose_parts_do_not_fit_is_refused(
    frequency: Frequency, fields: dict[str, int], named: str
) -> None:
    with pytest.raises(ScheduleInvalid) as refused:
        Schedule(frequency, **fields)  # type: ignore[arg-type]
    assert refused.value.field == named
    assert named in str(refused.value)
