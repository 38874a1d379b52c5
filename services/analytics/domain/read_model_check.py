"""Comparing what the read model has of a person with what habits exports of them."""

from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from rhythm.plan import DayFact
from services.analytics.domain.habit import ExportChunk, Habit


@dataclass(frozen=True, slots=True)
class OwnerRows:
    """A person's habits, days that hold anything, and pauses."""

    habits: Mapping[UUID, Habit] = field(default_factory=dict)
    days: Mapping[tuple[UUID, date], tuple[int, DayFact]] = field(default_factory=dict)
    """Revision and fact."""
    pauses: Mapping[UUID, tuple[UUID | None, date, date | None]] = field(default_factory=dict)
    """Habit, first and last date."""

    def differences(self, other: "OwnerRows") -> dict[Hashable, Any]:
        """Return by row what this has of those that the other has not alike; None of missing."""
        found: dict[Hashable, Any] = {}
        for mine, theirs in (
            (self.habits, other.habits),
            (self.days, other.days),
            (self.pauses, other.pauses),
        ):
            keys: set[Any] = {*mine, *theirs}
            found |= {key: mine.get(key) for key in keys if mine.get(key) != theirs.get(key)}
        return found


def rows_of_export(chunks: Iterable[ExportChunk]) -> OwnerRows:
    """Return a person's export as rows."""
    rows = OwnerRows({}, {}, {})
    habits, days, pauses = dict(rows.habits), dict(rows.days), dict(rows.pauses)
    for chunk in chunks:
        if chunk.habit is not None:
            habits[chunk.habit.id] = chunk.habit
        for it in chunk.days:
            if it.fact is not None:
                days[it.habit_id, it.day] = it.revision, it.fact
        for recorded in chunk.pauses:
            span = recorded.pause
            pauses[recorded.id] = recorded.habit_id, span.from_date, span.to_date
    return OwnerRows(habits, days, pauses)
