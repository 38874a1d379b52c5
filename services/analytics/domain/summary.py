"""A person's numbers in a window of civil days."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from rhythm.schedule import StreakUnit, Weekday
from rhythm.streak import Streak
from services.analytics.domain.habit import HabitRecord
from services.analytics.domain.person import Person
from services.analytics.domain.tally import Tally, rate_of, streak_of, tally_of, tally_of_all
from services.analytics.domain.window import Window

HOURS = 24
_LENGTH = {StreakUnit.DAY: 1, StreakUnit.WEEK: 7, StreakUnit.MONTH: 30, StreakUnit.YEAR: 365}


@dataclass(frozen=True, slots=True, kw_only=True)
class HabitNumbers:
    """The numbers of one habit in the window."""

    habit_id: UUID
    title: str
    due_count: int
    met_count: int
    check_in_count: int
    streak_count: int
    streak_unit: StreakUnit

    @property
    def completion_rate(self) -> float | None:
        """Met / due; None when nothing was due."""
        return rate_of(self.met_count, self.due_count)


@dataclass(frozen=True, slots=True, kw_only=True)
class WeekdayNumbers:
    """The due days of one weekday in the window."""

    weekday: Weekday
    due_count: int
    met_count: int
    check_in_count: int

    @property
    def completion_rate(self) -> float | None:
        """Met / due; None when nothing was due."""
        return rate_of(self.met_count, self.due_count)


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """A person's numbers in a window. The rates are met / due, None when nothing was due."""

    from_date: date
    to_date: date
    active_habit_count: int
    due_count: int
    met_count: int
    check_in_count: int
    perfect_day_count: int
    best_date: date | None
    longest_streak_count: int
    longest_streak_unit: StreakUnit | None
    longest_streak_habit_id: UUID | None
    habits: tuple[HabitNumbers, ...]
    weekdays: tuple[WeekdayNumbers, ...]
    hours: tuple[int, ...]
    """Check-ins by the hour they were made, 0 to 23."""
    previous_rate: float | None

    @property
    def completion_rate(self) -> float | None:
        """Met / (met + failed); None when nothing was due: never a made-up 0 or 1."""
        return rate_of(self.met_count, self.due_count)

    @property
    def rate_change(self) -> float | None:
        """This window's rate less the previous; None when either is."""
        if self.completion_rate is None or self.previous_rate is None:
            return None
        return self.completion_rate - self.previous_rate


def summarize(
    person: Person, records: Sequence[HabitRecord], window: Window, today: date
) -> Summary:
    """Count a person's numbers in a window, as of today.

    Needs of each record the facts since what the window before this one looks back on, and those
    since its checkpoint.
    """
    tallies = [tally_of(record, window, today) for record in records]
    streaks = [streak_of(record, today) for record in records]
    total = Tally()
    for tally in tallies:
        total.add(tally)
    before = window.before()
    longest = _longest(records, streaks)
    return Summary(
        from_date=window.first,
        to_date=window.last,
        active_habit_count=sum(record.habit.active for record in records),
        due_count=total.due.total(),
        met_count=total.met.total(),
        check_in_count=total.check_ins.total(),
        perfect_day_count=_perfect_days(total),
        best_date=_best_date(total),
        longest_streak_count=longest[1].length if longest else 0,
        longest_streak_unit=longest[1].unit if longest else None,
        longest_streak_habit_id=longest[0].habit.id if longest else None,
        habits=tuple(
            _habit_numbers(record, tally, streak)
            for record, tally, streak in zip(records, tallies, streaks, strict=True)
            if _was_active(record, window)
        ),
        weekdays=_weekdays(total),
        hours=_hours(person, records, window, today),
        previous_rate=tally_of_all(records, before, today).rate() if before else None,
    )


def _habit_numbers(record: HabitRecord, tally: Tally, streak: Streak) -> HabitNumbers:
    return HabitNumbers(
        habit_id=record.habit.id,
        title=record.habit.title,
        due_count=tally.due.total(),
        met_count=tally.met.total(),
        check_in_count=tally.check_ins.total(),
        streak_count=streak.length,
        streak_unit=streak.unit,
    )


def _was_active(record: HabitRecord, window: Window) -> bool:
    plan = record.plan
    return plan.start_date <= window.last and plan.last_date >= window.first


def _perfect_days(total: Tally) -> int:
    """Count the days on which something was due and all of it was met."""
    return sum(total.met_days[day] == due for day, due in total.due_days.items())


def _best_date(total: Tally) -> date | None:
    """Return the day on which the most units count as met; of equals that with more check-ins."""
    days = [(count, total.check_ins[day], day) for day, count in total.met.items() if count]
    return max(days)[2] if days else None


def _longest(
    records: Sequence[HabitRecord], streaks: Sequence[Streak]
) -> tuple[HabitRecord, Streak] | None:
    """Return the streak with the highest count; of equals that of the longer unit."""
    running = [
        (streak.length, _LENGTH[streak.unit], -place)
        for place, (record, streak) in enumerate(zip(records, streaks, strict=True))
        if streak.length and record.habit.active
    ]
    if not running:
        return None
    place = -max(running)[2]
    return records[place], streaks[place]


def _weekdays(total: Tally) -> tuple[WeekdayNumbers, ...]:
    met, failed, done = (
        _by_weekday(counts) for counts in (total.met_days, total.failed_days, total.check_ins)
    )
    return tuple(
        WeekdayNumbers(
            weekday=weekday,
            due_count=met[weekday] + failed[weekday],
            met_count=met[weekday],
            check_in_count=done[weekday],
        )
        for weekday in Weekday
    )


def _by_weekday(counts: Counter[date]) -> Counter[int]:
    found: Counter[int] = Counter()
    for day, count in counts.items():
        found[day.weekday()] += count
    return found


def _hours(
    person: Person, records: Sequence[HabitRecord], window: Window, today: date
) -> tuple[int, ...]:
    """Count check-ins by the hour of the person's clock at which they were made."""
    found: Counter[int] = Counter()
    for record in records:
        for day, moment in record.moments.items():
            if day in window and day <= today and record.facts[day].is_check_in:
                found[person.hour_of(moment)] += 1
    return tuple(found[hour] for hour in range(HOURS))
