"""An amount of 0, and notes alone, over REST."""

from datetime import timedelta
from typing import Any

import pytest

from tests.edge.habits.api_client import ApiClient
from tests.services.habits.habits_server import TODAY


@pytest.mark.parametrize("body", [{"amount": 0}, {"amount": 0.0, "note": "None."}])
async def test_zero_is_an_answer(ann: ApiClient, body: dict[str, Any]) -> None:
    goal = {"direction": "at_most", "amount": 2, "no_answer": "failure"}
    habit = await ann.create_habit(measure="quantity", goal=goal, start_date="2026-01-01")
    day = await ann.set_day(habit, f"{TODAY - timedelta(days=1)}", **body)
    assert (day["mark"], day["amount"], day["changed"]) == (None, 0, True)
    assert day["current_streak"]["length"] == 1


async def test_a_note_alone_leaves_mark_and_amount(ann: ApiClient) -> None:
    habit = await ann.create_habit(measure="quantity", goal={"amount": 2})
    await ann.set_day(habit, f"{TODAY}", amount=1.5)
    noted = await ann.set_day(habit, f"{TODAY}", note="Windy.")
    assert (noted["amount"], noted["note"], noted["changed"]) == (1.5, "Windy.", True)
    again = await ann.set_day(habit, f"{TODAY}", note="Windy.")
    assert not again["changed"]
    kept = await ann.set_day(habit, f"{TODAY}", amount=2)
    assert (kept["amount"], kept["note"]) == (2, "Windy.")


async def test_a_batch_takes_zeros_and_notes(ann: ApiClient) -> None:
    habit = await ann.create_habit(measure="quantity", goal={"amount": 2}, start_date="2026-01-01")
    items = [
        {"habit_id": habit["id"], "date": "2026-01-13", "amount": 0},
        {"habit_id": habit["id"], "date": "2026-01-14", "note": "Later."},
    ]
    response = await ann.request("POST", "/check-ins:batch", {"items": items})
    first, second = [item["check_in"] for item in response.json()["items"]]
    assert (first["amount"], second["note"]) == (0, "Later.")
