"""Two offline clients and the server: whatever happens between them, they agree in the end."""

import asyncio
import json
import os
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from examples.offline_client import OfflineClient
from tests.edge.servers import running_edge
from tests.services.habits.habits_server import TODAY, HabitsServer, run_habits

SECONDS = float(os.environ.get("OFFLINE_SECONDS", "10"))
FEWEST_STORIES = 5
DAYS = [str(TODAY - timedelta(days=n)) for n in range(3)]

type Step = tuple[Any, ...]
type Json = dict[str, Any]

records = st.sampled_from(
    [{}, {"mark": "done"}, {"mark": "skip"}, {"mark": "done", "note": "a"}, {"mark": "missed"}]
)
writers, places = st.integers(0, 1), st.integers(0, 2)
steps = st.one_of(
    st.tuples(st.just("write"), writers, places, st.sampled_from(DAYS), records),
    st.tuples(st.just("sync"), writers),
    st.tuples(st.just("lose a response"), writers),
    st.tuples(st.just("restart"), writers),
    st.tuples(st.just("create")),
    st.tuples(st.just("delete"), places),
    st.tuples(st.just("rename"), places),
    st.tuples(st.just("pause"), places),
)


class Network(httpx.AsyncBaseTransport):
    """Reaches the server, until the response of a write gets lost."""

    def __init__(self, transport: httpx.AsyncBaseTransport) -> None:
        self._transport = transport
        self.loses_next = False

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        response = await self._transport.handle_async_request(request)
        if self.loses_next and request.method != "GET":
            self.loses_next = False
            raise httpx.ReadError("the connection broke")
        return response


@dataclass
class Scene:
    """The server, and how to reach it."""

    habits: HabitsServer
    edge: httpx.AsyncClient

    def network(self, token: str) -> tuple[Network, httpx.AsyncClient]:
        """Return a network, and an HTTP client on it."""
        network = Network(self.edge._transport)
        headers = {"Authorization": f"Bearer {token}"}
        return network, httpx.AsyncClient(
            transport=network, base_url="http://edge", headers=headers
        )


async def play(scene: Scene, story: list[Step]) -> None:
    """Play a story, then let both clients sync until nothing waits, and compare."""
    token = scene.habits.person().token
    networks, clients = [], []
    for _ in range(2):
        network, http = scene.network(token)
        networks.append(network)
        clients.append(OfflineClient(http))
    _, http = scene.network(token)
    ids = [await create(http) for _ in range(2)]
    for step in story:
        match step:
            case ("write", writer, place, day, record):
                clients[writer].set_day(ids[place % len(ids)], day, **record)
                expect_shown(clients[writer].day(ids[place % len(ids)], day), record)
            case ("sync", writer):
                await clients[writer].sync()
            case ("lose a response", writer):
                networks[writer].loses_next = True
                if clients[writer].state["waiting"]:
                    with pytest.raises(httpx.ReadError):
                        await clients[writer].sync()
                networks[writer].loses_next = False
            case ("restart", writer):
                stored = json.loads(json.dumps(clients[writer].state))
                clients[writer] = OfflineClient(clients[writer]._http, stored)
            case ("create",):
                ids.append(await create(http))
            case ("delete", place):
                await http.delete(f"/v1/habits/{ids[place % len(ids)]}")
            case ("rename", place):
                await http.patch(f"/v1/habits/{ids[place % len(ids)]}", json={"title": "Other"})
            case ("pause", place):
                path = f"/v1/habits/{ids[place % len(ids)]}/pauses"
                await http.post(path, json={"from_date": DAYS[0], "to_date": DAYS[0]})
    await clients[0].sync()
    await clients[1].sync()
    await clients[0].sync()
    await expect_agreed(clients, http)


async def create(http: httpx.AsyncClient) -> str:
    body = {"title": "Run", "start_date": DAYS[-1]}
    return str((await http.post("/v1/habits", json=body)).raise_for_status().json()["id"])


def expect_shown(shown: Json, record: Json) -> None:
    assert shown == {name: record.get(name) for name in ("mark", "amount", "note")}


async def expect_agreed(clients: list[OfflineClient], http: httpx.AsyncClient) -> None:
    """Expect that both have what the lists of the server show."""
    habits = (await http.get("/v1/habits?state=all")).json()["items"]
    pauses = (await http.get("/v1/pauses")).json()["items"]
    days: dict[str, Json] = {}
    for habit in habits:
        listed = (await http.get(f"/v1/habits/{habit['id']}/check-ins")).json()["items"]
        days |= {f"{habit['id']} {it['date']}": it for it in listed}
    for client in clients:
        state = client.state
        assert state["waiting"] == []
        assert state["habits"] == {it["id"]: it for it in habits}
        assert state["pauses"] == {it["id"]: it for it in pauses}
        held = {key: it for key, it in state["days"].items() if it["mark"] or it["note"]}
        assert held == days


@asynccontextmanager
async def running(database_url: str, folder: Path) -> AsyncIterator[Scene]:
    async with (
        run_habits(database_url, folder) as habits,
        running_edge(habits=habits.target, writes_per_second=0) as edge,
    ):
        yield Scene(habits, edge)


@pytest.fixture(scope="module")
def played(
    migrated: Callable[..., str], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Callable[[list[Step]], None]]:
    """Lend a function that plays a story, while there is time."""
    end, count = time.monotonic() + SECONDS, 0

    def play_story(story: list[Step]) -> None:
        nonlocal count
        count += 1
        if time.monotonic() < end or count <= FEWEST_STORIES:
            runner.run(play(scene, story))

    with asyncio.Runner() as runner:
        context = running(migrated("habits"), tmp_path_factory.mktemp("offline"))
        scene = runner.run(context.__aenter__())
        yield play_story
        runner.run(context.__aexit__(None, None, None))


@settings(max_examples=200, deadline=None, database=None, suppress_health_check=list(HealthCheck))
@given(st.lists(steps, min_size=5, max_size=25))
def test_two_writers_converge(played: Callable[[list[Step]], None], story: list[Step]) -> None:
    played(story)
