"""The request context: request id, trace, caller and deadline of the request being handled."""

import math
import time
from contextvars import ContextVar
from dataclasses import dataclass

from chassis.caller import Caller


@dataclass(frozen=True, slots=True)
class RequestContext:
    """What code may know about the request, event or periodic task that it is part of."""

    request_id: str = ""
    """Correlates logs, calls and events; empty when the client sent none."""
    traceparent: str = ""
    """W3C trace context, passed on as it came; empty when nothing is traced."""
    token: str = ""
    """The caller's access token, which is passed on to the next service."""
    caller: Caller | None = None
    """Who asks, once the token has been verified."""
    deadline: float = math.inf
    """Moment on `time.monotonic()` after which the client no longer waits for a response."""
    peer_name: str = ""
    """The process that calls, by its certificate; empty where there is no mutual TLS."""

    def seconds_left(self) -> float:
        """Return the time until the deadline; infinite without one."""
        return self.deadline - time.monotonic()


_EMPTY = RequestContext()
_current: ContextVar[RequestContext] = ContextVar("request_context", default=_EMPTY)


def current_context() -> RequestContext:
    """Return the context of the request being handled; an empty one outside of any."""
    return _current.get()


def set_context(context: RequestContext) -> None:
    """Use this context for the rest of the asyncio task. For entry points that own their task."""
    _current.set(context)


class use_context:  # noqa: N801  # used as a function is; a generator would cost three times more
    """Use a context inside the block: `with use_context(context):`."""

    __slots__ = ("_context", "_token")

    def __init__(self, context: RequestContext) -> None:
        self._context = context

    def __enter__(self) -> RequestContext:
        self._token = _current.set(self._context)
        return self._context

    def __exit__(self, *_: object) -> None:
        _current.reset(self._token)
