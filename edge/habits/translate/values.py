"""Values that several nouns share: enums as words, decimals as numbers, moments as text."""

from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any

from google.protobuf.internal.enum_type_wrapper import EnumTypeWrapper
from google.protobuf.timestamp_pb2 import Timestamp

from contracts.habits.v1 import check_in_pb2, habit_pb2, progress_service_pb2

type Json = dict[str, Any]

_MANY_SECONDS = 10_000


def _words(enum: Any, prefix: str) -> dict[int, str]:
    """Return an enum's values as the words of REST: `DIRECTION_AT_MOST` is `at_most`."""
    wrapper: EnumTypeWrapper = enum
    return {
        number: name.removeprefix(prefix).lower() for name, number in wrapper.items() if number != 0
    }


WEEKDAYS: Mapping[int, str] = {
    number: name[:3] for number, name in _words(habit_pb2.Weekday, "WEEKDAY_").items()
}
MEASURES: Mapping[int, str] = _words(habit_pb2.Measure, "MEASURE_")
DIRECTIONS: Mapping[int, str] = _words(habit_pb2.Direction, "DIRECTION_")
NO_ANSWERS: Mapping[int, str] = _words(habit_pb2.NoAnswer, "NO_ANSWER_")
FREQUENCIES: Mapping[int, str] = _words(habit_pb2.Frequency, "FREQUENCY_")
STATES: Mapping[int, str] = _words(habit_pb2.State, "STATE_")
MARKS: Mapping[int, str] = _words(check_in_pb2.Mark, "MARK_")
SOURCES: Mapping[int, str] = _words(check_in_pb2.Source, "SOURCE_")
UNITS: Mapping[int, str] = _words(check_in_pb2.Unit, "UNIT_")
OUTCOMES: Mapping[int, str] = _words(progress_service_pb2.Outcome, "OUTCOME_")


def numbers_of(words: Mapping[int, str]) -> dict[str, int]:
    """Return the inverse mapping: words to enum numbers."""
    return {word: number for number, word in words.items()}


def amount_to_wire(amount: Decimal | int | None) -> str:
    """Return an amount as decimal text; empty for none."""
    if isinstance(amount, int):
        return str(amount)
    return "" if amount is None else f"{amount:f}"


def amount_from_wire(text: str) -> int | float | None:
    """Return a decimal text as a JSON number; None for empty text."""
    if not text:
        return None
    return float(text) if "." in text else int(text)


def moment_from_wire(moment: Timestamp) -> str:
    """Return a moment as RFC 3339 with `Z`, to the millisecond."""
    return f"{_second_as_text(moment.seconds)}.{moment.nanos // 1_000_000:03d}Z"


@lru_cache(maxsize=_MANY_SECONDS)
def _second_as_text(seconds: int) -> str:
    """Return a whole second as text, cached: a list repeats the same ones."""
    return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%dT%H:%M:%S}"
