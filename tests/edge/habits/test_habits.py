"""Habits over REST."""

import httpx
import pytest

from edge.habits.schemas.habits import Habit
from edge.schemas import Page
from tests.edge.habits.api_client import ApiClient, expect_response
from tests.edge.servers import expect_problem
from tests.services.habits.habits_server import TODAY


class TestMaking:
    async def test_a_title_is_enough(self, ann: ApiClient) -> None:
        response = await ann.request("POST", "/habits", {"title": "Drink water"})
        habit = expect_response(response, 201, Habit)
        assert response.headers["location"] == f"/v1/habits/{habit['id']}"
        assert response.headers["etag"] == habit["etag"]
        assert habit["measure"] == "yes_no"
        assert habit["schedule"] == {"frequency": "daily"}
        assert habit["goal"] == {"direction": "at_least", "amount": None, "no_answer": None}
        assert (habit["state"], habit["start_date"]) == ("active", f"{TODAY}")
        assert [version["effective_date"] for version in habit["versions"]] == [f"{TODAY}"]

    @pytest.mark.parametrize(
        "schedule",
        [
            {"frequency": "daily"},
            {"frequency": "daily", "interval": 3, "anchor_date": "2026-02-01"},
            {
                "frequency": "weekly",
                "weekdays": ["mon", "wed"],
                "interval": 2,
                "anchor_date": "2025-12-24",
            },
            {"frequency": "monthly", "weekday_ordinals": [{"weekday": "fri", "ordinal": -1}]},
            {"frequency": "yearly", "year_days": [{"month": 3, "day": 14}]},
            {"frequency": "yearly", "times": 12},
            {"frequency": "weekly", "times": 3},
            {"frequency": "monthly", "month_days": [-1, 1, 15]},
            {"frequency": "monthly", "times": 4},
            {"frequency": "rolling", "times": 3, "days": 7},
        ],
    )
    async def test_every_schedule_comes_back_as_it_was_sent(
        self, ann: ApiClient, schedule: dict[str, object]
    ) -> None:
        habit = await ann.create_habit(schedule=schedule)
        assert habit["schedule"] == schedule
        assert await ann.get(f"/habits/{habit['id']}", Habit) == habit

    async def test_everything_a_person_decides_is_kept(self, ann: ApiClient) -> None:
        wanted = {
            "description": "Slowly.",
            "measure": "quantity",
            "unit": "km",
            "goal": {"direction": "at_most", "amount": 2.5, "no_answer": "neutral"},
            "start_date": "2026-01-01",
            "tags": ["sport", "out"],
            "color": "#2e7d32",
            "icon": "🏃",
        }
        reminder = {"time": "07:30", "weekdays": ["sat"], "text": "Shoes on!", "nag_minutes": 30}
        habit = await ann.create_habit("Run", **wanted, reminders=[reminder])
        assert {name: habit[name] for name in wanted} == wanted
        [kept] = habit["reminders"]
        assert kept.pop("id")
        assert kept == reminder

    async def test_a_habit_as_told_can_be_sent_again(self, ann: ApiClient) -> None:
        """What a client read of goal, schedule and reminders is good to be written."""
        first = await ann.create_habit(reminders=[{"time": "08:00"}])
        names = ("title", "goal", "schedule", "reminders", "tags", "color", "icon", "description")
        again = await ann.create_habit(**{name: first[name] for name in names})
        assert again["goal"] == first["goal"]

    async def test_the_same_key_makes_one_habit(self, ann: ApiClient) -> None:
        key = {"Idempotency-Key": "the first of january"}
        first = await ann.request("POST", "/habits", {"title": "Drink water"}, key)
        again = await ann.request("POST", "/habits", {"title": "Drink water"}, key)
        assert (again.status_code, again.json()) == (201, first.json())
        other = await ann.request("POST", "/habits", {"title": "Drink tea"}, key)
        expect_problem(other, 422, "REQUEST_ID_REUSED")

    @pytest.mark.parametrize(
        ("body", "field"),
        [
            ({}, "title"),
            ({"title": "Run", "colour": "red"}, "colour"),
            ({"title": "Run", "measure": "often"}, "measure"),
            ({"title": "Run", "schedule": {"frequency": "hourly"}}, "schedule.frequency"),
            ({"title": "Run", "goal": {"amount": 1.2345}}, "goal.amount"),
            ({"title": "Run", "goal": {"amount": "NaN"}}, "goal.amount"),
        ],
    )
    async def test_what_cannot_be_read_is_refused_by_field(
        self, ann: ApiClient, body: dict[str, object], field: str
    ) -> None:
        problem = expect_problem(await ann.request("POST", "/habits", body), 422, "REQUEST_INVALID")
        assert [error["field"] for error in problem["errors"]] == [field]

    @pytest.mark.parametrize(
        ("fields", "reason"),
        [
            ({"title": " "}, "TITLE_MISSING"),
            ({"color": "red"}, "COLOR_INVALID"),
            ({"schedule": {"frequency": "weekly", "times": 9}}, "SCHEDULE_INVALID"),
            ({"goal": {"direction": "at_most", "amount": 3}}, "GOAL_INVALID"),
            ({"reminders": [{"time": "8 o'clock"}]}, "REMINDER_INVALID"),
            ({"start_date": "2026-02-30"}, "DATE_MALFORMED"),
        ],
    )
    async def test_what_breaks_a_rule_is_refused_by_name(
        self, ann: ApiClient, fields: dict[str, object], reason: str
    ) -> None:
        expect_problem(await ann.request("POST", "/habits", {"title": "Run"} | fields), 422, reason)

    async def test_metadata_names_the_field_as_the_errors_do(self, ann: ApiClient) -> None:
        body = {"title": "Run", "reminders": [{"time": "25:00"}]}
        problem = expect_problem(
            await ann.request("POST", "/habits", body), 422, "REMINDER_INVALID"
        )
        assert problem["metadata"]["field"] == "reminders[0].time"
        assert [error["field"] for error in problem["errors"]] == ["reminders[0].time"]

    async def test_nobody_makes_anything_without_a_token(self, edge: httpx.AsyncClient) -> None:
        response = await edge.post("/v1/habits", json={"title": "Drink water"})
        expect_problem(response, 401, "ACCESS_TOKEN_MISSING")


