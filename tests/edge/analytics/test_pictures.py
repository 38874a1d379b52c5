"""Pictures over REST, before a real service."""

from uuid import uuid4

import httpx
import pytest

from chassis.caller import Caller
from tests.builders import a_caller
from tests.edge.servers import expect_problem
from tests.services.analytics.event_builders import a_habit, a_person, done
from tests.services.analytics.running import RunningAnalytics

HEATMAP = "/v1/analytics/heatmap"
STATS = "/v1/analytics/stats"


@pytest.fixture
def ann() -> Caller:
    return a_caller()


@pytest.fixture
def bearer(analytics: RunningAnalytics, ann: Caller) -> dict[str, str]:
    return {"Authorization": f"Bearer {analytics.key.token(ann)}"}


async def test_a_picture_is_a_file_that_is_sent_once(
    edge: httpx.AsyncClient, analytics: RunningAnalytics, ann: Caller, bearer: dict[str, str]
) -> None:
    water = a_habit(ann.id)
    await analytics.deliver(a_person(ann.id), water, *done(water, "2026-01-08"))
    first = await edge.get(f"{STATS}.png", headers=bearer)
    assert first.headers["content-type"] == "image/png"
    assert first.content.startswith(b"\x89PNG")
    known = bearer | {"If-None-Match": first.headers["etag"]}
    again = await edge.get(f"{STATS}.png", headers=known)
    assert (again.status_code, again.content) == (304, b"")
    dark = await edge.get(f"{STATS}.png", headers=known, params={"theme": "dark"})
    assert dark.status_code == 200


async def test_every_picture_comes_as_svg_too(
    edge: httpx.AsyncClient, analytics: RunningAnalytics, ann: Caller, bearer: dict[str, str]
) -> None:
    water = a_habit(ann.id)
    await analytics.deliver(a_person(ann.id), water, *done(water, "2026-01-08", "2026-01-09"))
    made = await edge.post("/v1/analytics/reports", json={"kind": "daily"}, headers=bearer)
    picture = made.json()["picture"]
    assert picture["alt_text"].startswith("Daily report, Jan 9, 2026: 1 of 1 completed (100 %).")
    strength = f"/v1/analytics/habits/{water.habit.id}/strength.svg"
    for path in (f"{HEATMAP}.svg", f"{STATS}.svg", strength, picture["svg"]):
        found = await edge.get(path, headers=bearer)
        assert found.status_code == 200, found.text
        assert found.headers["content-type"].startswith("image/svg+xml")
        assert "<svg" in found.text


async def test_what_cannot_be_drawn_is_refused_by_name(
    edge: httpx.AsyncClient, bearer: dict[str, str]
) -> None:
    async def problem(path: str, status: int, reason: str, **query: object) -> None:
        response = await edge.get(path, headers=bearer, params=query)  # type: ignore[arg-type]
        expect_problem(response, status, reason)

    await problem(f"{STATS}.png", 422, "PICTURE_WIDTH_INVALID", width=2**40)
    await problem(f"{STATS}.png", 422, "PICTURE_DAYS_INVALID", days=-(2**40))
    await problem(f"{STATS}.gif", 422, "REQUEST_INVALID")
    await problem(f"{HEATMAP}.png", 422, "DATE_MALFORMED", **{"from": "tomorrow"})
    await problem(f"{STATS}.png", 404, "HABIT_NOT_FOUND", habit_id=str(uuid4()))
    await problem(f"/v1/analytics/reports/{uuid4()}.png", 404, "REPORT_NOT_FOUND")
    await problem(f"/v1/analytics/habits/{uuid4()}/strength.png", 404, "HABIT_NOT_FOUND")


async def test_nobody_gets_a_picture_without_a_token(edge: httpx.AsyncClient) -> None:
    expect_problem(await edge.get(f"{HEATMAP}.png"), 401, "ACCESS_TOKEN_MISSING")
