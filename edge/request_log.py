"""The access log and the metrics of requests: every request is a line, and is counted by route."""

import logging
from collections.abc import Callable

from prometheus_client import Histogram
from starlette.types import Scope

_UNLOGGED = ("/health/", "/metrics")
_SECRET_PATHS = ("/v1/calendar/", "/v1/quick/")
_SECONDS = Histogram(
    "http_server_seconds",
    "Time from a request's arrival to the end of its response.",
    ["method", "route", "code"],
    buckets=(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
)
_METHODS = frozenset(("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"))
_access = logging.getLogger("edge.access")


class RequestLog:
    """Records finished requests.

    Args:
        is_written: Whether each is a line of the access log; metrics are counted in any case.
    """

    def __init__(self, *, is_written: bool) -> None:
        self._is_written = is_written
        self._observers: dict[tuple[str, str, int], Callable[[float], None]] = {}

    def record(self, scope: Scope, status: int, seconds: float) -> None:
        """Count a request, and write its line, inside its request context."""
        method = scope["method"]
        key = method if method in _METHODS else "other", route_of(scope), status
        observe = self._observers.get(key)
        if observe is None:
            observe = self._observers[key] = _SECONDS.labels(*key).observe
        observe(seconds)
        if self._is_written and not scope["path"].startswith(_UNLOGGED):
            _access.info(
                "request",
                extra={
                    "method": method,
                    "path": logged_path(scope["path"]),
                    "status": status,
                    "milliseconds": round(seconds * 1000, 2),
                },
            )


def logged_path(path: str) -> str:
    """Return a path as logs may show it: the address of a calendar or quick link is its secret."""
    return next((f"{start}…" for start in _SECRET_PATHS if path.startswith(start)), path)


def route_of(scope: Scope) -> str:
    """Return the route's template, so that metrics do not grow with every id."""
    return getattr(scope.get("route"), "path", "unknown")
