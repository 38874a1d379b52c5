"""State versions and their checks, wire ⇄ domain."""

from collections.abc import Callable

import msgspec

from chassis.errors import Refusal
from contracts.habits.v1 import progress_service_pb2 as rpc
from services.habits.domain import limits
from services.habits.domain.errors import BatchTooLarge
from services.habits.domain.people import Person
from services.habits.domain.state_version import StateVersion

type Check = tuple[Person, StateVersion | None]

_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(StateVersion).decode


def checks_from_wire(
    request: rpc.BatchCheckStateVersionsRequest, person_of: Callable[[str], Person]
) -> list[Check | None]:
    """Return whom each check is of, with the version that is known; None for a refused token.

    Args:
        request: The batch.
        person_of: Returns whom an access token speaks for, or refuses it.

    Raises:
        BatchTooLarge: There are too many checks.
    """
    if len(request.checks) > limits.MAX_BATCH_CHANGES:
        raise BatchTooLarge(len(request.checks))
    checks: list[Check | None] = []
    for check in request.checks:
        try:
            checks.append((person_of(check.access_token), _version_from_wire(check.state_version)))
        except Refusal:
            checks.append(None)
    return checks


def result_to_wire(version: StateVersion, unchanged: bool) -> rpc.StateVersionResult:
    """Return the result of one check."""
    return rpc.StateVersionResult(state_version=_encode(version), unchanged=unchanged)


def _version_from_wire(data: bytes) -> StateVersion | None:
    """Return the version that is known; None for none, or for one that was not made here."""
    try:
        return _decode(data) if data else None
    except msgspec.MsgspecError:
        return None
