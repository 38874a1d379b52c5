"""Pauses over REST."""

from edge.habits.schemas.pauses import Pause
from edge.schemas import Page
from tests.edge.habits.api_client import ApiClient, expect_response
from tests.edge.servers import expect_problem


class TestPauses:
    async def test_one_habit_or_all_can_rest(self, ann: ApiClient) -> None:
        habit = await ann.create_habit()
        one = await ann.request(
            "POST", f"/habits/{habit['id']}/pauses", {"from_date": "2026-01-15", "reason": "Ill"}
        )
        pause = expect_response(one, 201, Pause)
        assert (pause["habit_id"], pause["to_date"], pause["reason"]) == (habit["id"], None, "Ill")
        every = await ann.request(
            "POST", "/pauses", {"from_date": "2026-01-20", "to_date": "2026-01-25"}
        )
        assert expect_response(every, 201, Pause)["habit_id"] is None
        page = await ann.get("/pauses", Page[Pause])
        assert [it["from_date"] for it in page["items"]] == ["2026-01-20", "2026-01-15"]
        other = await ann.create_habit("Read")
        page = await ann.get(f"/pauses?habit_id={other['id']}", Page[Pause])
        assert [it["from_date"] for it in page["items"]] == ["2026-01-20"]

    async def test_a_pause_can_be_taken_back_once(self, ann: ApiClient, bob: ApiClient) -> None:
        made = await ann.request("POST", "/pauses", {"from_date": "2026-01-15"})
        path = made.headers["location"].removeprefix("/v1")
        expect_problem(await bob.request("DELETE", path), 404, "PAUSE_NOT_FOUND")
        assert (await ann.request("DELETE", path)).status_code == 204
        expect_problem(await ann.request("DELETE", path), 404, "PAUSE_NOT_FOUND")

    async def test_a_pause_cannot_end_before_it_begins(self, ann: ApiClient) -> None:
        body = {"from_date": "2026-01-15", "to_date": "2026-01-14"}
        expect_problem(await ann.request("POST", "/pauses", body), 422, "PAUSE_ENDS_BEFORE_START")
