"""Single values of the wire: ids, dates, times, amounts, moments.

Ids and dates come again and again in events of check-ins, so they are read once.
"""

from datetime import UTC, date, datetime, time
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from uuid import UUID

from google.protobuf.timestamp_pb2 import Timestamp

from services.analytics.domain.errors import DateMalformed, IdMalformed


@lru_cache(maxsize=8192)
def date_from_wire(field: str, text: str) -> date:
    """Read a civil day, `YYYY-MM-DD` and nothing else.

    Raises:
        DateMalformed: It is not one.
    """
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise DateMalformed(field, text) from None
    if day.isoformat() != text or day.year < 1900:
        raise DateMalformed(field, text)
    return day


def optional_date_from_wire(field: str, text: str) -> date | None:
    """Read a civil day that may be left out.

    Raises:
        DateMalformed: It is there and is not a day.
    """
    return date_from_wire(field, text) if text else None


@lru_cache(maxsize=8192)
def id_from_wire(field: str, text: str) -> UUID:
    """Read an id.

    Raises:
        IdMalformed: It is not a UUID.
    """
    try:
        return UUID(text)
    except ValueError:
        raise IdMalformed(field, text) from None


def optional_id_from_wire(field: str, text: str) -> UUID | None:
    """Read an id that may be left out.

    Raises:
        IdMalformed: It is there and is not a UUID.
    """
    return id_from_wire(field, text) if text else None


def moment_from_wire(stamp: Timestamp) -> datetime:
    """Read a moment, in UTC."""
    moment = datetime.fromtimestamp(stamp.seconds, UTC)
    return moment.replace(microsecond=stamp.nanos // 1000) if stamp.nanos else moment


def wall_time_from_wire(text: str) -> time:
    """Read a wall time, `HH:MM`. Raises ValueError for anything else."""
    return time.fromisoformat(text)


def decimal_from_wire(text: str) -> Decimal:
    """Read a decimal. Raises ValueError for anything else."""
    try:
        return Decimal(text)
    except InvalidOperation:
        raise ValueError(f"{text!r} is not a decimal") from None
