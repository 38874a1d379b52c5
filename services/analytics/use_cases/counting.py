"""The nightly count: days that are over, or that have changed, become totals and checkpoints."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from rhythm.boundaries import closing_date
from rhythm.evaluate import advance
from services.analytics.dao import heard, people, totals
from services.analytics.dao.people import Standing
from services.analytics.dao.records import list_records
from services.analytics.domain.errors import MOST_DAYS
from services.analytics.domain.habit import Record
from services.analytics.domain.heatmap import DayTotals, day_totals
from services.analytics.domain.window import ONE_DAY, Window
from services.analytics.use_cases.heard import EVER

STAYS_OPEN = timedelta(days=35)
"""Checkpoints keep so far from today: most edits are of days after them, and leave them good."""
POSTPONED = timedelta(hours=1)
"""When to try again with a person whose days could not be counted."""


async def count_days(session: AsyncSession, *, now: datetime, limit: int) -> int:
    """Count the days of people whose day is over, or whose past has changed; return how many.

    Only days that are not counted yet, or not right any more, are counted.
    """
    claimed = await people.claim_uncounted(session, now=now, limit=limit)
    if not claimed:
        return 0
    today = {it.person.id: it.person.today(now) for it in claimed}
    since = {it.person.id: it.stale_from or EVER for it in claimed}
    records = await list_records(session, [it.person for it in claimed], since=since, today=today)
    for standing in claimed:
        await _count(session, standing, records[standing.person.id], today[standing.person.id])
    return len(claimed)


async def postpone_count(session: AsyncSession, *, now: datetime) -> None:
    """Let the person who is first in the queue wait for an hour: their days cannot be counted."""
    for standing in await people.claim_uncounted(session, now=now, limit=1):
        before = standing.stale_from
        await people.keep_counted(
            session, standing.person.id, before=before, next_count_time=now + POSTPONED
        )


async def _count(
    session: AsyncSession, standing: Standing, records: Sequence[Record], today: date
) -> None:
    person = standing.person
    born = min((record.plan.start_date for record in records), default=today)
    since = max(standing.stale_from or EVER, born)
    await totals.drop_totals(session, person.id, since=standing.stale_from or EVER)
    counted = [(person.id, day) for day in _closed_days(records, since, today)]
    await totals.add_totals(session, counted)
    for record in records:
        await _close(session, record, today)
    next_count_time = person.ends(today) if records else None
    await people.keep_counted(session, person.id, before=today, next_count_time=next_count_time)


def _closed_days(records: Sequence[Record], since: date, today: date) -> list[DayTotals]:
    """Count the days from one until yesterday, ten years at a time."""
    found: list[DayTotals] = []
    while since < today:
        last = min(since + timedelta(days=MOST_DAYS - 1), today - ONE_DAY)
        found += day_totals(records, Window(since, last), today)
        since = last + ONE_DAY
    return found


async def _close(session: AsyncSession, record: Record, today: date) -> None:
    """Move a habit's checkpoint on, so that what lies before it need not be read again."""
    through = closing_date(record.plan, today - STAYS_OPEN)
    known = record.checkpoint.through if record.checkpoint else record.plan.start_date - ONE_DAY
    if through <= known:
        return
    checkpoint = advance(record.plan, record.facts, record.pauses, through, record.checkpoint)
    await heard.keep_checkpoint(session, record.habit.id, checkpoint)
