"""Reads this product's own export. It is taken at its word: one wrong value refuses the file."""

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from chassis.errors import Refusal
from chassis.text import TextInvisible, TextNotOneLine, normalize, normalize_line
from rhythm.errors import AmountTooFine, ScheduleInvalid
from rhythm.goal import Direction, Goal, Measure, NoAnswer, thousandths_of
from rhythm.plan import Mark, Version
from rhythm.schedule import Frequency, Schedule, Weekday, WeekdayOrdinal, YearDay
from services.habits.domain import limits
from services.habits.domain.check_in import Content
from services.habits.domain.errors.imports import ImportFileBroken, ImportFileTooNew
from services.habits.domain.imports import (
    ImportedDay,
    ImportedHabit,
    ImportedPause,
    ImportSource,
)
from services.habits.domain.reminders import Reminder
from services.habits.formats.parsed import NO_ID, ParsedFile, read_date, read_moment

FORMAT, VERSION = "habit-tracker", 1
_NAME = "an export of this product"
_DATE = re.compile(r"\d{4}-\d\d-\d\d")
_TIME = re.compile(r"\d\d:\d\d")
_SETTINGS = ("timezone", "week_start", "day_start")

type Json = Mapping[str, Any]


class _Wrong(Exception):
    """A value that is not as it must be. Its text says where and why."""


def parse_own_json(document: dict[str, Any]) -> ParsedFile:
    """Return the habits, days and pauses of an export.

    Raises:
        Refusal: Something in it is wrong; the message says where.
    """
    version = document.get("version")
    if version != VERSION:
        raise ImportFileTooNew(_NAME, version, VERSION)
    file = ParsedFile(ImportSource.OWN_JSON)
    try:
        profile = document.get("profile")
        if isinstance(profile, dict):
            file.settings = {name: str(profile[name]) for name in _SETTINGS if name in profile}
        for place, habit in enumerate(_list(document, "habits")):
            _at(f"habits[{place}]", _read_habit, file, habit)
        for place, pause in enumerate(_list(document, "pauses")):
            file.count_row()
            file.pauses.append(_at(f"pauses[{place}]", _pause, pause))
    except _Wrong as wrong:
        raise ImportFileBroken(_NAME, str(wrong)[:200]) from None
    return file


