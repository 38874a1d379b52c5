"""Actions and states as messages of the habits service, and back."""

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any, cast
from uuid import UUID

from google.protobuf.field_mask_pb2 import FieldMask
from google.protobuf.json_format import MessageToDict, ParseDict
from google.protobuf.message import Message

from contracts.habits.v1 import check_in_pb2, habit_pb2
from contracts.habits.v1.check_in_service_pb2 import (
    AddAction,
    CheckInChange,
    ClearAction,
    SetAction,
)
from contracts.habits.v1.habit_service_pb2 import UpdateHabitRequest
from services.analytics.domain.recommend.suggestion import ActionKind, Value

MAX_REMINDERS = 8
NOTHING_RECORDED: Mapping[str, Value] = {"mark": "MARK_UNSPECIFIED", "amount": ""}

_WEEKDAYS = {name[8:11].lower(): number for name, number in habit_pb2.Weekday.items()}


def state_of(habit: habit_pb2.Habit, action: Mapping[str, Value]) -> dict[str, Value]:
    """Return what an action touches of a habit."""
    match action["kind"]:
        case ActionKind.ARCHIVE:
            return {"state": habit_pb2.State.Name(habit.state)}
        case ActionKind.SET_REMINDER:
            return {"reminders": _dicts(habit.reminders)}
    return {"versions": _dicts(habit.versions)}


def day_state_of(check_in: check_in_pb2.CheckIn) -> dict[str, Value]:
    """Return what a day holds."""
    return {"mark": check_in_pb2.Mark.Name(check_in.mark), "amount": check_in.amount}


def pause_of(habit_id: UUID | None, action: Mapping[str, Value]) -> habit_pb2.Pause:
    """Return the pause that an action asks for."""
    return habit_pb2.Pause(
        habit_id=str(habit_id or ""),
        from_date=str(action["from_date"]),
        to_date=str(action["to_date"]),
    )


def added_pause_ids(before: Mapping[str, Value], after: Mapping[str, Value]) -> list[str]:
    """Return the pauses that are there after and were not before."""
    known = cast("list[str]", before["pause_ids"])
    return [it for it in cast("list[str]", after["pause_ids"]) if it not in known]


def addition_of(habit_id: UUID, action: Mapping[str, Value], request_id: UUID) -> CheckInChange:
    """Return the check-in that an action asks for."""
    return CheckInChange(
        habit_id=str(habit_id),
        check_in_date=str(action["date"]),
        add=AddAction(amount=str(action.get("amount", ""))),
        source=check_in_pb2.SOURCE_API,
        request_id=str(request_id),
    )


def day_back(habit_id: UUID, day: str, before: Mapping[str, Value]) -> CheckInChange:
    """Return the change of a day to what it held before."""
    change = CheckInChange(
        habit_id=str(habit_id), check_in_date=day, source=check_in_pb2.SOURCE_API
    )
    if before == NOTHING_RECORDED:
        change.clear.CopyFrom(ClearAction())
        return change
    if amount := str(before["amount"]):
        change.set.CopyFrom(SetAction(amount=amount))
    else:
        change.set.CopyFrom(SetAction(mark=check_in_pb2.Mark.Value(str(before["mark"]))))
    return change


def update_of(habit: habit_pb2.Habit, action: Mapping[str, Value]) -> UpdateHabitRequest:
    """Return the update of a habit that an action asks for; its mask is empty if it is so already.

    Goals and schedules change from the owner's today on: the days before keep theirs.
    """
    changed = habit_pb2.Habit(id=habit.id, etag=habit.etag)
    if action["kind"] == ActionKind.SET_REMINDER:
        if any(it.local_time == action["time"] for it in habit.reminders):
            return UpdateHabitRequest()
        changed.reminders.extend(_with_reminder(habit.reminders, action))
        return UpdateHabitRequest(habit=changed, update_mask=FieldMask(paths=["reminders"]))
    paths = []
    if "goal" in action:
        changed.goal.CopyFrom(_goal(cast("Mapping[str, Any]", action["goal"])))
        paths.append("goal")
    if "schedule" in action:
        changed.schedule.CopyFrom(_schedule(cast("Mapping[str, Any]", action["schedule"])))
        paths.append("schedule")
    return UpdateHabitRequest(habit=changed, update_mask=FieldMask(paths=paths))


def updates_back(
    habit: habit_pb2.Habit, before: Mapping[str, Value], after: Mapping[str, Value]
) -> Iterator[UpdateHabitRequest]:
    """Yield the updates that give a habit its reminders, or its versions, of before."""
    changed = habit_pb2.Habit(id=habit.id, etag=habit.etag)
    if "reminders" in before:
        changed.reminders.extend(_parsed(before["reminders"], habit_pb2.Reminder))
        yield UpdateHabitRequest(habit=changed, update_mask=FieldMask(paths=["reminders"]))
        return
    old = list(_parsed(before["versions"], habit_pb2.Version))
    for version in _parsed(after["versions"], habit_pb2.Version):
        if version in old:
            continue
        in_force = [it for it in old if it.effective_date <= version.effective_date][-1]
        changed.goal.CopyFrom(in_force.goal)
        changed.schedule.CopyFrom(in_force.schedule)
        yield UpdateHabitRequest(
            habit=changed,
            update_mask=FieldMask(paths=["goal", "schedule"]),
            effective_date=version.effective_date,
        )


def _with_reminder(
    reminders: Sequence[habit_pb2.Reminder], action: Mapping[str, Value]
) -> list[habit_pb2.Reminder]:
    """Move the only reminder to the time of an action, or add one."""
    time, text = str(action["time"]), str(action.get("text", ""))
    if len(reminders) == 1:
        moved = habit_pb2.Reminder()
        moved.CopyFrom(reminders[0])
        moved.local_time, moved.text = time, text or moved.text
        return [moved]
    added = habit_pb2.Reminder(local_time=time, text=text)
    return [*reminders[: MAX_REMINDERS - 1], added]


def _goal(given: Mapping[str, Any]) -> habit_pb2.Goal:
    answer = str(given.get("no_answer", "unspecified")).upper()
    return habit_pb2.Goal(
        direction=habit_pb2.Direction.Value(f"DIRECTION_{given['direction'].upper()}"),
        amount=f"{Decimal(str(given['amount'])).normalize():f}",
        no_answer=habit_pb2.NoAnswer.Value(f"NO_ANSWER_{answer}"),
    )


def _schedule(given: Mapping[str, Any]) -> habit_pb2.Schedule:
    return habit_pb2.Schedule(
        frequency=habit_pb2.Frequency.Value(f"FREQUENCY_{given['frequency'].upper()}"),
        interval=int(given.get("interval", 0)),
        weekdays=[_WEEKDAYS[day] for day in given.get("weekdays", ())],
        times=int(given.get("times", 0)),
        days=int(given.get("days", 0)),
    )


def _dicts(found: Sequence[Message]) -> list[Value]:
    return [MessageToDict(it, preserving_proto_field_name=True) for it in found]


def _parsed[M: Message](stored: Value, kind: type[M]) -> Iterator[M]:
    for it in cast("list[dict[str, Any]]", stored):
        yield ParseDict(it, kind())
