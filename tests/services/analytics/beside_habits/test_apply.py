"""Applying a recommendation really changes the habit, once, and hides the recommendation."""

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

import grpc
import httpx
import pytest

from contracts.analytics.v1.analytics_service_pb2 import GetRecommendationToApplyRequest
from contracts.habits.v1.habit_pb2 import (
    DIRECTION_AT_LEAST,
    MEASURE_QUANTITY,
    Goal,
    Habit,
    Reminder,
)
from edge.analytics.schemas import AppliedRecommendation
from services.analytics.dao import recommendations as dao
from services.analytics.domain.recommend.suggestion import Suggestion, Value
from tests.builders import a_caller
from tests.edge.servers import expect_problem, running_edge
from tests.services.analytics.running import NOON, RunningAnalytics, refused
from tests.services.habits.habits_server import HabitsServer, Person, ago

ALL = "/v1/analytics/recommendations"


@dataclass
class Home:
    """A person with an edge before both services."""

    person: Person
    analytics: RunningAnalytics
    edge: httpx.AsyncClient
    bearer: dict[str, str]

    async def recommend(self, habit: Habit, action: Mapping[str, Value], rule: str = "any") -> str:
        suggestion = Suggestion(
            rule=rule, habit_id=UUID(habit.id), text="Do it.", evidence={}, action=action, weight=1
        )
        owner_id = self.person.caller.id
        async with self.analytics.database.transaction() as session:
            (stored,) = await dao.upsert_recommendations(session, owner_id, [suggestion], now=NOON)
        return str(stored.id)

    async def apply(self, recommendation_id: str) -> Any:
        path = f"{ALL}/{recommendation_id}/apply"
        response = await self.edge.post(path, headers=self.bearer)
        assert response.status_code == 200, response.text
        AppliedRecommendation.model_validate(response.json())
        return response.json()


@pytest.fixture
async def home(habits: HabitsServer, analytics: RunningAnalytics) -> AsyncIterator[Home]:
    habits.key.key_id = "habits"
    habits.key.publish()
    analytics.key.publish(habits.key)
    ann = habits.person()
    bearer = {"Authorization": f"Bearer {habits.key.token(ann.caller)}"}
    async with running_edge(habits=habits.target, analytics=analytics.target) as edge:
        yield Home(ann, analytics, edge, bearer)


async def test_a_schedule_changes_from_today_on_and_only_once(home: Home) -> None:
    water = await home.person.makes(start_date=str(ago(30)))
    schedule: dict[str, Value] = {"frequency": "weekly", "times": 3}
    found = await home.recommend(water, {"kind": "change_schedule", "schedule": schedule})
    first = await home.apply(found)
    versions = first["habit"]["versions"]
    assert [it["schedule"]["frequency"] for it in versions] == ["daily", "weekly"]
    assert versions[1]["effective_date"] == str(ago(0))
    assert len(first["before"]["versions"]) == 1
    again = await home.apply(found)
    assert again["habit"]["versions"] == versions


async def test_a_target_changes(home: Home) -> None:
    goal = Goal(direction=DIRECTION_AT_LEAST, amount="8")
    water = await home.person.makes(
        measure=MEASURE_QUANTITY, unit="km", goal=goal, start_date=str(ago(30))
    )
    easier: dict[str, Value] = {"direction": "at_least", "amount": 5.0}
    found = await home.recommend(water, {"kind": "change_target", "goal": easier})
    applied = await home.apply(found)
    assert applied["habit"]["versions"][-1]["goal"]["amount"] == 5


async def test_a_reminder_is_added_or_the_only_one_moved(home: Home) -> None:
    bare = await home.person.makes(start_date=str(ago(30)))
    applied = await home.apply(
        await home.recommend(bare, {"kind": "set_reminder", "time": "07:15"}, "one")
    )
    assert [it["time"] for it in applied["habit"]["reminders"]] == ["07:15"]
    shoes = Reminder(local_time="20:00", text="Shoes on!")
    reminded = await home.person.makes(reminders=[shoes], start_date=str(ago(30)))
    found = await home.recommend(reminded, {"kind": "set_reminder", "time": "07:15"}, "two")
    for _ in range(2):
        moved = (await home.apply(found))["habit"]["reminders"]
        assert [(it["time"], it["text"]) for it in moved] == [("07:15", "Shoes on!")]


async def test_a_habit_is_archived_or_checked_in_and_a_repeat_is_no_error(home: Home) -> None:
    piano, run = [await home.person.makes(start_date=str(ago(30))) for _ in range(2)]
    rest = await home.recommend(piano, {"kind": "archive"}, "one")
    done = await home.recommend(run, {"kind": "check_in", "date": str(ago(0))}, "two")
    for _ in range(2):
        assert (await home.apply(rest))["habit"]["state"] == "archived"
        await home.apply(done)
    assert (await home.person.looks_at(run)).check_in_count == 1


async def test_what_cannot_be_applied_is_refused(home: Home, habits: HabitsServer) -> None:
    water = await home.person.makes(start_date=str(ago(30)))
    empty = await home.recommend(water, {})
    response = await home.edge.post(f"{ALL}/{empty}/apply", headers=home.bearer)
    expect_problem(response, 409, "NOTHING_TO_APPLY")
    response = await home.edge.post(f"{ALL}/{uuid4()}/apply", headers=home.bearer)
    expect_problem(response, 404, "RECOMMENDATION_NOT_FOUND")
    not_theirs = refused("RECOMMENDATION_NOT_FOUND", grpc.StatusCode.NOT_FOUND)
    with home.analytics.calling_as(a_caller()), not_theirs:
        await home.analytics.stub.GetRecommendationToApply(
            GetRecommendationToApplyRequest(recommendation_id=empty)
        )
