"""Events heard: one function per fact. The inbox has already dropped repeats."""

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
    """Get to know a new person."""
    person = translate.person_from_wire(event.account)
    await people.upsert_person(session, person, now=clock.now())


@handlers.on(UserUpdated)
async def on_user_updated(session: AsyncSession, event: UserUpdated) -> None:
    """Count a person's days by their new settings from now on."""
    person, skipped_dates = (
        translate.person_from_wire(event.account),
        translate.skipped_dates_from_wire(event),
    )
    await people.upsert_person(session, person, skipped_dates=skipped_dates, now=clock.now())


@handlers.on(UserDeleted)
async def on_user_deleted(session: AsyncSession, event: UserDeleted) -> None:
    """Delete everything that is kept of a person."""
    await people.delete_person(session, UUID(event.account_id))


@handlers.on(PreferencesChanged)
async def on_preferences_changed(session: AsyncSession, event: PreferencesChanged) -> None:
    """Let reminders wait while a person is asleep."""
    quiet_hours = translate.quiet_hours_from_wire(event.preferences)
    await people.update_quiet_hours(
        session, UUID(event.owner_id), quiet_hours, revision=event.revision
    )
