"""What the days of a year say about a habit; nothing where they are too few or chance would do.

A day of a habit went well, or did not: a due day that was met; of a habit that asks for days of a
week, a month or any X days, a day with a check-in. Skipped and paused days are left out.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from uuid import UUID

from rhythm.day_facts import DayFacts
from rhythm.plan import Mark, State
from rhythm.schedule import UnitKind, Weekday, week_of
from services.analytics.domain.habit import HabitRecord
from services.analytics.domain.person import Person
from services.analytics.domain.significance import (
    Table,
    binomial_at_least,
    fisher_exact,
    holm,
)
from services.analytics.domain.summary import HOURS
from services.analytics.domain.tally import tally_of, units_of
from services.analytics.domain.window import ONE_DAY, Window

INSIGHT_DAYS = 365
"""So many days before today are looked at."""
SIGNIFICANT = 0.05
"""The highest p-value, corrected for the number of comparisons, of what is not called chance."""
LEAST_DAYS = 56
LEAST_DAYS_OF_WEEKDAY = 6
LEAST_HOURS = 20
LEAST_HOUR_SHARE = 0.25
LEAST_WEEKS = 8
KEPT_SHARE = 0.8
"""A week is kept if so much of what was due in it was met."""
LEAST_COMMON_DAYS = 60
LEAST_PHI = 0.2
LEAST_PHI_OF_HALF = 0.1
"""In each half of the common days: one good month of both habits is no relation."""
MOST_RELATED = 5

type DayOutcomes = Mapping[date, bool]


@dataclass(frozen=True, slots=True, kw_only=True)
class WeekdayInsight:
    """The weekday that goes better than the others. Fisher's exact test, Holm's correction."""

    weekday: Weekday
    day_count: int
    met_count: int
    other_day_count: int
    other_met_count: int
    p_value: float


@dataclass(frozen=True, slots=True, kw_only=True)
class HourInsight:
    """The hour of most check-ins. Exact binomial test against equal hours, Holm's correction."""

    hour: int
    check_in_count: int
    all_check_in_count: int
    p_value: float


@dataclass(frozen=True, slots=True)
class Consistency:
    """Whole weeks in which something was due, and those in which 80 % of it was met."""

    week_count: int
    kept_week_count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """The longest time without a check-in."""

    first: date
    last: date
    day_count: int
    """Without skipped and paused days."""
    ongoing: bool
    """Whether no check-in has ended it yet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RelatedHabit:
    """A habit that goes well on the same days, or on the others. Fisher's exact test, Holm's."""

    habit_id: UUID
    title: str
    table: Table
    """Common days: both went well, only this habit, only the other, neither."""
    p_value: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Insights:
    """What the last year says about a habit. None where the days do not say it."""

    window: Window
    best_weekday: WeekdayInsight | None
    best_hour: HourInsight | None
    consistency: Consistency | None
    longest_gap: Gap | None
    related: tuple[RelatedHabit, ...]
    hours: tuple[int, ...]
    """Check-ins by the hour of the person's clock, 24 numbers, as far as their hour is known."""


def insights_of(
    person: Person, record: HabitRecord, others: Sequence[HabitRecord], today: date
) -> Insights:
    """Look at the 365 days before today. Needs of each record the facts since the first of them."""
    window = Window(today - timedelta(days=INSIGHT_DAYS), today - ONE_DAY)
    outcomes = day_outcomes(record, window, today)
    hours = _check_ins_by_hour(person, record, window)
    return Insights(
        window=window,
        best_weekday=best_weekday(outcomes),
        best_hour=_best_hour(hours),
        consistency=_consistency(person, record, window, today),
        longest_gap=_longest_gap(record, window, today),
        related=related_habits(
            outcomes, [(other, day_outcomes(other, window, today)) for other in others]
        ),
        hours=hours,
    )


def day_outcomes(record: HabitRecord, window: Window, today: date) -> DayOutcomes:
    """Return of each day of a window that counts whether it went well."""
    day_facts, units = units_of(record, window, today)
    found = {
        unit.last: unit.state is State.MET
        for unit in units
        if unit.span.kind is UnitKind.DUE_DAY and unit.state in (State.MET, State.FAILED)
    }
    for day in _lived_days(record, day_facts, window):
        if record.plan.span_on(day).kind is not UnitKind.DUE_DAY:
            found[day] = _is_check_in(record, day)
    return found


