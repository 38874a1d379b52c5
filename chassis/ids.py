"""Ids that sort by their time of creation: UUID version 7 (RFC 9562)."""

import os
import threading
import time
from uuid import UUID

_VERSION = 0x7 << 76
_VARIANT = 0b10 << 62
_COUNTER_BITS = 42
_COUNTER_LIMIT = 1 << _COUNTER_BITS

_lock = threading.Lock()
_last_millisecond = 0
_last_counter = 0


def uuid7() -> UUID:
    """Return a new id. Within one process every id is greater than the one before it."""
    global _last_millisecond, _last_counter
    random = int.from_bytes(os.urandom(10))
    with _lock:
        millisecond = time.time_ns() // 1_000_000
        if millisecond > _last_millisecond:
            _last_millisecond = millisecond
            # The top bit starts clear, so that there is room to count up.
            _last_counter = random >> 39
        else:  # the same millisecond, or a clock that was set back
            _last_counter += 1
            if _last_counter == _COUNTER_LIMIT:
                _last_millisecond += 1
                _last_counter = 0
        millisecond, counter = _last_millisecond, _last_counter
    high, low = counter >> 30, counter & 0x3FFF_FFFF
    return UUID(
        int=(millisecond & 0xFFFF_FFFF_FFFF) << 80
        | _VERSION
        | high << 64
        | _VARIANT
        | low << 32
        | random & 0xFFFF_FFFF
    )
