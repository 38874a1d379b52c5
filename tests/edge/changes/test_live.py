"""`/v1/live`: server-sent events over a real connection."""

import asyncio
import json
import socket
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
import uvicorn

from edge.app import create_app
from edge.changes.live import MAX_STREAMS
from edge.clients import open_clients
from edge.pipeline import Pipeline
from edge.settings import EdgeSettings
from tests.chassis.waiting import eventually
from tests.edge.habits.api_client import ApiClient
from tests.edge.servers import UNREACHABLE, expect_problem
from tests.services.habits.habits_server import HabitsServer, Person


class QuietServer(uvicorn.Server):
    """A server that leaves signals to the tests."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


@dataclass(frozen=True)
class LiveEdge:
    """An edge on a port, and the app that it serves."""

    app: Pipeline
    client: httpx.AsyncClient


@pytest.fixture
async def live(habits: HabitsServer, tmp_path: Path) -> AsyncIterator[LiveEdge]:
    settings = EdgeSettings(
        auth_target=UNREACHABLE,
        habits_target=habits.target,
        analytics_target=UNREACHABLE,
        notifications_target=UNREACHABLE,
        jwks_file=tmp_path / "jwks.json",
    )
    async with AsyncExitStack() as stack:
        app = create_app(await stack.enter_async_context(open_clients(settings)), settings)
        listening = stack.enter_context(socket.create_server(("127.0.0.1", 0)))
        server = QuietServer(
            uvicorn.Config(app, ws="none", log_level="warning", timeout_graceful_shutdown=5)
        )
        serving = asyncio.create_task(server.serve(sockets=[listening]))
        address = f"http://127.0.0.1:{listening.getsockname()[1]}"
        async with httpx.AsyncClient(base_url=address, timeout=30) as client:
            yield LiveEdge(app, client)
        app.state.stop.set()
        server.should_exit = True
        await serving


@pytest.fixture
def person(habits: HabitsServer) -> Person:
    return habits.person()


@pytest.fixture
def ann(live: LiveEdge, person: Person) -> ApiClient:
    return ApiClient(live.client, person.token)


@dataclass
class Event:
    """One event, as a browser has it."""

    kind: str
    id: str
    data: Any


class Stream:
    """The events of a response."""

    def __init__(self, response: httpx.Response) -> None:
        self._lines = response.aiter_lines()
        self.last_id = ""

    async def next(self) -> Event | None:
        """Return the next event with data; None at the end."""
        kind, data = "", ""
        async for line in self._lines:
            name, _, value = line.partition(": ")
            if name == "id":
                self.last_id = value
            elif name == "event":
                kind = value
            elif name == "data":
                data = value
            elif not line and data:
                return Event(kind, self.last_id, json.loads(data))
        return None

    async def until_open(self) -> None:
        """Wait for the first id: what changes from here on is sent."""
        async for line in self._lines:
            if line.startswith("id: "):
                self.last_id = line.removeprefix("id: ")
                return


@asynccontextmanager
async def following(live: LiveEdge, person: Person, last_id: str = "") -> AsyncIterator[Stream]:
    headers = {"Authorization": f"Bearer {person.token}"}
    if last_id:
        headers["Last-Event-ID"] = last_id
    async with live.client.stream("GET", "/v1/live", headers=headers) as response:
        assert response.status_code == 200
        assert response.headers["content-type"].startswith("text/event-stream")
        assert response.headers["cache-control"] == "no-store"
        yield Stream(response)


async def test_what_changes_is_sent_and_the_stream_is_resumed(
    live: LiveEdge, ann: ApiClient, person: Person
) -> None:
    run = await ann.create_habit("Run")
    async with following(live, person) as stream:
        await stream.until_open()
        await ann.check_in(run)
        event = await stream.next()
        assert event is not None
        assert event.kind == "changes"
        assert [it["habit_id"] for it in event.data["days"]] == [run["id"]]
        assert event.id == event.data["cursor"]
    seen = await ann.nothing_new(event.id)
    await ann.create_habit("Read")
    async with following(live, person, seen) as stream:
        missed = await stream.next()
        assert missed is not None
        assert [it["title"] for it in missed.data["habits"]] == ["Read"]
        assert missed.data["days"] == []


async def test_a_cursor_of_somebody_else_resets(
    live: LiveEdge, habits: HabitsServer, ann: ApiClient, person: Person
) -> None:
    await ann.create_habit("Run")
    bob = habits.person()
    async with following(live, bob) as stream:
        await stream.until_open()
        foreign = stream.last_id
    async with following(live, person, foreign) as stream:
        event = await stream.next()
        assert event is not None
        assert (event.kind, event.data) == ("reset", {})
        await ann.create_habit("Read")
        event = await stream.next()
        assert event is not None
        assert [it["title"] for it in event.data["habits"]] == ["Read"]


async def test_the_end_of_the_session_ends_the_stream(live: LiveEdge, person: Person) -> None:
    async with following(live, person) as stream:
        await stream.until_open()
        revoked = live.app.state.verifier.revoked
        revoked.add(person.caller.session_id, time.time() + 900)
        event = await stream.next()
        assert event is not None
        assert (event.kind, event.data) == ("end", {"reason": "ACCESS_TOKEN_REVOKED"})
        assert await stream.next() is None


async def test_the_end_of_the_edge_ends_the_stream(live: LiveEdge, person: Person) -> None:
    async with following(live, person) as stream:
        await stream.until_open()
        live.app.state.stop.set()
        assert await stream.next() is None


async def test_streams_of_one_person_are_bounded_and_end_with_their_connections(
    live: LiveEdge, ann: ApiClient, person: Person
) -> None:
    async with AsyncExitStack() as stack:
        streams = [
            await stack.enter_async_context(following(live, person)) for _ in range(MAX_STREAMS)
        ]
        for stream in streams:
            await stream.until_open()
        refused = expect_problem(await ann.request("GET", "/live"), 429, "TOO_MANY_STREAMS")
        assert str(MAX_STREAMS) in refused["detail"]

    async def all_ended() -> bool:
        return bool(live.app.state.live_streams.is_empty())

    await eventually(all_ended)


async def test_what_is_no_cursor_is_refused(live: LiveEdge, ann: ApiClient) -> None:
    answer = await ann.request("GET", "/live", headers={"Last-Event-ID": "nonsense"})
    problem = expect_problem(answer, 422, "CURSOR_INVALID")
    assert [error["field"] for error in problem["errors"]] == ["Last-Event-ID"]
