"""The services that stories run against: edge, habits and auth, one clock, two clients."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from chassis import clock
from contracts.auth.v1.auth_events_pb2 import UserRegistered, UserUpdated
from services.habits.translate import people as translate
from services.habits.use_cases import people
from tests.edge.habits.stateful.day_steps import Request
from tests.edge.servers import running_edge
from tests.services.auth.running import PASSWORD, RunningAuth, an_email, running_auth
from tests.services.habits.habits_server import HabitsServer, run_habits

EVENTS = {event.DESCRIPTOR.full_name: event for event in (UserRegistered, UserUpdated)}


@dataclass
class Environment:
    """A person with two clients, and the services with a manual clock."""

    edge: httpx.AsyncClient
    auth: RunningAuth
    habits: HabitsServer
    tokens: list[str] = field(default_factory=list)
    delivered: int = 0

    async def register_person(self) -> None:
        """Register a person and sign in a second time."""
        self.auth.clock.set(clock.now())  # tokens are verified by the real clock
        who = {"email": an_email(), "password": PASSWORD}
        first = await self.edge.post("/v1/auth/register", json=who)
        second = await self.edge.post("/v1/auth/login", json=who)
        self.tokens = [response.json()["access_token"] for response in (first, second)]
        await self.deliver()

    async def ask(self, client: int, request: Request) -> httpx.Response:
        """Send a request as one of the clients."""
        headers = {"Authorization": f"Bearer {self.tokens[client]}"} | request.headers
        return await self.edge.request(
            request.method, "/v1" + request.path, json=request.body, headers=headers
        )

    async def read(self, path: str) -> Any:
        """Get a path; return its JSON, for a list all pages."""
        found = await self._get(path)
        token = found.get("next_page_token")
        while token:
            page = await self._get(f"{path}{'&' if '?' in path else '?'}page_token={token}")
            found["items"] += page["items"]
            token = page["next_page_token"]
        return found

    async def _get(self, path: str) -> dict[str, Any]:
        response = await self.ask(0, Request("GET", path))
        assert response.status_code == 200, f"GET {path}: {response.text}"
        found: dict[str, Any] = json.loads(response.content)
        return found

    async def move(self, client: int, request: Request) -> httpx.Response:
        """Change the person's settings while delivering events: the response waits for habits."""
        asking = asyncio.create_task(self.ask(client, request))
        while not asking.done():
            await self.deliver()
            await asyncio.sleep(0.002)
        return await asking

    async def deliver(self) -> None:
        """Deliver auth's events to habits, in place of relay, broker and consumer."""
        query = "SELECT id, type, body FROM auth.outbox WHERE type = ANY($1) ORDER BY id OFFSET $2"
        async with self.auth.database.connection() as connection:
            rows = await connection.fetch(query, list(EVENTS), self.delivered)
        for row in rows:
            event: Any = EVENTS[row["type"]].FromString(row["body"])
            skipped = (
                translate.skipped_dates_from_wire(event) if isinstance(event, UserUpdated) else None
            )
            expected_json, now = translate.person_from_wire(event.account), self.habits.clock()
            async with self.habits.database.transaction() as session:
                await people.upsert_person(session, expected_json, skipped_dates=skipped, now=now)
            self.delivered += 1


@asynccontextmanager
async def environment(
    database_url: str, redis_url: str, folder: Path
) -> AsyncIterator[Environment]:
    """Run edge, habits and auth in this process."""
    async with (
        run_habits(database_url, folder) as habits,
        running_auth(database_url, redis_url, folder) as auth,  # adds its key to those of habits
        running_edge(
            habits=habits.target,
            auth=auth.target,
            writes_per_second=0,  # two clients here are faster than any person
            expensive_reads_burst=0,
        ) as edge,
    ):
        yield Environment(edge, auth, habits)
