"""Check-ins over REST: added, set, cleared, taken back, listed, in batches."""

import asyncio
from datetime import timedelta
from typing import Any

import httpx
import pytest

from edge.habits.schemas.check_ins import (
    BatchOutcomes,
    Change,
    CheckInDay,
    CheckInWritten,
    Snoozed,
)
from edge.schemas import Page
from tests.edge.habits.api_client import ApiClient, expect_response
from tests.edge.servers import expect_problem, running_edge
from tests.services.habits.habits_server import NOON, TODAY, HabitsServer

YESTERDAY = TODAY - timedelta(days=1)
TOMORROW = TODAY + timedelta(days=1)


async def days_of(
    person: ApiClient, habit: dict[str, Any], query: str = ""
) -> list[dict[str, Any]]:
    page = await person.get(f"/habits/{habit['id']}/check-ins{query}", Page[CheckInDay])
    items: list[dict[str, Any]] = page["items"]
    return items


class TestAdding:
    async def test_done_today(self, ann: ApiClient) -> None:
        habit = await ann.create_habit()
        day = expect_response(await ann.check_in(habit), 201, CheckInWritten)
        assert day == {
            "habit_id": habit["id"],
            "date": f"{TODAY}",
            "mark": "done",
            "amount": None,
            "note": "",
            "source": "api",
            "update_time": "2026-01-14T12:00:00.000Z",
            "current_streak": {
                "length": 1,
                "unit": "day",
                "start_date": f"{TODAY}",
                "at_risk": False,
                "deadline": None,
            },
            "changed": True,
        }

    async def test_an_empty_request_is_enough(self, ann: ApiClient) -> None:
        habit = await ann.create_habit()
        response = await ann.request("POST", f"/habits/{habit['id']}/check-ins")
        assert expect_response(response, 201, CheckInWritten)["mark"] == "done"

    async def test_done_twice_is_done_once(self, ann: ApiClient) -> None:
        habit = await ann.create_habit()
        first = (await ann.check_in(habit)).json()
        again = expect_response(await ann.check_in(habit), 200, CheckInWritten)
        assert again == first | {"changed": False}

    async def test_amounts_add_up_without_noise(self, ann: ApiClient) -> None:
        habit = await ann.create_habit(measure="quantity", unit="l", goal={"amount": 2})
        for amount in (0.1, 0.2, 0.7):
            await ann.check_in(habit, amount=amount)
        response = await ann.check_in(habit, amount=1.005)
        assert expect_response(response, 201, CheckInWritten)["amount"] == 2.005
        assert b'"amount":2.005,' in response.content

    async def test_a_whole_amount_is_a_whole_number(self, ann: ApiClient) -> None:
        habit = await ann.create_habit(measure="quantity", goal={"amount": 30})
        assert b'"amount":30,' in (await ann.check_in(habit, amount=30.0)).content

    async def test_a_past_day_a_note_and_a_source(self, ann: ApiClient) -> None:
        habit = await ann.create_habit(start_date="2026-01-01")
        response = await ann.check_in(habit, date=f"{YESTERDAY}", note="In the rain.", source="web")
        day = expect_response(response, 201, CheckInWritten)
        assert (day["date"], day["note"], day["source"]) == (
            f"{YESTERDAY}",
            "In the rain.",
            "web",
        )
        assert day["current_streak"]["at_risk"] is True
        assert day["current_streak"]["deadline"] == "2026-01-15T00:00:00.000Z"

    async def test_the_same_key_is_one_check_in(self, ann: ApiClient) -> None:
        habit = await ann.create_habit(measure="quantity", goal={"amount": 2})
        path, key = f"/habits/{habit['id']}/check-ins", {"Idempotency-Key": "press of a button"}
        first = await ann.request("POST", path, {"amount": 1}, key)
        again = await ann.request("POST", path, {"amount": 1}, key)
        assert (first.status_code, again.status_code) == (201, 201)
        assert again.json() == first.json()
        assert [day["amount"] for day in await days_of(ann, habit)] == [1]
        expect_problem(
            await ann.request("POST", path, {"amount": 2}, key), 422, "REQUEST_ID_REUSED"
        )

    @pytest.mark.parametrize(
        ("body", "status", "reason"),
        [
            ({"date": f"{TOMORROW}"}, 409, "CHECK_IN_IN_FUTURE"),
            ({"date": "2025-12-31"}, 409, "CHECK_IN_BEFORE_START"),
            ({"date": "2026-13-40"}, 422, "DATE_MALFORMED"),
            ({"amount": 1}, 422, "AMOUNT_ON_YES_NO"),
            ({"amount": 1.0001}, 422, "REQUEST_INVALID"),
            ({"note": "x" * 2001}, 422, "NOTE_TOO_LONG"),
            ({"day": f"{TODAY}"}, 422, "REQUEST_INVALID"),
        ],
    )
    async def test_what_cannot_be_is_refused_by_name(
        self, ann: ApiClient, body: dict[str, Any], status: int, reason: str
    ) -> None:
        habit = await ann.create_habit(start_date="2026-01-01")
        expect_problem(await ann.check_in(habit, **body), status, reason)

    @pytest.mark.parametrize("amount", [-0.001, -1, 1e10])
    async def test_an_amount_out_of_range_is_refused(self, ann: ApiClient, amount: float) -> None:
        habit = await ann.create_habit(measure="quantity", goal={"amount": 2})
        expect_problem(await ann.check_in(habit, amount=amount), 422, "AMOUNT_OUT_OF_RANGE")

    async def test_a_missing_amount_is_refused(self, ann: ApiClient) -> None:
        habit = await ann.create_habit(measure="quantity", goal={"amount": 2})
        expect_problem(await ann.check_in(habit), 422, "AMOUNT_MISSING")

    async def test_an_archived_habit_takes_nothing(self, ann: ApiClient) -> None:
        habit = await ann.create_habit()
        await ann.request("POST", f"/habits/{habit['id']}/archive")
        expect_problem(await ann.check_in(habit), 409, "HABIT_ARCHIVED")


