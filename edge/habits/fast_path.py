"""A fast path for plain check-ins: ASGI middleware that bypasses FastAPI.

For three writes of `routes/check_ins.py` FastAPI costs ten times more than the write itself. Plain,
valid requests are served here with the same functions and the same responses; anything unusual (an
unknown field, a wrong type, no token) is passed on to the route, which alone validates. Switched
off (`CHECK_IN_FAST_PATH=false`), only the cost changes.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import grpc
import orjson
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from chassis.context import current_context
from contracts.habits.v1.check_in_service_pb2 import (
    AddAction,
    CheckInChange,
    CheckInResult,
    ClearAction,
    SetAction,
)
from edge.habits.coalesce import get_coalescer
from edge.habits.responses import json_response, refusal_response
from edge.habits.translate.check_ins import outcome_from_wire
from edge.habits.translate.values import MARKS, SOURCES, numbers_of
from edge.parameters import LONGEST_KEY, request_id_of
from edge.problems import problem_from_call

_PREFIX = "/v1/habits/"
_ID_END = len(_PREFIX) + 36
_DAYS = "/check-ins"
_LARGEST_BODY = 4096
_LONGEST_DATE = 40
_LARGEST_AMOUNT = 10**9
_MARKS, _SOURCES = numbers_of(MARKS), numbers_of(SOURCES)


@dataclass(frozen=True, slots=True)
class _FastRoute:
    """A route that is served here; `path` is its template, for metrics."""

    path: str
    created: int
    """The status of a write that changed the day."""
    read: Callable[[CheckInChange, str, dict[str, Any]], bool]
    """Fills in the change from the rest of the path and the body; false: the route decides."""


class CheckInFastPath:
    """Serves plain check-ins and passes everything else on."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        path = _find_route(scope) if scope["type"] == "http" else None
        if path is None:
            await self._app(scope, receive, send)
            return
        key, length = _read_headers(scope)
        message: Message | None = None
        if length <= _LARGEST_BODY:
            message = await receive()
            is_whole = len(message.get("body", b"")) == length
            change = _read_change(scope, path, message, key) if is_whole else None
            if change is not None:
                scope["route"] = path
                response = await _respond(scope, change, path.created)
                await response(scope, receive, send)
                return
        await self._app(scope, _replay_first(message, receive), send)


def _replay_first(message: Message | None, receive: Receive) -> Receive:
    """Return a `receive` that first repeats a message that was already received."""
    first = message

    async def receive_again() -> Message:
        nonlocal first
        if first is None:
            return await receive()
        replayed, first = first, None
        return replayed

    return receive_again


def _find_route(scope: Scope) -> _FastRoute | None:
    path: str = scope["path"]
    if not path.startswith(_PREFIX) or not path.startswith(_DAYS, _ID_END) or scope["query_string"]:
        return None
    is_one_day = path.startswith("/", _ID_END + len(_DAYS))
    return _ROUTES.get((scope["method"], is_one_day))


def _read_headers(scope: Scope) -> tuple[str, int]:
    """Return the idempotency key and the body's length; over the limit when it is unclear."""
    key, length, is_json = "", 0, True
    for name, value in scope["headers"]:
        if name == b"idempotency-key":
            key = value.decode("latin-1")
        elif name == b"content-length":
            length = int(value) if value.isdigit() else _LARGEST_BODY + 1
        elif name == b"content-type":
            is_json = value.startswith(b"application/json")
        elif name in (b"transfer-encoding", b"content-encoding"):
            is_json = False
    return key, length if is_json and len(key) <= LONGEST_KEY else _LARGEST_BODY + 1


def _read_change(
    scope: Scope, path: _FastRoute, message: Message, key: str
) -> CheckInChange | None:
    """Return the change that is requested, or None when the route must decide."""
    context = current_context()
    if not context.token or message["type"] != "http.request":
        return None
    try:
        body = orjson.loads(message["body"]) if message.get("body") else {}
    except orjson.JSONDecodeError:
        return None
    change = CheckInChange(
        habit_id=scope["path"][len(_PREFIX) : _ID_END], access_token=context.token
    )
    rest = scope["path"][_ID_END + len(_DAYS) + 1 :]
    if not isinstance(body, dict) or not path.read(change, rest, body):
        return None
    if not _has_each_member_once(message.get("body", b""), body):
        return None
    # Only an addition is not idempotent; a write that sets a day needs no id to be repeated.
    if key or change.add.amount:
        change.request_id = request_id_of(key)
    return change


def _has_each_member_once(text: bytes, body: dict[str, Any]) -> bool:
    """Return whether a flat body has the quotes of its members and texts, and no more.

    A name that is there twice has more, and so has an escaped quote: the route decides.
    """
    text_count = sum(type(value) is str for value in body.values())
    return text.count(b'"') == 2 * (len(body) + text_count)


def _read_addition(change: CheckInChange, rest: str, body: dict[str, Any]) -> bool:
    if rest or not body.keys() <= {"date", "amount", "source"}:
        return False
    date = body.get("date")
    amount = _read_amount(body)
    if amount is None or not (date is None or _is_date(date)):
        return False
    change.check_in_date = date or ""
    change.add.CopyFrom(AddAction(amount=amount))
    return _read_source(change, body)


def _read_whole_day(change: CheckInChange, rest: str, body: dict[str, Any]) -> bool:
    if not _is_date(rest) or not body or not body.keys() <= {"mark", "amount", "source"}:
        return False
    mark, amount = body.get("mark"), _read_amount(body)
    if amount is None or not (mark is None or (isinstance(mark, str) and mark in _MARKS)):
        return False
    change.check_in_date = rest
    change.set.CopyFrom(SetAction(mark=_MARKS[mark] if mark else 0, amount=amount))  # type: ignore[arg-type]
    return _read_source(change, body)


def _read_clearing(change: CheckInChange, rest: str, body: dict[str, Any]) -> bool:
    if body or not _is_date(rest):
        return False
    change.check_in_date = rest
    change.clear.CopyFrom(ClearAction())
    return _read_source(change, body)


def _read_source(change: CheckInChange, body: dict[str, Any]) -> bool:
    source = body.get("source", "api")
    if not isinstance(source, str) or source not in _SOURCES:
        return False
    change.source = _SOURCES[source]  # type: ignore[assignment]
    return True


def _read_amount(body: dict[str, Any]) -> str | None:
    """Return a whole amount as the wire writes it, empty for none; None for any other."""
    amount = body.get("amount")
    if amount is None:
        return ""
    is_plain = type(amount) is int and 0 <= amount <= _LARGEST_AMOUNT
    return str(amount) if is_plain else None


def _is_date(text: object) -> bool:
    return isinstance(text, str) and 0 < len(text) <= _LONGEST_DATE and "/" not in text


_ONE_DAY = "/v1/habits/{habit_id}/check-ins/{date}"
_ROUTES = {
    ("POST", False): _FastRoute("/v1/habits/{habit_id}/check-ins", 201, _read_addition),
    ("PUT", True): _FastRoute(_ONE_DAY, 200, _read_whole_day),
    ("DELETE", True): _FastRoute(_ONE_DAY, 200, _read_clearing),
}


async def _respond(scope: Scope, change: CheckInChange, created: int) -> Response:
    try:
        result: CheckInResult = await get_coalescer(scope["app"].state).submit(change)
    except grpc.aio.AioRpcError as error:
        return problem_from_call(error, instance=scope["path"])
    if result.HasField("refusal"):
        return refusal_response(result.refusal, instance=scope["path"])
    outcome = result.outcome
    return json_response(outcome_from_wire(outcome), created if outcome.changed else 200)
