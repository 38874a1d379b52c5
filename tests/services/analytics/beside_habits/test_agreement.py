"""Two services, one number: what a summary says is what a habit's progress says."""

import random

import pytest

from contracts.analytics.v1.analytics_service_pb2 import GetSummaryRequest
from contracts.analytics.v1.summary_pb2 import HabitSummary
from contracts.habits.v1 import habit_pb2 as wire
from contracts.habits.v1.check_in_pb2 import MARK_DONE, MARK_MISSED, MARK_SKIP
from contracts.habits.v1.progress_service_pb2 import Progress
from tests.services.analytics.beside_habits.published import published_events
from tests.services.analytics.running import RunningAnalytics
from tests.services.habits.habits_server import HabitsServer, Person, ago

SCHEDULES = {
    "daily": wire.Schedule(frequency=wire.FREQUENCY_DAILY),
    "weekdays": wire.Schedule(
        frequency=wire.FREQUENCY_WEEKLY, weekdays=[wire.WEEKDAY_MONDAY, wire.WEEKDAY_WEDNESDAY]
    ),
    "three a week": wire.Schedule(frequency=wire.FREQUENCY_WEEKLY, times=3),
    "four a month": wire.Schedule(frequency=wire.FREQUENCY_MONTHLY, times=4),
    "rolling": wire.Schedule(frequency=wire.FREQUENCY_ROLLING, times=2, days=5),
}
WINDOWS = {"7d": 7, "30d": 30, "90d": 90}


async def numbers_of(
    analytics: RunningAnalytics, person: Person, days: int
) -> dict[str, HabitSummary]:
    with analytics.calling_as(person.caller):
        window = GetSummaryRequest(from_date=str(ago(days - 1)), to_date=str(ago(0)))
        found = (await analytics.stub.GetSummary(window)).summary.habits
    return {it.habit_id: it for it in found}


def assert_same(told: HabitSummary, progress: Progress, window: str) -> None:
    (completion,) = [it for it in progress.completions if it.window == window]
    assert (told.met_count, told.due_count - told.met_count) == (
        completion.met_count,
        completion.failed_count,
    ), window
    assert told.HasField("completion_rate") == completion.HasField("rate")
    assert told.completion_rate == completion.rate
    assert told.streak_count == progress.current_streak.length_count


@pytest.mark.parametrize("seed", range(3))
async def test_a_summary_and_a_progress_are_one_number(
    habits: HabitsServer, analytics: RunningAnalytics, seed: int
) -> None:
    chance = random.Random(seed)
    ann = habits.person()
    made = [
        await ann.makes(title, schedule=schedule, start_date=str(ago(100)))
        for title, schedule in SCHEDULES.items()
    ]
    for habit in made:
        busy = chance.choice([0.3, 0.6, 0.95])
        for days in range(100, -1, -1):
            if chance.random() < busy:
                mark = chance.choice([MARK_DONE] * 8 + [MARK_SKIP, MARK_MISSED])
                await ann.sets(habit, ago(days), mark)
    await ann.rests(ago(50), ago(44))
    events = await published_events(habits, ann)
    chance.shuffle(events)
    await analytics.deliver(*events)
    for window, days in WINDOWS.items():
        told = await numbers_of(analytics, ann, days)
        for habit in made:
            assert_same(told[habit.id], await ann.looks_at(habit), window)
