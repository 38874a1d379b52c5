"""Answers from Redis: never stale, deleted with the person, and right without Redis."""

from collections.abc import AsyncIterator, Callable
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest
import redis

from chassis.caller import Caller
from contracts.analytics.v1.analytics_service_pb2 import (
    GetHabitInsightsRequest,
    GetHeatmapRequest,
    GetSummaryRequest,
    GetSummaryResponse,
)
from contracts.auth.v1.auth_events_pb2 import UserDeleted
from services.analytics.cache import MOST_ANSWERS, AnswerCache, use_cache
from tests.builders import a_caller
from tests.services.analytics.event_builders import a_day, a_habit, a_person, done
from tests.services.analytics.running import RunningAnalytics, running_analytics

NOBODY_LISTENS = "redis://127.0.0.1:1/0"


@pytest.fixture
async def analytics(
    analytics_database_url: str, tmp_path: Path, redis_url: str
) -> AsyncIterator[RunningAnalytics]:
    async with running_analytics(analytics_database_url, tmp_path, redis_url=redis_url) as running:
        yield running


@pytest.fixture
def answers(redis_url: str) -> Callable[[UUID], dict[bytes, bytes]]:
    def stored(owner_id: UUID) -> dict[bytes, bytes]:
        with redis.Redis.from_url(redis_url) as client:
            found: dict[bytes, bytes] = client.hgetall(f"analytics:answers:{owner_id}")
            return found

    return stored


async def summary(analytics: RunningAnalytics, caller: Caller) -> GetSummaryResponse:
    with analytics.calling_as(caller):
        return await analytics.stub.GetSummary(GetSummaryRequest(from_date="2026-01-01"))


async def test_an_answer_comes_from_redis_until_an_event_is_handled(
    analytics: RunningAnalytics,
    answers: Callable[[UUID], dict[bytes, bytes]],
    redis_url: str,
) -> None:
    ann = a_caller()
    water = a_habit(ann.id, start="2026-01-05")
    await analytics.deliver(a_person(ann.id), water, *done(water, "2026-01-05"))
    first = await summary(analytics, ann)
    assert first.as_of.revision == 3
    assert first.as_of.HasField("handle_time")
    (field, kept), *others = answers(ann.id).items()
    assert not others

    forged = GetSummaryResponse()
    forged.CopyFrom(first)
    forged.summary.check_in_count = 77
    stamp = kept[: kept.index(b"\n") + 1]
    with redis.Redis.from_url(redis_url) as client:
        client.hset(f"analytics:answers:{ann.id}", field, stamp + forged.SerializeToString())
        assert 0 < client.ttl(f"analytics:answers:{ann.id}") <= 600
    assert (await summary(analytics, ann)).summary.check_in_count == 77

    await analytics.deliver(*done(water, "2026-01-06"))
    second = await summary(analytics, ann)
    assert (second.summary.check_in_count, second.as_of.revision) == (2, 4)
    assert second.as_of.handle_time.ToDatetime() > first.as_of.handle_time.ToDatetime()


async def test_every_kind_of_event_makes_answers_stale(analytics: RunningAnalytics) -> None:
    ann = a_caller()
    water = a_habit(ann.id, start="2026-01-05")
    revisions = []
    for event in (
        a_person(ann.id),
        water,
        a_day(water, "2026-01-06"),
        a_person(ann.id, revision=2, timezone="Asia/Tokyo"),
    ):
        await analytics.deliver(event)
        revisions.append((await summary(analytics, ann)).as_of.revision)
    assert revisions == [1, 2, 3, 4]


async def test_a_new_day_is_counted_anew(analytics: RunningAnalytics) -> None:
    ann = a_caller()
    water = a_habit(ann.id, start="2026-01-05")
    await analytics.deliver(a_person(ann.id), water)
    assert (await summary(analytics, ann)).summary.due_count == 4
    analytics.clock.advance(timedelta(days=1))
    assert (await summary(analytics, ann)).summary.due_count == 5


async def test_windows_and_people_do_not_share_answers(
    analytics: RunningAnalytics, answers: Callable[[UUID], dict[bytes, bytes]]
) -> None:
    ann, bob = a_caller(), a_caller()
    water = a_habit(ann.id, start="2026-01-05")
    await analytics.deliver(a_person(ann.id), a_person(bob.id), water)
    with analytics.calling_as(ann):
        await analytics.stub.GetHeatmap(GetHeatmapRequest(from_date="2026-01-05"))
        await analytics.stub.GetHeatmap(GetHeatmapRequest(from_date="2026-01-06"))
        await analytics.stub.GetHabitInsights(GetHabitInsightsRequest(habit_id=water.habit.id))
    await summary(analytics, ann)
    assert (await summary(analytics, bob)).summary.active_habit_count == 0
    assert (len(answers(ann.id)), len(answers(bob.id))) == (4, 1)


async def test_a_person_has_so_many_answers_at_most(
    analytics: RunningAnalytics, answers: Callable[[UUID], dict[bytes, bytes]]
) -> None:
    ann = a_caller()
    await analytics.deliver(a_person(ann.id))
    with analytics.calling_as(ann):
        for day in range(1, MOST_ANSWERS + 6):
            window = GetSummaryRequest(from_date=f"2025-{day % 12 + 1:02}-{day % 28 + 1:02}")
            await analytics.stub.GetSummary(window)
            assert len(answers(ann.id)) <= MOST_ANSWERS


async def test_answers_are_deleted_with_the_person(
    analytics: RunningAnalytics, answers: Callable[[UUID], dict[bytes, bytes]], redis_url: str
) -> None:
    ann = a_caller()
    await analytics.deliver(a_person(ann.id))
    await summary(analytics, ann)
    assert answers(ann.id)
    cache = AnswerCache(redis_url)
    with use_cache(cache):
        await analytics.deliver(UserDeleted(account_id=str(ann.id)))
    await cache.close()
    assert not answers(ann.id)
    await summary(analytics, ann)
    assert not answers(ann.id)  # a token that outlives its account brings nothing back


async def test_without_redis_everything_is_counted(
    analytics_database_url: str, tmp_path: Path
) -> None:
    async with running_analytics(
        analytics_database_url, tmp_path, redis_url=NOBODY_LISTENS
    ) as running:
        ann = a_caller()
        water = a_habit(ann.id, start="2026-01-05")
        await running.deliver(a_person(ann.id), water, *done(water, "2026-01-05"))
        for _ in range(2):
            assert (await summary(running, ann)).summary.check_in_count == 1
