"""Handlers of events from other services. The inbox has already dropped duplicates."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from chassis import clock
from chassis.database import Connection
from chassis.events.handlers import BatchEvent, Handlers, current_delivery
from contracts.analytics.v1.analytics_events_pb2 import ReportReady
from contracts.auth.v1.auth_events_pb2 import UserDeleted, UserRegistered, UserUpdated
from contracts.habits.v1.habit_events_pb2 import (
    CheckInChanged,
    HabitArchived,
    HabitCheckedIn,
    HabitCreated,
    HabitDeleted,
    HabitReminderDue,
    HabitRestored,
    HabitUpdated,
    PauseChanged,
)
from services.notifications.domain.webhook_deliveries import WebhookEvent
from services.notifications.domain.webhooks import WebhookEventType
from services.notifications.translate import event_data as translate
from services.notifications.translate import webhook_events
from services.notifications.use_cases import cheers, events, webhook_deliveries

handlers = Handlers()


@handlers.on(HabitReminderDue)
async def on_habit_reminder_due(session: AsyncSession, event: HabitReminderDue) -> None:
    """Write a reminder of a habit that is not done yet."""
    due = translate.reminder_due_from_wire(event)
    await events.write_reminder(session, due, event_id=_event_id(), now=clock.now())
    await _send(session, webhook_events.reminder_event(event, _event_id(), now=clock.now()))


@handlers.on_batch(HabitCheckedIn)
async def on_habits_checked_in(
    connection: Connection, batch: Sequence[BatchEvent[HabitCheckedIn]]
) -> int:
    """Write cheers for habits that were done."""
    now = clock.now()
    done = {it.id: translate.habit_done_from_wire(it.event) for it in batch}
    new = await cheers.write_cheers(connection, done, now=now)
    types = [WebhookEventType.GOAL_REACHED]
    owner_ids = {it.owner_id for event_id, it in done.items() if event_id in new}
    receivers = await webhook_deliveries.lock_receivers(connection, owner_ids, types)
    if receivers:
        sent = [webhook_events.goal_event(it.event, it.id, now=now) for it in batch if it.id in new]
        await webhook_deliveries.add_events(connection, receivers, sent, now=now)
    return len(new)


@handlers.on_batch(CheckInChanged)
async def on_check_ins_changed(
    connection: Connection, batch: Sequence[BatchEvent[CheckInChanged]]
) -> int:
    """Have the reminders of changed days say what became of them. Repeats change nothing."""
    now = clock.now()
    changes = [translate.day_change_from_wire(it.event) for it in batch]
    await events.apply_day_changes(connection, [it for it in changes if it], now=now)
    await _send_days(connection, batch, now=now)
    return len(batch)


@handlers.on(PauseChanged)
async def on_pause_changed(session: AsyncSession, event: PauseChanged) -> None:
    """Have the reminders of paused days say so."""
    await events.apply_pause(session, translate.pause_from_wire(event), now=clock.now())
    await _send(session, webhook_events.pause_event(event, _event_id(), now=clock.now()))


@handlers.on(ReportReady)
async def on_report_ready(session: AsyncSession, event: ReportReady) -> None:
    """Write the message of a report of a day, week or month."""
    report = translate.report_created_from_wire(event)
    await events.write_report(session, report, event_id=_event_id(), now=clock.now())
    await _send(session, webhook_events.report_event(event, _event_id(), now=clock.now()))


@handlers.on(HabitArchived)
async def on_habit_archived(session: AsyncSession, event: HabitArchived) -> None:
    """Drop the pending reminders of an archived habit."""
    await events.drop_reminders(session, UUID(event.habit.id))
    await _send(session, webhook_events.habit_event(event, _event_id(), now=clock.now()))


@handlers.on(HabitDeleted)
async def on_habit_deleted(session: AsyncSession, event: HabitDeleted) -> None:
    """Drop the pending reminders of a deleted habit."""
    await events.drop_reminders(session, UUID(event.habit_id))
    await _send(session, webhook_events.habit_deleted(event, _event_id(), now=clock.now()))


@handlers.on(HabitCreated)
async def on_habit_created(session: AsyncSession, event: HabitCreated) -> None:
    """Have webhooks sent a created habit."""
    await _send(session, webhook_events.habit_event(event, _event_id(), now=clock.now()))


@handlers.on(HabitUpdated)
async def on_habit_updated(session: AsyncSession, event: HabitUpdated) -> None:
    """Have webhooks sent an edited habit."""
    await _send(session, webhook_events.habit_event(event, _event_id(), now=clock.now()))


@handlers.on(HabitRestored)
async def on_habit_restored(session: AsyncSession, event: HabitRestored) -> None:
    """Have webhooks sent a restored habit."""
    await _send(session, webhook_events.habit_event(event, _event_id(), now=clock.now()))


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


async def _send(session: AsyncSession, event: WebhookEvent) -> None:
    """Have an event sent to the webhooks of its person."""
    receivers = await webhook_deliveries.lock_receivers(session, [event.owner_id], [event.type])
    if receivers:
        await webhook_deliveries.add_events(session, receivers, [event], now=clock.now())


async def _send_days(
    connection: Connection, batch: Sequence[BatchEvent[CheckInChanged]], *, now: datetime
) -> None:
    """Have changed days sent to webhooks; days of people without any are not looked at."""
    owner_ids = {it.event.owner_id for it in batch}
    types = [WebhookEventType.CHECK_IN_CHANGED]
    receivers = await webhook_deliveries.lock_receivers(connection, owner_ids, types)
    if receivers:
        sent = [webhook_events.check_in_event(it.event, it.id, now=now) for it in batch]
        await webhook_deliveries.add_events(connection, receivers, sent, now=now)
