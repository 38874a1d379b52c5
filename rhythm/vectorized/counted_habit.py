"""A habit that is to be counted as an array, and which days that needs. Days are ordinals."""

from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from uuid import UUID

from rhythm.boundaries import CALENDAR_UNITS
from rhythm.checkpoint import Checkpoint
from rhythm.goal import Measure
from rhythm.plan import EARLIEST_START, Pause, Plan, Version, VersionSpan
from rhythm.schedule import Frequency, UnitKind, Weekday, month_of, week_of, year_of
from rhythm.week_changes import WeekChanges


@dataclass(frozen=True, slots=True, kw_only=True)
class CountedHabit:
    """What counting needs to know of a habit besides its facts.

    Attributes:
        habit_id: The habit.
        person: The place of its owner among the people.
        span: What it asks, ever since its start; dates and anchor of the span mean nothing.
        counts_days: Whether days are done or not, rather than hold amounts.
        start: Its first day.
        archived: The last day that counts; None while active.
        since: The first day whose totals are counted.
        today: The person's day; only those before it are counted.
        checkpoint: Where counting goes on from; None where it begins at the start.
        through: The closing day of the new checkpoint; None where the old one stays.
        pauses: First and last days of pauses, the last one None where it is open.
        never_lived: Days that the person's zone never had; paused where they hold no fact.
        counted_through: The last day that the checkpoint holds; the eve of the start without one.
        first_needed: The first day whose facts are needed.
    """

    habit_id: UUID
    person: int
    span: VersionSpan
    counts_days: bool
    start: int
    archived: int | None
    since: int
    today: int
    checkpoint: Checkpoint | None = None
    through: int | None = None
    pauses: tuple[tuple[int, int | None], ...] = ()
    never_lived: tuple[int, ...] = ()
    counted_through: int = field(init=False)
    first_needed: int = field(init=False)

    def __post_init__(self) -> None:
        counted = self.checkpoint.through.toordinal() if self.checkpoint else self.start - 1
        closed = self.since - 1
        if self.through is not None:
            closed = min(closed, counted)
        needed = facts_needed_from(self.span, self.start, self.archived, closed)
        object.__setattr__(self, "counted_through", counted)
        object.__setattr__(self, "first_needed", needed)


def span_of(
    measure: Measure,
    versions: tuple[Version, ...],
    week_start: Weekday,
    week_changes: WeekChanges,
) -> VersionSpan | None:
    """Return what a habit asks; None where that changes over time, so that only `rhythm` counts it.

    It is the same for all habits that ask alike, whenever they start.
    """
    if len(versions) != 1:
        return None
    schedule = versions[0].schedule
    by_weeks = schedule.unit_kind is UnitKind.WEEK or schedule.interval > 1
    if week_changes and schedule.frequency is Frequency.WEEKLY and by_weeks:
        return None
    plan = Plan(measure, EARLIEST_START, versions, week_start)
    return plan.version_spans[0]


def days_of_pause(pause: Pause) -> tuple[int, int | None]:
    """Return the first and last day of a pause, the last one None where it is open."""
    return pause.from_date.toordinal(), pause.to_date.toordinal() if pause.to_date else None


def closing_day(span: VersionSpan, start: int, archived: int | None, day: int) -> int:
    """Return the latest day, `day` or before, on which no unit is unfinished: as `closing_date`."""
    if archived is not None:
        day = min(day, archived - 1)
    if day < start:
        return start - 1
    if span.kind not in CALENDAR_UNITS:
        return day
    first, last = unit_of(span.kind, span.week_start, day)
    return day if day == last else max(first, start) - 1


def facts_needed_from(span: VersionSpan, start: int, archived: int | None, through: int) -> int:
    """Return the first day whose facts matter to a unit that ends after a day, as `rhythm` does."""
    looking_back = span.version.schedule.days or 1
    return max(start, closing_day(span, start, archived, through) + 2 - looking_back)


@lru_cache(maxsize=65_536)
def unit_of(kind: UnitKind, week_start: Weekday, day: int) -> tuple[int, int]:
    """Return the first and last day of the whole week, month or year that holds a day."""
    held = date.fromordinal(day)
    if kind is UnitKind.WEEK:
        first, last = week_of(held, week_start)
    else:
        first, last = month_of(held) if kind is UnitKind.MONTH else year_of(held)
    return first.toordinal(), last.toordinal()
