"""Protobuf to domain and back, for personal access tokens."""

from uuid import UUID

from chassis.rpc.timestamps import datetime_from_wire
from contracts.auth.v1 import personal_token_service_pb2 as rpc
from contracts.auth.v1.personal_token_pb2 import PersonalToken as WireToken
from services.auth.domain.errors import (
    PersonalTokenNotFound,
    ScopesMissing,
    ScopeUnknown,
    TokenNameMalformed,
)
from services.auth.domain.personal_token import (
    MAX_TOKEN_NAME_LENGTH,
    NewPersonalToken,
    PersonalToken,
)
from services.auth.domain.scopes import PERSON_SCOPES
from services.auth.domain.sign_in import AccessToken


def new_token_from_wire(request: rpc.CreatePersonalTokenRequest) -> NewPersonalToken:
    """Read a new token.

    Raises:
        TokenNameMalformed: The name is empty or too long.
        ScopesMissing: It names no scope.
        ScopeUnknown: There is no such scope.
        TimestampInvalid: The expiry is no moment.
    """
    wire = request.token
    name = " ".join(wire.name.split())
    if not 0 < len(name) <= MAX_TOKEN_NAME_LENGTH:
        raise TokenNameMalformed(MAX_TOKEN_NAME_LENGTH)
    if not wire.scopes:
        raise ScopesMissing
    for scope in wire.scopes:
        if scope not in PERSON_SCOPES:
            raise ScopeUnknown(scope)
    expires = (
        datetime_from_wire(wire.expire_time, field="expire_time")
        if wire.HasField("expire_time")
        else None
    )
    return NewPersonalToken(name=name, scopes=frozenset(wire.scopes), expire_time=expires)


def token_id_from_wire(text: str) -> UUID:
    """Read the id of a token.

    Raises:
        PersonalTokenNotFound: It is no id, so no token has it.
    """
    try:
        return UUID(text)
    except ValueError:
        raise PersonalTokenNotFound from None


def token_to_wire(token: PersonalToken) -> WireToken:
    """Return a token without its secret."""
    wire = WireToken(
        id=str(token.id), name=token.name, scopes=sorted(token.scopes), prefix=token.prefix
    )
    wire.create_time.FromDatetime(token.create_time)
    if token.expire_time is not None:
        wire.expire_time.FromDatetime(token.expire_time)
    if token.last_use_time is not None:
        wire.last_use_time.FromDatetime(token.last_use_time)
    return wire


def exchanged_to_wire(token: AccessToken) -> rpc.ExchangePersonalTokenResponse:
    """Return the access token that a personal one was exchanged for."""
    return rpc.ExchangePersonalTokenResponse(
        access_token=token.text, expires_in_seconds=int(token.lifetime.total_seconds())
    )
