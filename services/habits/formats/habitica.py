"""Reads `userdata.json` of Habitica: its dailies and habits with their history."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from rhythm.errors import ScheduleInvalid
from rhythm.plan import Mark
from rhythm.schedule import Frequency, Schedule, Weekday
from services.habits.domain.check_in import Content
from services.habits.domain.imports import ImportSource
from services.habits.formats.parsed import (
    DAILY,
    HabitBuilder,
    ParsedFile,
    clean_text,
    read_date,
    read_moment,
    storable,
    whole_number,
)
from services.habits.formats.reading import objects

_NAME = "a Habitica export"
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_WEEKDAYS = {"m": 0, "t": 1, "w": 2, "th": 3, "f": 4, "s": 5, "su": 6}
_ALL_DAYS = 7


def parse_habitica(document: dict[str, Any], zone: ZoneInfo) -> ParsedFile:
    """Return the dailies and habits. A rise of a task's value means that it was done.

    Args:
        document: The file.
        zone: The zone in which to read moments.

    Raises:
        Refusal: It is damaged or too large.
    """
    file = ParsedFile(ImportSource.HABITICA)
    tasks = document.get("tasks")
    kinds = tasks if isinstance(tasks, dict) else {}
    for kind in ("dailys", "habits"):
        for it in objects(kinds.get(kind) or [], _NAME, kind):
            _read_task(file, it, zone, daily=kind == "dailys")
    for kind in ("todos", "rewards"):
        left_out = kinds.get(kind)
        if isinstance(left_out, list) and left_out:
            file.report.drop(f"{len(left_out)} {kind}", "they are no habits", len(left_out))
    return file


def _read_task(file: ParsedFile, it: dict[str, Any], zone: ZoneInfo, *, daily: bool) -> None:
    file.count_row()
    title = clean_text(it.get("text"))
    builder = HabitBuilder(
        file,
        clean_text(it.get("id") or it.get("_id")) or file.unique_id(title),
        title,
        description=clean_text(it.get("notes")),
        schedule=_schedule(it) if daily else DAILY,
    )
    before: Decimal | None = None
    done: dict[date, bool] = {}
    for day, value, entry in _history(builder, it.get("history"), zone):
        rose = entry.get("completed") is True or (
            value is not None and before is not None and value > before
        )
        if before is None and value is not None and "completed" not in entry:
            rose = value > 0
        before = value if value is not None else before
        done[day] = done.get(day, False) or rose
    for day, was_done in done.items():
        builder.add_day(day, Content(Mark.DONE if was_done else Mark.MISSED if daily else None))
    builder.finish()


def _history(
    builder: HabitBuilder, history: object, zone: ZoneInfo
) -> Iterator[tuple[date, Decimal | None, dict[str, Any]]]:
    for entry in objects(history or [], _NAME, f"the history of {builder.title[:40]!r}"):
        builder.file.count_row()
        day = _day(entry.get("date"), zone)
        if day is None:
            builder.drop(f"{entry.get('date')!s:.30}", "no moment from 1900 to 2199")
            continue
        value = entry.get("value")
        number = Decimal(value) if isinstance(value, int | Decimal) else None
        yield day, number, entry


def _day(value: object, zone: ZoneInfo) -> date | None:
    """Return the local date of a moment, in milliseconds or as text."""
    moment = read_moment(value)
    try:
        if moment is None and isinstance(value, int | Decimal) and not isinstance(value, bool):
            moment = _EPOCH + timedelta(milliseconds=int(value))
        return storable(moment.astimezone(zone).date()) if moment else read_date(value)
    except (OverflowError, ValueError):
        return None


def _schedule(it: dict[str, Any]) -> Schedule:
    interval, repeat = whole_number(it.get("everyX"), 1), it.get("repeat")
    try:
        if it.get("frequency") == "daily":
            return Schedule(Frequency.DAILY, interval)
        if it.get("frequency") == "monthly":
            return Schedule(Frequency.MONTHLY, times=1)
        if it.get("frequency") == "yearly":
            return Schedule(Frequency.YEARLY, times=1)
        if isinstance(repeat, dict):
            on = tuple(Weekday(number) for name, number in _WEEKDAYS.items() if repeat.get(name))
            if 0 < len(on) < _ALL_DAYS or (on and interval > 1):
                return Schedule(Frequency.WEEKLY, interval, on)
    except ScheduleInvalid:
        pass
    return DAILY
