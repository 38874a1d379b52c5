"""ASGI middleware for every request: request id, deadline, body limit, access log, metrics."""

import logging
import re
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta

from prometheus_client import Histogram
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from chassis.context import RequestContext, use_context
from chassis.ids import uuid7
from chassis.rpc.metadata import bearer_token
from edge.problems import internal_error

_REQUEST_ID = re.compile(rb"[A-Za-z0-9._:/+=-]{1,128}")
_TRACEPARENT = re.compile(rb"[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}")
_TOKEN = re.compile(r"[\x21-\x7e]{1,4096}")
_INVALID_TOKEN = "unreadable"  # noqa: S105  # no secret: services refuse it as they do any other
_UNLOGGED = ("/health/", "/metrics")
_SECRET_PATHS = ("/v1/calendar/", "/v1/quick/")
_SECONDS = Histogram(
    "http_server_seconds",
    "Time from a request's arrival to the end of its response.",
    ["method", "route", "code"],
    buckets=(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
)
_UNCOMPRESSED = {"Accept-Encoding": "identity"}
_METHODS = frozenset(("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"))
_access = logging.getLogger("edge.access")
_log = logging.getLogger(__name__)


class RequestMiddleware:
    """Runs each request in a `RequestContext`, logs it, and counts it in metrics."""

    def __init__(self, app: ASGIApp, *, request_timeout: timedelta, access_log: bool) -> None:
        self._app = app
        self._timeout_seconds = request_timeout.total_seconds()
        self._access_log = access_log
        self._observers: dict[tuple[str, str, int], Callable[[float], None]] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        context = self._read_context(scope)
        started = time.perf_counter()
        status = 0

        async def send_with_id(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                header = (b"x-request-id", context.request_id.encode())
                message["headers"] = [*message.get("headers", ()), header]
            await send(message)

        with use_context(context):
            try:
                await self._app(scope, receive, send_with_id)
            except Exception:
                _log.exception("internal error", extra={"path": logged_path(scope["path"])})
                if not status:  # else the response has started and can only be cut off
                    await internal_error(scope["path"])(scope, receive, send_with_id)
            finally:
                self._record_request(scope, status or 500, time.perf_counter() - started)

    def _read_context(self, scope: Scope) -> RequestContext:
        request_id = traceparent = token = ""
        authorization: bytes | None = None
        for name, value in scope["headers"]:
            if name == b"authorization":
                is_second = authorization not in (None, value)  # a proxy may have read the other
                authorization = value
                text = bearer_token(value.decode("latin-1"))
                token = _INVALID_TOKEN if is_second else _readable_token(text)
            elif name == b"x-request-id" and _REQUEST_ID.fullmatch(value):
                request_id = value.decode("ascii")
            elif name == b"traceparent" and _TRACEPARENT.fullmatch(value):
                traceparent = value.decode("ascii")
        return RequestContext(
            request_id=request_id or str(uuid7()),
            traceparent=traceparent,
            token=token,
            deadline=time.monotonic() + self._timeout_seconds,
        )

    def _record_request(self, scope: Scope, status: int, seconds: float) -> None:
        """Record the metrics of a request and write its access log line."""
        method = scope["method"] if scope["method"] in _METHODS else "other"
        key = method, route_of(scope), status
        observe = self._observers.get(key)
        if observe is None:
            observe = self._observers[key] = _SECONDS.labels(*key).observe
        observe(seconds)
        if self._access_log and not scope["path"].startswith(_UNLOGGED):
            _access.info(
                "request",
                extra={
                    "method": scope["method"],
                    "path": logged_path(scope["path"]),
                    "status": status,
                    "milliseconds": round(seconds * 1000, 2),
                },
            )


@dataclass(frozen=True, slots=True)
class BodyLimit:
    """How large a request's body may be, and what helps whoever has a larger one."""

    most_bytes: int
    help: str = "Send less at once."

    def refusal(self) -> HTTPException:
        """Return the error that answers a larger body."""
        size = self.most_bytes
        most = f"{size >> 20} MB" if size >= 1 << 20 else f"{size} bytes"
        sentence = f"The body is too large: it may have {most}. {self.help}"
        return HTTPException(413, sentence, headers={"Connection": "close"})


class BodyLimitMiddleware:
    """Refuses a body that is too large, by its Content-Length or while it is received.

    A compressed one is refused too: it would be as large as its sender likes.
    """

    def __init__(self, app: ASGIApp, *, limit: BodyLimit, limits: Mapping[str, BodyLimit]) -> None:
        self._app = app
        self._limit = limit
        self._limits = limits

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        limit = self._limits.get(scope["path"], self._limit)
        is_too_large = is_compressed = False
        for name, value in scope["headers"]:
            if name == b"content-length":
                is_too_large = value.isdigit() and int(value) > limit.most_bytes
            elif name == b"content-encoding":
                is_compressed = value.strip().lower() not in (b"", b"identity")
        received = 0

        async def receive_within_limit() -> Message:
            nonlocal received
            if is_too_large:
                raise limit.refusal()
            if is_compressed:
                raise HTTPException(415, headers=_UNCOMPRESSED)
            message = await receive()
            received += len(message.get("body", b""))
            if received > limit.most_bytes:
                raise limit.refusal()
            return message

        await self._app(scope, receive_within_limit, send)


def _readable_token(token: str) -> str:
    """Return a token that can travel in gRPC metadata; one that cannot becomes an invalid one."""
    return token if not token or _TOKEN.fullmatch(token) else _INVALID_TOKEN


def logged_path(path: str) -> str:
    """Return a path as logs may show it: the address of a calendar or quick link is its secret."""
    return next((f"{start}…" for start in _SECRET_PATHS if path.startswith(start)), path)


def route_of(scope: Scope) -> str:
    """Return the route's template, so that metrics do not grow with every id."""
    return getattr(scope.get("route"), "path", "unknown")
