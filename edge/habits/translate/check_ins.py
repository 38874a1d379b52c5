"""Check-ins, JSON ⇄ wire."""

from uuid import UUID, uuid5

from chassis.context import current_context
from contracts.habits.v1.check_in_pb2 import CheckIn, Streak
from contracts.habits.v1.check_in_service_pb2 import (
    AddAction,
    Change,
    CheckInChange,
    CheckInOutcome,
    ClearAction,
    SetAction,
    UndoAction,
)
from edge.habits.schemas.check_ins import Batch, InvalidItem, NewCheckIn, WholeDay
from edge.habits.translate.values import (
    MARKS,
    SOURCES,
    UNITS,
    Json,
    amount_from_wire,
    amount_to_wire,
    moment_from_wire,
    numbers_of,
)

_MARK_NUMBERS = numbers_of(MARKS)
_SOURCE_NUMBERS = numbers_of(SOURCES)
_API = _SOURCE_NUMBERS["api"]


def addition_to_wire(habit_id: str, body: NewCheckIn, *, request_id: str) -> CheckInChange:
    """Return the command that adds to a day, for the caller of this request."""
    return CheckInChange(
        habit_id=habit_id,
        check_in_date=body.date or "",
        add=AddAction(amount=amount_to_wire(body.amount)),
        note=body.note,
        source=_SOURCE_NUMBERS[body.source],  # type: ignore[arg-type]  # enum as int
        request_id=request_id,
        access_token=current_context().token,
    )


def whole_day_to_wire(habit_id: str, day: str, body: WholeDay, *, request_id: str) -> CheckInChange:
    """Return the command that sets a day, for the caller of this request."""
    return CheckInChange(
        habit_id=habit_id,
        check_in_date=day,
        set=SetAction(
            mark=_MARK_NUMBERS[body.mark] if body.mark else 0,  # type: ignore[arg-type]
            amount=amount_to_wire(body.amount),
        ),
        note=body.note,
        source=_SOURCE_NUMBERS[body.source],  # type: ignore[arg-type]
        request_id=request_id,
        access_token=current_context().token,
    )


def clearing_to_wire(habit_id: str, day: str, *, request_id: str) -> CheckInChange:
    """Return the command that clears a day, for the caller of this request."""
    return CheckInChange(
        habit_id=habit_id,
        check_in_date=day,
        clear=ClearAction(),
        source=_API,  # type: ignore[arg-type]
        request_id=request_id,
        access_token=current_context().token,
    )


def undo_to_wire(habit_id: str, *, request_id: str) -> CheckInChange:
    """Return the command that undoes the last change, for the caller of this request."""
    return CheckInChange(
        habit_id=habit_id,
        undo=UndoAction(),
        source=_API,  # type: ignore[arg-type]
        request_id=request_id,
        access_token=current_context().token,
    )


def batch_to_wire(body: Batch, *, request_id: str) -> list[CheckInChange]:
    """Return the commands of the valid items. Their ids derive from the batch's and their index."""
    batch_id = UUID(request_id)
    changes = [
        whole_day_to_wire(item.habit_id, item.date, item, request_id=str(uuid5(batch_id, str(n))))
        for n, item in enumerate(body.items)
        if not isinstance(item, InvalidItem)
    ]
    for change in changes:
        change.access_token = ""  # the call's own token is used; a batch over REST has one caller
    return changes


def outcome_from_wire(outcome: CheckInOutcome) -> Json:
    """Return the result of a write: the day, the streak, and whether anything changed."""
    found = check_in_from_wire(outcome.check_in)
    found["current_streak"] = streak_from_wire(outcome.current_streak)
    found["changed"] = outcome.changed
    return found


def check_in_from_wire(check_in: CheckIn) -> Json:
    """Return a day as JSON."""
    recorded = check_in.HasField("update_time")
    return {
        "habit_id": check_in.habit_id,
        "date": check_in.check_in_date,
        **day_state_from_wire(check_in),
        "source": SOURCES.get(check_in.source),
        "update_time": moment_from_wire(check_in.update_time) if recorded else None,
    }


def day_state_from_wire(check_in: CheckIn) -> Json:
    """Return mark, amount and note of a day as JSON."""
    return {
        "mark": MARKS.get(check_in.mark),
        "amount": amount_from_wire(check_in.amount),
        "note": check_in.note,
    }


def streak_from_wire(streak: Streak) -> Json:
    """Return a current streak as JSON."""
    open_now = streak.HasField("deadline_time")
    return {
        "length": streak.length_count,
        "unit": UNITS[streak.unit],
        "start_date": streak.start_date or None,
        "at_risk": streak.at_risk,
        "deadline": moment_from_wire(streak.deadline_time) if open_now else None,
    }


def change_from_wire(change: Change) -> Json:
    """Return an entry of the audit log as JSON."""
    return {
        "id": change.id,
        "date": change.after.check_in_date,
        "before": day_state_from_wire(change.before),
        "after": day_state_from_wire(change.after),
        "source": SOURCES.get(change.after.source),
        "change_time": moment_from_wire(change.after.update_time),
        "actor_id": change.actor_id,
        "undo": change.undo,
        "undone": change.undone,
    }
