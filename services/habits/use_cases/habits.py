"""Creates, edits, orders, archives, restores and deletes habits."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from chassis.ids import uuid7
from rhythm.schedule import ONE_DAY
from services.habits import events
from services.habits.dao import habits as dao
from services.habits.dao import pauses as pauses_dao
from services.habits.dao import people as people_dao
from services.habits.dao import tombstones as tombstones_dao
from services.habits.dao.habits import HabitCounts
from services.habits.domain import limits
from services.habits.domain.delta import DeletedKind
from services.habits.domain.errors import (
    AccountDeleted,
    EtagMismatch,
    HabitArchived,
    HabitNotArchived,
    HabitNotFound,
    HabitRepeated,
    TooManyArchivedHabits,
    TooManyHabits,
)
from services.habits.domain.habit import Habit, HabitState
from services.habits.domain.habit_edit import HabitDraft, apply_edit, changed, new_habit, reordered
from services.habits.domain.pause import Pause
from services.habits.domain.people import Person
from services.habits.use_cases.recompute import recompute
from services.habits.use_cases.reminders import schedule_reminders

type Dated = tuple[Habit, date]
"""A habit, and its owner's today: which of its versions is in force."""

ARCHIVED_REASON = "archived"
"""The reason of the pause that covers the days a habit was archived."""


async def resolve_person(session: AsyncSession, person: Person) -> Person:
    """Return a person with their stored settings; with those of their token before any are stored.

    Raises:
        AccountDeleted: The token is still valid, but the account was deleted.
    """
    found = await people_dao.find_person(session, person.id)
    if found is not None and found.revision == people_dao.DELETED_REVISION:
        raise AccountDeleted
    if found is None:
        return person
    return found if found.revision else replace(person, quiet_hours=found.quiet_hours)


async def lock_person(session: AsyncSession, person: Person) -> Person:
    """Lock a person's row and return them with their stored settings.

    Concurrent requests count, and take positions, one after the other; a deletion waits for them,
    or they find its tombstone. Call it before habits are locked, as the handlers of events do.

    Raises:
        AccountDeleted: The token is still valid, but the account was deleted.
    """
    await people_dao.add_person_from_token(session, person)
    return await resolve_person(session, person)


async def create_habit(
    session: AsyncSession,
    person: Person,
    draft: HabitDraft,
    *,
    most_active: int,
    now: datetime,
) -> Dated:
    """Create a habit.

    Raises:
        TooManyHabits: The person has `most_active` active habits already.
        TooManyArchivedHabits: They keep as many as one can, archived ones included.
        InvalidArgument: What is wrong is named by the refusal.
    """
    person = await lock_person(session, person)
    today = person.today(now)
    counts = await require_quota(session, person, most_active=most_active)
    if counts.total >= limits.MAX_HABITS:
        raise TooManyArchivedHabits
    habit = new_habit(
        draft,
        owner_id=person.id,
        position=counts.next_position,
        today=today,
        now=now,
        new_id=uuid7,
    )
    await dao.add_habit(session, habit)
    await schedule_reminders(session, habit, person, now=now)
    await events.publish_habit_created(session, habit, today=today)
    return habit, today


async def require_quota(session: AsyncSession, person: Person, *, most_active: int) -> HabitCounts:
    """Refuse one more active habit than a person may have; return how many there are.

    The person's row is locked, so that no other request counts meanwhile.

    Raises:
        TooManyHabits: The person has `most_active` active habits already.
    """
    counts = await dao.count_habits(session, person.id)
    if counts.active >= most_active:
        raise TooManyHabits(most_active)
    return counts


async def get_habit(
    session: AsyncSession, person: Person, habit_id: UUID, *, now: datetime
) -> Dated:
    """Return a habit.

    Raises:
        HabitNotFound: The person has no such habit.
    """
    habit = await dao.get_habit(session, person.id, habit_id)
    return habit, (await resolve_person(session, person)).today(now)


async def list_habits(
    session: AsyncSession,
    person: Person,
    *,
    state: HabitState | None,
    tag: str,
    after: tuple[int, UUID] | None,
    limit: int,
    now: datetime,
) -> tuple[Sequence[Habit], date]:
    """Return a person's habits by position, then age."""
    habits = await dao.list_habits(
        session, person.id, state=state, tag=tag, after=after, limit=limit
    )
    return habits, (await resolve_person(session, person)).today(now)