class TestWholeDays:
    @pytest.mark.parametrize("mark", ["done", "skip", "missed"])
    async def test_a_mark_is_set_whatever_the_day_held(self, ann: ApiClient, mark: str) -> None:
        habit = await ann.create_habit()
        await ann.check_in(habit)
        assert (await ann.set_day(habit, f"{TODAY}", mark=mark))["mark"] == mark

    async def test_an_amount_is_set_not_added(self, ann: ApiClient) -> None:
        habit = await ann.create_habit(measure="quantity", goal={"amount": 2})
        await ann.check_in(habit, amount=5)
        assert (await ann.set_day(habit, f"{TODAY}", amount=1.5))["amount"] == 1.5

    @pytest.mark.parametrize("body", [{}, {"mark": "done", "amount": 1}])
    async def test_it_is_a_mark_or_an_amount(self, ann: ApiClient, body: dict[str, Any]) -> None:
        habit = await ann.create_habit(measure="quantity", goal={"amount": 2})
        response = await ann.request("PUT", f"/habits/{habit['id']}/check-ins/{TODAY}", body)
        expect_problem(response, 422, "MARK_OR_AMOUNT")

    async def test_a_day_can_be_cleared_and_that_taken_back(self, ann: ApiClient) -> None:
        habit = await ann.create_habit()
        path = f"/habits/{habit['id']}"
        await ann.check_in(habit, note="Done.")
        cleared = expect_response(
            await ann.request("DELETE", f"{path}/check-ins/{TODAY}"), 200, CheckInWritten
        )
        assert (cleared["mark"], cleared["changed"]) == (None, True)
        assert await days_of(ann, habit) == []
        undone = expect_response(await ann.request("POST", f"{path}/undo"), 200, CheckInWritten)
        assert (undone["mark"], undone["note"]) == ("done", "Done.")

    async def test_undo_ends(self, ann: ApiClient) -> None:
        habit = await ann.create_habit()
        await ann.check_in(habit)
        path = f"/habits/{habit['id']}/undo"
        assert (await ann.request("POST", path)).status_code == 200
        expect_problem(await ann.request("POST", path), 409, "NOTHING_TO_UNDO")


class TestListing:
    async def test_days_come_newest_first_within_the_range(self, ann: ApiClient) -> None:
        habit = await ann.create_habit(start_date="2026-01-01")
        for day in ("2026-01-02", "2026-01-05", "2026-01-09"):
            await ann.set_day(habit, day, mark="done")
        days = await days_of(ann, habit, "?from=2026-01-03&to=2026-01-09")
        assert [day["date"] for day in days] == ["2026-01-09", "2026-01-05"]
        backwards = f"/habits/{habit['id']}/check-ins?from=2026-01-09&to=2026-01-03"
        expect_problem(await ann.request("GET", backwards), 422, "RANGE_ENDS_BEFORE_START")

    async def test_the_audit_tells_who_did_what_when(self, ann: ApiClient) -> None:
        habit = await ann.create_habit()
        await ann.check_in(habit, source="web")
        await ann.request("POST", f"/habits/{habit['id']}/undo")
        page = await ann.get(f"/habits/{habit['id']}/changes", Page[Change])
        undo, done = page["items"]
        assert (done["before"]["mark"], done["after"]["mark"]) == (None, "done")
        assert (done["source"], done["undone"], done["undo"]) == ("web", True, False)
        assert (undo["after"]["mark"], undo["undo"]) == (None, True)
        assert done["date"] == f"{TODAY}"
        assert done["change_time"] == "2026-01-14T12:00:00.000Z"


