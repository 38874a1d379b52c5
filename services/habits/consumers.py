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
async def meet_person(session: AsyncSession, event: UserRegistered) -> None:
    """Get to know a new person."""
    told = translate.person_from_wire(event.account)
    await people.follow_account(session, told, now=clock.now())


@handlers.on(UserUpdated)
async def follow_person(session: AsyncSession, event: UserUpdated) -> None:
    """Count a person's days by their new settings from now on."""
    told, jumped = translate.person_from_wire(event.account), translate.jumped_from_wire(event)
    await people.follow_account(session, told, jumped=jumped, now=clock.now())


@handlers.on(UserDeleted)
async def forget_person(session: AsyncSession, event: UserDeleted) -> None:
    """Delete everything that is kept of a person."""
    await people.delete_person(session, UUID(event.account_id))


@handlers.on(PreferencesChanged)
async def follow_preferences(session: AsyncSession, event: PreferencesChanged) -> None:
    """Let reminders wait while a person is asleep."""
    quiet = translate.quiet_hours_from_wire(event.preferences)
    await people.follow_preferences(session, UUID(event.owner_id), quiet, revision=event.revision)
