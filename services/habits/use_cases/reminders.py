"""Schedules reminders after edits of habits and people, and snoozes them."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.habits.dao import habits as habits_dao
from services.habits.dao import people as people_dao
from services.habits.dao import reminders as dao
from services.habits.domain.errors import HabitArchived
from services.habits.domain.errors.reminders import DayNotBegun, DayOver, SnoozeOutOfRange
from services.habits.domain.habit import Habit, HabitState
from services.habits.domain.people import Person
from services.habits.domain.reminders import (
    Pending,
    ScheduledReminder,
    first_pending,
    quiet_end,
    rescheduled,
)

MIN_SNOOZE = timedelta(minutes=5)
MAX_SNOOZE = timedelta(hours=12)


async def schedule_reminders(
    session: AsyncSession, habit: Habit, person: Person, *, now: datetime
) -> None:
    """Compute when a habit's reminders fire next, after any change of the habit.

    A reminder whose wall time and weekdays are as they were keeps its moment and its nags. Those of
    an archived habit are not scheduled. Those of a deleted habit are deleted with it.
    """
    await people_dao.add_person_from_token(session, person)
    known = {one.reminder.id: one for one in await dao.list_scheduled(session, habit.id)}
    is_archived = habit.state is HabitState.ARCHIVED
    changed: list[ScheduledReminder] = []
    for reminder in habit.reminders:
        before = known.get(reminder.id)
        handled = before.handled_date if before else None
        pending = before.pending if before else None
        if is_archived:
            pending = None
        elif before is None or pending is None or not before.reminder.fires_like(reminder):
            pending = first_pending(reminder, person, now=now, handled=handled)
        after = ScheduledReminder(habit.id, reminder, pending, handled)
        if after != before:
            changed.append(after)
    if known.keys() - {reminder.id for reminder in habit.reminders}:
        await dao.delete_other_reminders(
            session, habit.id, [reminder.id for reminder in habit.reminders]
        )
    await dao.upsert_scheduled(session, changed)


async def reschedule_person(session: AsyncSession, person: Person, *, now: datetime) -> None:
    """Compute when all reminders of a person fire next, after zone or day start changed."""
    scheduled = await dao.list_scheduled_of_person(session, person.id)
    after = [replace(one, pending=rescheduled(one, person, now=now)) for one in scheduled]
    await dao.upsert_scheduled(
        session, [new for new, old in zip(after, scheduled, strict=True) if new != old]
    )


async def recheck_quiet_hours(session: AsyncSession, owner_id: UUID) -> None:
    """Check again what waits for the end of a person's quiet hours, after those changed."""
    await dao.recheck(session, owner_id)


async def snooze(
    session: AsyncSession,
    person: Person,
    habit_id: UUID,
    *,
    due_date: date,
    minutes: int,
    now: datetime,
) -> datetime:
    """Snooze a habit's reminder of a day; return when it fires. A second snooze replaces the first.

    Raises:
        SnoozeOutOfRange: The span is too short or too long.
        HabitNotFound: The person has no such habit.
        HabitArchived: The habit is archived.
        DayNotBegun: The day has not come.
        DayOver: The day is over by then.
    """
    span = timedelta(minutes=minutes)
    if not MIN_SNOOZE <= span <= MAX_SNOOZE:
        raise SnoozeOutOfRange(minutes, least=MIN_SNOOZE, most=MAX_SNOOZE)
    habit = await habits_dao.get_habit(session, person.id, habit_id)
    if habit.state is HabitState.ARCHIVED:
        raise HabitArchived(habit_id)
    await people_dao.add_person_from_token(session, person)
    known = await people_dao.find_person(session, person.id) or person
    if due_date > known.today(now):
        raise DayNotBegun(due_date, known.today(now))
    moment = quiet_end(now + span, known)
    if known.today(moment) > due_date:
        raise DayOver(due_date)
    slot = await dao.next_snooze_slot(session, habit_id, due_date)
    await dao.replace_snooze(session, habit_id, Pending(due_date, slot, moment, moment))
    return moment
