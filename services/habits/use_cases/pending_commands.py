"""Commands whose answers are being worked out, and the answers to requests that were repeated."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from chassis.errors import Refusal
from chassis.rpc.idempotency import RETENTION, RequestIdReused
from services.habits.dao import check_in_writes as dao
from services.habits.dao.check_in_writes import ResponseToStore
from services.habits.dao.snapshots import StoredResponse
from services.habits.domain.check_in import CheckInCommand
from services.habits.domain.check_in_outcome import CheckInOutcome
from services.habits.domain.errors import HabitNotFound
from services.habits.domain.habit_days import HabitDays, WriteResult

type CommandResult = CheckInOutcome | Refusal
"""The result of a command: its outcome, or why it was refused."""
type ByRequest = dict[tuple[UUID, UUID], "PendingCommand"]
"""The commands of a batch by person and request id."""

_METHOD = "contracts.habits.v1.CheckInChange"


@dataclass(slots=True)
class PendingCommand:
    """A command whose answer is being worked out."""

    command: CheckInCommand
    stored_response: StoredResponse | None
    result: WriteResult | None = None
    duplicate_of: "PendingCommand | None" = None
    """The same request earlier in the batch."""
    answer: CommandResult | None = None
    """None until it is known, and again when the habit was changed meanwhile."""


def apply(
    pending: PendingCommand, habit_days: HabitDays | None, by_request: ByRequest, now: datetime
) -> None:
    """Apply a command to its habit's days, or set its refusal or its stored answer."""
    command = pending.command
    try:
        if habit_days is None:
            raise HabitNotFound(command.habit_id)
        if _is_answered_before(pending, by_request, now):
            return
        pending.result = habit_days.write(command)
    except Refusal as refusal:
        pending.answer = refusal
        return
    if command.request_id is not None:
        by_request[command.person.id, command.request_id] = pending


def _is_answered_before(pending: PendingCommand, by_request: ByRequest, now: datetime) -> bool:
    """Tell whether the request was answered before; then set that answer.

    Raises:
        RequestIdReused: The id belongs to another request.
    """
    command = pending.command
    if command.request_id is None:
        return False
    duplicate_of = by_request.get((command.person.id, command.request_id))
    if duplicate_of is not None:
        if duplicate_of.command.digest != command.digest:
            raise RequestIdReused(command.request_id)
        pending.duplicate_of = duplicate_of
        return True
    if pending.stored_response is None or now - pending.stored_response.create_time >= RETENTION:
        return False
    if (pending.stored_response.method, pending.stored_response.digest) != (
        _METHOD,
        command.digest,
    ):
        raise RequestIdReused(command.request_id)
    pending.answer = dao.outcome_from_bytes(pending.stored_response.response)
    return True


def response_to_store(
    command: CheckInCommand, request_id: UUID, outcome: CheckInOutcome, now: datetime
) -> ResponseToStore:
    """Return the response to store, so that the request gets it again when it is repeated."""
    response = dao.outcome_to_bytes(outcome)
    return ResponseToStore(command.person.id, request_id, _METHOD, command.digest, response, now)
