"""The buttons with which a schedule is chosen: every one of the product, in at most three taps."""

from services.notifications.domain.buttons import Button, Buttons
from services.notifications.domain.i18n import gettext
from services.notifications.domain.schedules import (
    LAST,
    ScheduleChoice,
    month_day_text,
    ordinal_text,
    parse_schedule,
    schedule_text,
    weekday_name,
)
from services.notifications.telegram.library import CallbackData

_NO_DAYS = "0000000"
_ROW = 7
_MOST_MONTH_DAYS = 10
_EVERY_DAYS = (2, 3, 4, 5, 7, 10, 14, 21, 30)
_TIMES = {
    "w": (1, 2, 3, 4, 5, 6),
    "m": (1, 2, 3, 4, 6, 8, 10, 12, 15, 20),
    "y": (1, 2, 3, 4, 6, 12, 24, 52),
}
_WINDOWS = (2, 3, 4, 5, 7, 10, 14, 30)


class ScheduleButton(CallbackData, prefix="sch"):
    """A button of the picker: `menu` opens a list of choices, `code` is the choice so far."""

    menu: str
    """Empty when the schedule is chosen."""
    code: str = ""


def schedule_menu(menu: str, code: str, *, total: bool) -> Buttons:
    """Return the buttons of a menu; with `total`, also goals that are totals of a unit."""
    match menu:
        case "days":
            return _choices([f"d{days}" for days in _EVERY_DAYS])
        case "weekdays":
            return _weekdays(code)
        case "times":
            return _choices([f"{code}t{times}" for times in _TIMES.get(code, _TIMES["w"])])
        case "monthdays":
            return _month_days(code)
        case "ordinal":
            nth = [(ordinal_text(it), f"mo{it}") for it in (1, 2, 3, 4, 5, LAST)]
            return _rows([_opens(label, "ordinalday", it) for label, it in nth], 3)
        case "ordinalday":
            return _choices([f"{code}{day}" for day in range(1, 8)])
        case "rolling":
            return _rows([_opens(str(it), "window", f"r{it}") for it in range(1, 8)], _ROW)
        case "window":
            least = int(code.removeprefix("r") or 1)
            return _choices([f"{code}/{days}" for days in _WINDOWS if days >= least])
        case _:
            return _root(total=total)


def _root(*, total: bool) -> Buttons:
    rows = [
        [_chosen(gettext("Every day"), "d1"), _opens(gettext("Every few days…"), "days")],
        [
            _opens(gettext("On weekdays…"), "weekdays"),
            _opens(gettext("Times a week…"), "times", "w"),
        ],
        [
            _opens(gettext("Days of the month…"), "monthdays"),
            _opens(gettext("Weekday of the month…"), "ordinal"),
        ],
        [
            _opens(gettext("Times a month…"), "times", "m"),
            _opens(gettext("Times a year…"), "times", "y"),
        ],
        [_opens(gettext("Days in any X days…"), "rolling")],
    ]
    if total:
        units = {"wT": "weekly", "mT": "monthly", "yT": "yearly"}
        totals = [
            _chosen(schedule_text(ScheduleChoice(frequency=frequency), total=True), code)
            for code, frequency in units.items()
        ]
        rows.append(totals)
    return tuple(tuple(row) for row in rows)


def _weekdays(code: str) -> Buttons:
    """Return a switch for each weekday, and how many weeks lie between."""
    bits, _, weeks = (code.removeprefix("w") or _NO_DAYS).partition("/")
    every = int(weeks or 1)
    days = []
    for number in range(1, _ROW + 1):
        on = bits[number - 1] == "1"
        turned = bits[: number - 1] + ("0" if on else "1") + bits[number:]
        label = ("✓ " if on else "") + weekday_name(number)
        days.append(_opens(label, "weekdays", f"w{turned}/{every}"))
    intervals = [
        _opens(("✓ " if it == every else "") + str(it), "weekdays", f"w{bits}/{it}")
        for it in (1, 2, 3, 4)
    ]
    rows = [tuple(days[:4]), tuple(days[4:]), tuple(intervals)]
    if "1" in bits:
        chosen = f"w{bits}/{every}"
        rows.append((_chosen(gettext("✅ That's it"), chosen),))
    return (*rows, (_back(),))


def _month_days(code: str) -> Buttons:
    chosen = [int(it) for it in code.removeprefix("md").split(",") if it]
    buttons = []
    for day in (*range(1, 32), LAST):
        days = [it for it in chosen if it != day] if day in chosen else [*chosen, day]
        label = ("✓" if day in chosen else "") + month_day_text(day)
        kept = ",".join(str(it) for it in sorted(days)[:_MOST_MONTH_DAYS])
        buttons.append(_opens(label, "monthdays", f"md{kept}" if kept else ""))
    rows = [tuple(buttons[first : first + _ROW]) for first in range(0, len(buttons), _ROW)]
    if chosen:
        rows.append((_chosen(gettext("✅ That's it"), code),))
    return (*rows, (_back(),))


def _choices(codes: list[str]) -> Buttons:
    """Return a button for each schedule, in its own words."""
    buttons = [_chosen(_words(code), code) for code in codes]
    return _rows(buttons, 2)


def _words(code: str) -> str:
    return schedule_text(parse_schedule(code) or ScheduleChoice())


def _rows(buttons: list[Button], width: int) -> Buttons:
    rows = [tuple(buttons[first : first + width]) for first in range(0, len(buttons), width)]
    return (*rows, (_back(),))


def _opens(label: str, menu: str, code: str = "") -> Button:
    return Button(label, ScheduleButton(menu=menu, code=code).pack())


def _chosen(label: str, code: str) -> Button:
    return Button(label, ScheduleButton(menu="", code=code).pack())


def _back() -> Button:
    return _opens(gettext("‹ Other kinds"), "root")
