"""Protobuf to domain and back, for the list of sessions."""

from uuid import UUID

from contracts.auth.v1.session_pb2 import Session as WireSession
from services.auth.domain.errors import SessionNotFound
from services.auth.domain.session import Session


def session_id_from_wire(text: str) -> UUID:
    """Read the id of a session.

    Raises:
        SessionNotFound: It is no id, so no session has it.
    """
    try:
        return UUID(text)
    except ValueError:
        raise SessionNotFound from None


def session_to_wire(session: Session, *, current: bool) -> WireSession:
    """Return a session; `current` marks that of the call."""
    wire = WireSession(
        id=str(session.id), device=session.device, place=session.place, current=current
    )
    wire.create_time.FromDatetime(session.create_time)
    wire.last_use_time.FromDatetime(session.last_use_time)
    wire.expire_time.FromDatetime(session.expire_time)
    return wire