def best_weekday(outcomes: DayOutcomes) -> WeekdayInsight | None:
    """Return the weekday that goes significantly better than the others together."""
    if len(outcomes) < LEAST_DAYS:
        return None
    days = Counter(day.weekday() for day in outcomes)
    met = Counter(day.weekday() for day, went_well in outcomes.items() if went_well)
    compared = [weekday for weekday in sorted(days) if days[weekday] >= LEAST_DAYS_OF_WEEKDAY]
    if len(compared) < 2:
        return None
    total, total_met = days.total(), met.total()
    tables = [
        Table(
            both=met[it],
            only_first=days[it] - met[it],
            only_second=total_met - met[it],
            neither=total - total_met - days[it] + met[it],
        )
        for it in compared
    ]
    corrected = holm([fisher_exact(table) for table in tables])
    better = [
        (met[weekday] / days[weekday], -p_value, weekday)
        for weekday, table, p_value in zip(compared, tables, corrected, strict=True)
        if p_value < SIGNIFICANT and table.phi > 0
    ]
    if not better:
        return None
    _, negative_p_value, weekday = max(better)
    return WeekdayInsight(
        weekday=Weekday(weekday),
        day_count=days[weekday],
        met_count=met[weekday],
        other_day_count=total - days[weekday],
        other_met_count=total_met - met[weekday],
        p_value=-negative_p_value,
    )


def related_habits(
    outcomes: DayOutcomes, others: Sequence[tuple[HabitRecord, DayOutcomes]]
) -> tuple[RelatedHabit, ...]:
    """Return the habits whose days are related to these, the closest relation first."""
    compared: list[tuple[HabitRecord, Table, bool]] = []
    for other, theirs in others:
        common = sorted(outcomes.keys() & theirs.keys())
        if len(common) < LEAST_COMMON_DAYS:
            continue
        middle = len(common) // 2
        halves = [_table(outcomes, theirs, part) for part in (common[:middle], common[middle:])]
        table = Table(*map(sum, zip(*halves, strict=True)))
        sign = 1 if table.phi > 0 else -1
        lasts = all(half.phi * sign >= LEAST_PHI_OF_HALF for half in halves)
        compared.append((other, table, lasts and abs(table.phi) >= LEAST_PHI))
    corrected = holm([fisher_exact(table) for _, table, _ in compared])
    found = [
        RelatedHabit(habit_id=it.habit.id, title=it.habit.title, table=table, p_value=p_value)
        for (it, table, is_strong), p_value in zip(compared, corrected, strict=True)
        if is_strong and p_value < SIGNIFICANT
    ]
    found.sort(key=lambda it: (-abs(it.table.phi), it.p_value, it.habit_id))
    return tuple(found[:MOST_RELATED])


def _table(first: DayOutcomes, second: DayOutcomes, days: Sequence[date]) -> Table:
    counts = Counter((first[day], second[day]) for day in days)
    return Table(counts[True, True], counts[True, False], counts[False, True], counts[False, False])


def _check_ins_by_hour(person: Person, record: HabitRecord, window: Window) -> tuple[int, ...]:
    hours = Counter(
        person.hour_of(moment)
        for day, moment in record.moments.items()
        if day in window and _is_check_in(record, day)
    )
    return tuple(hours[hour] for hour in range(HOURS))


def _best_hour(hours: Sequence[int]) -> HourInsight | None:
    total = sum(hours)
    if total < LEAST_HOURS:
        return None
    count = max(hours)
    hour = hours.index(count)
    p_value = holm([binomial_at_least(some, total, 1 / HOURS) for some in hours])[hour]
    if count < total * LEAST_HOUR_SHARE or p_value >= SIGNIFICANT:
        return None
    return HourInsight(hour=hour, check_in_count=count, all_check_in_count=total, p_value=p_value)


def _consistency(
    person: Person, record: HabitRecord, window: Window, today: date
) -> Consistency | None:
    tally = tally_of(record, window, today)
    by_week: dict[date, list[int]] = {}
    for day, count in tally.due.items():
        first, last = week_of(day, person.week_start)
        if first in window and last in window and first >= record.plan.start_date:
            week = by_week.setdefault(first, [0, 0])
            week[0] += count
            week[1] += tally.met[day]
    if len(by_week) < LEAST_WEEKS:
        return None
    kept = sum(week_met >= week_due * KEPT_SHARE for week_due, week_met in by_week.values())
    return Consistency(len(by_week), kept)


def _longest_gap(record: HabitRecord, window: Window, today: date) -> Gap | None:
    day_facts, _ = units_of(record, window, today)
    lived = _lived_days(record, day_facts, window)
    places = [place for place, day in enumerate(lived) if _is_check_in(record, day)]
    if len(places) < 2:
        return None
    ends = pairwise([*places, len(lived)])
    length, start = max((end - begin - 1, begin + 1) for begin, end in ends)
    if not length:
        return None
    last = start + length - 1
    return Gap(
        first=lived[start],
        last=lived[last],
        day_count=length,
        ongoing=last == len(lived) - 1 and record.habit.active,
    )


def _lived_days(record: HabitRecord, day_facts: DayFacts, window: Window) -> list[date]:
    """Return the days of a window between start and archiving, neither paused nor skipped."""
    plan = record.plan
    return [
        day
        for day in window
        if plan.start_date <= day <= plan.last_date
        and day not in day_facts.paused
        and day_facts.mark_on(day) is not Mark.SKIP
    ]


def _is_check_in(record: HabitRecord, day: date) -> bool:
    fact = record.facts.get(day)
    return fact is not None and fact.is_check_in
