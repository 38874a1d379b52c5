"""Presses of buttons as changes of a day, and what came of them."""

from collections.abc import Iterable
from decimal import Decimal
from uuid import NAMESPACE_URL, uuid5

from contracts.habits.v1 import check_in_pb2
from contracts.habits.v1.check_in_service_pb2 import (
    AddAction,
    Change,
    CheckInChange,
    CheckInOutcome,
    SetAction,
)
from services.notifications.domain.buttons import ButtonAction
from services.notifications.domain.replies import Confirmation
from services.notifications.domain.today import ItemState, TodayItem
from services.notifications.translate.event_data import streak_from_wire

_MARKS = {
    ItemState.MET: check_in_pb2.MARK_DONE,
    ItemState.OPEN: check_in_pb2.MARK_DONE,
    ItemState.SKIPPED: check_in_pb2.MARK_SKIP,
    ItemState.MISSED: check_in_pb2.MARK_MISSED,
}


def request_id_of(*dependencies: object) -> str:
    """Return the id of what one press asks: the same press, brought again, asks it again."""
    return str(uuid5(NAMESPACE_URL, "telegram:" + ":".join(str(part) for part in dependencies)))


def done_to_wire(action: ButtonAction, request_id: str) -> CheckInChange:
    """Write that a day is done."""
    return _change(action, request_id, set=SetAction(mark=check_in_pb2.MARK_DONE))


def skipped_to_wire(action: ButtonAction, request_id: str) -> CheckInChange:
    """Write that a day is left out."""
    return _change(action, request_id, set=SetAction(mark=check_in_pb2.MARK_SKIP))


def added_to_wire(action: ButtonAction, amount: Decimal, request_id: str) -> CheckInChange:
    """Write that an amount is added to a day."""
    return _change(action, request_id, add=AddAction(amount=f"{amount.normalize():f}"))


def noted_to_wire(
    action: ButtonAction, item: TodayItem, note: str, request_id: str
) -> CheckInChange | None:
    """Write that a day gets a note and stays as it is; None when nothing is recorded on it."""
    if not item.recorded:
        return None
    if item.day_amount or item.state is ItemState.PAUSED:  # which has no mark
        set = SetAction(amount=f"{item.day_amount.normalize():f}")
    else:
        set = SetAction(mark=_MARKS[item.state])
    change = _change(action, request_id, set=set)
    change.note = note
    return change


def undone_to_wire(action: ButtonAction, request_id: str) -> CheckInChange:
    """Write that the last change is taken back."""
    return _change(action, request_id)


def confirmation_from_wire(outcome: CheckInOutcome) -> Confirmation:
    """Read what came of a change."""
    return Confirmation(
        streak=streak_from_wire(outcome.current_streak), revision=outcome.check_in.revision
    )


def is_last_change(changes: Iterable[Change], action: ButtonAction) -> bool:
    """Say whether undoing would take back what the press's button was made for."""
    state = (change for change in changes if not change.undone and not change.undo)
    last = next(state, None)
    return (
        last is not None
        and last.after.check_in_date == action.logical_date.isoformat()
        and last.after.revision == action.revision
    )


def _change(
    action: ButtonAction,
    request_id: str,
    *,
    add: AddAction | None = None,
    set: SetAction | None = None,
) -> CheckInChange:
    return CheckInChange(
        habit_id=str(action.habit_id),
        check_in_date=action.logical_date.isoformat(),
        add=add,
        set=set,
        source=check_in_pb2.SOURCE_TELEGRAM,
        request_id=request_id,
    )
