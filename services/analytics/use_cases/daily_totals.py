"""Recomputes daily totals and checkpoints of days that are over, or that have changed."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from rhythm.boundaries import closing_date
from rhythm.checkpoint import Checkpoint
from rhythm.evaluate import advance
from rhythm.vectorized.counting import count_habits
from services.analytics.dao import counted_habits, people, read_model, totals
from services.analytics.dao.counted_habits import HabitsToCount
from services.analytics.dao.habit_records import list_records
from services.analytics.dao.people import PersonState
from services.analytics.domain.errors import MOST_DAYS
from services.analytics.domain.habit import HabitRecord
from services.analytics.domain.person import Person
from services.analytics.domain.tally import tally_of
from services.analytics.domain.totals_grid import TotalsGrid
from services.analytics.domain.window import ONE_DAY, Window
from services.analytics.use_cases.read_model import EARLIEST_DATE

MAX_DAYS_AT_ONCE = 200_000
"""Of all habits in one transaction, unless they are one person's: events wait for it."""
MAX_TOTALS_AT_ONCE = 1_000_000
"""Likewise of people."""
COST_BY_ITSELF = 50
"""So many times longer takes a habit that is counted by itself."""
CHECKPOINT_DISTANCE = timedelta(days=35)
"""Checkpoints lie so far before today: most edits are of later days, and leave them valid."""
CHECKPOINT_STEP = timedelta(days=7)
"""Checkpoints move by so much at least: not every night for every habit."""
POSTPONED = timedelta(hours=1)
"""When to try again with a person whose totals could not be recomputed."""
COUNT_EVERY_DAYS = 28
"""How often a person's closed days are counted. Answers count those since the last time."""


async def recompute_totals(session: AsyncSession, *, now: datetime, limit: int) -> int:
    """Recompute the totals of people whose day is over or whose past changed; return how many.

    Only missing and stale days are recomputed. Habits that have asked for the same since their
    start are counted together, as arrays; those that were edited one by one.
    """
    claimed = await people.claim_people_to_count(session, now=now, limit=limit)
    if not claimed:
        return 0
    today = [state.person.today(now) for state in claimed]
    habits = await counted_habits.list_habits_to_count(
        session,
        claimed,
        today,
        earliest=EARLIEST_DATE,
        distance=CHECKPOINT_DISTANCE,
        step=CHECKPOINT_STEP,
    )
    since = _first_days(claimed, today, habits)
    taken = _within_budget(since, today, habits)
    claimed, since, today = claimed[:taken], since[:taken], today[:taken]
    grid = TotalsGrid([day.toordinal() for day in since], [day.toordinal() for day in today])
    together = [habit for habit in habits.together if habit.person < taken]
    closed = count_habits(together, await counted_habits.list_facts(session, together), grid.add)
    closed += await _count_by_themselves(session, claimed, since, today, habits, grid)
    stale = [(state.person.id, state.stale_from or EARLIEST_DATE) for state in claimed]
    await totals.delete_totals(session, stale)
    await totals.add_totals(session, [state.person.id for state in claimed], grid.months())
    await read_model.update_checkpoints(session, closed)
    begun = habits.start_dates()
    counted = [
        (state.person.id, day, _next_count_time(state.person, day) if place in begun else None)
        for place, (state, day) in enumerate(zip(claimed, today, strict=True))
    ]
    await people.update_counted(session, counted)
    return taken


async def postpone_recompute(session: AsyncSession, *, now: datetime) -> None:
    """Postpone the person who is first in the queue by an hour: recomputing them fails."""
    for state in await people.claim_people_to_count(session, now=now, limit=1):
        again = state.person.id, state.stale_from, now + POSTPONED
        await people.update_counted(session, [again])


def _next_count_time(person: Person, today: date) -> datetime:
    """Return when to count a person's days again: at the end of one of the next 28.

    Which one follows from their id, so that every night has its share of the people, also when
    all were counted at once.
    """
    days = (person.id.int - today.toordinal()) % COUNT_EVERY_DAYS
    return person.end_of_day(today + timedelta(days=days))


def _first_days(
    claimed: Sequence[PersonState], today: Sequence[date], habits: HabitsToCount
) -> list[date]:
    """Return the first day to count of each person: none before their first habit."""
    begun = habits.start_dates()
    return [
        max(state.stale_from or EARLIEST_DATE, begun.get(place, day))
        for place, (state, day) in enumerate(zip(claimed, today, strict=True))
    ]


def _within_budget(since: Sequence[date], today: Sequence[date], habits: HabitsToCount) -> int:
    """Return how many of the first people have few enough days together, at least one."""
    costs = [1] * len(since)
    for habit in habits.together:
        costs[habit.person] += max(habit.today - habit.first_needed, 1)
    for single in habits.by_themselves:
        days = (today[single.person] - max(since[single.person], single.start_date)).days
        costs[single.person] += COST_BY_ITSELF * max(days, 1)
    cost, oldest = 0, max(today)
    for place, days in enumerate(costs):
        cost, oldest = cost + days, min(oldest, since[place])
        width = (max(today) - oldest).days * (place + 1)
        if place and (cost > MAX_DAYS_AT_ONCE or width > MAX_TOTALS_AT_ONCE):
            return place
    return len(costs)


async def _count_by_themselves(
    session: AsyncSession,
    claimed: Sequence[PersonState],
    since: Sequence[date],
    today: Sequence[date],
    habits: HabitsToCount,
    grid: TotalsGrid,
) -> list[tuple[UUID, Checkpoint]]:
    """Count the habits that arrays cannot count; return their new checkpoints."""
    ids = {it.habit_id for it in habits.by_themselves if it.person < len(claimed)}
    places = {it.person for it in habits.by_themselves if it.habit_id in ids}
    if not ids:
        return []
    records = await list_records(
        session,
        [claimed[place].person for place in places],
        since={claimed[place].person.id: since[place] for place in places},
        today={claimed[place].person.id: today[place] for place in places},
        habit_ids=ids,
    )
    closed: list[tuple[UUID, Checkpoint]] = []
    for place in places:
        theirs = records[claimed[place].person.id]
        for window in _windows(since[place], today[place]):
            for record in theirs:
                grid.add_tally(place, tally_of(record, window, today[place]))
        closed += _closed_habits(theirs, today[place])
    return closed


def _windows(since: date, today: date) -> Iterator[Window]:
    """Yield the days before today, ten years at a time."""
    while since < today:
        last = min(since + timedelta(days=MOST_DAYS - 1), today - ONE_DAY)
        yield Window(since, last)
        since = last + ONE_DAY


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
