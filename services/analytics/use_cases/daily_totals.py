"""Recomputes daily totals and checkpoints of days that are over, or that have changed."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from rhythm.boundaries import closing_date
from rhythm.checkpoint import Checkpoint
from rhythm.evaluate import advance
from services.analytics.dao import people, read_model, totals
from services.analytics.dao.habit_records import list_records
from services.analytics.dao.people import PersonState
from services.analytics.domain.errors import MOST_DAYS
from services.analytics.domain.habit import HabitRecord
from services.analytics.domain.heatmap import DayTotals, day_totals
from services.analytics.domain.window import ONE_DAY, Window
from services.analytics.use_cases.read_model import EARLIEST_DATE

MAX_DAYS_AT_ONCE = 1_000
"""People with many days to recompute, as after a rebuild, are taken one by one."""
CHECKPOINT_DISTANCE = timedelta(days=35)
"""Checkpoints lie so far before today: most edits are of later days, and leave them valid."""
CHECKPOINT_STEP = timedelta(days=7)
"""Checkpoints move by so much at least: not every night for every habit."""
POSTPONED = timedelta(hours=1)
"""When to try again with a person whose totals could not be recomputed."""


async def recompute_totals(session: AsyncSession, *, now: datetime, limit: int) -> int:
    """Recompute the totals of people whose day is over or whose past changed; return how many.

    Only missing and stale days are recomputed.
    """
    claimed = await people.claim_people_to_count(session, now=now, limit=limit)
    claimed = _within_budget(claimed, now)
    if not claimed:
        return 0
    today = {it.person.id: it.person.today(now) for it in claimed}
    since = {it.person.id: it.stale_from or EARLIEST_DATE for it in claimed}
    records = await list_records(session, [it.person for it in claimed], since=since, today=today)
    fresh: list[tuple[UUID, DayTotals]] = []
    closed: list[tuple[UUID, Checkpoint]] = []
    counted: list[tuple[UUID, date | None, datetime | None]] = []
    for state in claimed:
        person, theirs = state.person, records[state.person.id]
        fresh += _closed_days(state, theirs, today[person.id])
        closed += _closed_habits(theirs, today[person.id])
        again = person.end_of_day(today[person.id]) if theirs else None
        counted.append((person.id, today[person.id], again))
    await totals.delete_totals(session, list(since.items()))
    await totals.add_totals(session, fresh)
    await read_model.update_checkpoints(session, closed)
    await people.update_counted(session, counted)
    return len(claimed)


async def postpone_recompute(session: AsyncSession, *, now: datetime) -> None:
    """Postpone the person who is first in the queue by an hour: recomputing them fails."""
    for state in await people.claim_people_to_count(session, now=now, limit=1):
        again = state.person.id, state.stale_from, now + POSTPONED
        await people.update_counted(session, [again])


def _within_budget(claimed: Sequence[PersonState], now: datetime) -> Sequence[PersonState]:
    """Return the first people whose days are few enough together, at least one; others wait."""
    taken, days = 0, 0
    for state in claimed:
        days += (state.person.today(now) - (state.stale_from or EARLIEST_DATE)).days + 1
        if taken and days > MAX_DAYS_AT_ONCE:
            break
        taken += 1
    return claimed[:taken]


def _closed_days(
    state: PersonState, records: Sequence[HabitRecord], today: date
) -> list[tuple[UUID, DayTotals]]:
    """Count a person's closed days that have no valid totals, ten years at a time."""
    created_date = min((record.plan.start_date for record in records), default=today)
    since, found = max(state.stale_from or EARLIEST_DATE, created_date), list[DayTotals]()
    while since < today:
        last = min(since + timedelta(days=MOST_DAYS - 1), today - ONE_DAY)
        found += day_totals(records, Window(since, last), today)
        since = last + ONE_DAY
    return [(state.person.id, day) for day in found]


def _closed_habits(
    records: Sequence[HabitRecord], today: date
) -> Iterator[tuple[UUID, Checkpoint]]:
    """Move checkpoints on by a week or more, so that what lies before need not be read again."""
    for record in records:
        plan, checkpoint = record.plan, record.checkpoint
        known = checkpoint.through if checkpoint else plan.start_date - ONE_DAY
        through = closing_date(plan, today - CHECKPOINT_DISTANCE)
        if through - known >= CHECKPOINT_STEP:
            moved = advance(plan, record.facts, record.pauses, through, checkpoint)
            yield record.habit.id, moved
