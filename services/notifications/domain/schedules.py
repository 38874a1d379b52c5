"""Schedules as the chat offers them: short codes for buttons, and words for people."""

import re
from dataclasses import dataclass
from datetime import date

from babel.dates import get_day_names

from services.notifications.domain.i18n import current_language, gettext, ngettext

WEEKDAYS = 7
LAST = -1
_CODE = re.compile(
    r"d(?P<interval>\d{1,3})"
    r"|w(?P<days>[01]{7})/(?P<weeks>\d{1,2})"
    r"|(?P<unit>[wmy])t(?P<times>\d{1,3})"
    r"|(?P<total>[wmy])T"
    r"|md(?P<month_days>-?\d{1,2}(?:,-?\d{1,2})*)"
    r"|mo(?P<ordinal>-?\d)(?P<weekday>[1-7])"
    r"|r(?P<rolling>\d{1,3})/(?P<window>\d{1,3})"
)
_UNITS = {"w": "weekly", "m": "monthly", "y": "yearly"}


@dataclass(frozen=True, slots=True, kw_only=True)
class ScheduleChoice:
    """When a habit is due; the fields of the wire's Schedule that the chat offers."""

    frequency: str = "daily"
    """`daily`, `weekly`, `monthly`, `rolling` or `yearly`."""
    interval: int = 1
    weekdays: tuple[int, ...] = ()
    """1 is Monday."""
    times: int = 0
    """0 where days are named, or the goal is a total."""
    month_days: tuple[int, ...] = ()
    ordinals: tuple[tuple[int, int], ...] = ()
    """Pairs of ordinal and weekday: -1 and 5 is the last Friday of a month."""
    year_days: tuple[tuple[int, int], ...] = ()
    """Pairs of month and day."""
    days: int = 0

    @property
    def is_total(self) -> bool:
        """Whether a quantity's goal is the total of a week, month or year."""
        named = self.times or self.weekdays or self.month_days or self.ordinals or self.year_days
        return self.frequency in ("weekly", "monthly", "yearly") and not named


def parse_schedule(code: str) -> ScheduleChoice | None:
    """Read a button's code, such as `d2`, `w1010100/1`, `wt3`, `md1,-1`, `mo-15`, `r3/7`, `mT`."""
    found = _CODE.fullmatch(code)
    if found is None:
        return None
    if found["interval"]:
        return ScheduleChoice(interval=max(int(found["interval"]), 1))
    if found["days"]:
        chosen = tuple(day for day, bit in enumerate(found["days"], 1) if bit == "1")
        return ScheduleChoice(frequency="weekly", weekdays=chosen, interval=int(found["weeks"]))
    if found["unit"]:
        return ScheduleChoice(frequency=_UNITS[found["unit"]], times=int(found["times"]))
    if found["total"]:
        return ScheduleChoice(frequency=_UNITS[found["total"]])
    if found["month_days"]:
        days = tuple(int(day) for day in found["month_days"].split(","))
        return ScheduleChoice(frequency="monthly", month_days=days)
    if found["ordinal"]:
        pair = (int(found["ordinal"]), int(found["weekday"]))
        return ScheduleChoice(frequency="monthly", ordinals=(pair,))
    return ScheduleChoice(
        frequency="rolling", times=int(found["rolling"]), days=int(found["window"])
    )


def schedule_text(schedule: ScheduleChoice, *, total: bool = False) -> str:
    """Return a schedule in words; with `total`, that of a goal which is a total of the unit."""
    match schedule.frequency:
        case "daily":
            return _every(schedule.interval)
        case "rolling":
            times = ngettext("{count} day", "{count} days", schedule.times or 1)
            window = ngettext("{count} day", "{count} days", schedule.days)
            return gettext("{times} in any {window}").format(times=times, window=window)
        case _:
            return _in_unit(schedule, total=total)


def weekday_name(weekday: int) -> str:
    """Return a weekday's short name: `Mon`."""
    names = get_day_names("abbreviated", context="stand-alone", locale=current_language())
    return str(names[weekday - 1])


def month_day_text(day: int) -> str:
    """Return a day of the month: `15`, or `last`."""
    if day == LAST:
        return gettext("last")
    return str(day) if day > 0 else gettext("{day} from the end").format(day=-day)


def ordinal_text(ordinal: int) -> str:
    """Return which of a weekday in a month: `1st`, `last`."""
    texts = {
        1: gettext("1st"),
        2: gettext("2nd"),
        3: gettext("3rd"),
        4: gettext("4th"),
        5: gettext("5th"),
        LAST: gettext("last"),
    }
    return texts.get(ordinal, str(ordinal))


def _every(interval: int) -> str:
    if interval == 1:
        return gettext("every day")
    return ngettext("every {count} day", "every {count} days", interval)


def _in_unit(schedule: ScheduleChoice, *, total: bool) -> str:
    if schedule.weekdays:
        days = ", ".join(weekday_name(day) for day in schedule.weekdays)
        if schedule.interval == 1:
            return days
        weeks = ngettext("every {count} week", "every {count} weeks", schedule.interval)
        return f"{days} · {weeks}"
    if schedule.month_days or schedule.ordinals:
        days = ", ".join(
            [month_day_text(day) for day in schedule.month_days]
            + [f"{ordinal_text(nth)} {weekday_name(day)}" for nth, day in schedule.ordinals]
        )
        return gettext("days of the month: {days}").format(days=days)
    if schedule.year_days:
        days = ", ".join(f"{day:02}.{month:02}" for month, day in schedule.year_days)
        return gettext("days of the year: {days}").format(days=days)
    if total and schedule.is_total:
        return {
            "weekly": gettext("in total a week"),
            "monthly": gettext("in total a month"),
            "yearly": gettext("in total a year"),
        }[schedule.frequency]
    times = schedule.times or 1
    if schedule.frequency == "weekly":
        return ngettext("{count} time a week", "{count} times a week", times)
    if schedule.frequency == "monthly":
        return ngettext("{count} time a month", "{count} times a month", times)
    return ngettext("{count} time a year", "{count} times a year", times)


def last_day(text: str, today: date) -> date | None:
    """Read until when to pause: `7d`, `2w`, `until 2026-12-01`; None when it is neither."""
    found = re.fullmatch(r"(?:until\s+|до\s+)?(\d{4}-\d{2}-\d{2})", text.strip().lower())
    if found:
        try:
            return date.fromisoformat(found[1])
        except ValueError:
            return None
    span = re.fullmatch(r"(\d{1,3})\s*(d|w|д|н|days?|weeks?|дн\w*|нед\w*)?", text.strip().lower())
    if span is None or not int(span[1]):
        return None
    weeks = (span[2] or "d")[0] in "wн"
    return date.fromordinal(today.toordinal() + int(span[1]) * (7 if weeks else 1) - 1)
