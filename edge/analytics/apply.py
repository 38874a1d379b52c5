"""Carries out the action of a recommendation through habits, with the caller's token."""

from collections.abc import Mapping
from typing import Any

import grpc

from chassis.rpc.status import refusal_details
from contracts.habits.v1.check_in_service_pb2 import CreateCheckInRequest
from contracts.habits.v1.habit_pb2 import Habit
from contracts.habits.v1.habit_service_pb2 import ArchiveHabitRequest, GetHabitRequest
from edge.clients import Clients
from edge.habits.schemas.check_ins import NewCheckIn
from edge.habits.schemas.habits import HabitChanges
from edge.habits.translate.check_ins import addition_to_wire
from edge.habits.translate.habits import changes_to_wire, reminder_from_wire

MAX_REMINDERS = 8


async def apply_action(
    clients: Clients, habit_id: str, action: Mapping[str, Any], *, request_id: str
) -> tuple[Habit, Habit]:
    """Change a habit as an action says; return it before and after. A repeat changes nothing.

    Goals and schedules change from today on: the days before keep theirs.
    """
    before = (await clients.habits.GetHabit(GetHabitRequest(habit_id=habit_id))).habit
    match action["kind"]:
        case "archive":
            await _archive(clients, habit_id)
        case "check_in":
            addition = NewCheckIn(date=action["date"])
            change = addition_to_wire(habit_id, addition, request_id=request_id)
            await clients.check_ins.CreateCheckIn(CreateCheckInRequest(change=change))
        case "set_reminder":
            await _set_reminder(clients, before, action["time"])
        case "change_target" | "change_schedule":
            fields = {name: action[name] for name in ("goal", "schedule") if name in action}
            await _update(clients, habit_id, fields)
        case kind:
            raise ValueError(f"{kind!r} is not an action.")
    after = (await clients.habits.GetHabit(GetHabitRequest(habit_id=habit_id))).habit
    return before, after


async def _archive(clients: Clients, habit_id: str) -> None:
    try:
        await clients.habits.ArchiveHabit(ArchiveHabitRequest(habit_id=habit_id))
    except grpc.aio.AioRpcError as error:
        if refusal_details(error).reason != "HABIT_ARCHIVED":
            raise


async def _set_reminder(clients: Clients, habit: Habit, time: str) -> None:
    """Move the habit's only reminder to a time, or add one; leave one at that time alone."""
    if any(it.local_time == time for it in habit.reminders):
        return
    kept = [_reminder(reminder_from_wire(it)) for it in habit.reminders]
    if len(kept) == 1:
        kept[0]["time"] = time
    else:
        kept = [*kept[: MAX_REMINDERS - 1], {"time": time}]
    await _update(clients, habit.id, {"reminders": kept})


def _reminder(stored: Mapping[str, Any]) -> dict[str, Any]:
    """Return a stored reminder as an update takes it: without what it does not have."""
    return {name: value for name, value in stored.items() if value}


async def _update(clients: Clients, habit_id: str, fields: Mapping[str, Any]) -> None:
    changes = HabitChanges.model_validate(fields)
    await clients.habits.UpdateHabit(changes_to_wire(habit_id, changes, if_match=None))
