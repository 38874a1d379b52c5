"""What another process of the service does is not in the memory of this one."""

from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

from contracts.habits.v1.habit_pb2 import Habit
from services.habits.dao import snapshots
from services.habits.dao.snapshot_cache import CachedSnapshot


def remembered(habit_id: UUID) -> CachedSnapshot | None:
    """Return what this process remembers of a habit."""
    return snapshots._cache._entries.get(habit_id)


def remember(habit_id: UUID, entry: CachedSnapshot | None) -> None:
    """Have this process remember a habit as it was."""
    if entry is None:
        snapshots._cache._entries.pop(habit_id, None)
    else:
        snapshots._cache._entries[habit_id] = entry


@contextmanager
def elsewhere(habit: Habit) -> Iterator[None]:
    """Forget again what is done to a habit inside the block, as if another process had done it."""
    habit_id = UUID(habit.id)
    before = remembered(habit_id)
    yield
    remember(habit_id, before)
