"""In-memory caches of habits and snapshots by revision, so that rows are decoded once."""

from collections.abc import Iterable
from datetime import date
from typing import Any
from uuid import UUID

import msgspec

from rhythm.plan import Pause as PausedRange
from rhythm.plan import Plan
from rhythm.schedule import Weekday
from rhythm.week_changes import WeekChanges
from services.habits.dao.derived_state import derived_from_bytes
from services.habits.dao.rows import Row, habit_from_row
from services.habits.domain.habit import Habit
from services.habits.domain.people import Person
from services.habits.domain.snapshot import HabitSnapshot

_MAX_HABITS = 10_000
_MAX_SNAPSHOTS = 2_000
_decode_paused_ranges = msgspec.json.Decoder(tuple[tuple[date, date | None], ...]).decode


class HabitCache:
    """Caches habits and their plans by the revision of the habit."""

    def __init__(self) -> None:
        self._entries: dict[UUID, tuple[Habit, dict[tuple[Weekday, WeekChanges], Plan]]] = {}

    def habit_and_plan(self, row: Row, person: Person) -> tuple[Habit, Plan]:
        """Return the habit of a committed row, and its plan for a person's weeks."""
        found = self._entries.get(row["id"])
        if found is None or found[0].revision != row["revision"]:
            found = habit_from_row(row), {}
            _put(self._entries, row["id"], found, _MAX_HABITS)
        habit, plans = found
        weeks = person.week_start, person.week_changes
        plan = plans.get(weeks)
        if plan is None:
            plan = plans[weeks] = habit.plan(*weeks)
        return habit, plan

    def evict(self, habit_id: UUID) -> None:
        """Evict a habit."""
        self._entries.pop(habit_id, None)


class SnapshotCache:
    """Caches snapshots, with their computed evaluations, by everything they depend on."""

    def __init__(self) -> None:
        self._habits = HabitCache()
        self._entries: dict[UUID, tuple[tuple[Any, ...], HabitSnapshot]] = {}

    def snapshot(self, row: Row, person: Person) -> HabitSnapshot:
        """Return the snapshot of a committed row, for its owner's present settings."""
        cache_key = row["revision"], row["progress_revision"], row["paused_ranges"], person
        found = self._entries.get(row["id"])
        if found is not None and found[0] == cache_key:
            return found[1]
        habit, plan = self._habits.habit_and_plan(row, person)
        paused_ranges = _decode_paused_ranges(row["paused_ranges"]) if row["paused_ranges"] else ()
        snapshot = HabitSnapshot(
            habit=habit,
            person=person,
            plan=plan,
            pauses=tuple(PausedRange(first, last) for first, last in paused_ranges),
            derived=derived_from_bytes(row["checkpoint"], row["recent"]),
            revision=row["progress_revision"],
        )
        _put(self._entries, row["id"], (cache_key, snapshot), _MAX_SNAPSHOTS)
        return snapshot

    def evict(self, habit_ids: Iterable[UUID]) -> None:
        """Evict habits that a transaction has read, which may be rolled back."""
        for habit_id in habit_ids:
            self._entries.pop(habit_id, None)
            self._habits.evict(habit_id)


def _put[V](entries: dict[UUID, V], habit_id: UUID, value: V, most: int) -> None:
    """Store a value; where there are too many, evict the oldest entry."""
    if habit_id not in entries and len(entries) >= most:
        del entries[next(iter(entries))]
    entries[habit_id] = value
