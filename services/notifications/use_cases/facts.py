"""What is done about what other services tell."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.notifications.dao import messages, people
from services.notifications.domain.facts import CheckedIn, ReminderDue, ReportMade
from services.notifications.domain.messages import Draft, cheer, reminder, report
from services.notifications.domain.people import Person
from services.notifications.domain.telling import is_silent, reason_to_drop


async def tell(session: AsyncSession, draft: Draft, *, event_id: UUID, now: datetime) -> None:
    """Write a message down, to be sent or with the reason why not; nothing for the forgotten."""
    addressee = await people.find_addressee(session, draft.owner_id)
    if addressee is None:
        return
    await messages.add_message(
        session,
        draft,
        event_id=event_id,
        chat=addressee.chat,
        silent=is_silent(draft, addressee, now=now),
        drop_reason=reason_to_drop(draft, addressee, now=now),
        now=now,
    )


async def remind(
    session: AsyncSession, fact: ReminderDue, *, event_id: UUID, now: datetime
) -> None:
    """Write down a reminder."""
    await tell(session, reminder(fact), event_id=event_id, now=now)


async def cheer_on(
    session: AsyncSession, fact: CheckedIn, *, event_id: UUID, now: datetime
) -> None:
    """Write down a cheer, and drop the day's reminders that still wait: they are answered.

    What was done in the chat was cheered there, in place.
    """
    await messages.drop_answered_reminders(session, fact.habit_id, fact.logical_date)
    if not fact.from_chat:
        await tell(session, cheer(fact, now=now), event_id=event_id, now=now)


async def tell_report(
    session: AsyncSession, fact: ReportMade, *, event_id: UUID, now: datetime
) -> None:
    """Write down a report."""
    await tell(session, report(fact, now=now), event_id=event_id, now=now)


async def forget_habit(session: AsyncSession, habit_id: UUID) -> None:
    """Send no more reminders of a habit that was archived or deleted."""
    await messages.drop_reminders_of_habit(session, habit_id)


async def know_person(session: AsyncSession, person: Person) -> None:
    """Keep a person's zone and name, for wall times and greetings."""
    await people.put_person(session, person)


async def forget_person(session: AsyncSession, owner_id: UUID) -> None:
    """Forget a person who has deleted their account."""
    await people.delete_person(session, owner_id)
