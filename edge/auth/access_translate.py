"""REST to gRPC and back, for sessions, personal access tokens and the audit log."""

from datetime import UTC
from typing import cast
from uuid import UUID

from contracts.auth.v1.account_event_pb2 import AccountEvent as WireEvent
from contracts.auth.v1.personal_token_pb2 import PersonalToken as WireToken
from contracts.auth.v1.personal_token_service_pb2 import (
    CreatePersonalTokenRequest,
    CreatePersonalTokenResponse,
)
from contracts.auth.v1.session_pb2 import Session as WireSession
from edge.auth.access_schemas import (
    AccountEvent,
    CreatedToken,
    PersonalToken,
    Scope,
    Session,
    TokenBody,
)


def session_from_wire(session: WireSession) -> Session:
    """Return a session as REST shows it."""
    return Session(
        id=UUID(session.id),
        device=session.device,
        place=session.place,
        create_time=session.create_time.ToDatetime(UTC),
        last_use_time=session.last_use_time.ToDatetime(UTC),
        expire_time=session.expire_time.ToDatetime(UTC),
        current=session.current,
    )


def token_to_wire(body: TokenBody) -> CreatePersonalTokenRequest:
    """Return the request for a personal access token."""
    token = WireToken(name=body.name, scopes=body.scopes)
    if body.expire_time is not None:
        token.expire_time.FromDatetime(body.expire_time)
    return CreatePersonalTokenRequest(token=token)


def token_from_wire(token: WireToken) -> PersonalToken:
    """Return a personal access token as REST shows it."""
    used = token.last_use_time.ToDatetime(UTC) if token.HasField("last_use_time") else None
    expires = token.expire_time.ToDatetime(UTC) if token.HasField("expire_time") else None
    return PersonalToken(
        id=UUID(token.id),
        name=token.name,
        scopes=[cast("Scope", scope) for scope in token.scopes],
        prefix=token.prefix,
        create_time=token.create_time.ToDatetime(UTC),
        expire_time=expires,
        last_use_time=used,
    )


def created_token_from_wire(answer: CreatePersonalTokenResponse) -> CreatedToken:
    """Return a new personal access token with its secret."""
    shown = token_from_wire(answer.token).model_dump()
    return CreatedToken(**shown, secret=answer.secret)


def event_from_wire(event: WireEvent) -> AccountEvent:
    """Return an entry of the audit log as REST shows it."""
    return AccountEvent(
        id=UUID(event.id),
        kind=event.kind,
        create_time=event.create_time.ToDatetime(UTC),
        device=event.device,
        place=event.place,
        subject_id=UUID(event.subject_id) if event.subject_id else None,
    )
