"""What events of other services lead to: messages to be sent, and stored people."""

from collections.abc import Callable, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from chassis.database import Connection
from services.notifications.dao import (
    messages,
    people,
    push_subscriptions,
    reminder_days,
)
from services.notifications.domain.delivery_policy import (
    DONE_MEANWHILE,
    PAUSED_MEANWHILE,
    drop_reason_of,
    is_silent,
    push_drop_reason_of,
)
from services.notifications.domain.event_data import ReminderDue, ReportCreated
from services.notifications.domain.i18n import use_language
from services.notifications.domain.messages import Draft, reminder, report
from services.notifications.domain.people import Person
from services.notifications.domain.push import push_event_id
from services.notifications.domain.reminder_days import (
    RECENT_DAYS,
    DayChange,
    DayOutcome,
    PauseRange,
)

_DROP_REASONS = {DayOutcome.OPEN: "", DayOutcome.PAUSED: PAUSED_MEANWHILE}


async def write_message(
    session: AsyncSession,
    owner_id: UUID,
    compose: Callable[[], Draft],
    *,
    event_id: UUID,
    now: datetime,
    drop_reason: str = "",
) -> bool:
    """Store a message to be sent, or with the reason why not; none for a deleted person.

    It is composed in the person's language. The caller has locked the person against deletion.

    Args:
        session: The transaction.
        owner_id: The person.
        compose: Writes the message.
        event_id: The event that led to it.
        now: The present moment.
        drop_reason: Why it is not sent, besides the person's own reasons; empty when it is.

    Returns:
        Whether it was stored: not again for the same event.
    """
    recipient = await people.find_recipient(session, owner_id)
    if recipient is None:
        return False
    with use_language(recipient.person.locale):
        draft = compose()
    return await messages.add_message(
        session,
        draft,
        event_id=event_id,
        chat=recipient.chat,
        silent=is_silent(draft, recipient, now=now),
        drop_reason=drop_reason or drop_reason_of(draft, recipient, now=now),
        now=now,
        due_time=now,
    )


async def write_reminder(
    session: AsyncSession, event: ReminderDue, *, event_id: UUID, now: datetime
) -> None:
    """Store a reminder for the chat and one for each browser of the person.

    They are dropped where its day was done, skipped or paused meanwhile. A person who has browsers
    and no chat has none for the chat.
    """
    await people.lock_against_deletion(session, [event.owner_id])
    recipient = await people.find_recipient(session, event.owner_id)
    if recipient is None:
        return
    state = await reminder_days.lock_day(session, event.owner_id, event.habit_id, event.due_date)
    drop_reason = _DROP_REASONS.get(state, DONE_MEANWHILE)
    browsers = await push_subscriptions.list_subscriptions(session, event.owner_id)
    if recipient.chat is not None or not browsers:
        await write_message(
            session,
            event.owner_id,
            lambda: reminder(event),
            event_id=event_id,
            now=now,
            drop_reason=drop_reason,
        )
    with use_language(recipient.person.locale):
        draft = reminder(event)
    for browser in browsers:
        await messages.add_message(
            session,
            draft,
            event_id=push_event_id(event_id, browser.id),
            chat=None,
            subscription_id=browser.id,
            silent=False,
            drop_reason=drop_reason or push_drop_reason_of(draft, now=now),
            now=now,
            due_time=now,
        )


async def write_report(
    session: AsyncSession, event: ReportCreated, *, event_id: UUID, now: datetime
) -> None:
    """Store the message of a report."""
    await people.lock_against_deletion(session, [event.owner_id])
    await write_message(
        session, event.owner_id, lambda: report(event, now=now), event_id=event_id, now=now
    )


async def apply_day_changes(
    connection: Connection, changes: Sequence[DayChange], *, now: datetime
) -> None:
    """Store what became of recent days; their reminders are dropped, or edited in a moment."""
    recent = [it for it in changes if it.logical_date >= (now - RECENT_DAYS).date()]
    if recent:
        await people.lock_against_deletion(connection, [it.owner_id for it in recent])
        await reminder_days.apply_day_changes(connection, recent, now=now)


async def apply_pause(session: AsyncSession, pause: PauseRange, *, now: datetime) -> None:
    """Drop or edit the reminders of days that are paused now, or no longer are."""
    await reminder_days.apply_pause(session, pause, now=now)


async def drop_reminders(session: AsyncSession, habit_id: UUID) -> None:
    """Drop the pending reminders of a habit that was archived or deleted."""
    await messages.drop_reminders_of_habit(session, habit_id)


async def upsert_person(session: AsyncSession, person: Person) -> None:
    """Store a person's zone and name, for wall times and greetings."""
    await people.upsert_person(session, person)


async def delete_person(session: AsyncSession, owner_id: UUID) -> None:
    """Delete all data of a person who has deleted their account."""
    await people.delete_person(session, owner_id)
