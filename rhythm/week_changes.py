"""The first day of a person's week, as it was changed over time."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from rhythm.schedule import Weekday, week_of

MOST_WEEK_CHANGES = 100
"""Of one person; where there are more, the oldest are given up."""
_MIDDLE = timedelta(days=3)


@dataclass(frozen=True, slots=True)
class WeekChange:
    """A date from which a person's weeks begin on another weekday."""

    effective_date: date
    week_start: Weekday


type WeekChanges = tuple[WeekChange, ...]
"""In order. Empty for a person who never changed it; else the first is from `date.min` on."""


def with_week_start(
    changes: WeekChanges, before: Weekday, after: Weekday, today: date
) -> WeekChanges:
    """Return the changes with one more, from `today` on; an earlier one of that day is replaced."""
    known = changes or (WeekChange(date.min, before),)
    kept = [it for it in known if it.effective_date < today]
    if kept[-1].week_start is not after:
        kept.append(WeekChange(today, after))
    if len(kept) == 1:
        return ()
    kept = kept[-MOST_WEEK_CHANGES:]
    return (WeekChange(date.min, kept[0].week_start), *kept[1:])


def anchor_weeks(
    anchor: date, week_start: Weekday, changes: Sequence[WeekChange]
) -> tuple[date, ...]:
    """Return the first date of the anchor's week, under each week start a person ever had.

    The week of the anchor is that of the week start in force on it. Under the week start before
    or after, it is the week that shares most of its days.

    Args:
        anchor: The date from which an interval counts.
        week_start: The first day of the person's week, before it was ever changed.
        changes: The changes of it, in order.
    """
    starts = (week_start, *(change.week_start for change in changes))
    place = sum(change.effective_date <= anchor for change in changes)
    weeks = [week_of(anchor, starts[place])[0]]
    for later in starts[place + 1 :]:
        weeks.append(week_of(weeks[-1] + _MIDDLE, later)[0])
    for earlier in reversed(starts[:place]):
        weeks.insert(0, week_of(weeks[0] + _MIDDLE, earlier)[0])
    return tuple(weeks)


def week_changes_to_numbers(changes: Iterable[WeekChange]) -> list[int]:
    """Return changes as a flat list that a column of integers can hold."""
    return [
        number
        for change in changes
        for number in (change.effective_date.toordinal(), int(change.week_start))
    ]


def week_changes_from_numbers(numbers: Sequence[int]) -> WeekChanges:
    """Return the changes that `week_changes_to_numbers` made the list of."""
    pairs = zip(numbers[::2], numbers[1::2], strict=True)
    return tuple(WeekChange(date.fromordinal(day), Weekday(weekday)) for day, weekday in pairs)
