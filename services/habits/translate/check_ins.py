"""Check-in commands and their outcomes, wire to domain and back."""

import hashlib
from collections.abc import Callable
from datetime import date
from uuid import UUID

from msgspec.structs import replace

from chassis.errors import InvalidArgument, Refusal
from chassis.rpc.idempotency import read_request_id
from chassis.rpc.status import code_of
from contracts.habits.v1 import check_in_pb2 as wire
from contracts.habits.v1 import check_in_service_pb2 as rpc
from services.habits.domain import limits
from services.habits.domain.check_in import (
    Add,
    Change,
    CheckIn,
    CheckInCommand,
    Clear,
    Content,
    Set,
    SetNote,
    Source,
    Undo,
)
from services.habits.domain.check_in_outcome import CheckInOutcome
from services.habits.domain.errors import BatchTooLarge, MarkOrAmount, NoteTooLong
from services.habits.domain.export import ExportChunk
from services.habits.domain.people import Person
from services.habits.events import messages
from services.habits.events.messages import check_in_to_wire, streak_to_wire
from services.habits.translate.scalars import (
    amount_from_wire,
    find_date_from_wire,
    habit_id_from_wire,
    text_from_wire,
)

_INTERNAL = 13
_MARKS = {number: mark for mark, number in messages.MARKS.items()}
_SOURCES = {int(source): source for source in Source}


def command_from_wire(change: rpc.CheckInChange, person: Person) -> CheckInCommand:
    """Return the command of a change.

    Raises:
        Refusal: Something cannot be read.
    """
    note = text_from_wire(change.note, "note") if change.HasField("note") else None
    if note is not None and len(note) > limits.MAX_NOTE_LENGTH:
        raise NoteTooLong
    request_id = read_request_id(change)
    action = _action(change)
    return CheckInCommand(
        habit_id=habit_id_from_wire(change.habit_id),
        person=person,
        day=None if isinstance(action, Undo) else _day(change),
        action=action,
        note=note,
        source=_SOURCES.get(change.source, Source.API),
        request_id=request_id,
        digest=_digest(change) if request_id else b"",
    )


def add_from_wire(request: rpc.CreateCheckInRequest, person: Person) -> CheckInCommand:
    """Return a command that adds to a day."""
    return _command_as(request.change, person, lambda change: change.add.SetInParent())


def set_from_wire(request: rpc.SetCheckInRequest, person: Person) -> CheckInCommand:
    """Return a command that sets a day."""
    return _command_as(request.change, person, lambda change: change.set.SetInParent())


def clear_from_wire(request: rpc.ClearCheckInRequest, person: Person) -> CheckInCommand:
    """Return a command that clears a day."""
    return _command_as(request.change, person, lambda change: change.clear.SetInParent())


def undo_from_wire(request: rpc.UndoCheckInRequest, person: Person) -> CheckInCommand:
    """Return a command that undoes the last change."""
    return _command_as(request.change, person, lambda change: change.undo.SetInParent())


def commands_from_wire(
    request: rpc.BatchWriteCheckInsRequest, person_of: Callable[[str], Person]
) -> list[CheckInCommand | Refusal]:
    """Return the command of each change, or why it cannot be read.

    Args:
        request: The batch.
        person_of: Returns whom an access token speaks for, or refuses it.

    Raises:
        BatchTooLarge: There are too many changes.
    """
    if len(request.changes) > limits.MAX_BATCH_CHANGES:
        raise BatchTooLarge(len(request.changes))
    commands: list[CheckInCommand | Refusal] = []
    for change in request.changes:
        try:
            commands.append(command_from_wire(change, person_of(change.access_token)))
        except Refusal as refusal:
            commands.append(refusal)
    return commands


def outcome_to_wire(outcome: CheckInOutcome) -> rpc.CheckInOutcome:
    """Return the outcome of a command."""
    return rpc.CheckInOutcome(
        check_in=check_in_to_wire(outcome.check_in),
        current_streak=streak_to_wire(outcome.current_streak),
        changed=outcome.changed,
    )


