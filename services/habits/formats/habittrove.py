"""Reads a backup of HabitTrove: a zip of its data folder."""

from collections import Counter
from datetime import date
from pathlib import PurePosixPath
from typing import Any
from zoneinfo import ZoneInfo

from rhythm import days
from rhythm.errors import ScheduleInvalid, ZoneUnknown
from rhythm.goal import Measure
from rhythm.plan import Mark
from rhythm.schedule import Frequency, Schedule, Weekday
from services.habits.domain.check_in import Content
from services.habits.domain.imports import ImportSource
from services.habits.formats.parsed import (
    DAILY,
    HabitBuilder,
    ParsedFile,
    at_least,
    clean_text,
    read_date,
    read_moment,
    storable,
    whole_number,
)
from services.habits.formats.reading import PackedFiles, objects, parse_json

_NAME = "a HabitTrove backup"
_WEEKDAYS = {"MO": 0, "TU": 1, "WE": 2, "TH": 3, "FR": 4, "SA": 5, "SU": 6}


def parse_habittrove(files: PackedFiles, zone: ZoneInfo) -> ParsedFile:
    """Return the habits and days of a backup. Users and their passwords are not looked at.

    Args:
        files: The zip.
        zone: The zone in which to read moments, where the backup has no settings.

    Raises:
        Refusal: It is damaged or too large.
    """
    file = ParsedFile(ImportSource.HABITTROVE)
    names = {PurePosixPath(name).name: name for name in files.names}
    zone = _zone(files, names, zone)
    document = parse_json(files.read(names["habits.json"]), _NAME)
    habits = document.get("habits") if isinstance(document, dict) else document
    for it in objects(habits, _NAME, "habits"):
        _read_habit(file, it, zone)
    for unread, why in (
        ("coins.json", "there are no coins here"),
        ("wishlist.json", "there is no wish list here"),
    ):
        if unread in names:
            file.report.drop(unread, why)
    return file


def _zone(files: PackedFiles, names: dict[str, str], zone: ZoneInfo) -> ZoneInfo:
    if "settings.json" in names:
        settings = parse_json(files.read(names["settings.json"]), _NAME)
        system = settings.get("system") if isinstance(settings, dict) else None
        name = system.get("timezone") if isinstance(system, dict) else None
        try:
            return days.zone_of(name) if isinstance(name, str) and name else zone
        except ZoneUnknown:
            pass
    return zone


def _read_habit(file: ParsedFile, it: dict[str, Any], zone: ZoneInfo) -> None:
    file.count_row()
    name = clean_text(it.get("name"))
    if it.get("isTask"):
        file.report.drop(name[:80], "it is a task, to be done once")
        return
    times = max(1, whole_number(it.get("targetCompletions"), 1))
    builder = HabitBuilder(
        file,
        clean_text(it.get("id")) or file.unique_id(name),
        name,
        description=clean_text(it.get("description")),
        archived=it.get("archived") is True,
    )
    if times > 1:
        builder.measure, builder.unit = Measure.QUANTITY, "times"
        builder.goal = at_least(times * 1000)
    builder.schedule = _schedule(builder, clean_text(it.get("frequency")))
    counts: Counter[date | None] = Counter()
    completions = it.get("completions")
    for text in completions if isinstance(completions, list) else ():
        file.count_row()
        moment = read_moment(text)
        try:
            day = storable(moment.astimezone(zone).date()) if moment else read_date(text)
        except OverflowError:
            day = None
        if day is None:
            builder.drop(f"{text!s:.40}", "no moment from 1900 to 2199")
        counts[day] += 1
    for day, count in counts.items():
        if day is not None:
            content = Content(None, count * 1000) if times > 1 else Content(Mark.DONE)
            builder.add_day(day, content)
    builder.finish()


def _schedule(builder: HabitBuilder, rule: str) -> Schedule:
    """Return the schedule of an RRULE."""
    parts = dict(
        part.split("=", 1) for part in rule.removeprefix("RRULE:").split(";") if "=" in part
    )
    interval = whole_number(parts.get("INTERVAL"), 1)
    weekdays = tuple(
        Weekday(_WEEKDAYS[it]) for it in parts.get("BYDAY", "").split(",") if it in _WEEKDAYS
    )
    try:
        match parts.get("FREQ"):
            case "DAILY":
                return Schedule(Frequency.DAILY, interval)
            case "WEEKLY" if weekdays:
                return Schedule(Frequency.WEEKLY, interval, weekdays)
            case "WEEKLY":
                return Schedule(Frequency.WEEKLY, times=1)
            case "MONTHLY" if "BYMONTHDAY" in parts:
                month_days = tuple(map(whole_number, parts["BYMONTHDAY"].split(",")))
                return Schedule(Frequency.MONTHLY, month_days=month_days)
            case "MONTHLY":
                return Schedule(Frequency.MONTHLY, times=1)
            case "YEARLY":
                return Schedule(Frequency.YEARLY, times=1)
    except ScheduleInvalid:
        pass
    builder.drop("frequency", f"{rule[:60]!r} is not possible; daily")
    return DAILY
