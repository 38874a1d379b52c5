"""Deadlines of calls: each hop gets a shorter one, and a call with too little time is refused."""

import math
import time

from chassis.context import current_context

DEFAULT_SECONDS = 5.0
"""For a unary call whose caller names no deadline."""
STREAM_SECONDS = 300.0
"""For a stream whose caller names no deadline."""
LEAST_SECONDS = 0.1
"""With less time than this a call is refused: the response would come too late."""
HOP_SECONDS = 0.02
"""The time each hop reserves, to respond before its own caller gives up."""


class DeadlineTooShort(Exception):
    """The caller has given up, or will have before a response can arrive."""


def begin(time_remaining: float | None, default_seconds: float) -> float:
    """Return the deadline of a call that has arrived, on `time.monotonic()`.

    Raises:
        DeadlineTooShort: Less than `LEAST_SECONDS` are left.
    """
    if time_remaining is None or math.isinf(time_remaining):
        return time.monotonic() + default_seconds
    if time_remaining < LEAST_SECONDS:
        raise DeadlineTooShort
    return time.monotonic() + time_remaining


def timeout_for_call(asked: float | None, default_seconds: float = DEFAULT_SECONDS) -> float:
    """Return the timeout of an outgoing call: the requested one, but within the time left."""
    left = current_context().seconds_left()
    if math.isinf(left):
        return default_seconds if asked is None else asked
    limit = max(left - HOP_SECONDS, 0.0)
    return limit if asked is None else min(asked, limit)
