"""Applies events about people: account settings, quiet hours, deletion."""

from contextlib import suppress
from dataclasses import replace
from datetime import date, datetime, time
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.habits.dao import habits as habits_dao
from services.habits.dao import people as dao
from services.habits.domain import limits
from services.habits.domain.errors import TooManyPauses
from services.habits.domain.people import Person
from services.habits.use_cases import reminders
from services.habits.use_cases.pauses import create_pause
from services.habits.use_cases.recompute import recompute

DATE_LINE_REASON = "crossed the date line"
"""The reason of the pause that covers days which a change of zone skipped."""


async def upsert_person(
    session: AsyncSession,
    update: Person,
    *,
    skipped_dates: tuple[date, date] | None = None,
    now: datetime,
) -> None:
    """Store a person's account settings, and recompute what depends on them.

    The higher revision wins; days that a change of zone skipped become a pause,
    whichever event comes first.

    Args:
        session: The transaction of the event.
        update: The person's settings without quiet hours, which `notifications` owns.
        skipped_dates: The first and the last day that the change skipped.
        now: The present moment.
    """
    before = await dao.find_person(session, update.id, lock=True)
    if before is not None and before.revision == dao.DELETED_REVISION:
        return
    if await dao.upsert_person(session, update):
        person = replace(update, quiet_hours=before.quiet_hours if before else None)
        if before is None or _clock(before) != _clock(person):
            await reminders.reschedule_person(session, person, now=now)
        if before is not None and _weeks(before) != _weeks(person):
            habits = await habits_dao.lock_habits(session, person.id, limit=limits.MAX_HABITS)
            await recompute(session, habits, person, since=date.min, now=now)
    if skipped_dates is not None:
        with suppress(TooManyPauses):  # one pause more or less does not matter among hundreds
            await create_pause(
                session,
                update,
                habit_id=None,
                from_date=skipped_dates[0],
                to_date=skipped_dates[1],
                reason=DATE_LINE_REASON,
                now=now,
            )


async def update_quiet_hours(
    session: AsyncSession,
    owner_id: UUID,
    quiet_hours: tuple[time, time] | None,
    *,
    revision: int,
) -> None:
    """Store a person's quiet hours, and check again what waits for their end."""
    if await dao.upsert_quiet_hours(session, owner_id, quiet_hours, revision=revision):
        await reminders.recheck_quiet_hours(session, owner_id)


async def delete_person(session: AsyncSession, owner_id: UUID) -> None:
    """Delete all data of a person; ignore later events about them.

    The tombstone comes first: it waits for who is creating a habit of theirs, and whoever comes
    later finds it.
    """
    await dao.mark_person_deleted(session, owner_id)
    await habits_dao.delete_owner(session, owner_id)


def _weeks(person: Person) -> tuple[object, ...]:
    """Return what decides where weeks begin."""
    return person.week_start, person.week_changes


def _clock(person: Person) -> tuple[object, ...]:
    """Return what decides when a wall time of a logical date comes."""
    return person.timezone, person.day_start, person.floor_date
