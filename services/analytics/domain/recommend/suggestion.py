"""Suggestions of rules, and recommendations: stored suggestions with an id."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

type Value = str | int | float | bool | list[Value] | dict[str, Value] | None
"""What evidence and actions are made of: what JSON can hold."""


class ActionKind(StrEnum):
    """What applying a recommendation does."""

    SET_REMINDER = "set_reminder"
    CHANGE_TARGET = "change_target"
    CHANGE_SCHEDULE = "change_schedule"
    PAUSE = "pause"
    ARCHIVE = "archive"
    CHECK_IN = "check_in"


@dataclass(frozen=True, slots=True, kw_only=True)
class Suggestion:
    """What one rule suggests for one habit: evidence, a sentence, and an action."""

    rule: str
    habit_id: UUID | None
    """None where it is about all habits."""
    text: str
    """One or two sentences to the person."""
    evidence: Mapping[str, Value]
    action: Mapping[str, Value] = field(default_factory=dict)
    """What one tap would do: `kind` and its values; empty where nothing can be done."""
    weight: float
    """The rank: higher comes first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AppliedChange:
    """What applying a recommendation changes: what that was before, and what it became."""

    action: Mapping[str, Any]
    before: Mapping[str, Any]
    after: Mapping[str, Any] | None = None
    """None until it is carried out."""
    begin_time: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Recommendation:
    """A stored suggestion with its id."""

    id: UUID
    suggestion: Suggestion
    create_time: datetime
    change: AppliedChange | None = None
    """None until somebody applies it."""
    apply_time: datetime | None = None
    undo_time: datetime | None = None

    @property
    def is_applied(self) -> bool:
        """Whether it was applied, and that was not undone."""
        return self.apply_time is not None and self.undo_time is None
