"""Events about habits and pauses, written to the outbox in the caller's transaction."""

from collections.abc import Iterable
from datetime import date

from sqlalchemy.ext.asyncio import AsyncSession

from chassis.events import outbox
from contracts.habits.v1.habit_events_pb2 import (
    HabitArchived,
    HabitCreated,
    HabitDeleted,
    HabitRestored,
    HabitUpdated,
    PauseChanged,
)
from services.habits.domain.habit import Habit
from services.habits.domain.pause import Pause
from services.habits.events.messages import habit_to_wire, pause_to_wire
from services.habits.tables import OUTBOX


async def publish_habit_created(session: AsyncSession, habit: Habit, *, today: date) -> None:
    """Publish that a habit was created."""
    await outbox.add(session, OUTBOX, _habit_event(HabitCreated, habit, today))


async def publish_habits_updated(
    session: AsyncSession, habits: Iterable[Habit], *, today: date
) -> None:
    """Publish that habits were edited."""
    events = [_habit_event(HabitUpdated, habit, today) for habit in habits]
    await outbox.add(session, OUTBOX, *events)


async def publish_habit_archived(session: AsyncSession, habit: Habit, *, today: date) -> None:
    """Publish that a habit was archived."""
    await outbox.add(session, OUTBOX, _habit_event(HabitArchived, habit, today))


async def publish_habit_restored(session: AsyncSession, habit: Habit, *, today: date) -> None:
    """Publish that a habit was restored."""
    await outbox.add(session, OUTBOX, _habit_event(HabitRestored, habit, today))


async def publish_habit_deleted(session: AsyncSession, habit: Habit) -> None:
    """Publish that a habit was deleted."""
    event = HabitDeleted(owner_id=str(habit.owner_id), habit_id=str(habit.id))
    await outbox.add(session, OUTBOX, event)


async def publish_pause_changed(
    session: AsyncSession, pause: Pause, *, deleted: bool = False
) -> None:
    """Publish that a pause was created or deleted."""
    event = PauseChanged(owner_id=str(pause.owner_id), pause=pause_to_wire(pause), deleted=deleted)
    await outbox.add(session, OUTBOX, event)


def _habit_event[E: HabitCreated | HabitUpdated | HabitArchived | HabitRestored](
    event: type[E], habit: Habit, today: date
) -> E:
    return event(
        owner_id=str(habit.owner_id),
        habit=habit_to_wire(habit, today=today),
        revision=habit.revision,
    )
