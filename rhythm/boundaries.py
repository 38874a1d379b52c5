"""Where units begin and end, and so where an evaluation may be closed and gone on with."""

from datetime import date, timedelta

from rhythm.plan import Plan, VersionSpan
from rhythm.schedule import ONE_DAY, UnitKind, month_of, week_of, year_of

CALENDAR_UNITS = (UnitKind.WEEK, UnitKind.MONTH, UnitKind.YEAR)


def closing_date(plan: Plan, day: date) -> date:
    """Return the latest date, `day` or before, on which no unit is left unfinished.

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
    """Return the earliest date whose facts matter to a unit after `closing_date(through)`.

    Strength looks back further; what it needs of the days before is in the checkpoint.
    """
    closed = closing_date(plan, through)
    looking_back = max(
        span.version.schedule.days or 1 for span in plan.version_spans if span.last > closed
    )
    return max(plan.start_date, closed + ONE_DAY - timedelta(days=looking_back - 1))


def window_needed(plan: Plan, through: date) -> int:
    """Return how many lived days strength looks back on after `through`, at most."""
    if len(plan.version_spans) == 1:
        return plan.version_spans[0].strength_parameters.window_days
    return max(
        span.strength_parameters.window_days for span in plan.version_spans if span.last > through
    )


def whole_unit_bounds(span: VersionSpan, day: date) -> tuple[date, date]:
    """Return the first and last date of the whole week, month or year that holds `day`."""
    if span.kind is UnitKind.WEEK:
        return week_of(day, span.week_start)
    return month_of(day) if span.kind is UnitKind.MONTH else year_of(day)


def unit_bounds(plan: Plan, span: VersionSpan, day: date) -> tuple[date, date]:
    """Return as much of the whole unit that holds `day` as its kind is in force."""
    first, last = whole_unit_bounds(span, day)
    return max(first, span.run_first), min(last, span.run_last, plan.last_date)
