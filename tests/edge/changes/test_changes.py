"""`/v1/changes`: what has changed since a cursor, as JSON."""

import asyncio

import httpx
import pytest

from edge.changes.schemas import Changes
from tests.edge.habits.api_client import ApiClient
from tests.edge.servers import expect_problem

PATH = "/changes"


async def test_a_page_has_what_changed_and_what_was_deleted(ann: ApiClient) -> None:
    run, read = await ann.create_habit("Run"), await ann.create_habit("Read")
    first = await ann.get(PATH, Changes)
    assert first["full"]
    assert [it["title"] for it in first["habits"]] == ["Run", "Read"]
    assert first["habits"][0] == run
    await ann.check_in(run, note="far")
    paused = await ann.request("POST", f"/habits/{run['id']}/pauses", {"from_date": "2026-01-02"})
    assert (await ann.request("DELETE", f"/habits/{read['id']}")).status_code == 204
    then = await ann.get(f"{PATH}?since={first['cursor']}", Changes)
    assert not then["full"]
    assert not then["has_more"]
    assert [(it["habit_id"], it["note"]) for it in then["days"]] == [(run["id"], "far")]
    assert then["pauses"] == [paused.json()]
    assert then["deleted"] == {"habit_ids": [read["id"]], "pause_ids": []}
    seen = await ann.nothing_new(then["cursor"])
    pause_path = f"/pauses/{paused.json()['id']}"
    assert (await ann.request("DELETE", pause_path)).status_code == 204
    last = await ann.get(f"{PATH}?since={seen}", Changes)
    assert last["deleted"]["pause_ids"] == [paused.json()["id"]]
    assert last["days"] == []


async def test_a_change_ends_the_wait(ann: ApiClient) -> None:
    run = await ann.create_habit("Run")
    cursor = (await ann.get(PATH, Changes))["cursor"]
    waiting = asyncio.create_task(ann.get(f"{PATH}?since={cursor}&wait=25", Changes))
    await asyncio.sleep(0.3)
    await ann.check_in(run)
    assert [it["habit_id"] for it in (await waiting)["days"]] == [run["id"]]


async def test_settings_that_cannot_be_read_come_with_a_later_page(ann: ApiClient) -> None:
    """Here neither auth nor notifications answers; habits are worth having without them."""
    first = await ann.get(PATH, Changes)
    assert (first["profile"], first["preferences"]) == (None, None)
    assert first["cursor"].startswith("~")
    again = await ann.get(f"{PATH}?since={first['cursor']}", Changes)
    assert not again["full"]
    assert again["cursor"].startswith("~")


async def test_one_may_begin_with_the_present(ann: ApiClient) -> None:
    run = await ann.create_habit("Run")
    present = await ann.get(f"{PATH}?since=now", Changes)
    assert (present["full"], present["habits"], present["has_more"]) == (False, [], False)
    await ann.check_in(run)
    found = await ann.get(f"{PATH}?since={present['cursor']}", Changes)
    assert [it["habit_id"] for it in found["days"]] == [run["id"]]
    assert found["habits"] == []


@pytest.mark.parametrize(
    ("query", "reason", "field"),
    [
        ("since=nonsense", "CURSOR_INVALID", "since"),
        ("since=~~", "CURSOR_INVALID", "since"),
        ("wait=26", "REQUEST_INVALID", "wait"),
        ("wait=-1", "REQUEST_INVALID", "wait"),
        ("wait=soon", "REQUEST_INVALID", "wait"),
        (f"since={'A' * 4001}", "REQUEST_INVALID", "since"),
    ],
)
async def test_what_cannot_be_read_is_refused(
    ann: ApiClient, query: str, reason: str, field: str
) -> None:
    problem = expect_problem(await ann.request("GET", f"{PATH}?{query}"), 422, reason)
    assert [error["field"] for error in problem["errors"]] == [field]


async def test_another_persons_cursor_shows_only_ones_own(ann: ApiClient, bob: ApiClient) -> None:
    await bob.create_habit("His")
    theirs = await bob.get(PATH, Changes)
    await ann.create_habit("Hers")
    found = await ann.get(f"{PATH}?since={theirs['cursor']}", Changes)
    assert found["full"]
    assert [it["title"] for it in found["habits"]] == ["Hers"]


@pytest.mark.parametrize("path", ["/changes", "/live"])
async def test_nobody_is_told_without_a_token(edge: httpx.AsyncClient, path: str) -> None:
    expect_problem(await edge.get("/v1" + path), 401, "ACCESS_TOKEN_MISSING")
