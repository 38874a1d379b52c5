"""Handlers of events from other services. The inbox has already dropped duplicates."""

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
from services.notifications.translate import event_data as translate
from services.notifications.use_cases import events

handlers = Handlers()


@handlers.on(HabitReminderDue)
async def on_habit_reminder_due(session: AsyncSession, event: HabitReminderDue) -> None:
    """Write a reminder of a habit that is not done yet."""
    due = translate.reminder_due_from_wire(event)
    await events.write_reminder(session, due, event_id=_event_id(), now=clock.now())


@handlers.on(HabitCheckedIn)
async def on_habit_checked_in(session: AsyncSession, event: HabitCheckedIn) -> None:
    """Write a cheer for a habit that was done."""
    done = translate.habit_done_from_wire(event)
    await events.write_cheer(session, done, event_id=_event_id(), now=clock.now())


@handlers.on(ReportReady)
async def on_report_ready(session: AsyncSession, event: ReportReady) -> None:
    """Write the message of a report of a day, week or month."""
    report = translate.report_created_from_wire(event)
    await events.write_report(session, report, event_id=_event_id(), now=clock.now())


@handlers.on(HabitArchived)
async def on_habit_archived(session: AsyncSession, event: HabitArchived) -> None:
    """Drop the pending reminders of an archived habit."""
    await events.drop_reminders(session, UUID(event.habit.id))


@handlers.on(HabitDeleted)
async def on_habit_deleted(session: AsyncSession, event: HabitDeleted) -> None:
    """Drop the pending reminders of a deleted habit."""
    await events.drop_reminders(session, UUID(event.habit_id))


@handlers.on(UserRegistered)
async def on_user_registered(session: AsyncSession, event: UserRegistered) -> None:
    """Store a new person's name, zone and language."""
    await events.upsert_person(session, translate.person_from_wire(event.account))


@handlers.on(UserUpdated)
async def on_user_updated(session: AsyncSession, event: UserUpdated) -> None:
    """Store a person's changed name, zone and language."""
    await events.upsert_person(session, translate.person_from_wire(event.account))


@handlers.on(UserDeleted)
async def on_user_deleted(session: AsyncSession, event: UserDeleted) -> None:
    """Delete all data of a person; ignore later events about them."""
    await events.delete_person(session, UUID(event.account_id))


def _event_id() -> UUID:
    return current_delivery().event_id
