"""Habits as webhooks are sent them: the JSON of REST, which a test compares."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from google.protobuf.internal.enum_type_wrapper import EnumTypeWrapper
from google.protobuf.timestamp_pb2 import Timestamp

from contracts.habits.v1 import habit_pb2

type Json = dict[str, Any]


def words_of(enum: Any, prefix: str) -> dict[int, str]:
    """Return an enum's values as the words of REST: `DIRECTION_AT_MOST` is `at_most`."""
    wrapper: EnumTypeWrapper = enum
    return {
        number: name.removeprefix(prefix).lower() for name, number in wrapper.items() if number != 0
    }


_WEEKDAYS: Mapping[int, str] = {
    number: name[:3] for number, name in words_of(habit_pb2.Weekday, "WEEKDAY_").items()
}
_MEASURES = words_of(habit_pb2.Measure, "MEASURE_")
_DIRECTIONS = words_of(habit_pb2.Direction, "DIRECTION_")
_NO_ANSWERS = words_of(habit_pb2.NoAnswer, "NO_ANSWER_")
_FREQUENCIES = words_of(habit_pb2.Frequency, "FREQUENCY_")
_STATES = words_of(habit_pb2.State, "STATE_")


def habit_to_json(habit: habit_pb2.Habit) -> Json:
    """Return a habit as JSON."""
    archived = habit.HasField("archive_time")
    return {
        "id": habit.id,
        "etag": habit.etag,
        "state": _STATES.get(habit.state, "active"),
        "title": habit.title,
        "description": habit.description,
        "color": habit.color,
        "icon": habit.icon,
        "tags": list(habit.tags),
        "position": habit.position,
        "start_date": habit.start_date,
        "measure": _MEASURES.get(habit.measure, "yes_no"),
        "unit": habit.unit,
        "goal": _goal_to_json(habit.goal),
        "schedule": _schedule_to_json(habit.schedule),
        "versions": [
            {
                "effective_date": it.effective_date,
                "goal": _goal_to_json(it.goal),
                "schedule": _schedule_to_json(it.schedule),
            }
            for it in habit.versions
        ],
        "reminders": [
            {
                "id": it.id,
                "time": it.local_time,
                "weekdays": [_WEEKDAYS[day] for day in it.weekdays],
                "text": it.text,
                "nag_minutes": it.nag_minutes or None,
            }
            for it in habit.reminders
        ],
        "create_time": moment_to_json(habit.create_time),
        "update_time": moment_to_json(habit.update_time),
        "archived_at": moment_to_json(habit.archive_time) if archived else None,
        "archive_date": habit.archive_date or None,
    }


def amount_to_json(text: str) -> int | float | None:
    """Return a decimal text as a JSON number; None for empty text."""
    if not text:
        return None
    return float(text) if "." in text else int(text)


def moment_to_json(moment: Timestamp) -> str:
    """Return a moment as RFC 3339 with `Z`, to the millisecond."""
    second = datetime.fromtimestamp(moment.seconds, UTC)
    return f"{second:%Y-%m-%dT%H:%M:%S}.{moment.nanos // 1_000_000:03d}Z"


def _goal_to_json(goal: habit_pb2.Goal) -> Json:
    at_most = goal.direction == habit_pb2.DIRECTION_AT_MOST
    return {
        "direction": _DIRECTIONS.get(goal.direction, "at_least"),
        "amount": amount_to_json(goal.amount),
        "no_answer": _NO_ANSWERS.get(goal.no_answer, "success") if at_most else None,
    }


def _schedule_to_json(schedule: habit_pb2.Schedule) -> Json:
    """Return a schedule, without the fields that its frequency does not use."""
    found: Json = {"frequency": _FREQUENCIES.get(schedule.frequency, "daily")}
    if schedule.interval > 1:
        found["interval"] = schedule.interval
    if schedule.weekdays:
        found["weekdays"] = [_WEEKDAYS[day] for day in schedule.weekdays]
    if schedule.times:
        found["times"] = schedule.times
    if schedule.month_days:
        found["month_days"] = list(schedule.month_days)
    if schedule.days:
        found["days"] = schedule.days
    if schedule.weekday_ordinals:
        found["weekday_ordinals"] = [
            {"weekday": _WEEKDAYS[it.weekday], "ordinal": it.ordinal}
            for it in schedule.weekday_ordinals
        ]
    if schedule.year_days:
        found["year_days"] = [{"month": it.month, "day": it.day} for it in schedule.year_days]
    if schedule.anchor_date:
        found["anchor_date"] = schedule.anchor_date
    return found
