"""Habits and pauses, JSON ⇄ wire."""

from typing import Any

from google.protobuf.field_mask_pb2 import FieldMask

from contracts.habits.v1 import habit_pb2
from contracts.habits.v1.habit_service_pb2 import UpdateHabitRequest
from edge.habits.schemas import habits as schemas
from edge.habits.schemas.pauses import NewPause
from edge.habits.translate.values import (
    DIRECTIONS,
    FREQUENCIES,
    MEASURES,
    NO_ANSWERS,
    STATES,
    WEEKDAYS,
    Json,
    amount_from_wire,
    amount_to_wire,
    moment_from_wire,
    numbers_of,
)

_WEEKDAY_NUMBERS = numbers_of(WEEKDAYS)
_MEASURE_NUMBERS = numbers_of(MEASURES)
_DIRECTION_NUMBERS = numbers_of(DIRECTIONS)
_NO_ANSWER_NUMBERS = numbers_of(NO_ANSWERS)
_FREQUENCY_NUMBERS = numbers_of(FREQUENCIES)
_STATE_NUMBERS = numbers_of(STATES)
_PLAIN = ("title", "description", "color", "icon", "unit", "start_date")


def habit_to_wire(body: schemas.HabitFields) -> habit_pb2.Habit:
    """Return a habit with the given fields; others stay unset."""
    given = body.model_fields_set
    values: dict[str, Any] = {name: getattr(body, name) or "" for name in _PLAIN if name in given}
    if "measure" in given:
        values["measure"] = _MEASURE_NUMBERS[body.measure]
    if body.tags:
        values["tags"] = body.tags
    if body.goal is not None:
        values["goal"] = goal_to_wire(body.goal)
    if body.schedule is not None:
        values["schedule"] = schedule_to_wire(body.schedule)
    if body.reminders:
        values["reminders"] = [reminder_to_wire(reminder) for reminder in body.reminders]
    return habit_pb2.Habit(**values)


def changes_to_wire(
    habit_id: str, body: schemas.HabitChanges, *, if_match: str | None
) -> UpdateHabitRequest:
    """Return an update of exactly the fields in the body.

    `if_match` may be weakened, as a proxy that compresses does; `*` matches any habit there is.
    """
    habit = habit_to_wire(body)
    habit.id = habit_id
    habit.etag = "" if if_match in (None, "*") else if_match.strip().removeprefix("W/")
    return UpdateHabitRequest(
        habit=habit,
        update_mask=FieldMask(paths=sorted(body.model_fields_set - {"effective_date"})),
        effective_date=body.effective_date or "",
    )


def goal_to_wire(goal: schemas.Goal) -> habit_pb2.Goal:
    """Return a goal with the given fields; others stay unset."""
    direction = _DIRECTION_NUMBERS[goal.direction] if "direction" in goal.model_fields_set else 0
    return habit_pb2.Goal(
        direction=direction,  # type: ignore[arg-type]  # enum as int
        amount=amount_to_wire(goal.amount),
        no_answer=_NO_ANSWER_NUMBERS[goal.no_answer] if goal.no_answer else 0,  # type: ignore[arg-type]
    )


def schedule_to_wire(schedule: schemas.Schedule) -> habit_pb2.Schedule:
    """Return a schedule as a message."""
    return habit_pb2.Schedule(
        frequency=_FREQUENCY_NUMBERS[schedule.frequency],  # type: ignore[arg-type]
        interval=schedule.interval or 0,
        weekdays=[_WEEKDAY_NUMBERS[day] for day in schedule.weekdays or ()],  # type: ignore[misc]
        times=schedule.times or 0,
        month_days=schedule.month_days or (),
        days=schedule.days or 0,
        weekday_ordinals=[
            habit_pb2.WeekdayOrdinal(
                weekday=_WEEKDAY_NUMBERS[it.weekday],  # type: ignore[arg-type]
                ordinal=it.ordinal,
            )
            for it in schedule.weekday_ordinals or ()
        ],
        year_days=[
            habit_pb2.YearDay(month=it.month, day=it.day) for it in schedule.year_days or ()
        ],
        anchor_date=schedule.anchor_date or "",
    )


