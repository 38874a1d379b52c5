"""Which dates a schedule of named days makes due."""

from collections.abc import Iterator
from datetime import date, timedelta

from rhythm.schedule import (
    ONE_DAY,
    Frequency,
    Schedule,
    Weekday,
    WeekdayOrdinal,
    YearDay,
    month_of,
    week_of,
)


def due_dates(
    schedule: Schedule, first: date, last: date, *, anchor: date, week_start: Weekday
) -> Iterator[date]:
    """Yield the dates from `first` to `last` that a schedule of named days makes due, in order.

    Args:
        schedule: One that names its days.
        first: The first date to look at.
        last: The last date to look at.
        anchor: The date, or a date of the week, from which intervals count in both directions.
        week_start: The first day of the person's week, by which intervals of weeks count.
    """
    if schedule.frequency is Frequency.DAILY:
        step = timedelta(days=schedule.interval)
        day = first + timedelta(days=(anchor - first).days % schedule.interval)
        while day <= last:
            yield day
            day += step
        return
    day = first
    while day <= last:
        if _is_named(schedule, day, anchor=anchor, week_start=week_start):
            yield day
        day += ONE_DAY


def _is_named(schedule: Schedule, day: date, *, anchor: date, week_start: Weekday) -> bool:
    if schedule.frequency is Frequency.WEEKLY:
        if day.weekday() not in schedule.weekdays:
            return False
        weeks = (week_of(day, week_start)[0] - week_of(anchor, week_start)[0]).days // 7
        return weeks % schedule.interval == 0
    length = month_of(day)[1].day
    if schedule.frequency is Frequency.YEARLY:
        return any(_is_year_day(named, day, length) for named in schedule.year_days)
    return any(_day_in_month(named, length) == day.day for named in schedule.month_days) or any(
        _is_ordinal(named, day, length) for named in schedule.weekday_ordinals
    )


def _day_in_month(named: int, length: int) -> int:
    return min(named, length) if named > 0 else max(length + 1 + named, 1)


def _is_year_day(named: YearDay, day: date, length: int) -> bool:
    return day.month == named.month and day.day == _day_in_month(named.day, length)


def _is_ordinal(named: WeekdayOrdinal, day: date, length: int) -> bool:
    if day.weekday() != named.weekday:
        return False
    if named.ordinal > 0:
        return (day.day + 6) // 7 == named.ordinal
    return (length - day.day) // 7 + 1 == -named.ordinal
