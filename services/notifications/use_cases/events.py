"""What events of other services lead to: messages to be sent, and stored people."""

from collections.abc import Callable, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.notifications.dao import batch_cheers, messages, people
from services.notifications.domain.delivery_policy import drop_reason_of, is_silent
from services.notifications.domain.event_data import HabitDone, ReminderDue, ReportCreated
from services.notifications.domain.i18n import use_language
from services.notifications.domain.messages import (
    BATCH_WINDOW,
    Draft,
    batch_cheer,
    cheer,
    reminder,
    report,
)
from services.notifications.domain.people import Person


async def write_message(
    session: AsyncSession,
    owner_id: UUID,
    compose: Callable[[], Draft],
    *,
    event_id: UUID,
    now: datetime,
    batch: Sequence[HabitDone] = (),
) -> bool:
    """Store a message to be sent, or with the reason why not; none for a deleted person.

    It is composed in the person's language.

    Args:
        session: The transaction.
        owner_id: The person.
        compose: Writes the message.
        event_id: The event that led to it.
        now: The present moment.
        batch: The habits of a batch that it cheers: it then waits for others of that batch.

    Returns:
        Whether it was stored: not again for the same event, the same batch, or the same day.
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
        drop_reason=drop_reason_of(draft, recipient, now=now),
        now=now,
        due_time=now + BATCH_WINDOW if batch else now,
        batch=batch,
    )


async def write_reminder(
    session: AsyncSession, event: ReminderDue, *, event_id: UUID, now: datetime
) -> None:
    """Store a reminder."""
    await write_message(
        session, event.owner_id, lambda: reminder(event), event_id=event_id, now=now
    )


async def write_cheer(
    session: AsyncSession, event: HabitDone, *, event_id: UUID, now: datetime
) -> None:
    """Store a cheer, and drop the pending reminders of the day: the habit is done.

    What was done in the chat was cheered there, in place. The habits of a batch share one cheer.
    """
    await messages.drop_answered_reminders(session, event.habit_id, event.logical_date)
    if event.batch_id is not None and not event.from_chat:
        await _write_batch_cheer(session, event, event_id=event_id, now=now)
    elif not event.from_chat:
        await write_message(
            session, event.owner_id, lambda: cheer(event, now=now), event_id=event_id, now=now
        )


async def _write_batch_cheer(
    session: AsyncSession, event: HabitDone, *, event_id: UUID, now: datetime
) -> None:
    """Store the cheer of a batch with its first habit, or add a habit to it until it is sent."""
    if await write_message(
        session,
        event.owner_id,
        lambda: batch_cheer([event], now=now),
        event_id=event_id,
        now=now,
        batch=[event],
    ):
        return
    recipient = await people.find_recipient(session, event.owner_id)
    done = await batch_cheers.lock_unsent_batch(session, event)
    if recipient is None or not done or event.habit_id in {it.habit_id for it in done}:
        return
    with use_language(recipient.person.locale):
        draft = batch_cheer([*done, event], now=now)
    await batch_cheers.replace_batch_cheer(
        session, draft, [*done, event], due_time=now + BATCH_WINDOW
    )


async def write_report(
    session: AsyncSession, event: ReportCreated, *, event_id: UUID, now: datetime
) -> None:
    """Store the message of a report."""
    await write_message(
        session, event.owner_id, lambda: report(event, now=now), event_id=event_id, now=now
    )


async def drop_reminders(session: AsyncSession, habit_id: UUID) -> None:
    """Drop the pending reminders of a habit that was archived or deleted."""
    await messages.drop_reminders_of_habit(session, habit_id)


async def upsert_person(session: AsyncSession, person: Person) -> None:
    """Store a person's zone and name, for wall times and greetings."""
    await people.upsert_person(session, person)


async def delete_person(session: AsyncSession, owner_id: UUID) -> None:
    """Delete all data of a person who has deleted their account."""
    await people.delete_person(session, owner_id)