class TestListing:
    async def test_only_active_ones_unless_asked(self, ann: ApiClient) -> None:
        run, read = await ann.create_habit("Run"), await ann.create_habit("Read", tags=["quiet"])
        await ann.request("POST", f"/habits/{run['id']}/archive")

        async def titles(query: str = "") -> list[str]:
            page = await ann.get(f"/habits{query}", Page[Habit])
            return [habit["title"] for habit in page["items"]]

        assert await titles() == ["Read"]
        assert await titles("?state=archived") == ["Run"]
        assert await titles("?state=all") == ["Run", "Read"]
        assert await titles("?tag=quiet") == ["Read"]
        assert read["position"] == 1

    async def test_pages_follow_each_other(self, ann: ApiClient) -> None:
        for number in range(5):
            await ann.create_habit(f"Habit {number}")
        seen: list[str] = []
        token: str | None = ""
        while token is not None:
            page = await ann.get(f"/habits?page_size=2&page_token={token}", Page[Habit])
            seen += [habit["title"] for habit in page["items"]]
            token = page["next_page_token"]
        assert seen == [f"Habit {number}" for number in range(5)]

    async def test_a_token_of_another_list_is_refused(self, ann: ApiClient) -> None:
        for number in range(3):
            await ann.create_habit(f"Habit {number}")
        page = await ann.get("/habits?page_size=2", Page[Habit])
        token = page["next_page_token"]
        response = await ann.request("GET", f"/habits?page_size=2&tag=x&page_token={token}")
        expect_problem(response, 422, "PAGE_TOKEN_INVALID")

    async def test_an_order_is_kept(self, ann: ApiClient) -> None:
        made = [await ann.create_habit(title) for title in ("Run", "Read", "Rest")]
        wanted = [made[2]["id"], made[0]["id"]]
        response = await ann.request("PUT", "/habits/order", {"habit_ids": wanted})
        page = expect_response(response, 200, Page[Habit])
        assert [habit["title"] for habit in page["items"]] == ["Rest", "Run", "Read"]


