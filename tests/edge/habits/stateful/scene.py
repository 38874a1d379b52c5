"""The real thing the stories are played on: edge, habits and auth, one clock, two clients."""

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
from tests.edge.habits.stateful.steps import Request
from tests.edge.running import running_edge
from tests.services.auth.running import PASSWORD, RunningAuth, an_email, running_auth
from tests.services.habits.running import RunningHabits, running_habits

NEWS = {event.DESCRIPTOR.full_name: event for event in (UserRegistered, UserUpdated)}


@dataclass
class Scene:
    """A person with two clients before a real mesh whose clock can be wound."""

    edge: httpx.AsyncClient
    auth: RunningAuth
    habits: RunningHabits
    tokens: list[str] = field(default_factory=list)
    heard: int = 0

    async def somebody_new(self) -> None:
        """Register somebody, who signs in a second time."""
        self.auth.clock.set(clock.now())  # tokens are good by the real clock
        who = {"email": an_email(), "password": PASSWORD}
        first = await self.edge.post("/v1/auth/register", json=who)
        second = await self.edge.post("/v1/auth/login", json=who)
        self.tokens = [response.json()["access_token"] for response in (first, second)]
        await self.deliver()

    async def ask(self, client: int, request: Request) -> httpx.Response:
        """Send what a client asks."""
        headers = {"Authorization": f"Bearer {self.tokens[client]}"} | request.headers
        return await self.edge.request(
            request.method, "/v1" + request.path, json=request.body, headers=headers
        )

    async def read(self, path: str) -> Any:
        """Get a path; return its JSON, of a list all pages."""
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
        """Change the person's settings; the answer comes when habits has heard of it."""
        asking = asyncio.create_task(self.ask(client, request))
        while not asking.done():
            await self.deliver()
            await asyncio.sleep(0.002)
        return await asking

    async def deliver(self) -> None:
        """Carry auth's news to habits, as relay, broker and consumer do, by the story's clock."""
        query = "SELECT id, type, body FROM auth.outbox WHERE type = ANY($1) ORDER BY id OFFSET $2"
        async with self.auth.database.connection() as connection:
            rows = await connection.fetch(query, list(NEWS), self.heard)
        for row in rows:
            event: Any = NEWS[row["type"]].FromString(row["body"])
            jumped = translate.jumped_from_wire(event) if isinstance(event, UserUpdated) else None
            told, now = translate.person_from_wire(event.account), self.habits.clock()
            async with self.habits.database.transaction() as session:
                await people.follow_account(session, told, jumped=jumped, now=now)
            self.heard += 1


@asynccontextmanager
async def scene(database_url: str, redis_url: str, folder: Path) -> AsyncIterator[Scene]:
    """Run edge, habits and auth in this process."""
    async with (
        running_habits(database_url, folder) as habits,
        running_auth(database_url, redis_url, folder) as auth,  # adds its key to those of habits
        running_edge(habits=habits.target, auth=auth.target) as edge,
    ):
        yield Scene(edge, auth, habits)
