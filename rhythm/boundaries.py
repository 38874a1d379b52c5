"""Where units begin and end, and so where an evaluation may be closed and gone on with."""

from datetime import date, timedelta

from rhythm.plan import Plan, Stretch
from rhythm.schedule import ONE_DAY, UnitKind, month_of, week_of

SPANS = (UnitKind.WEEK, UnitKind.MONTH)


def closing_date(plan: Plan, day: date) -> date:
    """Return the latest date, `day` or before, at which no unit is half over.

    Never before the eve of the start, and never on the last date of an archived habit or later, so
    that archiving and restoring need no checkpoint rebuilt.
    """
    day = min(day, plan.last_date - ONE_DAY)
    if day < plan.start_date:
        return plan.start_date - ONE_DAY
    stretch = plan.stretch_on(day)
    if stretch.kind not in SPANS:
        return day
    first, last = lived_span(plan, stretch, day)
    return day if day == last else first - ONE_DAY


def facts_needed_from(plan: Plan, through: date) -> date:
    """Return the earliest date whose facts matter to anything after `closing_date(through)`."""
    closed = closing_date(plan, through)
    looking_back = max(
        max(stretch.pace.window_days, stretch.version.schedule.days or 1)
        for stretch in plan.stretches
        if stretch.last > closed
    )
    return max(plan.start_date, closed + ONE_DAY - timedelta(days=looking_back - 1))


def natural_span(plan: Plan, kind: UnitKind, day: date) -> tuple[date, date]:
    """Return the first and last date of the whole week or month that holds `day`."""
    return month_of(day) if kind is UnitKind.MONTH else week_of(day, plan.week_start)


def lived_span(plan: Plan, stretch: Stretch, day: date) -> tuple[date, date]:
    """Return as much of the week or month that holds `day` as its kind of unit is in force."""
    first, last = natural_span(plan, stretch.kind, day)
    return max(first, stretch.run_first), min(last, stretch.run_last, plan.last_date)
