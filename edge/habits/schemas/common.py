"""Types that several request and response bodies share: dates, moments, amounts."""

from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field, PlainSerializer, WithJsonSchema

from edge.parameters import MAX_INTEGER

MOST_PLACES = 3
_EXAMPLE_DAY = "2026-01-09"


def from_to(least: int, most: int) -> Any:
    """Document the range of a number that the service checks, with a reason of its own.

    Refused here is only what its message cannot hold: 0 stands for "not given" there.
    """
    limits: dict[str, Any] = {"minimum": least, "maximum": most}
    return Field(ge=1, le=MAX_INTEGER, json_schema_extra=limits)


def _check_precision(amount: Decimal) -> Decimal:
    """Refuse an amount that could not be stored exactly."""
    if not amount.is_finite():
        raise ValueError("must be a finite number")
    exponent = amount.normalize().as_tuple().exponent
    if isinstance(exponent, int) and -exponent > MOST_PLACES:
        raise ValueError(f"has more than {MOST_PLACES} decimal places; round it")
    return amount


def _as_number(amount: Decimal) -> int | float:
    return int(amount) if amount == amount.to_integral_value() else float(amount)


Amount = Annotated[
    Decimal,
    Field(allow_inf_nan=True),  # so that our message is used, not the library's
    AfterValidator(_check_precision),
    PlainSerializer(_as_number, return_type=float),
    WithJsonSchema({"type": "number", "multipleOf": 0.001, "maximum": 1e9, "examples": [2.5]}),
]
"""An amount: a JSON number with at most 3 decimal places."""

CivilDay = Annotated[
    str,
    Field(
        min_length=1,
        max_length=40,
        json_schema_extra={"format": "date"},
        examples=[_EXAMPLE_DAY],
    ),
]
"""A logical date, `YYYY-MM-DD`; parsed by the service, in one place."""

Moment = Annotated[datetime, Field(examples=["2026-01-09T20:15:00.000Z"])]
WallTime = Annotated[str, Field(max_length=40, examples=["08:30"])]
Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
Mark = Literal["done", "skip", "missed"]
Source = Literal["web", "telegram", "api", "import"]
Unit = Literal["day", "week", "month", "year"]
Note = Annotated[str, Field(examples=["With music."])]
"""At most 2000 characters."""
