"""Amounts as people write them in a chat."""

import re
from decimal import Decimal

_AMOUNT = re.compile(r"\+?\s*(\d{1,10}(?:[.,]\d{1,3})?)(?:\s*\D{0,20})")


def parse_amount(text: str) -> Decimal | None:
    """Read `5`, `2,5 km` or `+3`; None when it is no number over 0."""
    found = _AMOUNT.fullmatch(text.strip())
    amount = Decimal(found[1].replace(",", ".")) if found else Decimal(0)
    return amount or None