async def update_habit(
    session: AsyncSession,
    person: Person,
    habit_id: UUID,
    draft: HabitDraft,
    *,
    etag: str,
    effective_date: date | None,
    now: datetime,
) -> Dated:
    """Edit a habit. A new goal or schedule holds from its date on; what lies before stays.

    Raises:
        HabitNotFound: The person has no such habit.
        EtagMismatch: It has been edited since the caller read it.
        Refusal: What is wrong with the edit is named by the refusal.
    """
    person = await resolve_person(session, person)
    today = person.today(now)
    before = await dao.lock_habit(session, person.id, habit_id)
    if etag and etag != before.etag:
        raise EtagMismatch(habit_id, before.etag)
    first_check_in = None
    if draft.start_date is not None and draft.start_date > before.start_date:
        first_check_in = await dao.find_first_day(session, habit_id)
    habit = apply_edit(
        before,
        draft,
        effective_date=effective_date,
        first_check_in=first_check_in,
        today=today,
        now=now,
        new_id=uuid7,
    )
    if habit is before:
        return habit, today
    await dao.replace_habits(session, [habit])
    if (habit.start_date, habit.versions) != (before.start_date, before.versions):
        await recompute(session, [habit], person, since=date.min, now=now)
    await schedule_reminders(session, habit, person, now=now)
    await events.publish_habits_updated(session, [habit], today=today)
    return habit, today


async def delete_habit(session: AsyncSession, person: Person, habit_id: UUID) -> None:
    """Delete a habit and its check-ins for good.

    Raises:
        HabitNotFound: The person has no such habit.
    """
    habit = await dao.lock_habit(session, person.id, habit_id)
    await dao.delete_habits(session, [habit_id])
    await tombstones_dao.add_tombstone(session, DeletedKind.HABIT, person.id, habit_id)
    await events.publish_habit_deleted(session, habit)


async def archive_habit(
    session: AsyncSession, person: Person, habit_id: UUID, *, now: datetime
) -> Dated:
    """Archive a habit; today is the last day that counts.

    Raises:
        HabitNotFound: The person has no such habit.
        HabitArchived: It is archived already.
    """
    person = await resolve_person(session, person)
    today = person.today(now)
    habit = await dao.lock_habit(session, person.id, habit_id)
    if habit.state is HabitState.ARCHIVED:
        raise HabitArchived(habit_id)
    habit = changed(replace(habit, archive_time=now, archive_date=today), now)
    await dao.replace_habits(session, [habit])
    await recompute(session, [habit], person, since=today, now=now)
    await schedule_reminders(session, habit, person, now=now)
    await events.publish_habit_archived(session, habit, today=today)
    return habit, today


async def restore_habit(
    session: AsyncSession, person: Person, habit_id: UUID, *, most_active: int, now: datetime
) -> Dated:
    """Restore an archived habit; the days it was archived become a pause.

    Raises:
        HabitNotFound: The person has no such habit.
        HabitNotArchived: It is active.
        TooManyHabits: The person has `most_active` active habits already.
    """
    person = await lock_person(session, person)
    today = person.today(now)
    if (await dao.get_habit(session, person.id, habit_id)).archive_date is None:
        raise HabitNotArchived(habit_id)
    await require_quota(session, person, most_active=most_active)
    habit = await dao.lock_habit(session, person.id, habit_id)
    last = habit.archive_date
    if last is None:  # restored by another request meanwhile
        raise HabitNotArchived(habit_id)
    habit = changed(replace(habit, archive_time=None, archive_date=None), now)
    await dao.replace_habits(session, [habit])
    if today - last > ONE_DAY:
        pause = Pause(
            id=uuid7(),
            owner_id=person.id,
            habit_id=habit_id,
            from_date=last + ONE_DAY,
            to_date=today - ONE_DAY,
            reason=ARCHIVED_REASON,
            create_time=now,
        )
        await pauses_dao.add_pause(session, pause)
        await events.publish_pause_changed(session, pause)
    await recompute(session, [habit], person, since=last, now=now)
    await schedule_reminders(session, habit, person, now=now)
    await events.publish_habit_restored(session, habit, today=today)
    return habit, today


async def order_habits(
    session: AsyncSession, person: Person, habit_ids: Sequence[UUID], *, now: datetime
) -> tuple[Sequence[Habit], date]:
    """Put a person's habits in an order, and return the active ones in it.

    Raises:
        HabitNotFound: One of them is not the person's.
        HabitRepeated: One is named twice.
    """
    today = (await resolve_person(session, person)).today(now)
    before = await dao.lock_habits(session, person.id, limit=limits.MAX_HABITS)
    places, named = {habit.id: habit.position for habit in before}, set[UUID]()
    for habit_id in habit_ids:
        if habit_id in named:
            raise HabitRepeated(habit_id)
        if habit_id not in places:
            raise HabitNotFound(habit_id)
        named.add(habit_id)
    after = reordered(before, habit_ids)
    moved = [habit for habit in after if habit.position != places[habit.id]]
    await dao.update_positions(session, moved)
    await events.publish_habits_updated(session, moved, today=today)
    return [habit for habit in after if habit.state is HabitState.ACTIVE], today
