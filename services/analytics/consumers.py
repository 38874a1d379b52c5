"""Event handlers, one for each event type. The inbox has already dropped duplicates."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from chassis.clock import now
from chassis.database import Connection
from chassis.events.handlers import BatchEvent, Handlers
from contracts.auth.v1.auth_events_pb2 import UserDeleted, UserRegistered, UserUpdated
from contracts.habits.v1.habit_events_pb2 import (
    CheckInChanged,
    HabitArchived,
    HabitCreated,
    HabitDeleted,
    HabitRestored,
    HabitUpdated,
    PauseChanged,
)
from contracts.notifications.v1.notification_events_pb2 import PreferencesChanged
from services.analytics.cache import current_cache
from services.analytics.translate import events
from services.analytics.use_cases import read_model

handlers = Handlers()

type HabitEvent = HabitCreated | HabitUpdated | HabitArchived | HabitRestored


@handlers.on(UserRegistered)
async def on_user_registered(session: AsyncSession, event: UserRegistered) -> None:
    """Store a new person's time zone, day start and week start."""
    person, revision = events.account_from_wire(event.account)
    await read_model.apply_account(session, person, revision=revision, now=now())


@handlers.on(UserUpdated)
async def on_user_updated(session: AsyncSession, event: UserUpdated) -> None:
    """Update a person's time zone, day start and week start."""
    person, revision = events.account_from_wire(event.account)
    await read_model.apply_account(session, person, revision=revision, now=now())


@handlers.on(UserDeleted)
async def on_user_deleted(session: AsyncSession, event: UserDeleted) -> None:
    """Delete everything of a person, and ignore their later events."""
    owner_id = UUID(event.account_id)
    await read_model.apply_account_deleted(session, owner_id)
    await current_cache().delete(owner_id)


@handlers.on(PreferencesChanged)
async def on_preferences_changed(session: AsyncSession, event: PreferencesChanged) -> None:
    """Update which reports a person wants, and when."""
    wanted = events.preferences_from_wire(event)
    await read_model.apply_preferences(session, wanted, revision=event.revision, now=now())


@handlers.on(HabitCreated)
async def on_habit_created(session: AsyncSession, event: HabitCreated) -> None:
    """Add a new habit to the read model."""
    await _apply_habit(session, event)


@handlers.on(HabitUpdated)
async def on_habit_updated(session: AsyncSession, event: HabitUpdated) -> None:
    """Update a habit in the read model."""
    await _apply_habit(session, event)


@handlers.on(HabitArchived)
async def on_habit_archived(session: AsyncSession, event: HabitArchived) -> None:
    """Mark a habit as archived."""
    await _apply_habit(session, event)


@handlers.on(HabitRestored)
async def on_habit_restored(session: AsyncSession, event: HabitRestored) -> None:
    """Mark an archived habit as active again."""
    await _apply_habit(session, event)


@handlers.on(HabitDeleted)
async def on_habit_deleted(session: AsyncSession, event: HabitDeleted) -> None:
    """Delete a habit with its days, and ignore its later events."""
    await read_model.apply_habit_deleted(
        session, UUID(event.owner_id), UUID(event.habit_id), now=now()
    )


@handlers.on(PauseChanged)
async def on_pause_changed(session: AsyncSession, event: PauseChanged) -> None:
    """Store or delete a pause."""
    recorded = events.pause_from_wire(UUID(event.owner_id), event.pause)
    await read_model.apply_pause(session, recorded, deleted=event.deleted, now=now())


@handlers.on_batch(CheckInChanged)
async def on_check_ins_changed(
    connection: Connection, batch: Sequence[BatchEvent[CheckInChanged]]
) -> int:
    """Store the new states of days, of any people and habits."""
    changes = [
        (it.id, events.day_from_wire(events.owner_from_wire(it.event), it.event.check_in))
        for it in batch
    ]
    return await read_model.apply_days(connection, changes, now=now())


async def _apply_habit(session: AsyncSession, event: HabitEvent) -> None:
    habit = events.habit_from_wire(UUID(event.owner_id), event.habit, event.revision)
    await read_model.apply_habit(session, habit, now=now())
