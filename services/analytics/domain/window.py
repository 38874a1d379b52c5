"""A window of civil days, both ends included."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from services.analytics.domain.errors import MOST_DAYS, RangeEndsBeforeStart, RangeTooLong

ONE_DAY = timedelta(days=1)
_EARLIEST = date(1900, 1, 1)


@dataclass(frozen=True, slots=True)
class Window:
    """The days from `first` to `last`.

    Raises:
        RangeEndsBeforeStart: The last day is before the first.
        RangeTooLong: There are more than 3660 days.
    """

    first: date
    last: date

    def __post_init__(self) -> None:
        if self.last < self.first:
            raise RangeEndsBeforeStart(self.first, self.last)
        if len(self) > MOST_DAYS:
            raise RangeTooLong(len(self))

    def __len__(self) -> int:
        return (self.last - self.first).days + 1

    def __iter__(self) -> Iterator[date]:
        return (self.first + timedelta(days=n) for n in range(len(self)))

    def __contains__(self, day: object) -> bool:
        return isinstance(day, date) and self.first <= day <= self.last

    def before(self) -> "Window | None":
        """Return the equally long window that ends where this one begins; None before 1900."""
        length = timedelta(days=len(self))
        if self.first - _EARLIEST < length:
            return None
        return Window(self.first - length, self.first - ONE_DAY)


def window_or_default(first: date | None, last: date | None, *, today: date, days: int) -> Window:
    """Return the window asked for; where an end was left out, `days` days that end today."""
    last = last or today
    if first is None:
        first = max(last - timedelta(days=days - 1), _EARLIEST) if last > _EARLIEST else last
    return Window(first, last)
