"""When a habit asks for something: every day, some days, or some number of days in a span."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from enum import Enum, IntEnum, StrEnum

from rhythm.errors import ScheduleInvalid

ONE_DAY = timedelta(days=1)
MAX_INTERVAL_DAYS = 366
MAX_INTERVAL_WEEKS = 52
MAX_ROLLING_DAYS = 366


class Weekday(IntEnum):
    """A day of the week, numbered as `date.weekday()` numbers it."""

    MON = 0
    TUE = 1
    WED = 2
    THU = 3
    FRI = 4
    SAT = 5
    SUN = 6


class Frequency(StrEnum):
    """The span a schedule counts in."""

    DAILY = "daily"
    WEEKLY = "weekly"
    MONTHLY = "monthly"
    ROLLING = "rolling"


class StreakUnit(StrEnum):
    """What a streak counts."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"


class UnitKind(Enum):
    """How a schedule cuts time into due units."""

    DUE_DAY = "due_day"
    ROLLING_DAY = "rolling_day"
    WEEK = "week"
    MONTH = "month"

    @property
    def streak_unit(self) -> StreakUnit:
        """What a streak of such units counts."""
        if self is UnitKind.WEEK:
            return StreakUnit.WEEK
        return StreakUnit.MONTH if self is UnitKind.MONTH else StreakUnit.DAY


@dataclass(frozen=True, slots=True)
class Schedule:
    """One row of the schedule table; fields a row does not use keep their defaults.

    Attributes:
        frequency: The span.
        interval: Every how many days (daily) or weeks (weekly with weekdays), from the start date.
        weekdays: The due days of a week, sorted.
        times: On how many days of each week, month or rolling window.
        month_days: The due days of a month, 1 to 31, or -1 (the last) to -31; sorted.
        days: How many days a rolling window looks back, itself included.

    Raises:
        ScheduleInvalid: The fields do not go together, or one is out of range.
    """

    frequency: Frequency
    interval: int = 1
    weekdays: tuple[Weekday, ...] = ()
    times: int | None = None
    month_days: tuple[int, ...] = ()
    days: int | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "weekdays", tuple(sorted(set(self.weekdays))))
        object.__setattr__(self, "month_days", tuple(sorted(set(self.month_days))))
        self._refuse_unused_fields()
        self._refuse_out_of_range()

    @property
    def names_days(self) -> bool:
        """Whether single days are due, rather than a number of days in a span."""
        return self.frequency is Frequency.DAILY or bool(self.weekdays or self.month_days)

    @property
    def unit_kind(self) -> UnitKind:
        """How this schedule cuts time into due units."""
        if self.names_days:
            return UnitKind.DUE_DAY
        if self.frequency is Frequency.ROLLING:
            return UnitKind.ROLLING_DAY
        return UnitKind.WEEK if self.frequency is Frequency.WEEKLY else UnitKind.MONTH

    def _refuse_unused_fields(self) -> None:
        weekly, monthly = self.frequency is Frequency.WEEKLY, self.frequency is Frequency.MONTHLY
        rolling, daily = self.frequency is Frequency.ROLLING, self.frequency is Frequency.DAILY
        _require(weekly or not self.weekdays, "weekdays", self.weekdays, "go with weekly")
        _require(monthly or not self.month_days, "month_days", self.month_days, "go with monthly")
        _require(rolling == (self.days is not None), "days", self.days, "go with rolling, always")
        _require(
            self.times is None or not self.names_days,
            "times",
            self.times,
            "cannot go with daily or with named days",
        )
        _require(
            self.interval == 1 or daily or bool(self.weekdays),
            "interval",
            self.interval,
            "goes with daily or with weekdays",
        )

    def _refuse_out_of_range(self) -> None:
        daily = self.frequency is Frequency.DAILY
        longest = MAX_INTERVAL_DAYS if daily else MAX_INTERVAL_WEEKS
        _require(1 <= self.interval <= longest, "interval", self.interval, f"is 1 to {longest}")
        for day in self.month_days:
            _require(1 <= abs(day) <= 31, "month_days", day, "are 1 to 31 or -1 to -31")
        if self.days is not None:
            fits = 1 <= self.days <= MAX_ROLLING_DAYS
            _require(fits, "days", self.days, f"are 1 to {MAX_ROLLING_DAYS}")
        if self.times is not None:
            most = {Frequency.WEEKLY: 7, Frequency.MONTHLY: 31}.get(self.frequency, self.days or 1)
            _require(1 <= self.times <= most, "times", self.times, f"are 1 to {most}")


def due_dates(
    schedule: Schedule, first: date, last: date, *, anchor: date, week_start: Weekday
) -> Iterator[date]:
    """Yield the dates from `first` to `last` that a schedule of named days makes due, in order.

    Args:
        schedule: One that names its days.
        first: The first date to look at.
        last: The last date to look at.
        anchor: The habit's start date, from which intervals count.
        week_start: The first day of the person's week, from which intervals of weeks count.
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


def week_of(day: date, week_start: Weekday) -> tuple[date, date]:
    """Return the first and last date of the week that holds `day`."""
    first = day - timedelta(days=(day.weekday() - week_start) % 7)
    return first, first + timedelta(days=6)


def month_of(day: date) -> tuple[date, date]:
    """Return the first and last date of the calendar month that holds `day`."""
    first = day.replace(day=1)
    return first, (first + timedelta(days=31)).replace(day=1) - ONE_DAY


def _is_named(schedule: Schedule, day: date, *, anchor: date, week_start: Weekday) -> bool:
    if schedule.frequency is Frequency.WEEKLY:
        if day.weekday() not in schedule.weekdays:
            return False
        weeks = (week_of(day, week_start)[0] - week_of(anchor, week_start)[0]).days // 7
        return weeks % schedule.interval == 0
    length = month_of(day)[1].day
    return any(_day_in_month(named, length) == day.day for named in schedule.month_days)


def _day_in_month(named: int, length: int) -> int:
    return min(named, length) if named > 0 else max(length + 1 + named, 1)


def _require(holds: bool, field: str, value: object, rule: str) -> None:
    if not holds:
        raise ScheduleInvalid(field, value, f"{field} {rule}; not {value!r}.")
