"""Applying a recommendation really changes the habit, once, and hides the recommendation."""

from uuid import uuid4

import grpc

from chassis.context import RequestContext, use_context
from contracts.analytics.v1.analytics_service_pb2 import (
    ApplyRecommendationRequest,
    GetRecommendationToApplyRequest,
)
from contracts.habits.v1.habit_pb2 import (
    DIRECTION_AT_LEAST,
    MEASURE_QUANTITY,
    Goal,
    Reminder,
)
from services.analytics.domain.recommend.suggestion import Value
from tests.builders import a_caller
from tests.edge.servers import expect_problem
from tests.services.analytics.beside_habits.published import published_events
from tests.services.analytics.beside_habits.recommending import ALL, Home
from tests.services.analytics.running import refused
from tests.services.habits.habits_server import HabitsServer, ago


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


async def test_an_amount_is_added_once(home: Home) -> None:
    goal = Goal(direction=DIRECTION_AT_LEAST, amount="8")
    water = await home.person.makes(measure=MEASURE_QUANTITY, goal=goal, start_date=str(ago(30)))
    await home.person.does(water, ago(0), "5")
    day: dict[str, Value] = {"kind": "check_in", "date": str(ago(0)), "amount": "3"}
    found = await home.recommend(water, day)
    for _ in range(2):
        await home.apply(found)
    days = await home.edge.get(f"/v1/habits/{water.id}/check-ins", headers=home.bearer)
    assert [it["amount"] for it in days.json()["items"]] == [8]


async def test_all_habits_are_paused_once(home: Home) -> None:
    days: dict[str, Value] = {"from_date": str(ago(5)), "to_date": str(ago(1))}
    found = await home.recommend(None, {"kind": "pause", **days})
    for _ in range(2):
        applied = await home.apply(found)
        assert (applied["habit"], applied["before"]) == (None, None)
    pauses = (await home.edge.get("/v1/pauses", headers=home.bearer)).json()["items"]
    assert [(it["from_date"], it["to_date"], it["habit_id"]) for it in pauses] == [
        (str(ago(5)), str(ago(1)), None)
    ]


async def test_an_applied_one_is_hidden_and_says_when(home: Home, habits: HabitsServer) -> None:
    """The list waits until what applying it changed is counted."""
    water = await home.person.makes(start_date=str(ago(30)))
    found = await home.recommend(water, {"kind": "archive"})
    applied = await home.apply(found)
    assert applied["recommendation"]["apply_time"][:19] == applied["habit"]["archived_at"][:19]
    expect_problem(await home.edge.get(ALL, headers=home.bearer), 409, "CHANGES_NOT_COUNTED")
    await home.analytics.deliver(*await published_events(habits, home.person))
    assert (await home.edge.get(ALL, headers=home.bearer)).json()["items"] == []


async def test_a_habit_that_was_deleted_cannot_be_changed(home: Home) -> None:
    water = await home.person.makes(start_date=str(ago(30)))
    found = await home.recommend(water, {"kind": "archive"})
    await home.edge.delete(f"/v1/habits/{water.id}", headers=home.bearer)
    expect_problem(await home.post(found, "apply"), 404, "HABIT_NOT_FOUND")
    missing = refused("HABIT_NOT_FOUND", grpc.StatusCode.NOT_FOUND)
    with use_context(RequestContext(token=home.person.token)), missing:
        await home.analytics.stub.ApplyRecommendation(
            ApplyRecommendationRequest(recommendation_id=found)
        )


async def test_a_refusal_of_habits_is_passed_on(home: Home) -> None:
    water = await home.person.makes(start_date=str(ago(30)))
    found = await home.recommend(water, {"kind": "check_in", "date": str(ago(31))})
    problem = expect_problem(await home.post(found, "apply"), 409, "HABIT_CHANGE_REFUSED")
    assert problem["metadata"] == {"habits_reason": "CHECK_IN_BEFORE_START"}


async def test_what_cannot_be_applied_is_refused(home: Home) -> None:
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
