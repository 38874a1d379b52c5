"""What travels with one piece of work: which request it is, who asks, and until when."""

import math
import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

from chassis.caller import Caller


@dataclass(frozen=True, slots=True)
class RequestContext:
    """One request, event or occasion, as everybody below its door may know it."""

    request_id: str = ""
    """Correlates logs, calls and events; empty when nobody gave one."""
    traceparent: str = ""
    """W3C trace context, passed on as it came; empty when nobody traces."""
    token: str = ""
    """The caller's access token, which travels on to the next service."""
    caller: Caller | None = None
    """Who asks, once the token has been verified."""
    deadline: float = math.inf
    """Moment on `time.monotonic()` after which nobody waits for the answer."""

    def seconds_left(self) -> float:
        """Return how long somebody still waits for the answer; infinite without a deadline."""
        return self.deadline - time.monotonic()


_NOTHING = RequestContext()
_current: ContextVar[RequestContext] = ContextVar("work", default=_NOTHING)


def current_context() -> RequestContext:
    """Return the work this task is doing; an empty one when none was entered."""
    return _current.get()


def set_context(work: RequestContext) -> None:
    """Do this work for the rest of the task. For doors that own their task; else `use_context`."""
    _current.set(work)


@contextmanager
def use_context(work: RequestContext) -> Iterator[RequestContext]:
    """Do this work inside the block."""
    token = _current.set(work)
    try:
        yield work
    finally:
        _current.reset(token)
