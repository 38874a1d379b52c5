"""Handlers of events from other services. The inbox has already dropped duplicates."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from chassis import clock
from chassis.events.handlers import Handlers
from contracts.auth.v1.auth_events_pb2 import UserDeleted, UserRegistered, UserUpdated
from contracts.notifications.v1.notification_events_pb2 import PreferencesChanged
from services.habits.translate import people as translate
from services.habits.use_cases import people

handlers = Handlers()


@handlers.on(UserRegistered)
async def on_user_registered(session: AsyncSession, event: UserRegistered) -> None:
    """Store a new person's time zone, day start and week start."""
    person = translate.person_from_wire(event.account)
    await people.upsert_person(session, person, now=clock.now())


@handlers.on(UserUpdated)
async def on_user_updated(session: AsyncSession, event: UserUpdated) -> None:
    """Apply changed account settings to everything that comes after the change."""
    person, skipped_dates = (
        translate.person_from_wire(event.account),
        translate.skipped_dates_from_wire(event),
    )
    await people.upsert_person(session, person, skipped_dates=skipped_dates, now=clock.now())


@handlers.on(UserDeleted)
async def on_user_deleted(session: AsyncSession, event: UserDeleted) -> None:
    """Delete all data of a person; ignore later events about them."""
    await people.delete_person(session, UUID(event.account_id))


@handlers.on(PreferencesChanged)
async def on_preferences_changed(session: AsyncSession, event: PreferencesChanged) -> None:
    """Store a person's quiet hours, in which reminders wait."""
    quiet_hours = translate.quiet_hours_from_wire(event.preferences)
    await people.update_quiet_hours(
        session, UUID(event.owner_id), quiet_hours, revision=event.revision
    )
