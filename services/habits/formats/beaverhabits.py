"""Reads the JSON of beaverhabits: an export, or its stored form with an order."""

from typing import Any

from rhythm.errors import ScheduleInvalid
from rhythm.plan import Mark
from rhythm.schedule import Frequency, Schedule
from services.habits.domain.check_in import Content
from services.habits.domain.imports import ImportSource
from services.habits.formats.parsed import (
    DAILY,
    HabitBuilder,
    ParsedFile,
    clean_text,
    read_date,
    times_in_days,
    whole_number,
)
from services.habits.formats.reading import objects

_NAME = "a beaverhabits export"
_CALENDAR = {"W": Frequency.WEEKLY, "M": Frequency.MONTHLY, "Y": Frequency.YEARLY}
_DAYS = {"D": 1, "W": 7, "M": 30, "Y": 365}
_SKIP_TAG = "#skip"
_DELETED = "soft_delete"


def parse_beaverhabits(document: dict[str, Any]) -> ParsedFile:
    """Return the habits and days of an export. The token of a chat in it is not looked at.

    Raises:
        Refusal: It is damaged or too large.
    """
    file = ParsedFile(ImportSource.BEAVERHABITS)
    habits = objects(document.get("habits"), _NAME, "habits")
    order = document.get("order")
    if isinstance(order, list):
        places = {str(it): place for place, it in enumerate(order)}
        habits = sorted(habits, key=lambda it: places.get(str(it.get("id")), len(places)))
    for it in habits:
        _read_habit(file, it)
    return file


def _read_habit(file: ParsedFile, it: dict[str, Any]) -> None:
    file.count_row()
    name = clean_text(it.get("name"))
    if it.get("status") == _DELETED:
        file.report.drop(name[:80], "it is in the trash of beaverhabits")
        return
    tags = it.get("tags")
    builder = HabitBuilder(
        file,
        clean_text(it.get("id")) or file.unique_id(name),
        name,
        tags=[clean_text(tag) for tag in tags] if isinstance(tags, list) else (),
        archived=it.get("status") == "archive",
    )
    _set_period(builder, it.get("period"))
    for record in objects(it.get("records") or [], _NAME, f"records of {name[:40]!r}"):
        text = clean_text(record.get("text"))
        mark = Mark.DONE if record.get("done") is True else None
        if _SKIP_TAG in text.split():
            mark = Mark.SKIP
        chip = record.get("chip")
        if isinstance(chip, str) and chip not in ("yes", "no", ""):
            mark, text = mark or Mark.DONE, f"{chip} {text}".strip()
        day = record.get("day")
        builder.add_day(read_date(day), Content(mark, None, text), written=day)
    builder.finish()


def _set_period(builder: HabitBuilder, period: object) -> None:
    if not isinstance(period, dict):
        return
    kind, count = clean_text(period.get("period_type")), whole_number(period.get("period_count"), 1)
    times = whole_number(period.get("target_count"), 1)
    try:
        if count == 1 and kind in _CALENDAR:
            builder.schedule = Schedule(_CALENDAR[kind], times=times)
            return
    except ScheduleInvalid:
        pass
    schedule = times_in_days(times, count * _DAYS.get(kind, 0))
    if schedule is None:
        builder.drop("period", f"{times} times in {count} {kind:.5} is not possible; daily")
    builder.schedule = schedule or DAILY
