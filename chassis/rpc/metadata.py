"""The metadata of a call: access token, request id and trace context."""

from collections.abc import Iterable

from chassis.context import RequestContext
from chassis.ids import uuid7

AUTHORIZATION = "authorization"
REQUEST_ID = "x-request-id"
TRACEPARENT = "traceparent"

type Metadata = tuple[tuple[str, str], ...]

_BEARER = "Bearer "
_LONGEST_REQUEST_ID = 128


def to_metadata(context: RequestContext) -> Metadata:
    """Return the metadata of an outgoing call made in this context."""
    pairs: list[tuple[str, str]] = []
    if context.token:
        pairs.append((AUTHORIZATION, _BEARER + context.token))
    if context.request_id:
        pairs.append((REQUEST_ID, context.request_id))
    if context.traceparent:
        pairs.append((TRACEPARENT, context.traceparent))
    return tuple(pairs)


def from_metadata(metadata: Iterable[tuple[str, str | bytes]] | None) -> tuple[str, str, str]:
    """Return request id, trace parent and access token of a call; a new id where none came."""
    request_id = traceparent = token = ""
    for key, value in metadata or ():
        if key == AUTHORIZATION and isinstance(value, str):
            token = bearer_token(value)
        elif key == REQUEST_ID and isinstance(value, str):
            request_id = value[:_LONGEST_REQUEST_ID]
        elif key == TRACEPARENT and isinstance(value, str):
            traceparent = value
    return request_id or str(uuid7()), traceparent, token


def bearer_token(authorization: str) -> str:
    """Return the token of an Authorization value; empty when it holds none."""
    scheme, _, token = authorization.partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""
