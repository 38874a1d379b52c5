"""Events heard: one function per fact. The inbox has already dropped repeats."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from chassis import clock
from chassis.events.handlers import Handlers, current_delivery
from contracts.analytics.v1.analytics_events_pb2 import ReportReady
from contracts.auth.v1.auth_events_pb2 import UserDeleted, UserRegistered, UserUpdated
from contracts.habits.v1.habit_events_pb2 import (
    HabitArchived,
    HabitCheckedIn,
    HabitDeleted,
    HabitReminderDue,
)
from services.notifications.translate import facts as translate
from services.notifications.use_cases import facts

handlers = Handlers()


@handlers.on(HabitReminderDue)
async def remind(session: AsyncSession, event: HabitReminderDue) -> None:
    """Remind someone of a habit they have not done yet."""
    fact = translate.reminder_due_from_wire(event)
    await facts.remind(session, fact, event_id=_event_id(), now=clock.now())


@handlers.on(HabitCheckedIn)
async def cheer_on(session: AsyncSession, event: HabitCheckedIn) -> None:
    """Cheer what was done."""
    fact = translate.checked_in_from_wire(event)
    await facts.cheer_on(session, fact, event_id=_event_id(), now=clock.now())


@handlers.on(ReportReady)
async def tell_report(session: AsyncSession, event: ReportReady) -> None:
    """Tell how a day, week or month went."""
    fact = translate.report_made_from_wire(event)
    await facts.tell_report(session, fact, event_id=_event_id(), now=clock.now())


@handlers.on(HabitArchived)
async def rest_habit(session: AsyncSession, event: HabitArchived) -> None:
    """Remind no more of a habit that rests."""
    await facts.forget_habit(session, UUID(event.habit.id))


@handlers.on(HabitDeleted)
async def forget_habit(session: AsyncSession, event: HabitDeleted) -> None:
    """Remind no more of a habit that is gone."""
    await facts.forget_habit(session, UUID(event.habit_id))


@handlers.on(UserRegistered)
async def meet_person(session: AsyncSession, event: UserRegistered) -> None:
    """Get to know a new person."""
    await facts.know_person(session, translate.person_from_wire(event.account))


@handlers.on(UserUpdated)
async def know_person_anew(session: AsyncSession, event: UserUpdated) -> None:
    """Learn what a person has changed."""
    await facts.know_person(session, translate.person_from_wire(event.account))


@handlers.on(UserDeleted)
async def forget_person(session: AsyncSession, event: UserDeleted) -> None:
    """Forget a person, with all that was kept of them."""
    await facts.forget_person(session, UUID(event.account_id))


def _event_id() -> UUID:
    return current_delivery().event_id
