"""Cursors and deltas, wire ⇄ domain."""

import base64
import binascii
from datetime import timedelta

import msgspec

from contracts.habits.v1 import delta_service_pb2 as rpc
from services.habits.domain.delta import LONGEST_WAIT, Cursor, DeletedKind, Delta
from services.habits.domain.errors import CursorInvalid, WaitOutOfRange
from services.habits.events.messages import check_in_to_wire, habit_to_wire, pause_to_wire

_MAX_CURSOR_LENGTH = 4000
_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(Cursor).decode


def cursor_from_wire(text: str) -> Cursor | None:
    """Read a cursor; empty text is none.

    Raises:
        CursorInvalid: It was not issued here.
    """
    if not text:
        return None
    if len(text) > _MAX_CURSOR_LENGTH:
        raise CursorInvalid
    try:
        data = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
        cursor = _decode(data)
    except (binascii.Error, ValueError, msgspec.MsgspecError):
        raise CursorInvalid from None
    if not cursor.is_in_range():
        raise CursorInvalid
    return cursor


def cursor_to_wire(cursor: Cursor) -> str:
    """Return a cursor as text for an address."""
    return base64.urlsafe_b64encode(_encode(cursor)).decode().rstrip("=")


def wait_from_wire(request: rpc.GetDeltaRequest) -> timedelta:
    """Return how long a request waits.

    Raises:
        WaitOutOfRange: It is negative, or longer than the service waits.
    """
    try:
        wait = request.wait_duration.ToTimedelta()
    except (ValueError, OverflowError):
        raise WaitOutOfRange(LONGEST_WAIT) from None
    if not timedelta(0) <= wait <= LONGEST_WAIT:
        raise WaitOutOfRange(LONGEST_WAIT)
    return wait


def delta_to_wire(delta: Delta) -> rpc.GetDeltaResponse:
    """Return a page of what has changed."""
    deleted: dict[DeletedKind, list[str]] = {kind: [] for kind in DeletedKind}
    for kind, deleted_id in delta.deleted:
        deleted[kind].append(str(deleted_id))
    return rpc.GetDeltaResponse(
        full=delta.full,
        habits=[habit_to_wire(habit, today=delta.today) for habit in delta.habits],
        check_ins=map(check_in_to_wire, delta.check_ins),
        pauses=map(pause_to_wire, delta.pauses),
        deleted_habit_ids=deleted[DeletedKind.HABIT],
        deleted_pause_ids=deleted[DeletedKind.PAUSE],
        settings_changed=delta.settings_changed,
        cursor=cursor_to_wire(delta.cursor),
        has_more=delta.cursor.place is not None,
    )
