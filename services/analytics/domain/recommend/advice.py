"""A piece of advice: the rule, the numbers that triggered it, a sentence, and what to do."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

type Value = str | int | float | bool | list[Value] | dict[str, Value] | None
"""What evidence and actions are made of: what JSON can hold."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Advice:
    """What one rule has to say about one habit."""

    rule: str
    habit_id: UUID
    text: str
    """One or two sentences to the person."""
    evidence: Mapping[str, Value]
    action: Mapping[str, Value] = field(default_factory=dict)
    """What one tap would do: `kind` and its values; empty where nothing can be done."""
    weight: float
    """How much it matters; of two, the higher is said first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Recommendation:
    """Advice as it was given to a person."""

    id: UUID
    advice: Advice
    create_time: datetime
