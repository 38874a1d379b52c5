"""Single values of the wire: ids, dates, times, amounts, moments."""

from datetime import UTC, date, datetime, time
from decimal import Decimal, InvalidOperation
from uuid import UUID

from google.protobuf.timestamp_pb2 import Timestamp

from services.analytics.domain.errors import DateMalformed, IdMalformed


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
    return stamp.ToDatetime(UTC)


def wall_time_from_wire(text: str) -> time:
    """Read a wall time, `HH:MM`. Raises ValueError for anything else."""
    return time.fromisoformat(text)


def decimal_from_wire(text: str) -> Decimal:
    """Read a decimal. Raises ValueError for anything else."""
    try:
        return Decimal(text)
    except InvalidOperation:
        raise ValueError(f"{text!r} is not a decimal") from None
