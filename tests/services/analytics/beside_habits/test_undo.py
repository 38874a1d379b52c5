"""Undoing a recommendation restores exactly what applying it changed, or says why not."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID

import grpc
import pytest

from chassis.context import RequestContext, use_context
from contracts.analytics.v1.analytics_service_pb2 import (
    UndoRecommendationRequest,
)
from contracts.habits.v1.habit_pb2 import Habit, Reminder
from contracts.habits.v1.habit_service_pb2 import UpdateHabitRequest
from services.analytics.domain.recommend.suggestion import Value
from services.analytics.use_cases import applied_changes
from tests.builders import a_caller
from tests.edge.servers import expect_problem
from tests.services.analytics.beside_habits.recommending import Home
from tests.services.analytics.running import refused
from tests.services.habits.habits_server import ago

type Action = Mapping[str, Value]

CHANGED = ("etag", "update_time")
WEEKLY: Action = {"kind": "change_schedule", "schedule": {"frequency": "weekly", "times": 3}}
REMINDER: Action = {"kind": "set_reminder", "time": "07:15"}
MOVED = Reminder(local_time="20:00", text="Shoes on!", nag_minutes=30)


def content(habit: Mapping[str, Any]) -> dict[str, Any]:
    """What a person sees of a habit."""
    return {name: value for name, value in habit.items() if name not in CHANGED}


@pytest.mark.parametrize(
    ("action", "reminders"),
    [
        (WEEKLY, []),
        (REMINDER, []),
        (REMINDER, [MOVED]),
        (REMINDER, [MOVED, Reminder(local_time="21:00")]),
        ({"kind": "archive"}, []),
    ],
)
async def test_the_habit_is_as_it_was(
    home: Home, action: Action, reminders: list[Reminder]
) -> None:
    run = await home.person.makes(start_date=str(ago(30)), reminders=reminders)
    found = await home.recommend(run, action)
    applied = await home.apply(found)
    assert content(applied["habit"]) != content(applied["before"])
    undone = await home.undo(found)
    assert content(undone["habit"]) == content(applied["before"])
    assert undone["recommendation"]["apply_time"] is None
    again = await home.undo(found)
    assert again["habit"] == undone["habit"]


async def test_a_schedule_is_restored_for_the_days_since(home: Home) -> None:
    """Days after: they count as if the schedule had never been changed."""
    run = await home.person.makes(start_date=str(ago(30)))
    found = await home.recommend(run, WEEKLY)
    applied = await home.apply(found)
    home.analytics.clock.advance(timedelta(days=3))
    undone = await home.undo(found)
    assert undone["habit"]["versions"] == applied["before"]["versions"]


async def test_a_pause_and_a_check_in_are_taken_back(home: Home) -> None:
    run, read = [await home.person.makes(start_date=str(ago(30))) for _ in range(2)]
    await home.person.does(read, ago(1))
    day: Action = {"kind": "check_in", "date": str(ago(0))}
    days: Action = {"kind": "pause", "from_date": str(ago(5)), "to_date": str(ago(2))}
    done, rest = await home.recommend(read, day, "one"), await home.recommend(run, days, "two")
    for found in (done, rest):
        await home.apply(found)
        await home.undo(found)
    assert (await home.person.looks_at(read)).check_in_count == 1
    assert (await home.edge.get("/v1/pauses", headers=home.bearer)).json()["items"] == []
    home.analytics.clock.advance(timedelta(seconds=1))
    await home.apply(rest)
    assert len((await home.edge.get("/v1/pauses", headers=home.bearer)).json()["items"]) == 1


async def test_what_was_changed_since_stays(home: Home) -> None:
    run = await home.person.makes(start_date=str(ago(30)))
    found = await home.recommend(run, REMINDER)
    await home.apply(found)
    changed = Habit(id=run.id, title="Run far", reminders=[Reminder(local_time="09:00")])
    await home.person.habits.UpdateHabit(UpdateHabitRequest(habit=changed))
    problem = expect_problem(await home.post(found, "undo"), 409, "HABIT_CHANGED_SINCE")
    assert problem["metadata"] == {"habit_id": run.id}
    habit = (await home.edge.get(f"/v1/habits/{run.id}", headers=home.bearer)).json()
    assert [it["time"] for it in habit["reminders"]] == ["09:00"]


async def test_another_change_of_the_habit_is_no_hindrance(home: Home) -> None:
    run = await home.person.makes(start_date=str(ago(30)))
    found = await home.recommend(run, REMINDER)
    await home.apply(found)
    renamed = UpdateHabitRequest(habit=Habit(id=run.id, title="Run far"))
    await home.person.habits.UpdateHabit(renamed)
    undone = (await home.undo(found))["habit"]
    assert (undone["title"], undone["reminders"]) == ("Run far", [])


async def test_one_that_was_interrupted_can_be_undone(home: Home) -> None:
    """The habit was changed, and the process died before it said so."""
    run = await home.person.makes(start_date=str(ago(30)))
    found = await home.recommend(run, REMINDER)
    owner_id, now = home.person.caller.id, home.analytics.clock()
    with use_context(RequestContext(token=home.person.token)):
        client = home.analytics.habits
        async with home.analytics.database.transaction() as session:
            await applied_changes.begin_change(session, client, owner_id, UUID(found), now=now)
        await client.change(UUID(run.id), REMINDER, request_id=UUID(found))
    assert len((await home.apply(found))["habit"]["reminders"]) == 1
    assert (await home.undo(found))["habit"]["reminders"] == []


async def test_what_was_not_applied_cannot_be_undone(home: Home) -> None:
    run = await home.person.makes(start_date=str(ago(30)))
    found = await home.recommend(run, REMINDER)
    expect_problem(await home.post(found, "undo"), 409, "RECOMMENDATION_NOT_APPLIED")
    not_theirs = refused("RECOMMENDATION_NOT_FOUND", grpc.StatusCode.NOT_FOUND)
    with home.analytics.calling_as(a_caller()), not_theirs:
        await home.analytics.stub.UndoRecommendation(
            UndoRecommendationRequest(recommendation_id=found)
        )
