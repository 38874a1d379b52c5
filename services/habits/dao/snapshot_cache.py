"""In-memory caches of habits and snapshots by revision, so that rows are decoded once."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
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
from services.habits.domain.check_in import CheckIn
from services.habits.domain.habit import Habit
from services.habits.domain.people import Person
from services.habits.domain.snapshot import DerivedState, HabitSnapshot

_MAX_HABITS = 10_000
_MAX_SNAPSHOTS = 10_000
_MAX_DAYS = 40
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


@dataclass(slots=True)
class CachedSnapshot:
    """A habit as this process knows it; it may have been changed since by another transaction.

    Attributes:
        cache_key: Everything the snapshot depends on.
        claims: The person as the token had them that it was made for; None if there was none.
        snapshot: The snapshot.
        days: Days as they are at the revision of the snapshot; those missing were never read.
    """

    cache_key: tuple[Any, ...]
    claims: Person | None
    snapshot: HabitSnapshot
    days: dict[date, CheckIn] = field(default_factory=dict)

    def is_of(self, person: Person) -> bool:
        """Say whether it is the person's habit, with the settings that count for them now."""
        snapshot = self.snapshot
        if snapshot.habit.owner_id != person.id:
            return False
        return bool(snapshot.person.revision) or self.claims is person or self.claims == person


class SnapshotCache:
    """Caches snapshots, with their computed evaluations, by everything they depend on."""

    def __init__(self) -> None:
        self._habits = HabitCache()
        self._entries: dict[UUID, CachedSnapshot] = {}

    def snapshot(self, row: Row, person: Person, claims: Person | None) -> HabitSnapshot:
        """Return the snapshot of a committed row, for its owner's present settings.

        Args:
            row: The row.
            person: The owner.
            claims: The owner as their token has them; None without a token.
        """
        cache_key = row["revision"], row["progress_revision"], row["paused_ranges"], person
        found = self._entries.get(row["id"])
        if found is not None and found.cache_key == cache_key:
            return found.snapshot
        habit, plan = self._habits.habit_and_plan(row, person)
        derived = derived_from_bytes(row["checkpoint"], row["recent"])
        snapshot = snapshot_from_row(row, person, habit, plan, derived)
        entry = CachedSnapshot(cache_key, claims, snapshot)
        _put(self._entries, row["id"], entry, _MAX_SNAPSHOTS)
        return snapshot

    def find(self, habit_id: UUID) -> CachedSnapshot | None:
        """Return a habit as it was when this process last read or wrote it."""
        return self._entries.get(habit_id)

    def add_day(self, snapshot: HabitSnapshot, day: CheckIn) -> None:
        """Keep a day that was read together with a snapshot."""
        entry = self._entries.get(snapshot.habit.id)
        if entry is not None and entry.snapshot is snapshot:
            entry.days[day.day] = day

    def replace(
        self, before: HabitSnapshot, after: HabitSnapshot, days: Mapping[date, CheckIn]
    ) -> None:
        """Replace a snapshot by what a committed write has made of it.

        Args:
            before: The snapshot that the write began with.
            after: The snapshot as it is now.
            days: The days that were written, as they are now.
        """
        habit_id = before.habit.id
        entry = self._entries.get(habit_id)
        if entry is None or entry.snapshot.revision != before.revision:
            return
        revision, _, paused_ranges, person = entry.cache_key
        if revision != after.habit.revision or person != after.person:
            return
        kept = entry.days if len(entry.days) < _MAX_DAYS else {}
        key = revision, after.revision, paused_ranges, person
        self._entries[habit_id] = CachedSnapshot(key, entry.claims, after, {**kept, **days})

    def evict(self, habit_ids: Iterable[UUID]) -> None:
        """Evict habits that a transaction has read, which may be rolled back."""
        for habit_id in habit_ids:
            self._entries.pop(habit_id, None)
            self._habits.evict(habit_id)


def snapshot_from_row(
    row: Row, person: Person, habit: Habit, plan: Plan, derived: DerivedState
) -> HabitSnapshot:
    """Return the snapshot of a row whose parts were decoded already."""
    paused_ranges = _decode_paused_ranges(row["paused_ranges"]) if row["paused_ranges"] else ()
    return HabitSnapshot(
        habit=habit,
        person=person,
        plan=plan,
        pauses=tuple(PausedRange(first, last) for first, last in paused_ranges),
        derived=derived,
        revision=row["progress_revision"],
    )


def _put[V](entries: dict[UUID, V], habit_id: UUID, value: V, most: int) -> None:
    """Store a value; where there are too many, evict the oldest entry."""
    if habit_id not in entries and len(entries) >= most:
        del entries[next(iter(entries))]
    entries[habit_id] = value