class TestChanging:
    async def test_only_what_is_named_changes(self, ann: ApiClient) -> None:
        habit = await ann.create_habit(description="Slowly.", tags=["home"])
        path = f"/habits/{habit['id']}"
        changed = expect_response(
            await ann.request("PATCH", path, {"title": "Drink tea"}), 200, Habit
        )
        assert (changed["title"], changed["description"]) == ("Drink tea", "Slowly.")
        emptied = expect_response(
            await ann.request("PATCH", path, {"description": None, "tags": []}), 200, Habit
        )
        assert (emptied["description"], emptied["tags"]) == ("", [])

    async def test_a_new_goal_leaves_the_past(self, ann: ApiClient) -> None:
        habit = await ann.create_habit(
            measure="quantity", goal={"direction": "at_most", "amount": 5}, start_date="2026-01-01"
        )
        body = {"goal": {"amount": 3}, "effective_date": "2026-01-10"}
        changed = expect_response(
            await ann.request("PATCH", f"/habits/{habit['id']}", body), 200, Habit
        )
        told_goals = [
            (version["effective_date"], version["goal"]["direction"], version["goal"]["amount"])
            for version in changed["versions"]
        ]
        assert told_goals == [("2026-01-01", "at_most", 5), ("2026-01-10", "at_most", 3)]

    async def test_a_stale_edit_is_refused(self, ann: ApiClient) -> None:
        habit = await ann.create_habit()
        path = f"/habits/{habit['id']}"
        first = await ann.request("PATCH", path, {"title": "Tea"}, {"If-Match": habit["etag"]})
        assert first.headers["etag"] != habit["etag"]
        stale = await ann.request("PATCH", path, {"title": "Milk"}, {"If-Match": habit["etag"]})
        expect_problem(stale, 412, "ETAG_MISMATCH")
        fresh = await ann.request(
            "PATCH", path, {"title": "Milk"}, {"If-Match": first.headers["etag"]}
        )
        assert fresh.json()["title"] == "Milk"

    @pytest.mark.parametrize("tag", ["*", 'W/"1"'])
    async def test_any_and_weakened_tags_are_understood(self, ann: ApiClient, tag: str) -> None:
        """A proxy that compresses weakens the tag; `*` asks only that the habit exists."""
        habit = await ann.create_habit()
        response = await ann.request(
            "PATCH", f"/habits/{habit['id']}", {"title": "Tea"}, {"If-Match": tag}
        )
        assert response.status_code == 200, response.text

    async def test_the_measure_stays(self, ann: ApiClient) -> None:
        habit = await ann.create_habit()
        body = {"measure": "quantity", "goal": {"amount": 1}}
        response = await ann.request("PATCH", f"/habits/{habit['id']}", body)
        expect_problem(response, 422, "FIELD_READ_ONLY")

    async def test_reminders_keep_their_ids(self, ann: ApiClient) -> None:
        habit = await ann.create_habit(reminders=[{"time": "08:00"}])
        [kept] = habit["reminders"]
        body = {"reminders": [kept, {"time": "20:00"}]}
        changed = expect_response(
            await ann.request("PATCH", f"/habits/{habit['id']}", body), 200, Habit
        )
        assert changed["reminders"][0]["id"] == kept["id"]
        assert [it["time"] for it in changed["reminders"]] == ["08:00", "20:00"]

    async def test_archive_and_restore_are_verbs(self, ann: ApiClient) -> None:
        habit = await ann.create_habit()
        path = f"/habits/{habit['id']}"
        archived = expect_response(await ann.request("POST", f"{path}/archive"), 200, Habit)
        assert (archived["state"], archived["archive_date"]) == ("archived", f"{TODAY}")
        assert archived["archived_at"].endswith("Z")
        expect_problem(await ann.request("POST", f"{path}/archive"), 409, "HABIT_ARCHIVED")
        restored = expect_response(await ann.request("POST", f"{path}/restore"), 200, Habit)
        assert (restored["state"], restored["archived_at"]) == ("active", None)
        expect_problem(await ann.request("POST", f"{path}/restore"), 409, "HABIT_NOT_ARCHIVED")

    async def test_a_deleted_habit_is_gone(self, ann: ApiClient) -> None:
        habit = await ann.create_habit()
        path = f"/habits/{habit['id']}"
        gone = await ann.request("DELETE", path)
        assert (gone.status_code, gone.content) == (204, b"")
        expect_problem(await ann.request("GET", path), 404, "HABIT_NOT_FOUND")


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", ""),
        ("PATCH", ""),
        ("DELETE", ""),
        ("POST", "/archive"),
        ("POST", "/restore"),
        ("POST", "/check-ins"),
        ("PUT", "/check-ins/2026-01-14"),
        ("DELETE", "/check-ins/2026-01-14"),
        ("POST", "/undo"),
        ("GET", "/check-ins"),
        ("GET", "/changes"),
        ("GET", "/progress"),
        ("GET", "/history"),
        ("POST", "/pauses"),
        ("POST", "/reminders/snooze"),
    ],
)
async def test_other_peoples_habits_do_not_exist(
    ann: ApiClient, bob: ApiClient, method: str, path: str
) -> None:
    habit = await ann.create_habit()
    bodies = {
        "PATCH": {"title": "Mine"},
        "PUT": {"mark": "done"},
        "/pauses": {"from_date": "2026-01-14"},
        "/reminders/snooze": {"date": "2026-01-14"},
    }
    body = bodies.get(path) or bodies.get(method)
    for habit_id in (habit["id"], "0198c3f2-7a4e-7c11-9a54-3f1d2b6c8e90", "nonsense"):
        response = await bob.request(method, f"/habits/{habit_id}{path}", body)
        expect_problem(response, 404, "HABIT_NOT_FOUND")
    assert (await ann.get(f"/habits/{habit['id']}", Habit)) == habit
