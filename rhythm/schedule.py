"""When a habit asks for something: every day, some days, or some number of days in a span."""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import Enum, IntEnum, StrEnum

from rhythm.errors import ScheduleInvalid

ONE_DAY = timedelta(days=1)
MAX_INTERVAL_DAYS = 366
MAX_INTERVAL_WEEKS = 52
MAX_ROLLING_DAYS = 366
MAX_ORDINAL = 5
EARLIEST_DATE = date(1900, 1, 1)
LATEST_DATE = date(9998, 12, 31)
_MONTH_LENGTHS = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


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
    YEARLY = "yearly"


class StreakUnit(StrEnum):
    """What a streak counts."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    YEAR = "year"


class UnitKind(Enum):
    """How a schedule cuts time into due units."""

    DUE_DAY = "due_day"
    ROLLING_DAY = "rolling_day"
    WEEK = "week"
    MONTH = "month"
    YEAR = "year"

    @property
    def streak_unit(self) -> StreakUnit:
        """What a streak of such units counts."""
        return _STREAK_UNITS.get(self, StreakUnit.DAY)


_STREAK_UNITS = {
    UnitKind.WEEK: StreakUnit.WEEK,
    UnitKind.MONTH: StreakUnit.MONTH,
    UnitKind.YEAR: StreakUnit.YEAR,
}
_CALENDAR_KINDS = {
    Frequency.ROLLING: UnitKind.ROLLING_DAY,
    Frequency.WEEKLY: UnitKind.WEEK,
    Frequency.MONTHLY: UnitKind.MONTH,
    Frequency.YEARLY: UnitKind.YEAR,
}
_MOST_TIMES = {Frequency.WEEKLY: 7, Frequency.MONTHLY: 31, Frequency.YEARLY: 366}


@dataclass(frozen=True, slots=True, order=True)
class WeekdayOrdinal:
    """The n-th of a weekday in a month, such as the first Monday or the last Friday.

    Attributes:
        weekday: The weekday.
        ordinal: Which of them: 1 to 5 from the beginning of the month, -1 (the last) to -5 from its
            end. A month that has no fifth one has no such day.
    """

    weekday: Weekday
    ordinal: int


@dataclass(frozen=True, slots=True, order=True)
class YearDay:
    """A day of the year, such as 14 March.

    Attributes:
        month: 1 to 12.
        day: 1 to the length of the month, or -1 (its last day) to that length from its end. 29
            February is the 28th in a year without one.
    """

    month: int
    day: int


@dataclass(frozen=True, slots=True)
class Schedule:
    """One row of the schedule table; fields a row does not use keep their defaults.

    Attributes:
        frequency: The span.
        interval: Every how many days (daily) or weeks (weekly with weekdays), from the anchor.
        weekdays: The due days of a week, sorted.
        times: On how many days of each week, month, year or rolling window.
        month_days: The due days of a month, 1 to 31, or -1 (the last) to -31; sorted.
        days: How many days a rolling window looks back, itself included.
        weekday_ordinals: More due days of a month, such as its last Friday; sorted.
        year_days: The due days of a year; sorted.
        anchor_date: The date from which an interval over 1 counts, in both directions: this date,
            or its week, is one in which something is due. None: the habit's start date.

    Raises:
        ScheduleInvalid: The fields do not go together, or one is out of range.
    """

    frequency: Frequency
    interval: int = 1
    weekdays: tuple[Weekday, ...] = ()
    times: int | None = None
    month_days: tuple[int, ...] = ()
    days: int | None = None
    weekday_ordinals: tuple[WeekdayOrdinal, ...] = ()
    year_days: tuple[YearDay, ...] = ()
    anchor_date: date | None = None

    def __post_init__(self) -> None:
        for name in ("weekdays", "month_days", "weekday_ordinals", "year_days"):
            object.__setattr__(self, name, tuple(sorted(set(getattr(self, name)))))
        self._refuse_unused_fields()
        self._refuse_out_of_range()

    @property
    def names_days(self) -> bool:
        """Whether single days are due, rather than a number of days in a span."""
        named = self.weekdays or self.month_days or self.weekday_ordinals or self.year_days
        return self.frequency is Frequency.DAILY or bool(named)

    @property
    def unit_kind(self) -> UnitKind:
        """How this schedule cuts time into due units."""
        return UnitKind.DUE_DAY if self.names_days else _CALENDAR_KINDS[self.frequency]

    def anchored(self, anchor_date: date) -> "Schedule":
        """Return the same schedule, counted from a date where it has an interval and no anchor."""
        if self.interval == 1 or self.anchor_date is not None:
            return self
        return replace(self, anchor_date=anchor_date)

    def _refuse_unused_fields(self) -> None:
        fields = (
            ("weekdays", Frequency.WEEKLY),
            ("month_days", Frequency.MONTHLY),
            ("weekday_ordinals", Frequency.MONTHLY),
            ("year_days", Frequency.YEARLY),
        )
        for name, frequency in fields:
            value = getattr(self, name)
            holds = not value or self.frequency is frequency
            if not holds:
                rule = f"{name} go with {frequency}, and this schedule is {self.frequency}."
                raise ScheduleInvalid(name, value, rule)
        rolling = self.frequency is Frequency.ROLLING
        _require(rolling == (self.days is not None), "days", self.days, "go with rolling, always")
        _require(
            self.times is None or not self.names_days,
            "times",
            self.times,
            "cannot go with daily or with named days",
        )
        _require(
            self.interval == 1 or self.frequency is Frequency.DAILY or bool(self.weekdays),
            "interval",
            self.interval,
            "goes with daily or with weekdays",
        )
        _require(
            self.anchor_date is None or self.interval != 1,
            "anchor_date",
            str(self.anchor_date),
            "goes with an interval over 1",
        )

    def _refuse_out_of_range(self) -> None:
        daily = self.frequency is Frequency.DAILY
        longest = MAX_INTERVAL_DAYS if daily else MAX_INTERVAL_WEEKS
        _require(1 <= self.interval <= longest, "interval", self.interval, f"is 1 to {longest}")
        for day in self.month_days:
            _require(1 <= abs(day) <= 31, "month_days", day, "are 1 to 31 or -1 to -31")
        for it in self.weekday_ordinals:
            fits = 1 <= abs(it.ordinal) <= MAX_ORDINAL
            _require(fits, "weekday_ordinals", it.ordinal, "have an ordinal of 1 to 5 or -1 to -5")
        for named in self.year_days:
            _require(1 <= named.month <= 12, "year_days", named.month, "have a month of 1 to 12")
            fits = 1 <= abs(named.day) <= _MONTH_LENGTHS[named.month - 1]
            _require(
                fits, "year_days", f"{named.month}/{named.day}", "have a day that the month has"
            )
        if self.days is not None:
            fits = 1 <= self.days <= MAX_ROLLING_DAYS
            _require(fits, "days", self.days, f"are 1 to {MAX_ROLLING_DAYS}")
        if self.times is not None:
            most = _MOST_TIMES.get(self.frequency, self.days or 1)
            _require(1 <= self.times <= most, "times", self.times, f"are 1 to {most}")
        if self.anchor_date is not None:
            fits = EARLIEST_DATE <= self.anchor_date <= LATEST_DATE
            rule = f"lies from {EARLIEST_DATE} to {LATEST_DATE}"
            _require(fits, "anchor_date", str(self.anchor_date), rule)


def week_of(day: date, week_start: Weekday) -> tuple[date, date]:
    """Return the first and last date of the week that holds `day`."""
    first = day - timedelta(days=(day.weekday() - week_start) % 7)
    return first, first + timedelta(days=6)


def month_of(day: date) -> tuple[date, date]:
    """Return the first and last date of the calendar month that holds `day`."""
    first = day.replace(day=1)
    return first, (first + timedelta(days=31)).replace(day=1) - ONE_DAY


def year_of(day: date) -> tuple[date, date]:
    """Return the first and last date of the calendar year that holds `day`."""
    return date(day.year, 1, 1), date(day.year, 12, 31)


def _require(holds: bool, field: str, value: object, rule: str) -> None:
    if not holds:
        raise ScheduleInvalid(field, value, f"{field} {rule}; not {value!r}.")
