"""How suggestions are worded: counts, times, amounts, in the current language."""

from datetime import time

from rhythm.goal import amount_of
from rhythm.schedule import StreakUnit, Weekday
from services.analytics.domain.i18n import mark, ngettext

WEEKDAYS = {
    Weekday.MON: mark("Mondays"),
    Weekday.TUE: mark("Tuesdays"),
    Weekday.WED: mark("Wednesdays"),
    Weekday.THU: mark("Thursdays"),
    Weekday.FRI: mark("Fridays"),
    Weekday.SAT: mark("Saturdays"),
    Weekday.SUN: mark("Sundays"),
}


def quoted(title: str) -> str:
    """Return a person's own words in quotes."""
    return f'"{title}"'


def days_text(count: int) -> str:
    """Return a count of days: `1 day`, `2 days`."""
    return ngettext("{count} day", "{count} days", count)


def streak_text(count: int, unit: StreakUnit) -> str:
    """Return the length of a streak before its noun: `12-day`."""
    match unit:
        case StreakUnit.WEEK:
            return ngettext("{count}-week", "{count}-week", count)
        case StreakUnit.MONTH:
            return ngettext("{count}-month", "{count}-month", count)
        case StreakUnit.YEAR:
            return ngettext("{count}-year", "{count}-year", count)
    return ngettext("{count}-day", "{count}-day", count)


def shown_time(wall_time: time) -> str:
    """Return a wall time as `HH:MM`."""
    return f"{wall_time:%H:%M}"


def shown_amount(thousandths: int, unit: str) -> str:
    """Return an amount with its unit: `2.5 km`."""
    return f"{amount_of(thousandths):f} {unit}".strip()


def percent(rate: float) -> str:
    """Return a rate as whole percent: `37 %`."""
    return f"{rate * 100:.0f} %"
