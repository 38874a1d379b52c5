"""Writes an export as this product's own JSON, which can be imported again."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

import orjson

from rhythm.goal import Goal, amount_of
from rhythm.plan import Version
from rhythm.schedule import Schedule, Weekday
from services.habits.domain.check_in import NOTHING, CheckIn
from services.habits.domain.export import ExportChunk
from services.habits.domain.habit import Habit
from services.habits.domain.pause import Pause
from services.habits.domain.reminders import Reminder

FORMAT = "habit-tracker"
FORMAT_VERSION = 1

type Json = dict[str, Any]


class OwnJsonWriter:
    """Writes the document of docs/export.schema.json, a habit's days right after the habit.

    Args:
        now: The moment of the export.
    """

    def __init__(self, *, now: datetime) -> None:
        self._now = now
        self._has_begun = False
        self._has_habit = False
        self._has_day = False

    def add(self, chunk: ExportChunk) -> bytes:
        """Return a chunk as JSON text."""
        parts = [] if self._has_begun else [self._head(chunk)]
        if chunk.habit is not None:
            parts.append(self._end_habit())
            parts.append(b"\n" if not self._has_habit else b",\n")
            parts.append(_dumps(habit_as_json(chunk.habit))[:-1] + b',"days":[')
            self._has_habit, self._has_day = True, False
        for check_in in chunk.check_ins:
            if check_in.content == NOTHING:
                continue
            parts.append(b",\n" if self._has_day else b"\n")
            parts.append(_dumps(day_as_json(check_in)))
            self._has_day = True
        return b"".join(parts)

    def finish(self) -> Iterator[bytes]:
        """Yield the end of the document."""
        head = b"" if self._has_begun else self._head(None)
        yield head + self._end_habit() + b"\n]}\n"

    def close(self) -> None:
        """Do nothing: there are no temporary files."""

    def _head(self, chunk: ExportChunk | None) -> bytes:
        self._has_begun = True
        head = {
            "format": FORMAT,
            "version": FORMAT_VERSION,
            "export_time": moment_as_text(self._now),
            "pauses": [pause_as_json(it) for it in chunk.pauses] if chunk else [],
        }
        return _dumps(head)[:-1] + b',\n"habits":['

    def _end_habit(self) -> bytes:
        return b"]}" if self._has_habit else b""


def habit_as_json(habit: Habit) -> Json:
    """Return a habit, its fields named as REST names them."""
    return {
        "id": str(habit.id),
        "title": habit.title,
        "description": habit.description,
        "color": habit.color,
        "icon": habit.icon,
        "tags": list(habit.tags),
        "state": habit.state.value,
        "start_date": habit.start_date.isoformat(),
        "measure": habit.measure.value,
        "unit": habit.unit,
        "versions": [version_as_json(it) for it in habit.versions],
        "reminders": [_reminder_as_json(it) for it in habit.reminders],
        "create_time": moment_as_text(habit.create_time),
        "update_time": moment_as_text(habit.update_time),
        "archived_at": moment_as_text(habit.archive_time) if habit.archive_time else None,
        "archive_date": habit.archive_date.isoformat() if habit.archive_date else None,
    }


def version_as_json(version: Version) -> Json:
    """Return a version, its fields named as REST names them."""
    return {
        "effective_date": version.effective_date.isoformat(),
        "goal": _goal_as_json(version.goal),
        "schedule": schedule_as_json(version.schedule),
    }


def schedule_as_json(schedule: Schedule) -> Json:
    """Return a schedule without the fields that its frequency does not use."""
    fields: Json = {
        "frequency": schedule.frequency.value,
        "interval": schedule.interval if schedule.interval > 1 else None,
        "weekdays": [_word(day) for day in schedule.weekdays],
        "times": schedule.times,
        "month_days": list(schedule.month_days),
        "days": schedule.days,
        "weekday_ordinals": [
            {"weekday": _word(it.weekday), "ordinal": it.ordinal}
            for it in schedule.weekday_ordinals
        ],
        "year_days": [{"month": it.month, "day": it.day} for it in schedule.year_days],
        "anchor_date": schedule.anchor_date.isoformat() if schedule.anchor_date else None,
    }
    return {name: value for name, value in fields.items() if value}


def pause_as_json(pause: Pause) -> Json:
    """Return a pause, its fields named as REST names them."""
    return {
        "id": str(pause.id),
        "habit_id": str(pause.habit_id) if pause.habit_id else None,
        "from_date": pause.from_date.isoformat(),
        "to_date": pause.to_date.isoformat() if pause.to_date else None,
        "reason": pause.reason,
        "create_time": moment_as_text(pause.create_time),
    }


def day_as_json(check_in: CheckIn) -> Json:
    """Return a day; what it does not hold is left out."""
    mark, amount, note = check_in.content
    day: Json = {"date": check_in.day.isoformat()}
    if mark is not None:
        day["mark"] = mark.value
    if amount is not None:
        day["amount"] = amount_as_number(amount)
    if note:
        day["note"] = note
    day["source"] = check_in.source.name.lower()
    if check_in.update_time is not None:
        day["update_time"] = moment_as_text(check_in.update_time)
    return day


def amount_as_number(thousandths: int) -> int | float:
    """Return an amount as a JSON number; a double holds every amount there can be exactly."""
    whole, rest = divmod(thousandths, 1000)
    return float(amount_of(thousandths)) if rest else whole


def moment_as_text(moment: datetime) -> str:
    """Return a moment of UTC as RFC 3339 text."""
    return moment.isoformat().removesuffix("+00:00") + "Z"


def _goal_as_json(goal: Goal) -> Json:
    amount = goal.amount_thousandths
    return {
        "direction": goal.direction.value,
        "amount": None if amount is None else amount_as_number(amount),
        "no_answer": goal.no_answer.value if goal.at_most else None,
    }


def _reminder_as_json(reminder: Reminder) -> Json:
    return {
        "time": f"{reminder.local_time:%H:%M}",
        "weekdays": [_word(day) for day in sorted(reminder.weekdays)],
        "text": reminder.text,
        "nag_minutes": reminder.nag_minutes or None,
    }


def _word(weekday: Weekday) -> str:
    return weekday.name.lower()


def _dumps(value: Json) -> bytes:
    return orjson.dumps(value)
