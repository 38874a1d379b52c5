"""The nightly count: days that are over, or that have changed, become totals and checkpoints."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from rhythm.boundaries import closing_date
from rhythm.checkpoint import Checkpoint
from rhythm.evaluate import advance
from services.analytics.dao import heard, people, totals
from services.analytics.dao.people import Standing
from services.analytics.dao.records import list_records
from services.analytics.domain.errors import MOST_DAYS
from services.analytics.domain.habit import Record
from services.analytics.domain.heatmap import DayTotals, day_totals
from services.analytics.domain.window import ONE_DAY, Window
from services.analytics.use_cases.heard import EVER

DAYS_AT_ONCE = 1_000
"""People who have many days to count, as after a rebuild, are counted one by one."""
STAYS_OPEN = timedelta(days=35)
"""Checkpoints keep so far from today: most edits are of days after them, and leave them good."""
MOVES_ON = timedelta(days=7)
"""Checkpoints are moved by so much at least: not every night for every habit."""
POSTPONED = timedelta(hours=1)
"""When to try again with a person whose days could not be counted."""


async def count_days(session: AsyncSession, *, now: datetime, limit: int) -> int:
    """Count the days of people whose day is over, or whose past has changed; return how many.

    Only days that are not counted yet, or not right any more, are counted.
    """
    claimed = await people.claim_uncounted(session, now=now, limit=limit)
    claimed = _at_once(claimed, now)
    if not claimed:
        return 0
    today = {it.person.id: it.person.today(now) for it in claimed}
    since = {it.person.id: it.stale_from or EVER for it in claimed}
    records = await list_records(session, [it.person for it in claimed], since=since, today=today)
    fresh: list[tuple[UUID, DayTotals]] = []
    closed: list[tuple[UUID, Checkpoint]] = []
    counted: list[tuple[UUID, date | None, datetime | None]] = []
    for standing in claimed:
        person, theirs = standing.person, records[standing.person.id]
        fresh += _closed_days(standing, theirs, today[person.id])
        closed += _closed_habits(theirs, today[person.id])
        again = person.end_of_day(today[person.id]) if theirs else None
        counted.append((person.id, today[person.id], again))
    await totals.drop_totals(session, list(since.items()))
    await totals.add_totals(session, fresh)
    await heard.keep_checkpoints(session, closed)
    await people.keep_counted(session, counted)
    return len(claimed)


async def postpone_count(session: AsyncSession, *, now: datetime) -> None:
    """Let the person who is first in the queue wait for an hour: their days cannot be counted."""
    for standing in await people.claim_uncounted(session, now=now, limit=1):
        again = standing.person.id, standing.stale_from, now + POSTPONED
        await people.keep_counted(session, [again])


def _at_once(claimed: Sequence[Standing], now: datetime) -> Sequence[Standing]:
    """Return the first people whose days are few enough together, at least one; others wait."""
    taken, days = 0, 0
    for standing in claimed:
        days += (standing.person.today(now) - (standing.stale_from or EVER)).days + 1
        if taken and days > DAYS_AT_ONCE:
            break
        taken += 1
    return claimed[:taken]


def _closed_days(
    standing: Standing, records: Sequence[Record], today: date
) -> list[tuple[UUID, DayTotals]]:
    """Count a person's days that are over and not counted yet, ten years at a time."""
    born = min((record.plan.start_date for record in records), default=today)
    since, found = max(standing.stale_from or EVER, born), list[DayTotals]()
    while since < today:
        last = min(since + timedelta(days=MOST_DAYS - 1), today - ONE_DAY)
        found += day_totals(records, Window(since, last), today)
        since = last + ONE_DAY
    return [(standing.person.id, day) for day in found]


def _closed_habits(records: Sequence[Record], today: date) -> Iterator[tuple[UUID, Checkpoint]]:
    """Move checkpoints on by a week or more, so that what lies before need not be read again."""
    for record in records:
        plan, checkpoint = record.plan, record.checkpoint
        known = checkpoint.through if checkpoint else plan.start_date - ONE_DAY
        through = closing_date(plan, today - STAYS_OPEN)
        if through - known >= MOVES_ON:
            moved = advance(plan, record.facts, record.pauses, through, checkpoint)
            yield record.habit.id, moved
