"""Applies events to the read model. They arrive in any order, and some arrive twice.

A revision settles every race: the higher one wins. A change of the past also marks the person's
daily totals since that day as stale.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from chassis.database import Connection
from services.analytics.dao import day_batches, people, read_model
from services.analytics.domain.habit import Habit, RecordedDay, RecordedPause
from services.analytics.domain.person import Person
from services.analytics.domain.report import next_due_report, rescheduled_report

COUNT_AFTER = timedelta(minutes=1)
"""How long a recomputation waits after a change of the past: more changes often follow."""
RECOUNT_WITHIN = timedelta(days=1)
"""How long a check-in of a counted day may wait: until then answers count all days since it."""
EARLIEST_DATE = date(1900, 1, 1)
"""No day that counts is before it."""


async def apply_account(
    session: AsyncSession, person: Person, *, revision: int, now: datetime
) -> None:
    """Apply a person's settings."""
    state = await people.lock_to_change(session, person.id)
    if state is None or revision <= state.account_revision:
        return
    known = state.person
    await people.update_account(session, person, revision=revision)
    weeks = person.week_start, person.week_changes
    if (known.week_start, known.week_changes) != weeks or known.timezone != person.timezone:
        await _mark_stale(session, person.id, since=EARLIEST_DATE, now=now)
    changed = replace(
        person,
        daily_report_time=known.daily_report_time,
        weekly_report=known.weekly_report,
        monthly_report=known.monthly_report,
    )
    if state.account_revision:
        due = rescheduled_report(changed, state.next_report_date, now=now)
    else:
        due = next_due_report(changed, first=changed.today(now), now=now)
    await people.update_next_report(session, person.id, due)


async def apply_account_deleted(session: AsyncSession, owner_id: UUID) -> None:
    """Delete a person. Later events of a deleted person are ignored."""
    await people.lock(session, owner_id)
    await people.mark_deleted(session, owner_id)


async def apply_preferences(
    session: AsyncSession, wanted: Person, *, revision: int, now: datetime
) -> None:
    """Apply which reports a person wants. Only future reports change."""
    state = await people.lock_to_change(session, wanted.id)
    if state is None or revision <= state.preferences_revision:
        return
    person = replace(
        state.person,
        daily_report_time=wanted.daily_report_time,
        weekly_report=wanted.weekly_report,
        monthly_report=wanted.monthly_report,
    )
    await people.update_preferences(session, person, revision=revision)
    if state.account_revision:
        due = next_due_report(person, first=person.today(now), now=now)
        await people.update_next_report(session, wanted.id, due)


async def apply_habit(session: AsyncSession, habit: Habit, *, now: datetime) -> None:
    """Apply the current state of a habit."""
    state = await people.lock_to_change(session, habit.owner_id)
    if state is None:
        return
    known = await read_model.find_habit(session, habit.id)
    if not await read_model.upsert_habit(session, habit):
        return
    if known is None or not habit.evaluates_like(known):
        since = min(known.start_date, habit.start_date) if known else habit.start_date
        owner_id = habit.owner_id
        await _mark_stale(session, owner_id, since=since, now=now, habit_id=habit.id)


async def apply_habit_deleted(
    session: AsyncSession, owner_id: UUID, habit_id: UUID, *, now: datetime
) -> None:
    """Delete a habit. Later events of a deleted habit are ignored."""
    if await people.lock_to_change(session, owner_id) is None:
        return
    known = await read_model.find_habit(session, habit_id)
    await read_model.mark_habit_deleted(session, owner_id, habit_id)
    if known is not None:
        since = known.start_date
        await _mark_stale(session, owner_id, since=since, now=now, habit_id=habit_id)


async def apply_pause(
    session: AsyncSession, recorded: RecordedPause, *, deleted: bool, now: datetime
) -> None:
    """Apply a pause, or its deletion."""
    if await people.lock_to_change(session, recorded.owner_id) is None:
        return
    if recorded.habit_id is not None and await read_model.is_deleted(session, recorded.habit_id):
        return
    await read_model.upsert_pause(session, recorded, deleted=deleted)
    since, habit_id = recorded.pause.from_date, recorded.habit_id
    await _mark_stale(session, recorded.owner_id, since=since, now=now, habit_id=habit_id)


async def apply_days(
    connection: Connection, changes: Sequence[tuple[UUID, RecordedDay]], *, now: datetime
) -> int:
    """Apply the current states of days, each with the id of its event; return how many were new.

    Nothing is counted for it: totals are recomputed every four weeks, within a day where one that
    was counted has changed, and a heatmap that is asked for before counts the days since by itself.
    """
    return await day_batches.upsert_days(
        connection, changes, count_time=now + COUNT_AFTER, recount_time=now + RECOUNT_WITHIN
    )


async def has_revisions(
    session: AsyncSession, owner_id: UUID, wanted: Sequence[tuple[UUID, int, int]]
) -> bool:
    """Return whether a person's habits and days are known as far as some revisions."""
    return await read_model.has_revisions(session, owner_id, wanted)


async def _mark_stale(
    session: AsyncSession,
    owner_id: UUID,
    *,
    since: date,
    now: datetime,
    habit_id: UUID | None = None,
) -> None:
    """Mark totals since a day as stale, and delete checkpoints after it, of one habit or of all."""
    await read_model.delete_checkpoints(session, owner_id, since=since, habit_id=habit_id)
    await people.mark_stale(session, owner_id, since=since, count_time=now + COUNT_AFTER)
