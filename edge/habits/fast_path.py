"""Plain check-ins are decoded here, and passed to their endpoint, past the framework.

For three writes FastAPI's routing and validation cost ten times more than the write itself. What
is unusual (a note, an unknown field, a wrong type) goes that way, and is refused there alone.
Switched off (`CHECK_IN_FAST_PATH=false`), only the cost changes.
"""

import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar

import msgspec
from fastapi import Request, Response
from msgspec import Meta
from starlette.datastructures import State
from starlette.types import Receive, Scope

from edge.exchange import replaying
from edge.habits.coalesce import get_coalescer
from edge.habits.routes.check_ins import check_in, clear_day, set_day
from edge.habits.schemas.common import Mark, Source
from edge.parameters import LONGEST_KEY, request_id_of

_PATH = re.compile(r"/v1/habits/([0-9a-f-]{36})/check-ins(?:/([0-9]{4}-[0-9]{2}-[0-9]{2}))?")
_MOST_DIGITS = 4
"""Of the length of a body: 9999 bytes."""
_DAYS = "/v1/habits/{habit_id}/check-ins"


@dataclass(frozen=True, slots=True)
class _PlainRoute:
    endpoint: Callable[..., Awaitable[Response]]
    path: str
    """Its template, for metrics."""


_ROUTES: Mapping[tuple[str, bool], _PlainRoute] = {
    ("POST", False): _PlainRoute(check_in, _DAYS),
    ("PUT", True): _PlainRoute(set_day, _DAYS + "/{date}"),
    ("DELETE", True): _PlainRoute(clear_day, _DAYS + "/{date}"),
}
"""By method, and whether the path names a day."""

_Day = Annotated[str, Meta(pattern=r"\A[0-9]{4}-[0-9]{2}-[0-9]{2}\Z")]
_WholeAmount = Annotated[int, Meta(ge=0, le=10**9)]


class _Addition(msgspec.Struct, forbid_unknown_fields=True):
    """A plain `NewCheckIn`."""

    date: _Day | None = None
    amount: _WholeAmount | None = None
    source: Source = "api"
    note: ClassVar[None] = None


class _WholeDay(msgspec.Struct, forbid_unknown_fields=True):
    """A plain `WholeDay`."""

    mark: Mark | None = None
    amount: _WholeAmount | None = None
    source: Source = "api"
    note: ClassVar[None] = None


_addition, _whole_day = msgspec.json.Decoder(_Addition), msgspec.json.Decoder(_WholeDay)
_NAMES = (b'"date"', b'"mark"', b'"amount"', b'"source"')


async def serve_plain_check_in(
    scope: Scope, receive: Receive, state: State
) -> tuple[Response | None, Receive]:
    """Serve a request with a token, if it is a plain check-in.

    Args:
        scope: The request.
        receive: Its body comes from there.
        state: The app's, with what endpoints share.

    Returns:
        The response; None, and what to receive from, where the app has to serve it.

    Raises:
        grpc.aio.AioRpcError: The service does not answer.
    """
    path = None if scope["query_string"] else _PATH.fullmatch(scope["path"])
    route = _ROUTES.get((scope["method"], path[2] is not None)) if path else None
    headers = _plain_headers(scope) if route is not None else None
    if path is None or route is None or headers is None:
        return None, receive
    message = await receive()
    text = message.get("body", b"")
    is_whole = len(text) == int(headers.get(b"content-length", b"0"))
    arguments = None
    if is_whole and message["type"] == "http.request":
        key = headers.get(b"idempotency-key", b"").decode("latin-1")
        arguments = _read(scope["method"], text, key)
    if arguments is None:
        return None, replaying(message, receive)
    scope["route"] = route
    arguments |= {"habit_id": path[1], "check_ins": get_coalescer(state)}
    if path[2] is not None:
        arguments["date"] = path[2]
    return await route.endpoint(request=Request(scope), **arguments), receive


def _plain_headers(scope: Scope) -> dict[bytes, bytes] | None:
    headers = dict(scope["headers"])
    length = headers.get(b"content-length", b"0")
    is_plain = (
        len(headers) == len(scope["headers"])
        and length.isdigit()
        and len(length) <= _MOST_DIGITS
        and len(headers.get(b"idempotency-key", b"")) <= LONGEST_KEY
        and headers.get(b"content-type", b"application/json").startswith(b"application/json")
        and headers.keys().isdisjoint((b"transfer-encoding", b"content-encoding"))
    )
    return headers if is_plain else None


def _read(method: str, text: bytes, key: str) -> dict[str, Any] | None:
    """Return the endpoint's body and request id; None where the body is not plain."""
    # With an escape, a name that is there twice could be written in two ways.
    if b"\\" in text or any(text.count(name) > 1 for name in _NAMES):
        return None
    body: _Addition | _WholeDay | None = None
    try:
        if method == "POST":
            body = _addition.decode(text or b"{}")
        elif method == "PUT":
            body = _whole_day.decode(text)
        elif text:
            return None
    except (msgspec.MsgspecError, UnicodeDecodeError):
        return None
    # Only an addition is not idempotent: what sets a day needs no id to be repeated.
    needs_id = key or (isinstance(body, _Addition) and body.amount)
    arguments = {"request_id": request_id_of(key) if needs_id else ""}
    return arguments if body is None else arguments | {"body": body}
