"""Events in any order: the numbers equal the kernel's, computed from scratch."""

import asyncio
import os
import random
from datetime import date, datetime, timedelta
from itertools import groupby

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chassis.database import Database
from services.analytics.dao import people
from services.analytics.domain.heatmap import DayTotals
from services.analytics.domain.summary import Summary
from services.analytics.tables import METADATA
from services.analytics.use_cases import daily_totals, read_model, summaries
from tests.services.analytics import naive
from tests.services.analytics.random_histories import (
    EventDelivery,
    EventHistory,
    event_histories,
    noon,
)

EXAMPLES = int(os.environ.get("HISTORY_EXAMPLES", "30"))
"""How many histories are drawn."""
some = settings(
    max_examples=EXAMPLES,
    deadline=None,
    print_blob=True,
    database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)


@pytest.mark.filterwarnings("ignore:Generating overly large repr")
@pytest.mark.timeout(300 + 6 * EXAMPLES)  # hypothesis takes a time limit for a failing example
def test_facts_in_any_order_give_the_numbers_of_the_kernel(analytics_database_url: str) -> None:
    """Late, twice, shuffled, with nightly counts in between: the end is the same."""
    with asyncio.Runner() as runner:
        database = Database(analytics_database_url)

        @some
        @given(event_histories(), st.integers(0, 2**32), st.sampled_from([1, 7, 30, 45]))
        def holds(story: EventHistory, seed: int, length: int) -> None:
            runner.run(delete_everything(database))
            runner.run(deliver_history(database, story, random.Random(seed)))
            last = story.today - timedelta(days=seed % 4)
            runner.run(compare(database, story, last - timedelta(days=length - 1), last))

        holds()
        runner.run(database.close())


async def delete_everything(database: Database) -> None:
    """Delete what the history before left, so that one that is drawn again is new."""
    async with database.transaction() as session:
        for table in reversed(METADATA.sorted_tables):
            await session.execute(table.delete())


async def deliver_history(database: Database, story: EventHistory, chance: random.Random) -> None:
    """Deliver the events; now and then totals are recomputed, sometimes long before the end."""
    *waiting, last = story.deliveries
    while waiting:
        now = noon(story.today - timedelta(days=chance.randrange(3)))
        size = chance.randint(1, 30)
        now_delivered, waiting = waiting[:size], waiting[size:]
        if chance.random() < 0.8:  # mostly days come in batches, which also takes less time here
            now_delivered.sort(key=lambda it: isinstance(it, tuple))
        await deliver_some(database, now_delivered, now)
        if chance.random() < 0.3:
            await count(database, story, noon(story.today - timedelta(days=chance.randrange(12))))
    if chance.random() < 0.7:  # what is counted already has to be made stale by the last one
        await count(database, story, noon(story.today))
    await deliver_some(database, [last], noon(story.today))
    if chance.random() < 0.7:
        await count(database, story, noon(story.today))


async def deliver_some(database: Database, deliveries: list[EventDelivery], now: datetime) -> None:
    """Deliver events, days that follow each other as one batch."""
    for is_day, group in groupby(deliveries, lambda it: isinstance(it, tuple)):
        if is_day:
            batch = [it for it in group if isinstance(it, tuple)]
            async with database.connection() as connection, connection.transaction():
                await read_model.apply_days(connection, batch, now=now)
            continue
        async with database.transaction() as session:
            for change in group:
                assert not isinstance(change, tuple)
                await change(session, now)


async def count(database: Database, story: EventHistory, now: datetime) -> None:
    async with database.transaction() as session:
        state = await people.lock(session, story.person.id)
        assert state is not None
        if state.stale_from is not None and state.stale_from > now.date():
            return  # today never goes back
        await people.update_counted(session, [(story.person.id, state.stale_from, now)])
    async with database.transaction() as session:
        while await daily_totals.recompute_totals(session, now=now, limit=50):
            pass


async def compare(database: Database, story: EventHistory, first: date, last: date) -> None:
    async with database.transaction() as session:
        now, requested = noon(story.today), summaries.WindowRequest(first, last)
        summary = await summaries.get_summary(session, story.person, requested, now=now)
        heatmap = await summaries.get_heatmap(
            session, story.person, requested, habit_id=None, now=now
        )
        alone = await summaries.get_heatmap(
            session, story.person, requested, habit_id=story.habits[0].id, now=now
        )
    assert_summary(summary, story, first, last)
    assert_heatmap(heatmap, story.naive, first, last, story.today)
    assert_heatmap(alone, story.naive[:1], first, last, story.today)


def assert_heatmap(
    found: list[DayTotals], habits: list[naive.NaiveHabit], first: date, last: date, today: date
) -> None:
    counted = {it.day: (it.due_count, it.met_count, it.check_in_count) for it in found}
    assert counted == naive.due_and_met(habits, first, last, today)


def assert_summary(summary: Summary, story: EventHistory, first: date, last: date) -> None:
    habits, today = story.naive, story.today
    days = naive.due_and_met(habits, first, last, today).values()
    due, met, done = (sum(it[n] for it in days) for n in range(3))
    assert (summary.due_count, summary.met_count, summary.check_in_count) == (due, met, done)
    assert summary.completion_rate == (met / due if due else None)
    assert summary.perfect_day_count == naive.perfect_days(habits, first, last, today)
    assert summary.best_date == naive.best_date(habits, first, last, today)
    weekdays = {it.weekday: (it.due_count, it.met_count) for it in summary.weekdays}
    assert weekdays == naive.weekday_counts(habits, first, last, today)

    length = last - first + timedelta(days=1)
    before = naive.due_and_met(habits, first - length, last - length, today).values()
    due_before, met_before = (sum(it[n] for it in before) for n in range(2))
    assert summary.previous_rate == (met_before / due_before if due_before else None)

    streaks = [habit.streak(today) for habit in habits]
    for told in summary.habits:
        number = [habit.id for habit in story.habits].index(told.habit_id)
        assert (told.streak_count, told.streak_unit) == streaks[number]
        own = naive.due_and_met(habits[number : number + 1], first, last, today).values()
        assert (told.due_count, told.met_count) == tuple(sum(it[n] for it in own) for n in range(2))
    running = [
        streak[0]
        for streak, habit in zip(streaks, story.habits, strict=True)
        if habit.archived_date is None
    ]
    assert summary.longest_streak_count == max(running, default=0)
