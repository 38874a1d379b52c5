"""Bugs of other trackers that need a whole service to happen: over REST, with a real auth."""

import asyncio
import time as process_time
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from edge.habits.schemas.check_ins import CheckInDay, CheckInWritten
from edge.habits.schemas.progress import HistoryDay, Progress
from edge.schemas import Page
from tests.edge.habits.api_client import ApiClient, expect_response
from tests.edge.habits.stateful.day_steps import Request
from tests.edge.habits.stateful.environment import Environment, environment


@pytest.fixture(scope="module")
def database_url(migrated: Callable[..., str]) -> str:
    return migrated("auth", "habits")


@pytest.fixture
async def world(database_url: str, redis_url: str, tmp_path: Path) -> AsyncIterator[Environment]:
    async with environment(database_url, redis_url, tmp_path) as running:
        await running.register_person()
        yield running


@pytest.fixture
def ann(world: Environment) -> ApiClient:
    return ApiClient(world.edge, world.tokens[0])


def at(world: Environment, text: str) -> None:
    """Let it be a moment of UTC."""
    moment = datetime.fromisoformat(text).replace(tzinfo=UTC)
    world.habits.clock.set(moment)
    world.auth.clock.set(moment)


async def lives_in(world: Environment, timezone: str, **settings: str) -> None:
    """Move the person to another zone."""
    patch = Request("PATCH", "/me", {"timezone": timezone} | settings)
    response = await world.move(0, patch)
    assert response.status_code == 200, response.text


async def test_undo_removes_no_other_day(world: Environment, ann: ApiClient) -> None:
    at(world, "2026-01-14 12:00")
    habit = await ann.create_habit(start_date="2026-01-01")
    for day in ("2026-01-14", "2026-01-12", "2026-01-13"):
        await ann.set_day(habit, day, mark="done")
    undone = expect_response(
        await ann.request("POST", f"/habits/{habit['id']}/undo"), 200, CheckInWritten
    )
    assert (undone["date"], undone["mark"]) == ("2026-01-13", None)
    page = await ann.get(f"/habits/{habit['id']}/check-ins", Page[CheckInDay])
    assert [day["date"] for day in page["items"]] == ["2026-01-14", "2026-01-12"]


class TestAfterMidnight:
    async def test_an_answer_to_a_reminder_counts_for_the_evening_it_asked_about(
        self, world: Environment, ann: ApiClient
    ) -> None:
        at(world, "2026-01-14 20:00")
        await lives_in(world, "Europe/Berlin")
        habit = await ann.create_habit()
        at(world, "2026-01-14 23:40")  # twenty to one at night, the 15th
        response = await ann.check_in(habit, date="2026-01-14", source="telegram")
        assert expect_response(response, 201, CheckInWritten)["date"] == "2026-01-14"

    async def test_a_day_that_starts_at_three_is_still_that_evening(
        self, world: Environment, ann: ApiClient
    ) -> None:
        at(world, "2026-01-14 20:00")
        await lives_in(world, "Europe/Berlin", day_start="03:00")
        habit = await ann.create_habit()
        at(world, "2026-01-15 01:59")
        assert (await ann.check_in(habit)).json()["date"] == "2026-01-14"
        at(world, "2026-01-15 02:00")
        assert (await ann.check_in(habit)).json()["date"] == "2026-01-15"


