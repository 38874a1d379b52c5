"""Reads from a request's headers what every request may have: its id, its trace, its token."""

import re
from collections.abc import Sequence

from chassis.ids import uuid7
from chassis.rpc.metadata import bearer_token

_REQUEST_ID = re.compile(rb"[A-Za-z0-9._:/+=-]{1,128}")
_TRACEPARENT = re.compile(rb"[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}")
_LONGEST_TOKEN = 4096
_INVALID_TOKEN = "unreadable"  # noqa: S105  # no secret: services refuse it as they do any other

type RawHeaders = Sequence[tuple[bytes, bytes]]
"""As ASGI has them: names in lower case, in the order they came, perhaps repeated."""


def read_headers(headers: RawHeaders) -> tuple[str, str, str]:
    """Return request id, trace parent and bearer token of a request.

    The id that came is kept where it can forge no log line; else, and without one, it is a new
    one. Trace parent and token are empty where there is none.
    """
    found = dict(headers)
    request_id, traceparent, token = "", "", ""
    if (value := found.get(b"x-request-id")) and _REQUEST_ID.fullmatch(value):
        request_id = value.decode("ascii")
    if (value := found.get(b"traceparent")) and _TRACEPARENT.fullmatch(value):
        traceparent = value.decode("ascii")
    if value := found.get(b"authorization"):
        is_one = len(found) == len(headers) or _values(headers, b"authorization") == {value}
        # Of two tokens, a proxy before the edge may have read the other one.
        token = _readable(bearer_token(value.decode("latin-1"))) if is_one else _INVALID_TOKEN
    return request_id or str(uuid7()), traceparent, token


def _values(headers: RawHeaders, wanted: bytes) -> set[bytes]:
    return {value for name, value in headers if name == wanted}


def _readable(token: str) -> str:
    """Return a token that can travel in gRPC metadata; one that cannot becomes an invalid one."""
    is_visible = token.isascii() and token.isprintable() and " " not in token
    return token if is_visible and len(token) <= _LONGEST_TOKEN else _INVALID_TOKEN
