"""How suggestions are worded: counts, times, amounts."""

from datetime import time

from rhythm.goal import amount_of
from rhythm.schedule import Weekday

WEEKDAYS = {
    Weekday.MON: "Monday",
    Weekday.TUE: "Tuesday",
    Weekday.WED: "Wednesday",
    Weekday.THU: "Thursday",
    Weekday.FRI: "Friday",
    Weekday.SAT: "Saturday",
    Weekday.SUN: "Sunday",
}


def quoted(title: str) -> str:
    """Return a person's own words in quotes."""
    return f'"{title}"'


def counted(count: int, noun: str) -> str:
    """Return a count with its noun: `1 day`, `2 days`."""
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def shown_time(wall_time: time) -> str:
    """Return a wall time as `HH:MM`."""
    return f"{wall_time:%H:%M}"


def shown_amount(thousandths: int, unit: str) -> str:
    """Return an amount with its unit: `2.5 km`."""
    return f"{amount_of(thousandths):f} {unit}".strip()


def percent(rate: float) -> str:
    """Return a rate as whole percent: `37 %`."""
    return f"{rate * 100:.0f} %"