def reminder_to_wire(reminder: schemas.Reminder) -> habit_pb2.Reminder:
    """Return a reminder as a message."""
    return habit_pb2.Reminder(
        id=reminder.id or "",
        local_time=reminder.time,
        weekdays=[_WEEKDAY_NUMBERS[day] for day in reminder.weekdays or ()],  # type: ignore[misc]
        text=reminder.text or "",
        nag_minutes=reminder.nag_minutes or 0,
    )


def state_to_wire(state: str) -> int:
    """Return which habits to list; `all` is no filter."""
    return _STATE_NUMBERS.get(state, habit_pb2.STATE_UNSPECIFIED)


def habit_from_wire(habit: habit_pb2.Habit) -> Json:
    """Return a habit as JSON."""
    archived = habit.HasField("archive_time")
    return {
        "id": habit.id,
        "etag": habit.etag,
        "state": STATES[habit.state],
        "title": habit.title,
        "description": habit.description,
        "color": habit.color,
        "icon": habit.icon,
        "tags": list(habit.tags),
        "position": habit.position,
        "start_date": habit.start_date,
        "measure": MEASURES[habit.measure],
        "unit": habit.unit,
        "goal": goal_from_wire(habit.goal),
        "schedule": schedule_from_wire(habit.schedule),
        "versions": [
            {
                "effective_date": version.effective_date,
                "goal": goal_from_wire(version.goal),
                "schedule": schedule_from_wire(version.schedule),
            }
            for version in habit.versions
        ],
        "reminders": [reminder_from_wire(reminder) for reminder in habit.reminders],
        "create_time": moment_from_wire(habit.create_time),
        "update_time": moment_from_wire(habit.update_time),
        "archived_at": moment_from_wire(habit.archive_time) if archived else None,
        "archive_date": habit.archive_date or None,
    }


def goal_from_wire(goal: habit_pb2.Goal) -> Json:
    """Return a goal as JSON; `no_answer` only where it means something."""
    at_most = goal.direction == habit_pb2.DIRECTION_AT_MOST
    return {
        "direction": DIRECTIONS.get(goal.direction, "at_least"),
        "amount": amount_from_wire(goal.amount),
        "no_answer": NO_ANSWERS.get(goal.no_answer, "success") if at_most else None,
    }


def schedule_from_wire(schedule: habit_pb2.Schedule) -> Json:
    """Return a schedule as JSON, without the fields that its frequency does not use."""
    found: Json = {"frequency": FREQUENCIES[schedule.frequency]}
    if schedule.interval > 1:
        found["interval"] = schedule.interval
    if schedule.weekdays:
        found["weekdays"] = [WEEKDAYS[day] for day in schedule.weekdays]
    if schedule.times:
        found["times"] = schedule.times
    if schedule.month_days:
        found["month_days"] = list(schedule.month_days)
    if schedule.days:
        found["days"] = schedule.days
    if schedule.weekday_ordinals:
        found["weekday_ordinals"] = [
            {"weekday": WEEKDAYS[it.weekday], "ordinal": it.ordinal}
            for it in schedule.weekday_ordinals
        ]
    if schedule.year_days:
        found["year_days"] = [{"month": it.month, "day": it.day} for it in schedule.year_days]
    if schedule.anchor_date:
        found["anchor_date"] = schedule.anchor_date
    return found


def reminder_from_wire(reminder: habit_pb2.Reminder) -> Json:
    """Return a reminder as JSON."""
    return {
        "id": reminder.id,
        "time": reminder.local_time,
        "weekdays": [WEEKDAYS[day] for day in reminder.weekdays],
        "text": reminder.text,
        "nag_minutes": reminder.nag_minutes or None,
    }


def pause_to_wire(body: NewPause, *, habit_id: str = "") -> habit_pb2.Pause:
    """Return a pause to create; without a habit, of all habits."""
    return habit_pb2.Pause(
        habit_id=habit_id,
        from_date=body.from_date,
        to_date=body.to_date or "",
        reason=body.reason or "",
    )


def pause_from_wire(pause: habit_pb2.Pause) -> Json:
    """Return a pause as JSON."""
    return {
        "id": pause.id,
        "habit_id": pause.habit_id or None,
        "from_date": pause.from_date,
        "to_date": pause.to_date or None,
        "reason": pause.reason,
        "create_time": moment_from_wire(pause.create_time),
    }
