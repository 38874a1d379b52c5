"""Where units begin and end, and so where an evaluation may be closed and gone on with."""

from datetime import date, timedelta

from rhythm.plan import Plan, VersionSpan
from rhythm.schedule import ONE_DAY, UnitKind, month_of, week_of

CALENDAR_UNITS = (UnitKind.WEEK, UnitKind.MONTH)


def closing_date(plan: Plan, day: date) -> date:
    """Return the latest date, `day` or before, at which no unit is half over.

    Never before the eve of the start, and never on the last date of an archived habit or later, so
    that archiving and restoring need no checkpoint rebuilt.
    """
    day = min(day, plan.last_date - ONE_DAY)
    if day < plan.start_date:
        return plan.start_date - ONE_DAY
    span = plan.span_on(day)
    if span.kind not in CALENDAR_UNITS:
        return day
    first, last = unit_bounds(plan, span, day)
    return day if day == last else first - ONE_DAY


def facts_needed_from(plan: Plan, through: date) -> date:
    """Return the earliest date whose facts matter to anything after `closing_date(through)`."""
    closed = closing_date(plan, through)
    looking_back = max(
        max(span.strength_parameters.window_days, span.version.schedule.days or 1)
        for span in plan.version_spans
        if span.last > closed
    )
    return max(plan.start_date, closed + ONE_DAY - timedelta(days=looking_back - 1))


def whole_unit_bounds(plan: Plan, kind: UnitKind, day: date) -> tuple[date, date]:
    """Return the first and last date of the whole week or month that holds `day`."""
    return month_of(day) if kind is UnitKind.MONTH else week_of(day, plan.week_start)


def unit_bounds(plan: Plan, span: VersionSpan, day: date) -> tuple[date, date]:
    """Return as much of the week or month that holds `day` as its kind of unit is in force."""
    first, last = whole_unit_bounds(plan, span.kind, day)
    return max(first, span.run_first), min(last, span.run_last, plan.last_date)
