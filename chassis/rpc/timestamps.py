"""Moments on the wire."""

from datetime import UTC, datetime

from google.protobuf.timestamp_pb2 import Timestamp

from chassis.errors import InvalidArgument, Violation


class TimestampInvalid(InvalidArgument):
    """A timestamp is no moment between the years 1 and 9999."""

    def __init__(self, field: str) -> None:
        super().__init__(
            "The time is none. Send a moment between the years 1 and 9999.",
            violations=[Violation(field, "must be a moment between the years 1 and 9999")],
        )


def datetime_from_wire(wire: Timestamp, *, field: str) -> datetime:
    """Read a moment, in UTC.

    Raises:
        TimestampInvalid: It has seconds or nanoseconds that no timestamp has.
    """
    try:
        return wire.ToDatetime(UTC)
    except (ValueError, OverflowError) as error:
        raise TimestampInvalid(field) from error
