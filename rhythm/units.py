"""Due units as the outside knows them: what was asked, from when to when, and how it stands."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from fractions import Fraction
from math import ceil
from zoneinfo import ZoneInfo

from rhythm.boundaries import closing_date, facts_needed_from
from rhythm.day_facts import DayFacts
from rhythm.days import MIDNIGHT, end_of_day
from rhythm.due_dates import due_dates
from rhythm.due_units import EvaluatedUnit, due_units
from rhythm.goal import amount_of
from rhythm.plan import Facts, Pause, Plan, State, VersionSpan, paused_dates
from rhythm.schedule import ONE_DAY, StreakUnit, UnitKind

MOST_PERCENT = 9999


@dataclass(frozen=True, slots=True)
class DueUnit:
    """A day, week, month, year or rolling window in which something was asked.

    Attributes:
        from_date: Its first date; of a rolling window, how far it looks back.
        to_date: Its last date; when it is over, it is decided.
        kind: What a streak counts it as.
        done: Days done, or the amount.
        asked: Days, or the amount, to reach or not to pass.
        state: How it stands.
        version_date: The effective date of the version that was in force at its end.
        is_limit: Whether `asked` is not to be passed, rather than to be reached.
    """

    from_date: date
    to_date: date
    kind: StreakUnit
    done: Decimal
    asked: Decimal
    state: State
    version_date: date
    is_limit: bool = False

    @property
    def percent(self) -> int:
        """How much of what was asked is done, 0 to 100, rounded down; of a limit, how much is used.

        The percent of a limit is rounded up and goes on after 100, so that it is over 100 exactly
        where the limit is passed, up to `MOST_PERCENT`; that is also what anything is of a limit
        of 0.
        """
        if not self.asked:
            return 0 if not self.done else MOST_PERCENT if self.is_limit else 100
        percent = Fraction(self.done) * 100 / Fraction(self.asked)
        if self.is_limit:
            return min(ceil(percent), MOST_PERCENT)
        return min(int(percent), 100)


def list_units(
    plan: Plan,
    facts: Facts,
    pauses: Sequence[Pause],
    *,
    from_date: date,
    to_date: date,
    today: date,
) -> list[DueUnit]:
    """Return the due units that touch a range of dates and have begun, oldest first.

    Args:
        plan: What the habit asks.
        facts: At least those since `facts_needed_from(plan, from_date - 1 day)`.
        pauses: All that touch the range.
        from_date: The first date of the range.
        to_date: The last date of the range.
        today: The person's logical date.
    """
    since = closing_date(plan, from_date - ONE_DAY) + ONE_DAY
    needed = facts_needed_from(plan, since - ONE_DAY)
    day_facts = DayFacts(plan, facts, pauses, first=needed, today=today)
    found = due_units(day_facts, since, min(to_date, today))
    return [unit_of(day_facts, due) for due in found if due.last >= from_date]


def due_on(plan: Plan, facts: Facts, pauses: Sequence[Pause], day: date) -> DueUnit | None:
    """Return the unit that still wants something done on `day`, seen from that day, or None.

    None also when the day itself is answered: done already, skipped, paused or given up.
    """
    if day > plan.last_date:
        return None
    since = closing_date(plan, day - ONE_DAY) + ONE_DAY
    needed = facts_needed_from(plan, since - ONE_DAY)
    day_facts = DayFacts(plan, facts, pauses, first=needed, today=day)
    for due in due_units(day_facts, since, day):
        if due.state is State.OPEN and due.last >= day and _is_unanswered(day_facts, due.span, day):
            return unit_of(day_facts, due)
    return None


def scheduled_dates(
    plan: Plan, pauses: Sequence[Pause], *, from_date: date, to_date: date
) -> Iterator[date]:
    """Yield the dates on which the plan may ask for something, whatever is done: reminder days."""
    paused = paused_dates(pauses, from_date, to_date)
    end = min(to_date, plan.last_date)
    day = max(from_date, plan.start_date)
    while day <= end:
        span = plan.span_on(day)
        last = min(span.last, end)
        yield from (it for it in _asking_dates(span, day, last) if it not in paused)
        day = last + ONE_DAY


def deadline_of(
    unit: DueUnit | None, zone: ZoneInfo, day_start: time = MIDNIGHT
) -> datetime | None:
    """Return the moment an open unit is over; None for one that is decided, or for none."""
    if unit is None or unit.state is not State.OPEN:
        return None
    return end_of_day(unit.to_date, zone, day_start)


def unit_of(day_facts: DayFacts, due: EvaluatedUnit) -> DueUnit:
    """Return a unit as the outside knows it."""
    span, first, last, state, contribution, asked = due
    if contribution is None:
        done = day_facts.counted_value(last) or 0
        asked = 1 if day_facts.counts_days else span.amount
        in_days = day_facts.counts_days
    else:
        done = contribution.amount if span.is_total else contribution.done
        in_days = not span.is_total
    if span.kind is UnitKind.ROLLING_DAY:
        window = timedelta(days=(span.version.schedule.days or 1) - 1)
        first = max(last - window, day_facts.plan.start_date)
    return DueUnit(
        from_date=first,
        to_date=last,
        kind=span.streak_unit,
        done=Decimal(done) if in_days else amount_of(done),
        asked=Decimal(asked) if in_days else amount_of(asked),
        state=state,
        version_date=span.version.effective_date,
        is_limit=span.at_most and not in_days,
    )


def _asking_dates(span: VersionSpan, first: date, last: date) -> Iterator[date]:
    schedule = span.version.schedule
    if span.kind is UnitKind.DUE_DAY:
        return due_dates(schedule, first, last, anchor=span.anchor, week_start=span.week_start)
    return (first + timedelta(days=n) for n in range((last - first).days + 1))


def _is_unanswered(day_facts: DayFacts, span: VersionSpan, day: date) -> bool:
    """Tell whether a day of an open unit can still bring something to it."""
    if day_facts.mark_on(day) is not None:
        return False
    contribution = day_facts.contribution(day, span)
    return bool(contribution.lived) and not contribution.done