class TestBatches:
    async def test_each_item_succeeds_or_is_refused_alone(self, ann: ApiClient) -> None:
        habit = await ann.create_habit(start_date="2026-01-01")
        items = [
            {"habit_id": habit["id"], "date": "2026-01-05", "mark": "done"},
            {"habit_id": habit["id"], "date": f"{TOMORROW}", "mark": "done"},
            {"habit_id": "nonsense", "date": "2026-01-05", "mark": "done"},
            {"habit_id": habit["id"], "date": "2026-01-06", "mark": "skip", "note": "Ill."},
        ]
        response = await ann.request("POST", "/check-ins:batch", {"items": items})
        outcomes = expect_response(response, 200, BatchOutcomes)["items"]
        assert [(it["index"], it["status"]) for it in outcomes] == [
            (0, 200),
            (1, 409),
            (2, 404),
            (3, 200),
        ]
        assert outcomes[1]["problem"]["reason"] == "CHECK_IN_IN_FUTURE"
        assert outcomes[2]["problem"]["type"] == "/problems/habit-not-found"
        assert outcomes[3]["check_in"]["note"] == "Ill."

    async def test_a_repeat_with_the_same_key_changes_nothing(self, ann: ApiClient) -> None:
        habit = await ann.create_habit(
            measure="quantity", goal={"amount": 1}, start_date="2026-01-01"
        )
        items = [
            {"habit_id": habit["id"], "date": f"2026-01-{day:02}", "amount": day}
            for day in range(1, 11)
        ]
        key = {"Idempotency-Key": "my diary"}
        first = await ann.request("POST", "/check-ins:batch", {"items": items}, key)
        again = await ann.request("POST", "/check-ins:batch", {"items": items}, key)
        assert again.json() == first.json()
        page = await ann.get(f"/habits/{habit['id']}/changes", Page[Change])
        assert len(page["items"]) == 10

    async def test_more_than_500_are_refused(self, ann: ApiClient) -> None:
        habit = await ann.create_habit()
        item = {"habit_id": habit["id"], "date": f"{TODAY}", "mark": "done"}
        response = await ann.request("POST", "/check-ins:batch", {"items": [item] * 501})
        expect_problem(response, 422, "BATCH_TOO_LARGE")


class TestCrowds:
    """Concurrent requests share calls; nobody notices but the clock."""

    async def test_twenty_at_once_are_one_check_in(
        self, ann: ApiClient, habits: HabitsServer
    ) -> None:
        habit = await ann.create_habit()
        responses = await asyncio.gather(*(ann.check_in(habit) for _ in range(20)))
        assert sorted(response.status_code for response in responses) == [200] * 19 + [201]
        assert len(await days_of(ann, habit)) == 1

    async def test_amounts_at_once_all_count(self, ann: ApiClient) -> None:
        habit = await ann.create_habit(measure="quantity", goal={"amount": 2})
        await asyncio.gather(*(ann.check_in(habit, amount=0.5) for _ in range(40)))
        assert (await days_of(ann, habit))[0]["amount"] == 20

    async def test_everybody_in_a_crowd_is_answered_for_themselves(
        self, edge: httpx.AsyncClient, habits: HabitsServer
    ) -> None:
        people = [ApiClient(edge, habits.person().token) for _ in range(12)]
        made = [await person.create_habit() for person in people]
        stranger = ApiClient(edge, "no token at all")
        tries = [
            *(person.check_in(habit) for person, habit in zip(people, made, strict=True)),
            stranger.check_in(made[0]),
            people[1].check_in(made[0]),
        ]
        *mine, unknown, foreign = await asyncio.gather(*tries)
        assert [response.status_code for response in mine] == [201] * 12
        assert [response.json()["habit_id"] for response in mine] == [it["id"] for it in made]
        expect_problem(unknown, 401, "ACCESS_TOKEN_INVALID")
        expect_problem(foreign, 404, "HABIT_NOT_FOUND")


async def test_a_service_that_is_away_is_said_to_be(habits: HabitsServer) -> None:
    async with running_edge() as edge:
        person = ApiClient(edge, habits.person().token)
        habit = {"id": "0198c3f2-7a4e-7c11-9a54-3f1d2b6c8e90"}
        response = await person.check_in(habit)
    expect_problem(response, 503, "SERVICE_UNAVAILABLE")
    assert response.headers["retry-after"]


async def test_snoozing_answers_when(ann: ApiClient) -> None:
    habit = await ann.create_habit(reminders=[{"time": "11:00"}])
    path = f"/habits/{habit['id']}/reminders/snooze"
    response = await ann.request("POST", path, {"date": f"{TODAY}", "minutes": 20})
    expected = NOON + timedelta(minutes=20)
    assert (
        expect_response(response, 200, Snoozed)["remind_time"]
        == f"{expected:%Y-%m-%dT%H:%M:%S}.000Z"
    )
    expect_problem(
        await ann.request("POST", path, {"date": f"{TODAY}", "minutes": 3}),
        422,
        "SNOOZE_OUT_OF_RANGE",
    )
