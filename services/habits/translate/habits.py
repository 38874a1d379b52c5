"""Habits, their goals, schedules and reminders, as messages."""

from collections.abc import Callable, Collection, Mapping
from datetime import date, time
from typing import Any, cast
from uuid import UUID

from contracts.habits.v1 import habit_pb2 as wire
from contracts.habits.v1 import habit_service_pb2 as rpc
from rhythm import errors as rules
from rhythm.schedule import Schedule, Weekday, WeekdayOrdinal, YearDay
from services.habits.domain import limits
from services.habits.domain.errors import (
    FieldReadOnly,
    FieldUnknown,
    GoalInvalid,
    ReminderInvalid,
    ScheduleInvalid,
)
from services.habits.domain.habit import Habit, HabitState
from services.habits.domain.habit_edit import GoalDraft, HabitDraft
from services.habits.domain.reminders import Reminder
from services.habits.events import messages
from services.habits.translate.scalars import (
    decimal_from_wire,
    find_date_from_wire,
    line_from_wire,
    text_from_wire,
)

_NO_ID = UUID(int=0)
_LONGEST_LISTS = {"month_days": 2 * 31, "weekday_ordinals": 2 * 5 * 7, "year_days": 2 * 366}
_READ_ONLY = frozenset(
    {"id", "etag", "state", "position", "versions", "create_time", "update_time", "archive_time"}
)
_MEASURES = {number: measure for measure, number in messages.MEASURES.items()}
_DIRECTIONS = {number: direction for direction, number in messages.DIRECTIONS.items()}
_NO_ANSWERS = {number: answer for answer, number in messages.NO_ANSWERS.items()}
_FREQUENCIES = {number: frequency for frequency, number in messages.FREQUENCIES.items()}
_WEEKDAYS = {number: weekday for weekday, number in messages.WEEKDAYS.items()}
_STATES = {number: state for state, number in messages.STATES.items()}


def new_habit_from_wire(habit: wire.Habit) -> HabitDraft:
    """Return what a habit is to be made of; output-only fields are ignored."""
    return _draft(habit, set(_READERS))


def draft_from_wire(request: rpc.UpdateHabitRequest) -> HabitDraft:
    """Return what of a habit is to be otherwise: the fields of the mask, or those that are set.

    Raises:
        FieldUnknown: The mask names something else.
        FieldReadOnly: The mask names what is not changed by an update.
        InvalidArgument: A value cannot be read.
    """
    habit = request.habit
    if not request.HasField("update_mask"):
        return _draft(habit, {field.name for field, _ in habit.ListFields()} & set(_READERS))
    names = set(request.update_mask.paths)
    for name in sorted(names):
        if name in _READ_ONLY:
            raise FieldReadOnly(name)
        if name not in _READERS:
            raise FieldUnknown(name)
    return _draft(habit, names)


def schedule_from_wire(schedule: wire.Schedule) -> Schedule:
    """Return a schedule that no habit has yet.

    Raises:
        ScheduleInvalid: It breaks a rule of schedules, or says nothing.
    """
    found = _schedule(wire.Habit(schedule=schedule))
    assert found is not None  # noqa: S101  # the field is set
    return found


def habit_to_wire(habit: Habit, today: date) -> wire.Habit:
    """Return a habit with the goal and schedule that are in force today."""
    return messages.habit_to_wire(habit, today=today)


def place_from_page(key: tuple[str, ...] | None) -> tuple[int, UUID] | None:
    """Return the place of the habit that the last page ended with."""
    return None if key is None else (int(key[0]), UUID(key[1]))


def place_to_page(habit: Habit) -> tuple[str, str]:
    """Return the place of a habit in the list."""
    return str(habit.position), str(habit.id)


def tag_from_wire(request: rpc.ListHabitsRequest) -> str:
    """Return the label to list; empty means all."""
    return line_from_wire(request.tag, "tag")


def state_from_wire(state: wire.State.ValueType) -> HabitState | None:
    """Return the state to list; None means all."""
    return _STATES.get(state)


def _draft(habit: wire.Habit, names: Collection[str]) -> HabitDraft:
    return HabitDraft(**{name: _READERS[name](habit) for name in names})


def _goal(habit: wire.Habit) -> GoalDraft | None:
    if not habit.HasField("goal"):
        return None
    goal = habit.goal
    amount = decimal_from_wire(goal.amount) if goal.amount else None
    if goal.amount and (amount is None or amount < 0):
        sentence = "An amount is a number from 0 to 1000000000, with at most 3 decimal places."
        raise GoalInvalid("amount", sentence)
    return GoalDraft(
        direction=_known(_DIRECTIONS, goal.direction, GoalInvalid, "direction"),
        amount_thousandths=amount,
        no_answer=_known(_NO_ANSWERS, goal.no_answer, GoalInvalid, "no_answer"),
    )


