"""Events heard: one function per fact. The inbox has already dropped repeats."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from chassis.clock import now
from chassis.events.handlers import Handlers
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
from services.analytics.translate import facts
from services.analytics.use_cases import heard

handlers = Handlers()

type HabitTold = HabitCreated | HabitUpdated | HabitArchived | HabitRestored


@handlers.on(UserRegistered)
async def meet_person(session: AsyncSession, event: UserRegistered) -> None:
    """Learn where a person's days begin."""
    person, revision = facts.account_from_wire(event.account)
    await heard.hear_account(session, person, revision=revision, now=now())


@handlers.on(UserUpdated)
async def follow_person(session: AsyncSession, event: UserUpdated) -> None:
    """Learn where a person's days begin from now on."""
    person, revision = facts.account_from_wire(event.account)
    await heard.hear_account(session, person, revision=revision, now=now())


@handlers.on(UserDeleted)
async def forget_person(session: AsyncSession, event: UserDeleted) -> None:
    """Forget everything about a person."""
    await heard.hear_account_gone(session, UUID(event.account_id))


@handlers.on(PreferencesChanged)
async def follow_preferences(session: AsyncSession, event: PreferencesChanged) -> None:
    """Learn which reports a person wants, and when."""
    wanted = facts.preferences_from_wire(event)
    await heard.hear_preferences(session, wanted, revision=event.revision, now=now())


@handlers.on(HabitCreated)
async def meet_habit(session: AsyncSession, event: HabitCreated) -> None:
    """Learn of a new habit."""
    await _hear_habit(session, event)


@handlers.on(HabitUpdated)
async def follow_habit(session: AsyncSession, event: HabitUpdated) -> None:
    """Learn what a habit asks from now on."""
    await _hear_habit(session, event)


@handlers.on(HabitArchived)
async def rest_habit(session: AsyncSession, event: HabitArchived) -> None:
    """Learn that a habit asks for nothing any more."""
    await _hear_habit(session, event)


@handlers.on(HabitRestored)
async def resume_habit(session: AsyncSession, event: HabitRestored) -> None:
    """Learn that a habit is lived again."""
    await _hear_habit(session, event)


@handlers.on(HabitDeleted)
async def forget_habit(session: AsyncSession, event: HabitDeleted) -> None:
    """Forget everything about a habit."""
    await heard.hear_habit_gone(session, UUID(event.owner_id), UUID(event.habit_id), now=now())


@handlers.on(PauseChanged)
async def follow_pause(session: AsyncSession, event: PauseChanged) -> None:
    """Learn which days do not count."""
    declared = facts.pause_from_wire(UUID(event.owner_id), event.pause)
    await heard.hear_pause(session, declared, deleted=event.deleted, now=now())


@handlers.on(CheckInChanged)
async def follow_day(session: AsyncSession, event: CheckInChanged) -> None:
    """Learn what a day holds now."""
    owner_id = UUID(event.owner_id)
    day = facts.day_from_wire(owner_id, event.check_in)
    await heard.hear_days(session, owner_id, [day], now=now())


async def _hear_habit(session: AsyncSession, event: HabitTold) -> None:
    habit = facts.habit_from_wire(UUID(event.owner_id), event.habit, event.revision)
    await heard.hear_habit(session, habit, now=now())
