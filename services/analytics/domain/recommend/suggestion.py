"""Suggestions of rules, and recommendations: stored suggestions with an id."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

type Value = str | int | float | bool | list[Value] | dict[str, Value] | None
"""What evidence and actions are made of: what JSON can hold."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Suggestion:
    """What one rule suggests for one habit: evidence, a sentence, and an action."""

    rule: str
    habit_id: UUID
    text: str
    """One or two sentences to the person."""
    evidence: Mapping[str, Value]
    action: Mapping[str, Value] = field(default_factory=dict)
    """What one tap would do: `kind` and its values; empty where nothing can be done."""
    weight: float
    """The rank: higher comes first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Recommendation:
    """A stored suggestion with its id."""

    id: UUID
    suggestion: Suggestion
    create_time: datetime