def result_to_wire(answer: CheckInOutcome | Exception) -> rpc.CheckInResult:
    """Return the outcome or refusal of one command of a batch."""
    if isinstance(answer, CheckInOutcome):
        return rpc.CheckInResult(outcome=outcome_to_wire(answer))
    if not isinstance(answer, Refusal):
        return rpc.CheckInResult(refusal=rpc.Refusal(code=_INTERNAL, message="internal error"))
    violations = answer.violations if isinstance(answer, InvalidArgument) else ()
    return rpc.CheckInResult(
        refusal=rpc.Refusal(
            code=code_of(answer).value[0],
            reason=answer.reason,
            message=answer.message,
            metadata=answer.metadata,
            field=violations[0].field if violations else "",
        )
    )


def day_to_wire(check_in: CheckIn) -> wire.CheckIn:
    """Return a day."""
    return check_in_to_wire(check_in)


def change_to_wire(change: Change) -> rpc.Change:
    """Return a change as the audit keeps it."""
    return rpc.Change(
        id=str(change.id),
        before=_side(change, change.before, revision=0),
        after=_side(change, change.after, revision=change.revision),
        undone=change.undone,
        undo=change.undoes is not None,
        actor_id=str(change.actor_id),
    )


def change_id_from_page(key: tuple[str, ...] | None) -> UUID | None:
    """Return the change that the last page ended with."""
    return None if key is None else UUID(key[0])


def day_from_page(key: tuple[str, ...] | None) -> date | None:
    """Return the day that the last page ended with."""
    return None if key is None else date.fromisoformat(key[0])


def chunk_to_wire(chunk: ExportChunk) -> rpc.ExportCheckInsResponse:
    """Return a part of an export."""
    habit = chunk.habit
    return rpc.ExportCheckInsResponse(
        owner_id=str(chunk.owner_id),
        habit=messages.habit_to_wire(habit, today=chunk.today) if habit else None,
        habit_revision=habit.revision if habit else 0,
        check_ins=map(check_in_to_wire, chunk.check_ins),
        pauses=map(messages.pause_to_wire, chunk.pauses),
    )


def _side(change: Change, content: Content, *, revision: int) -> wire.CheckIn:
    """Return one side of a change; only the new side has a time and a source."""
    side = CheckIn(change.habit_id, change.day, content)
    if revision:
        side = replace(
            side, source=change.source, update_time=change.create_time, revision=revision
        )
    message = check_in_to_wire(side)
    if not revision:
        message.source = wire.SOURCE_UNSPECIFIED
    return message


def _command_as(
    change: rpc.CheckInChange,
    person: Person,
    choose: Callable[[rpc.CheckInChange], None],
) -> CheckInCommand:
    """Read a change as that of one verb: its action is the verb's, whatever was set."""
    copy = rpc.CheckInChange()
    copy.CopyFrom(change)
    choose(copy)
    return command_from_wire(copy, person)


def _day(change: rpc.CheckInChange) -> date | None:
    return find_date_from_wire(change.check_in_date, "check_in_date")


def _action(change: rpc.CheckInChange) -> Add | Set | SetNote | Clear | Undo:
    match change.WhichOneof("action"):
        case "add":
            return Add(amount_from_wire(change.add.amount))
        case "clear":
            return Clear()
        case "undo":
            return Undo()
        case "set":
            return _set(change.set, has_note=change.HasField("note"))
        case _:
            raise MarkOrAmount


def _set(action: rpc.SetAction, *, has_note: bool) -> Set | SetNote:
    if not action.mark and not action.amount and has_note:
        return SetNote()
    mark = _MARKS.get(action.mark)
    if (mark is None) == (not action.amount):
        raise MarkOrAmount
    return Set(mark, amount_from_wire(action.amount))


def _digest(change: rpc.CheckInChange) -> bytes:
    """Return a 16-byte digest of the request without its access token."""
    asked = rpc.CheckInChange()
    asked.CopyFrom(change)
    asked.ClearField("access_token")
    data = asked.SerializeToString(deterministic=True)
    return hashlib.blake2b(data, digest_size=16).digest()
