"""Kept answers are exact, of one person only, and bounded."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from chassis.caller import Caller
from edge.habits import answer_cache
from edge.habits.schemas.progress import Today
from tests.builders import a_caller
from tests.chassis.waiting import eventually
from tests.edge.habits.api_client import ApiClient
from tests.edge.servers import expect_problem, running_edge
from tests.services.habits.habits_server import HabitsServer

READS = ("/today", "/habits", "/habits?state=all", "/today?date=2026-01-13")


@pytest.fixture
async def edge(habits: HabitsServer, tmp_path: Path) -> AsyncIterator[httpx.AsyncClient]:
    """Lend an edge that verifies tokens, which it has to know whose an answer is."""
    async with running_edge(habits=habits.target, jwks_file=tmp_path / "jwks.json") as client:
        yield client


@pytest.fixture
def computed(habits: HabitsServer, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Lend the paths of the answers that were computed by their routes."""
    paths: list[str] = []
    compute = answer_cache.AnswerCache._compute

    async def recording(self, key, *rest):  # type: ignore[no-untyped-def]
        paths.append(key[1].removeprefix("/v1"))
        await compute(self, key, *rest)

    monkeypatch.setattr(answer_cache.AnswerCache, "_compute", recording)
    return paths


@pytest.fixture
def checks(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Lend how many versions each call checked, of an edge that is made later."""
    sizes: list[int] = []
    check = answer_cache.AnswerCache._check

    async def recording(self, asked):  # type: ignore[no-untyped-def]
        sizes.append(len(asked))
        return await check(self, asked)

    monkeypatch.setattr(answer_cache.AnswerCache, "_check", recording)
    return sizes


async def until_cached(ann: ApiClient, computed: list[str], *paths: str) -> None:
    """Wait until these answers are kept: a transaction of another test may be open until then."""

    async def are_cached() -> bool:
        computed.clear()
        for path in paths:
            await ann.request("GET", path)
        return not computed

    await eventually(are_cached, within=60)


async def today_of(ann: ApiClient) -> dict[str, Any]:
    """Return the day; computed, computed and kept, and kept, it is the same."""
    first: dict[str, Any]
    first, second, third = [await ann.get("/today", Today) for _ in range(3)]
    assert first == second == third
    return first


async def test_an_answer_is_computed_once(ann: ApiClient, computed: list[str]) -> None:
    habit = await ann.create_habit()
    paths = [*READS, f"/habits/{habit['id']}/progress"]
    first = [await ann.request("GET", path) for path in paths]
    await until_cached(ann, computed, *paths)
    again = [await ann.request("GET", path) for path in paths]
    assert [it.json() for it in again] == [it.json() for it in first]
    assert [it.headers["content-type"] for it in again] == ["application/json"] * len(paths)
    assert computed == []


async def test_a_first_look_and_one_after_a_write_make_one_call(
    checks: list[int], ann: ApiClient
) -> None:
    habit = await ann.create_habit()
    for met in (0, 1):
        assert (await ann.get("/today", Today))["met"] == met
        assert checks == []
        await ann.check_in(habit)
    for number in range(3):
        await ann.get("/today", Today)
        assert checks == [1] * number


async def test_every_change_is_in_the_next_answer(ann: ApiClient) -> None:
    habit = await ann.create_habit()
    for number in range(3):
        await ann.create_habit(f"Habit {number}")
        today = await today_of(ann)
        assert len(today["items"]) == number + 2
    await ann.check_in(habit)
    assert (await today_of(ann))["met"] == 1
    for _ in range(3):
        progress = (await ann.request("GET", f"/habits/{habit['id']}/progress")).json()
        assert progress["current_streak"]["length"] == 1
    await ann.request("POST", f"/habits/{habit['id']}/undo")
    assert (await today_of(ann))["met"] == 0


async def test_a_change_by_another_process_too(ann: ApiClient, habits: HabitsServer) -> None:
    """As the chat, an import or a second edge make it."""
    caller: Caller = a_caller()
    ann._headers["Authorization"] = f"Bearer {habits.key.token(caller)}"
    assert (await today_of(ann))["items"] == []
    person = habits.person_of(caller)
    await person.does(await person.makes("Drink water"))
    assert (await today_of(ann))["met"] == 1


async def test_a_new_day_is_a_new_answer(
    ann: ApiClient, edge: httpx.AsyncClient, habits: HabitsServer
) -> None:
    await ann.create_habit()
    assert (await today_of(ann))["date"] == "2026-01-14"
    habits.clock.advance(timedelta(hours=12))
    assert (await today_of(ann))["date"] == "2026-01-15"


async def test_an_answer_is_of_one_person(
    ann: ApiClient, bob: ApiClient, computed: list[str]
) -> None:
    habit = await ann.create_habit("Secret")
    for path in (*READS, f"/habits/{habit['id']}/progress"):
        for _ in range(2):
            await ann.request("GET", path)
            answer = await bob.request("GET", path)
        assert "Secret" not in answer.text
        assert habit["id"] not in answer.text.replace(answer.request.url.path, "") or (
            answer.status_code == 404
        )
    assert (await bob.get("/today", Today))["items"] == []


async def test_who_may_not_read_gets_no_kept_answer(
    ann: ApiClient, edge: httpx.AsyncClient, habits: HabitsServer
) -> None:
    caller = a_caller()
    allowed = ApiClient(edge, habits.key.token(caller))
    await allowed.create_habit()
    await today_of(allowed)
    restricted = a_caller(id=caller.id, scopes=frozenset({"check_ins:write"}))
    answer = await ApiClient(edge, habits.key.token(restricted)).request("GET", "/today")
    expect_problem(answer, 403, "ACCESS_SCOPE_MISSING")
    expect_problem(await edge.get("/v1/today"), 401, "ACCESS_TOKEN_MISSING")


async def test_what_the_client_has_is_not_sent_again(ann: ApiClient) -> None:
    habit = await ann.create_habit()
    for path in (*READS, f"/habits/{habit['id']}/progress"):
        tag = (await ann.request("GET", path)).headers["etag"]
        for _ in range(3):
            same = await ann.request("GET", path, headers={"If-None-Match": f'"x", {tag}'})
            assert (same.status_code, same.content, same.headers["etag"]) == (304, b"", tag)
    tag = (await ann.request("GET", "/today")).headers["etag"]
    await ann.check_in(habit)
    changed = await ann.request("GET", "/today", headers={"If-None-Match": tag})
    assert (changed.status_code, changed.json()["met"]) == (200, 1)
    assert changed.headers["etag"] != tag


async def test_refusals_are_not_kept(ann: ApiClient, computed: list[str]) -> None:
    for _ in range(2):
        expect_problem(await ann.request("GET", "/today?date=x"), 422, "DATE_MALFORMED")
    assert len(computed) == 2


async def test_what_was_used_least_recently_is_dropped(
    ann: ApiClient, computed: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    await ann.create_habit()
    size = len((await ann.request("GET", "/habits")).content) + 500
    await until_cached(ann, computed, "/habits")
    monkeypatch.setattr(answer_cache, "MAX_BYTES", size * 2)
    for path in ("/habits?tag=", "/habits?state=active"):
        await ann.request("GET", path)  # from the second time on it is kept
    computed.clear()
    for path in ("/habits", "/habits?tag=", "/habits", "/habits?state=active", "/habits"):
        await ann.request("GET", path)
    assert computed == ["/habits", "/habits"]
    await ann.request("GET", "/habits?tag=")
    assert len(computed) == 3


async def test_a_service_that_does_not_answer_is_said_by_the_route(
    habits: HabitsServer, tmp_path: Path
) -> None:
    async with running_edge(jwks_file=tmp_path / "jwks.json") as client:
        ann = ApiClient(client, habits.person().token)
        assert (await ann.request("GET", "/today")).status_code == 503