async def test_the_zone_is_the_persons_and_not_the_servers(
    world: Environment, ann: ApiClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Half past midnight of the 15th in Auckland, wherever the server stands."""
    at(world, "2026-01-14 11:30")
    await lives_in(world, "Pacific/Auckland")
    habit = await ann.create_habit(start_date="2026-01-01")
    for server in ("UTC", "Pacific/Auckland", "America/Los_Angeles"):
        monkeypatch.setenv("TZ", server)
        process_time.tzset()
        progress = await ann.get(f"/habits/{habit['id']}/progress", Progress)
        day = (await ann.check_in(habit)).json()["date"]
        assert (progress["today"], day) == ("2026-01-15", "2026-01-15")
    monkeypatch.undo()
    process_time.tzset()


class TestTravel:
    async def test_flying_west_after_midnight_breaks_no_streak(
        self, world: Environment, ann: ApiClient
    ) -> None:
        """Done at 00:30 of the 15th in Auckland; in Los Angeles it is the morning of the 14th."""
        at(world, "2026-01-13 20:00")
        await lives_in(world, "Pacific/Auckland")
        habit = await ann.create_habit(start_date="2026-01-13")
        await ann.set_day(habit, "2026-01-13", mark="done")
        await ann.set_day(habit, "2026-01-14", mark="done")
        at(world, "2026-01-14 11:30")
        await ann.check_in(habit)
        at(world, "2026-01-14 16:00")
        await lives_in(world, "America/Los_Angeles")
        for moment, today in [
            ("2026-01-14 16:00", "2026-01-15"),
            ("2026-01-16 07:59", "2026-01-15"),
            ("2026-01-16 08:00", "2026-01-16"),
        ]:
            at(world, moment)
            progress = await ann.get(f"/habits/{habit['id']}/progress", Progress)
            assert (progress["today"], progress["current_streak"]["length"]) == (today, 3)

    async def test_a_date_that_a_flight_jumped_over_breaks_no_streak(
        self, world: Environment, ann: ApiClient
    ) -> None:
        """From Pago Pago over the date line to Kiritimati: nobody lived the 14th."""
        at(world, "2026-01-13 20:00")
        await lives_in(world, "Pacific/Pago_Pago")
        at(world, "2026-01-14 10:30")
        habit = await ann.create_habit(start_date="2026-01-13")
        await ann.check_in(habit)
        await lives_in(world, "Pacific/Kiritimati")
        assert (await ann.check_in(habit)).json()["date"] == "2026-01-15"
        progress = await ann.get(f"/habits/{habit['id']}/progress", Progress)
        assert progress["current_streak"]["length"] == 2
        page = await ann.get(f"/habits/{habit['id']}/history?from=2026-01-13", Page[HistoryDay])
        assert [day["state"] for day in page["items"]] == ["met", "neutral", "met"]

    async def test_the_day_the_clocks_change_is_one_day(
        self, world: Environment, ann: ApiClient
    ) -> None:
        at(world, "2026-03-28 12:00")
        await lives_in(world, "Europe/Berlin")
        habit = await ann.create_habit(start_date="2026-03-28")
        days = []
        for hour in range(0, 72, 3):
            at(world, "2026-03-28 12:00")
            world.habits.clock.advance(timedelta(hours=hour))
            days.append((await ann.check_in(habit)).json()["date"])
        assert sorted(set(days)) == ["2026-03-28", "2026-03-29", "2026-03-30", "2026-03-31"]
        progress = await ann.get(f"/habits/{habit['id']}/progress", Progress)
        assert progress["current_streak"]["length"] == 4


class TestTwoBotsAndABrowser:
    async def test_done_at_once_is_done_once(self, world: Environment, ann: ApiClient) -> None:
        at(world, "2026-01-14 12:00")
        clients = [*(ApiClient(world.edge, token) for token in world.tokens), ann]
        habit = await ann.create_habit()
        answers = await asyncio.gather(
            *(
                client.check_in(habit, source=source)
                for client, source in zip(clients, ("telegram", "telegram", "web"), strict=True)
                for _ in range(5)
            )
        )
        assert sorted(answer.status_code for answer in answers) == [200] * 14 + [201]
        progress = await ann.get(f"/habits/{habit['id']}/progress", Progress)
        assert (progress["total_check_ins"], progress["current_streak"]["length"]) == (1, 1)

    async def test_amounts_at_once_are_all_there_and_each_can_be_taken_back(
        self, world: Environment, ann: ApiClient
    ) -> None:
        at(world, "2026-01-14 12:00")
        clients = [*(ApiClient(world.edge, token) for token in world.tokens), ann]
        habit = await ann.create_habit(measure="quantity", goal={"amount": 100})
        await asyncio.gather(
            *(it.check_in(habit, amount=amount) for it in clients for amount in (1, 2, 4))
        )
        path = f"/habits/{habit['id']}"
        assert (await ann.get(f"{path}/check-ins", Page[CheckInDay]))["items"][0]["amount"] == 21
        await asyncio.gather(*(it.request("POST", f"{path}/undo") for it in clients for _ in "123"))
        assert (await ann.get(f"{path}/check-ins", Page[CheckInDay]))["items"] == []
