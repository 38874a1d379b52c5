"""Parses ids, dates, amounts and text."""

import re
from datetime import date
from decimal import Decimal, InvalidOperation
from uuid import UUID

from chassis.text import TextUnreadable, is_readable, normalize, normalize_line
from rhythm.errors import AmountTooFine
from rhythm.goal import thousandths_of
from services.habits.domain import limits
from services.habits.domain.errors import (
    AmountOutOfRange,
    DateMalformed,
    HabitNotFound,
    PauseNotFound,
)

_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_MAX_AMOUNT_LENGTH = 40


def habit_id_from_wire(text: str) -> UUID:
    """Return a habit's id; text that is no id names no habit."""
    try:
        return UUID(text)
    except ValueError:
        raise HabitNotFound(text[: limits.MAX_TAG_LENGTH]) from None


def pause_id_from_wire(text: str) -> UUID:
    """Return a pause's id; text that is no id names no pause."""
    try:
        return UUID(text)
    except ValueError:
        raise PauseNotFound(text[: limits.MAX_TAG_LENGTH]) from None


def text_from_wire(text: str, field: str) -> str:
    """Return a text that may have several lines, normalized.

    Raises:
        TextUnreadable: It holds U+0000, which PostgreSQL does not store.
    """
    if not is_readable(text):  # of a batch's items; other requests are checked when decoded
        raise TextUnreadable(field)
    return normalize(text)


def line_from_wire(text: str, field: str) -> str:
    """Return a name of one line, normalized; it may be empty.

    Raises:
        TextNotOneLine: It holds a line break or another control character.
        TextInvisible: Nothing of it can be seen.
    """
    return normalize_line(text, field)


def find_date_from_wire(text: str, field: str) -> date | None:
    """Return a civil day; None for no text."""
    return date_from_wire(text, field) if text else None


def date_from_wire(text: str, field: str) -> date:
    """Return a civil day.

    Raises:
        DateMalformed: The text is no date, or one out of range.
    """
    try:
        if _DATE.fullmatch(text):
            day = date.fromisoformat(text)
            if limits.FIRST_DATE <= day <= limits.LAST_DATE:
                return day
    except ValueError:
        pass
    raise DateMalformed(field, text)


def amount_from_wire(text: str) -> int | None:
    """Return an amount in thousandths; None for no text.

    Raises:
        AmountOutOfRange: It is no number, negative, too large, or has too many places.
    """
    if not text:
        return None
    thousandths = decimal_from_wire(text)
    if thousandths is None or not 0 <= thousandths <= limits.MAX_THOUSANDTHS:
        raise AmountOutOfRange(text)
    return thousandths


def decimal_from_wire(text: str) -> int | None:
    """Return a decimal in thousandths; None if it is no number, or has more than 3 places."""
    if len(text) > _MAX_AMOUNT_LENGTH:
        return None
    try:
        amount = Decimal(text)
        # 1e999999999 is a short text of a number that would fill the memory.
        if amount.is_finite() and abs(amount.adjusted()) < _MAX_AMOUNT_LENGTH:
            return thousandths_of(amount)
    except (InvalidOperation, AmountTooFine):
        pass
    return None
