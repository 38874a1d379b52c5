"""Reads the JSON backup of Habo: the present form, and the older bare list."""

from typing import Any

from rhythm.goal import Measure
from rhythm.plan import Mark
from rhythm.schedule import Frequency, Schedule
from services.habits.domain.check_in import Content
from services.habits.domain.imports import ImportSource
from services.habits.domain.reminders import Reminder
from services.habits.formats.loop_database import set_target
from services.habits.formats.parsed import (
    HabitBuilder,
    ParsedFile,
    clean_text,
    read_date,
    reminder_at,
    thousandths_from,
    whole_number,
)
from services.habits.formats.reading import objects

_NAME = "a Habo backup"
_MARKS = {"check": Mark.DONE, "fail": Mark.MISSED, "skip": Mark.SKIP, "clear": None}
_TEXTS = ("cue", "routine", "reward", "sanction", "accountant")
_NUMERIC = 1


def parse_habo(document: Any) -> ParsedFile:
    """Return the habits and days of a backup.

    Raises:
        Refusal: It is damaged or too large.
    """
    file = ParsedFile(ImportSource.HABO)
    whole = document if isinstance(document, dict) else {"habits": document}
    tags = _tags(whole)
    habits = objects(whole.get("habits"), _NAME, "habits")
    for it in sorted(habits, key=lambda it: whole_number(it.get("position"))):
        _read_habit(file, it, tags)
    return file


def _tags(document: dict[str, Any]) -> dict[object, list[str]]:
    """Return the titles of each habit's categories."""
    categories = objects(document.get("categories") or [], _NAME, "categories")
    titles = {str(it.get("id")): clean_text(it.get("title") or it.get("name")) for it in categories}
    tags: dict[object, list[str]] = {}
    for it in objects(document.get("habit_categories") or [], _NAME, "habit_categories"):
        title = titles.get(str(it.get("category_id")))
        if title:
            tags.setdefault(str(it.get("habit_id")), []).append(title)
    return tags


def _read_habit(file: ParsedFile, it: dict[str, Any], tags: dict[object, list[str]]) -> None:
    file.count_row()
    title = clean_text(it.get("title"))
    if it.get("deleted_at"):
        file.report.drop(title[:80], "it was deleted in Habo")
        return
    builder = HabitBuilder(
        file,
        clean_text(it.get("uuid")) or file.unique_id(title),
        title,
        description="\n".join(
            f"{name.capitalize()}: {text}" for name in _TEXTS if (text := clean_text(it.get(name)))
        ),
        tags=tags.get(str(it.get("id")), ()),
        archived=whole_number(it.get("archived")) != 0,
        reminders=_reminders(it),
    )
    if whole_number(it.get("habitType")) == _NUMERIC:
        builder.measure, builder.unit = Measure.QUANTITY, clean_text(it.get("unit"))
        set_target(builder, it.get("targetValue"), at_most=False)
    if it.get("twoDayRule") in (True, 1):  # never miss twice
        builder.drop("two-day rule", "kept as once in any two days")
        if builder.measure is Measure.YES_NO:
            builder.schedule = Schedule(Frequency.ROLLING, times=1, days=2)
    events = it.get("events")
    for key, event in events.items() if isinstance(events, dict) else ():
        _read_event(builder, key, event)
    builder.finish()


def _read_event(builder: HabitBuilder, key: str, event: object) -> None:
    kind, comment, progress = [*(event if isinstance(event, list) else ()), "", "", None][:3]
    word, note = clean_text(kind).lower().removeprefix("daytype."), clean_text(comment)
    content: Content | None = None
    if word == "progress" or (builder.measure is Measure.QUANTITY and word == "check"):
        amount = thousandths_from(progress)
        if amount is not None and amount >= 0:
            content = Content(None, amount, note)
        elif word == "check":
            content = Content(Mark.DONE, None, note)
        if builder.measure is Measure.YES_NO:
            content = Content(Mark.DONE, None, note)
    elif word in _MARKS:
        content = Content(_MARKS[word], None, note)
    if content is None:
        builder.file.count_row()
        builder.drop(key[:20], f"{kind!s:.30} {progress!s:.20} is none of Habo's days")
    else:
        builder.add_day(read_date(key), content, written=key)


def _reminders(it: dict[str, Any]) -> tuple[Reminder, ...]:
    hour, _, minute = clean_text(it.get("notTime")).partition(":")
    if it.get("notification") not in (True, 1):
        return ()
    try:
        return (reminder_at(int(hour), int(minute), (), clean_text(it.get("cue"))),)
    except (ValueError, OverflowError):
        return ()
