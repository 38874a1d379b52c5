"""Progress, history and today over REST."""

from datetime import timedelta

import pytest

from edge.habits.schemas.progress import HistoryDay, Progress, Today
from edge.schemas import Page
from tests.edge.habits.api_client import ApiClient
from tests.edge.servers import expect_problem
from tests.services.habits.habits_server import TODAY


async def test_nothing_due_is_null_and_never_a_made_up_share(ann: ApiClient) -> None:
    habit = await ann.create_habit(start_date=f"{TODAY}")
    progress = await ann.get(f"/habits/{habit['id']}/progress", Progress)
    assert progress["completion"] == {"7d": None, "30d": None, "90d": None, "all": None}
    assert progress["current_unit"]["state"] == "open"
    assert (progress["today"], progress["total_check_ins"]) == (f"{TODAY}", 0)
    assert "units" not in progress


async def test_numbers_of_a_few_days(ann: ApiClient) -> None:
    habit = await ann.create_habit(start_date=f"{TODAY - timedelta(days=4)}")
    for ago in (4, 2, 1):
        await ann.set_day(habit, f"{TODAY - timedelta(days=ago)}", mark="done")
    progress = await ann.get(f"/habits/{habit['id']}/progress?explain=true", Progress)
    assert progress["current_streak"] == {
        "length": 2,
        "unit": "day",
        "start_date": f"{TODAY - timedelta(days=2)}",
        "at_risk": True,
        "deadline": "2026-01-15T00:00:00.000Z",
    }
    assert progress["best_streak"]["length"] == 2
    assert progress["completion"]["7d"] == 0.75
    assert 0 < progress["strength"] < 1
    assert [unit["state"] for unit in progress["units"]] == ["open", "met", "met", "failed", "met"]


async def test_a_weekly_habit_counts_weeks(ann: ApiClient) -> None:
    habit = await ann.create_habit(
        schedule={"frequency": "weekly", "times": 2}, start_date="2026-01-12"
    )
    await ann.check_in(habit)
    progress = await ann.get(f"/habits/{habit['id']}/progress", Progress)
    assert progress["current_unit"] == {
        "from_date": "2026-01-12",
        "to_date": "2026-01-18",
        "unit": "week",
        "done": 1,
        "asked": 2,
        "percent": 50,
        "state": "open",
    }


async def test_history_tells_every_day(ann: ApiClient) -> None:
    habit = await ann.create_habit(
        schedule={"frequency": "weekly", "weekdays": ["mon", "wed"]}, start_date="2026-01-05"
    )
    await ann.set_day(habit, "2026-01-05", mark="done")
    await ann.set_day(habit, "2026-01-12", mark="skip", note="Ill.")
    path = f"/habits/{habit['id']}/history?from=2026-01-05&to=2026-01-14"
    page = await ann.get(path, Page[HistoryDay])
    states = {day["date"]: day["state"] for day in page["items"]}
    assert len(states) == 10
    assert states["2026-01-05"] == "met"
    assert states["2026-01-06"] == "not_due"
    assert states["2026-01-07"] == "failed"
    assert states["2026-01-12"] == "neutral"
    assert states["2026-01-14"] == "open"
    assert page["items"][7]["note"] == "Ill."


async def test_a_range_that_is_too_long_is_refused(ann: ApiClient) -> None:
    habit = await ann.create_habit()
    path = f"/habits/{habit['id']}/history?from=2000-01-01&to=2026-01-14"
    expect_problem(await ann.request("GET", path), 422, "RANGE_TOO_LONG")


class TestToday:
    async def test_the_screen_people_look_at(self, ann: ApiClient) -> None:
        water = await ann.create_habit(reminders=[{"time": "20:00"}, {"time": "08:00"}])
        await ann.create_habit("Swim", schedule={"frequency": "weekly", "weekdays": ["sun"]})
        run = await ann.create_habit("Run", measure="quantity", unit="km", goal={"amount": 5})
        rests = await ann.create_habit("Rest")
        await ann.request("POST", f"/habits/{rests['id']}/archive")
        await ann.check_in(water)
        await ann.check_in(run, amount=2.5)
        today = await ann.get("/today", Today)
        assert (today["date"], today["due"], today["met"]) == (f"{TODAY}", 2, 1)
        assert [item["habit"]["title"] for item in today["items"]] == ["Drink water", "Run"]
        first, second = today["items"]
        assert (first["state"], first["mark"]) == ("met", "done")
        assert first["reminder_times"] == ["2026-01-14T08:00:00.000Z", "2026-01-14T20:00:00.000Z"]
        assert first["progress"]["current_streak"]["length"] == 1
        assert (second["state"], second["amount"]) == ("open", 2.5)
        assert second["progress"]["current_unit"]["percent"] == 50

    async def test_another_day(self, ann: ApiClient) -> None:
        await ann.create_habit("Swim", schedule={"frequency": "weekly", "weekdays": ["sun"]})
        today = await ann.get("/today?date=2026-01-18", Today)
        assert [item["habit"]["title"] for item in today["items"]] == ["Swim"]

    @pytest.mark.parametrize("day", ["tomorrow", "2026-02-30"])
    async def test_text_that_is_no_date_is_refused(self, ann: ApiClient, day: str) -> None:
        expect_problem(await ann.request("GET", f"/today?date={day}"), 422, "DATE_MALFORMED")

    async def test_a_day_that_is_over_has_no_deadline(self, ann: ApiClient) -> None:
        """Yesterday can be filled in, but nothing of it is at risk any more."""
        await ann.create_habit(start_date="2026-01-10")
        yesterday = (await ann.get("/today?date=2026-01-13", Today))["items"][0]
        assert yesterday["state"] == "failed"
        streak = yesterday["progress"]["current_streak"]
        assert (streak["at_risk"], streak["deadline"]) == (False, None)

    async def test_a_week_that_goes_on_keeps_its_deadline_on_days_before(
        self, ann: ApiClient
    ) -> None:
        await ann.create_habit(
            schedule={"frequency": "weekly", "times": 2}, start_date="2026-01-12"
        )
        monday = (await ann.get("/today?date=2026-01-12", Today))["items"][0]
        assert monday["progress"]["current_streak"]["deadline"] == "2026-01-19T00:00:00.000Z"

    async def test_only_paused_and_skipped_days_rest(self, ann: ApiClient) -> None:
        """A limit about which silence says nothing is neutral, and yet nobody rests from it."""
        goal = {"direction": "at_most", "amount": 2, "no_answer": "neutral"}
        await ann.create_habit(measure="quantity", goal=goal, start_date="2026-01-10")
        skipped = await ann.create_habit(start_date="2026-01-10")
        await ann.set_day(skipped, "2026-01-13", mark="skip")
        items = (await ann.get("/today?date=2026-01-13", Today))["items"]
        assert [(it["state"], it["resting"]) for it in items] == [
            ("neutral", False),
            ("neutral", True),
        ]