def _schedule(habit: wire.Habit) -> Schedule | None:
    if not habit.HasField("schedule"):
        return None
    it = habit.schedule
    frequency = _known(_FREQUENCIES, it.frequency, ScheduleInvalid, "frequency")
    if frequency is None:
        raise ScheduleInvalid("frequency", "A schedule has a frequency: daily, weekly and so on.")
    for name, most in _LONGEST_LISTS.items():
        if len(getattr(it, name)) > most:
            raise ScheduleInvalid(name, f"{name} are {most} at most.")
    try:
        return Schedule(
            frequency=frequency,
            interval=it.interval or 1,
            weekdays=_weekdays(it.weekdays, ScheduleInvalid, "weekdays"),
            times=it.times or None,
            month_days=tuple(it.month_days),
            days=it.days or None,
            weekday_ordinals=tuple(map(_weekday_ordinal, it.weekday_ordinals)),
            year_days=tuple(YearDay(day.month, day.day) for day in it.year_days),
            anchor_date=find_date_from_wire(it.anchor_date, "habit.schedule.anchor_date"),
        )
    except rules.ScheduleInvalid as broken:
        raise ScheduleInvalid(broken.field, str(broken)) from broken


def _weekday_ordinal(it: wire.WeekdayOrdinal) -> WeekdayOrdinal:
    [weekday] = _weekdays([it.weekday], ScheduleInvalid, "weekday_ordinals")
    return WeekdayOrdinal(weekday, it.ordinal)


def _reminders(habit: wire.Habit) -> tuple[Reminder, ...]:
    if len(habit.reminders) > limits.MAX_REMINDERS:
        raise ReminderInvalid("", f"A habit has at most {limits.MAX_REMINDERS} reminders.")
    return tuple(_reminder(it, f"[{place}]") for place, it in enumerate(habit.reminders))


def _reminder(it: wire.Reminder, place: str) -> Reminder:
    if len(it.text) > limits.MAX_REMINDER_TEXT_LENGTH:
        sentence = f"A reminder says at most {limits.MAX_REMINDER_TEXT_LENGTH} characters."
        raise ReminderInvalid(f"{place}.text", sentence)
    least, most = limits.MIN_NAG_MINUTES, limits.MAX_NAG_MINUTES
    if it.nag_minutes and not least <= it.nag_minutes <= most:
        sentence = f"A reminder repeats every {least} to {most} minutes, or not at all."
        raise ReminderInvalid(f"{place}.nag_minutes", sentence)
    return Reminder(
        id=_reminder_id(it.id),
        local_time=_wall_time(it.local_time, f"{place}.local_time"),
        weekdays=frozenset(_weekdays(it.weekdays, ReminderInvalid, f"{place}.weekdays")),
        text=text_from_wire(it.text, f"habit.reminders{place}.text"),
        nag_minutes=it.nag_minutes,
    )


def _reminder_id(text: str) -> UUID:
    """Return the id of a reminder; text that is no id stands for a new reminder."""
    try:
        return UUID(text)
    except ValueError:
        return _NO_ID


def _wall_time(text: str, field: str) -> time:
    try:
        if len(text) == len("HH:MM"):
            return time.fromisoformat(text)
    except ValueError:
        pass
    raise ReminderInvalid(field, "A time of day looks like 07:30.")


def _weekdays(
    numbers: Collection[wire.Weekday.ValueType],
    refusal: Callable[[str, str], Exception],
    field: str,
) -> tuple[Weekday, ...]:
    found = [_WEEKDAYS.get(number) for number in numbers]
    if None in found or len(set(found)) < len(found):
        raise refusal(field, "Weekdays are Monday to Sunday, each at most once.")
    return tuple(cast("list[Weekday]", found))


def _known[V](
    values: Mapping[Any, V], number: int, refusal: Callable[[str, str], Exception], field: str
) -> V | None:
    """Return the value of an enum's number; None where it was not given."""
    if number and number not in values:
        raise refusal(field, f"{field} has no value {number}.")
    return values.get(number)


_READERS: Mapping[str, Callable[[wire.Habit], Any]] = {
    "title": lambda it: line_from_wire(it.title, "habit.title"),
    "description": lambda it: text_from_wire(it.description, "habit.description"),
    "color": lambda it: it.color,
    "icon": lambda it: line_from_wire(it.icon, "habit.icon"),
    "tags": lambda it: tuple(
        line_from_wire(tag, f"habit.tags[{place}]") for place, tag in enumerate(it.tags)
    ),
    "start_date": lambda it: find_date_from_wire(it.start_date, "habit.start_date"),
    "measure": lambda it: _known(_MEASURES, it.measure, GoalInvalid, "measure"),
    "unit": lambda it: line_from_wire(it.unit, "habit.unit"),
    "goal": _goal,
    "schedule": _schedule,
    "reminders": _reminders,
}
