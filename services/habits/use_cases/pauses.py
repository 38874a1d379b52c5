"""Creates, lists and deletes pauses: ranges of days that do not count."""

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from chassis.ids import uuid7
from services.habits import events
from services.habits.dao import habits as habits_dao
from services.habits.dao import pauses as dao
from services.habits.dao import tombstones as tombstones_dao
from services.habits.domain import limits
from services.habits.domain.delta import DeletedKind
from services.habits.domain.errors import HabitArchived, PauseEndsBeforeStart, TooManyPauses
from services.habits.domain.habit import Habit, HabitState
from services.habits.domain.pause import Pause
from services.habits.domain.people import Person
from services.habits.use_cases.habits import resolve_person
from services.habits.use_cases.recompute import recompute


async def create_pause(
    session: AsyncSession,
    person: Person,
    *,
    habit_id: UUID | None,
    from_date: date,
    to_date: date | None,
    reason: str,
    now: datetime,
) -> Pause:
    """Create a pause of one habit or, with None, of all.

    Raises:
        HabitNotFound: The person has no such habit.
        HabitArchived: The habit is archived: its days do not count anyway.
        PauseEndsBeforeStart: The last day lies before the first.
        TooManyPauses: The person has as many as one can have.
    """
    if to_date is not None and to_date < from_date:
        raise PauseEndsBeforeStart(from_date, to_date)
    person = await resolve_person(session, person)
    habits = await _lock(session, person, habit_id)
    if habit_id is not None and habits[0].state is HabitState.ARCHIVED:
        raise HabitArchived(habit_id)
    if await dao.count_pauses(session, person.id) >= limits.MAX_PAUSES:
        raise TooManyPauses
    pause = Pause(
        id=uuid7(),
        owner_id=person.id,
        habit_id=habit_id,
        from_date=from_date,
        to_date=to_date,
        reason=reason,
        create_time=now,
    )
    await dao.add_pause(session, pause)
    await recompute(session, habits, person, since=from_date, now=now)
    await events.publish_pause_changed(session, pause)
    return pause


async def list_pauses(
    session: AsyncSession,
    person: Person,
    *,
    habit_id: UUID | None,
    after: tuple[date, UUID] | None,
    limit: int,
) -> Sequence[Pause]:
    """Return a person's pauses, latest start first.

    Raises:
        HabitNotFound: The person has no such habit.
    """
    if habit_id is not None:
        await habits_dao.get_habit(session, person.id, habit_id)
    return await dao.list_pauses(session, person.id, habit_id=habit_id, after=after, limit=limit)


async def delete_pause(
    session: AsyncSession, person: Person, pause_id: UUID, *, now: datetime
) -> None:
    """Delete a pause, as if it had never been.

    Raises:
        PauseNotFound: The person has no such pause.
    """
    person = await resolve_person(session, person)
    pause = await dao.get_pause(session, person.id, pause_id)
    habits = await _lock(session, person, pause.habit_id)
    await dao.delete_pause(session, pause_id)
    await tombstones_dao.add_tombstone(session, DeletedKind.PAUSE, person.id, pause_id)
    await recompute(session, habits, person, since=pause.from_date, now=now)
    await events.publish_pause_changed(session, pause, deleted=True)


async def _lock(session: AsyncSession, person: Person, habit_id: UUID | None) -> list[Habit]:
    """Lock the habits that a pause applies to and return them."""
    if habit_id is None:
        return await habits_dao.lock_habits(session, person.id, limit=limits.MAX_HABITS)
    return [await habits_dao.lock_habit(session, person.id, habit_id)]
