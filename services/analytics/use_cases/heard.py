"""What is done about what others tell. Facts arrive in any order, and some arrive twice.

A revision settles every race: the higher one is right. Whatever is changed here also tells which
of the person's counted days are not right any more.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.analytics.dao import heard, people
from services.analytics.dao.people import Standing
from services.analytics.domain.habit import DeclaredPause, Habit, RecordedDay
from services.analytics.domain.person import Person
from services.analytics.domain.report import moved_turn, next_turn

COUNT_AFTER = timedelta(minutes=1)
"""How long counting waits after a change of the past: more changes often follow."""
EVER = date(1900, 1, 1)
"""No day that counts is before it."""


async def hear_account(
    session: AsyncSession, person: Person, *, revision: int, now: datetime
) -> None:
    """Take in a person's settings."""
    standing = await people.lock(session, person.id)
    if standing is None or revision <= standing.account_revision:
        return
    known = standing.person
    await people.keep_account(session, person, revision=revision)
    if known.week_start is not person.week_start or known.timezone != person.timezone:
        await _count_again(session, person.id, since=EVER, now=now)
    changed = replace(
        person,
        daily_report_time=known.daily_report_time,
        weekly_report=known.weekly_report,
        monthly_report=known.monthly_report,
    )
    if standing.account_revision:
        turn = moved_turn(changed, standing.next_report_date, now=now)
    else:
        turn = next_turn(changed, first=changed.today(now), now=now)
    await people.keep_next_report(session, person.id, turn)


async def hear_account_gone(session: AsyncSession, owner_id: UUID) -> None:
    """Forget a person, and stay deaf to what is still heard of them."""
    await people.lock(session, owner_id)
    await people.forget(session, owner_id)


async def hear_preferences(
    session: AsyncSession, wanted: Person, *, revision: int, now: datetime
) -> None:
    """Take in which reports a person wants. Only moments to come are changed."""
    standing = await people.lock(session, wanted.id)
    if standing is None or revision <= standing.preferences_revision:
        return
    person = replace(
        standing.person,
        daily_report_time=wanted.daily_report_time,
        weekly_report=wanted.weekly_report,
        monthly_report=wanted.monthly_report,
    )
    await people.keep_preferences(session, person, revision=revision)
    if standing.account_revision:
        turn = next_turn(person, first=person.today(now), now=now)
        await people.keep_next_report(session, wanted.id, turn)


async def hear_habit(session: AsyncSession, habit: Habit, *, now: datetime) -> None:
    """Take in a habit as it is now."""
    standing = await people.lock(session, habit.owner_id)
    if standing is None:
        return
    known = await heard.find_habit(session, habit.id)
    if not await heard.keep_habit(session, habit):
        return
    if known is None or not habit.counts_like(known):
        since = min(known.start_date, habit.start_date) if known else habit.start_date
        owner_id = habit.owner_id
        await _count_again(session, owner_id, since=since, now=now, habit_id=habit.id)


async def hear_habit_gone(
    session: AsyncSession, owner_id: UUID, habit_id: UUID, *, now: datetime
) -> None:
    """Forget a habit, and stay deaf to what is still heard of it."""
    if await people.lock(session, owner_id) is None:
        return
    known = await heard.find_habit(session, habit_id)
    await heard.forget_habit(session, owner_id, habit_id)
    if known is not None:
        since = known.start_date
        await _count_again(session, owner_id, since=since, now=now, habit_id=habit_id)


async def hear_pause(
    session: AsyncSession, declared: DeclaredPause, *, deleted: bool, now: datetime
) -> None:
    """Take in days of rest, or that they were taken back."""
    if await people.lock(session, declared.owner_id) is None:
        return
    if declared.habit_id is not None and await heard.is_gone(session, declared.habit_id):
        return
    await heard.keep_pause(session, declared, deleted=deleted)
    since, habit_id = declared.pause.from_date, declared.habit_id
    await _count_again(session, declared.owner_id, since=since, now=now, habit_id=habit_id)


async def hear_days(
    session: AsyncSession, owner_id: UUID, days: Sequence[RecordedDay], *, now: datetime
) -> None:
    """Take in days of one habit, each as it is now."""
    standing = await people.lock(session, owner_id)
    kept = await heard.keep_days(session, days) if standing is not None else []
    if standing is None or not kept:
        return
    since, habit_id = min(kept), days[0].habit_id
    if _is_counted(standing, since):
        await _count_again(session, owner_id, since=since, now=now, habit_id=habit_id)


def _is_counted(standing: Standing, day: date) -> bool:
    """Say whether a day was counted, or nothing would count it: not so of most people's today."""
    waiting = standing.next_count_time is not None
    return not waiting or standing.stale_from is None or day < standing.stale_from


async def _count_again(
    session: AsyncSession,
    owner_id: UUID,
    *,
    since: date,
    now: datetime,
    habit_id: UUID | None = None,
) -> None:
    """Throw away what was counted with days since a day, of one habit or of all."""
    await heard.drop_checkpoints(session, owner_id, since=since, habit_id=habit_id)
    await people.mark_stale(session, owner_id, since=since, count_time=now + COUNT_AFTER)
