"""Ids that sort by their time of creation: UUID version 7 (RFC 9562)."""

import os
import struct
import threading
import time
from uuid import UUID

_VERSION = 0x7 << 76
_VARIANT = 0b10 << 62
_COUNTER_BITS = 42

_lock = threading.Lock()
_next_place = 0


def uuid7() -> UUID:
    """Return a new id. Within one process every id is greater than the one before it."""
    random = int.from_bytes(os.urandom(10))
    return _uuid(_reserve(1, random >> 39), random & 0xFFFF_FFFF)


def list_uuid7(count: int) -> list[UUID]:
    """Return new ids, each greater than the one before it; many cost less than one by one."""
    random = os.urandom(4 * count)
    first = _reserve(count, int.from_bytes(os.urandom(6)) >> 7)
    return list(map(_uuid, range(first, first + count), struct.unpack(f">{count}I", random)))


def _reserve(count: int, random: int) -> int:
    """Return the first of so many places in time: a millisecond and a counter within it.

    In a millisecond that was met before, or when the clock was set back, the counter goes on.

    Args:
        count: How many.
        random: Where the counter starts; its top bit clear, so that there is room to count up.
    """
    global _next_place
    with _lock:
        present = time.time_ns() // 1_000_000 << _COUNTER_BITS
        first = _next_place if _next_place > present else present | random
        _next_place = first + count
    return first


def _uuid(place: int, random: int) -> UUID:
    return UUID(
        int=place >> _COUNTER_BITS << 80
        | _VERSION
        | (place >> 30 & 0xFFF) << 64
        | _VARIANT
        | (place & 0x3FFF_FFFF) << 32
        | random
    )
