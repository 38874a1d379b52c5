"""How current a person's numbers are."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class AsOf:
    """The state of a person's read model that an answer was counted from."""

    revision: int = 0
    """Grows with every transaction that changes the read model; 0 before the first."""
    handle_time: datetime | None = None
    """When the newest event that is counted was handled; None before the first."""


UNKNOWN = AsOf()
"""Of a person of whom nothing is known yet."""