def _at[**P, T](where: str, read: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Read a part; what is wrong in it is told with its place."""
    try:
        return read(*args, **kwargs)
    except _Wrong as wrong:
        raise _Wrong(f"{where}.{wrong}") from None
    except (ScheduleInvalid, AmountTooFine, Refusal) as error:
        raise _Wrong(f"{where}: {error}") from None


def _read_habit(file: ParsedFile, habit: Any) -> None:
    file.count_row()
    start = _date(habit, "start_date")
    if len(_list(habit, "reminders")) > limits.MAX_REMINDERS:
        raise _Wrong(f"reminders: there are more than {limits.MAX_REMINDERS}")
    imported = ImportedHabit(
        external_id=_text(habit, "id", 200) or file.unique_id(_text(habit, "title", 200)),
        title=_line(habit, "title", limits.MAX_TITLE_LENGTH) or _missing("title"),
        description=_text(habit, "description", limits.MAX_DESCRIPTION_LENGTH),
        color=_text(habit, "color", 7),
        icon=_line(habit, "icon", limits.MAX_ICON_LENGTH),
        tags=tuple(
            _line({"tags": tag}, "tags", limits.MAX_TAG_LENGTH) for tag in _list(habit, "tags")
        ),
        start_date=start,
        measure=_enum(habit, "measure", Measure, Measure.YES_NO),
        unit=_line(habit, "unit", limits.MAX_UNIT_LENGTH),
        versions=tuple(
            _at(f"versions[{place}]", _version, it)
            for place, it in enumerate(_list(habit, "versions"))
        )
        or (Version(start, Schedule(Frequency.DAILY), Goal()),),
        reminders=tuple(
            _at(f"reminders[{place}]", _reminder, it)
            for place, it in enumerate(_list(habit, "reminders"))
        ),
        archived=habit.get("state") == "archived",
        archive_date=_find_date(habit, "archive_date"),
        update_time=_moment(habit, "update_time"),
    )
    days = [_at(f"days[{n}]", _day, it) for n, it in enumerate(_list(habit, "days"))]
    file.count_row(len(days))
    file.habits.append((imported, days))


def _version(it: Any) -> Version:
    _require(it)
    schedule = _at("schedule", _schedule, it.get("schedule"))
    goal = _at("goal", _goal, it.get("goal") or {})
    return Version(_date(it, "effective_date"), schedule, goal)


def _goal(it: Any) -> Goal:
    _require(it)
    return Goal(
        _enum(it, "direction", Direction, Direction.AT_LEAST),
        _amount(it),
        _enum(it, "no_answer", NoAnswer, NoAnswer.SUCCESS),
    )


def _schedule(it: Any) -> Schedule:
    _require(it)
    return Schedule(
        _enum(it, "frequency", Frequency, None),
        _whole(it, "interval") or 1,
        tuple(map(_weekday, _list(it, "weekdays"))),
        _whole(it, "times"),
        tuple(_number(day, "month_days") for day in _list(it, "month_days")),
        _whole(it, "days"),
        tuple(
            WeekdayOrdinal(_weekday(_field(one, "weekday")), _whole(one, "ordinal") or 0)
            for one in _list(it, "weekday_ordinals")
        ),
        tuple(
            YearDay(_whole(one, "month") or 0, _whole(one, "day") or 0)
            for one in _list(it, "year_days")
        ),
        _find_date(it, "anchor_date"),
    )


def _reminder(it: Any) -> Reminder:
    text = _text(it, "time", 5)
    try:
        local_time = time.fromisoformat(text) if _TIME.fullmatch(text) else None
    except ValueError:
        local_time = None
    if local_time is None:
        raise _Wrong(f"time: {text!r} is no time of day such as 07:30")
    nag = _whole(it, "nag_minutes") or 0
    if nag and not limits.MIN_NAG_MINUTES <= nag <= limits.MAX_NAG_MINUTES:
        raise _Wrong(f"nag_minutes: {nag} is not {limits.MIN_NAG_MINUTES} to 720")
    return Reminder(
        id=NO_ID,
        local_time=local_time,
        weekdays=frozenset(map(_weekday, _list(it, "weekdays"))),
        text=_text(it, "text", limits.MAX_REMINDER_TEXT_LENGTH),
        nag_minutes=nag,
    )


def _day(it: Any) -> ImportedDay:
    mark = _enum(it, "mark", Mark, Mark.DONE) if _field(it, "mark") is not None else None
    content = Content(mark, _amount(it), _text(it, "note", limits.MAX_NOTE_LENGTH))
    return ImportedDay(_date(it, "date"), content, _moment(it, "update_time"))


def _pause(it: Any) -> ImportedPause:
    return ImportedPause(
        external_id=_text(it, "habit_id", 200) or None,
        from_date=_date(it, "from_date"),
        to_date=_find_date(it, "to_date"),
        reason=_text(it, "reason", limits.MAX_REASON_LENGTH),
    )


def _missing(name: str) -> str:
    raise _Wrong(f"{name}: it is missing")


def _require(it: Any) -> Json:
    if not isinstance(it, dict):
        raise _Wrong(f"it is no object: {it!r:.40}")
    return it


def _field(it: Any, name: str) -> Any:
    return _require(it).get(name)


def _list(it: Any, name: str) -> list[Any]:
    value = _field(it, name)
    if value is None:
        return []
    if not isinstance(value, list):
        raise _Wrong(f"{name}: it is no list")
    return value


def _text(it: Any, name: str, most: int) -> str:
    value = _field(it, name)
    if value is None:
        return ""
    if not isinstance(value, str) or "\0" in value or any("\ud800" <= c <= "\udfff" for c in value):
        raise _Wrong(f"{name}: it is no text")
    if len(value) > most:
        raise _Wrong(f"{name}: it is longer than {most} characters")
    return normalize(value)


def _line(it: Any, name: str, most: int) -> str:
    try:
        return normalize_line(_text(it, name, most), name)
    except (TextNotOneLine, TextInvisible) as error:
        raise _Wrong(f"{name}: {error}") from None


def _enum[E: (Measure, Direction, NoAnswer, Frequency, Mark)](
    it: Any, name: str, kind: type[E], default: E | None
) -> E:
    value = _field(it, name)
    if value is None and default is not None:
        return default
    try:
        return kind(value)
    except ValueError:
        words = ", ".join(one.value for one in kind)
        raise _Wrong(f"{name}: {value!r:.40} is none of {words}") from None


def _weekday(value: Any) -> Weekday:
    found = Weekday.__members__.get(value.upper()) if isinstance(value, str) else None
    if found is None:
        raise _Wrong(f"weekdays: {value!r:.40} is none of mon to sun")
    return found


def _number(value: Any, name: str) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or abs(value) >= 2**31:
        raise _Wrong(f"{name}: {value!r:.40} is no whole number")
    return value


def _whole(it: Any, name: str) -> int | None:
    value = _field(it, name)
    return None if value is None else _number(value, name)


def _amount(it: Any) -> int | None:
    value = _field(it, "amount")
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        raise _Wrong(f"amount: {value!r:.40} is no number")
    amount = Decimal(value)
    if not amount.is_finite() or not 0 <= amount <= limits.MAX_THOUSANDTHS // 1000:
        raise _Wrong(f"amount: {value!s:.40} is not from 0 to 1000000000")
    return thousandths_of(amount)


def _date(it: Any, name: str) -> date:
    found = _find_date(it, name)
    if found is None:
        raise _Wrong(f"{name}: it is missing")
    return found


def _find_date(it: Any, name: str) -> date | None:
    value = _field(it, name)
    if value is None:
        return None
    found = read_date(value) if isinstance(value, str) and _DATE.fullmatch(value) else None
    if found is None:
        raise _Wrong(f"{name}: {value!r:.40} is no date from 1900-01-01 to 2199-12-31")
    return found


def _moment(it: Any, name: str) -> datetime | None:
    value = _field(it, name)
    if value is None:
        return None
    found = read_moment(value)
    if found is None:
        raise _Wrong(f"{name}: {value!r:.40} is no moment such as 2026-01-31T08:00:00Z")
    return found
