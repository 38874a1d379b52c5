"""Users in the end-to-end tests: one method for each thing they do over REST or in the chat."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

import aiohttp
import httpx

from tests.journeys.mesh import Mesh
from tests.telegram import Telegram

PASSWORD = "correct horse battery"
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
AWAY = (503, 504)
PATIENCE_SECONDS = 30.0

type Json = Any


@dataclass(frozen=True, slots=True)
class Clients:
    """A REST client and Telegram."""

    rest: httpx.AsyncClient
    telegram: Telegram

    async def register(self, name: str, *, timezone: str, **more: Json) -> Person:
        """Register a new user."""
        email = f"{name.lower()}.{uuid4().hex[:8]}@example.com"
        account = {"email": email, "password": PASSWORD, "display_name": name, **more}
        answer = await self.rest.post("/v1/auth/register", json=account | {"timezone": timezone})
        assert answer.status_code == 201, answer.text
        person = Person(self, name, email, timezone)
        person.take_tokens(answer.json())
        return person


@dataclass(slots=True)
class Person:
    """A user with an account, and perhaps a chat with the bot."""

    clients: Clients
    name: str
    email: str
    timezone: str
    access_token: str = ""
    refresh_token: str = ""
    chat: int = 0

    # -- clock and tokens -------------------------------------------------------------------

    def now(self) -> datetime:
        """Return the time in the zone of the user."""
        return datetime.now(ZoneInfo(self.timezone))

    def today(self) -> date:
        """Return the date in the zone of the user."""
        return self.now().date()

    def with_clients(self, clients: Clients) -> Person:
        """Return the same user with other clients; connections belong to one test."""
        return replace(self, clients=clients)

    def take_tokens(self, signed_in: Mapping[str, Json]) -> None:
        """Store the tokens of a sign-in response."""
        self.access_token = signed_in["access_token"]
        self.refresh_token = signed_in["refresh_token"]

    # -- over REST --------------------------------------------------------------------------

    async def get(self, path: str, **query: Json) -> Json:
        """Read something: `get("today")`."""
        return (await self._succeed("GET", path, params=query)).json()

    async def get_all(self, path: str) -> list[Json]:
        """Read a list to its end, page by page."""
        items: list[Json] = []
        token = ""
        while token is not None:
            page = await self.get(path, page_size=200, page_token=token)
            items += page["items"]
            token = page["next_page_token"]
        return items

    async def post(self, path: str, *, status: int | None = None, **body: Json) -> Json:
        """Make or do something; `status` is what it must answer, any success when left out."""
        answer = await self._succeed("POST", path, status=status, json=body)
        return answer.json() if answer.content else None

    async def put(self, path: str, **body: Json) -> Json:
        """Set something."""
        return (await self._succeed("PUT", path, json=body)).json()

    async def patch(self, path: str, **body: Json) -> Json:
        """Change something."""
        return (await self._succeed("PATCH", path, json=body)).json()

    async def delete(self, path: str) -> None:
        """Remove something."""
        await self._succeed("DELETE", path)

    async def refused(self, verb: str, path: str, **body: Json) -> Json:
        """Ask for something that must be refused, and return the problem."""
        answer = await self._ask(verb, path, json=body)
        assert answer.headers["content-type"] == "application/problem+json", answer.text
        return answer.json()

    async def post_until_acknowledged(self, path: str, **body: Json) -> Json:
        """Post until it is acknowledged, under one Idempotency-Key, as a good client does."""
        key, end = str(uuid4()), asyncio.get_running_loop().time() + PATIENCE_SECONDS
        while True:
            try:
                answer = await self._ask("POST", path, json=body, headers={"Idempotency-Key": key})
            except httpx.TransportError as error:
                trouble = repr(error)
            else:
                if answer.is_success:
                    return answer.json()
                assert answer.status_code in AWAY, f"{path}: {answer.status_code} {answer.text}"
                trouble = answer.text
            assert asyncio.get_running_loop().time() < end, f"{path} was never done: {trouble}"
            await asyncio.sleep(0.05)

    async def new_habit(self, title: str, **more: Json) -> str:
        """Create a habit and return its id."""
        return str((await self.post("habits", status=201, title=title, **more))["id"])

    async def log_in(self) -> None:
        """Sign in again."""
        self.take_tokens(await self.post("auth/login", email=self.email, password=PASSWORD))

    async def refresh(self) -> None:
        """Exchange the refresh token for the next pair."""
        self.take_tokens(await self.post("auth/refresh", refresh_token=self.refresh_token))

    # -- in the chat ------------------------------------------------------------------------

    async def link_chat(self) -> None:
        """Open the deep link on the phone, and press Start."""
        link = await self.post("telegram/link")
        address, _, code = link["url"].partition("?start=")
        assert address == f"https://t.me/{self.clients.telegram.username}"
        self.chat = await self.clients.telegram.open_chat(self.name)
        await self.say(f"/start {code}")
        await self.confirm_link()

    async def confirm_link(self) -> None:
        """Confirm in the chat that it is this account which shall be linked."""
        question = await self.wait_for_message("Link this chat with")
        await self.press(question, "✅ Link")
        await self.wait_for_message("Linked!")

    async def say(self, text: str) -> None:
        """Write to the bot."""
        await self.clients.telegram.say(self.chat, text)

    async def wait_for_message(self, words: str, *, within: float = PATIENCE_SECONDS) -> Json:
        """Wait for the bot's message with these words, and return it."""
        return await self.clients.telegram.wait_for_message(self.chat, words, within=within)

    async def press(self, message: Json, button: str) -> str:
        """Press a button and return the words of the toast."""
        answer = await self.clients.telegram.press(self.chat, message, button)
        return str(answer["text"])

    async def read(self, message: Json) -> Json:
        """Look at a message again: pressing a button may have changed it."""
        everything = await self.clients.telegram.messages(self.chat)
        [found] = [it for it in everything if it["message_id"] == message["message_id"]]
        return found

    async def messages_with(self, words: str) -> list[str]:
        """Return what the bot has said so far with these words in it."""
        everything = await self.clients.telegram.messages(self.chat)
        said = [one["text"] for one in everything if one["from"] == "bot"]
        return [text for text in said if words in text]

    # -- how ------------------------------------------------------------------------------

    async def _succeed(
        self, verb: str, path: str, *, status: int | None = None, **how: Json
    ) -> httpx.Response:
        answer = await self._ask(verb, path, **how)
        right = answer.is_success if status is None else answer.status_code == status
        assert right, f"{verb} {path}: {answer.status_code} {answer.text}"
        return answer

    async def _ask(
        self, verb: str, path: str, *, headers: Mapping[str, str] | None = None, **how: Json
    ) -> httpx.Response:
        token = {"Authorization": f"Bearer {self.access_token}"} if self.access_token else {}
        headers = token | dict(headers or {})
        return await self.clients.rest.request(verb, f"/v1/{path}", headers=headers, **how)


@asynccontextmanager
async def open_clients(mesh: Mesh) -> AsyncIterator[Clients]:
    """Yield the clients of a mesh."""
    async with (
        httpx.AsyncClient(base_url=mesh.api, timeout=60) as rest,
        aiohttp.ClientSession() as session,
    ):
        yield Clients(rest, Telegram(mesh.chat, session))


def a_zone_at_daytime() -> str:
    """Return a zone where no midnight is near, so that a story stays within one day."""
    zones = ("Europe/London", "Asia/Tokyo", "America/Los_Angeles")
    return next(zone for zone in zones if 10 <= datetime.now(ZoneInfo(zone)).hour < 20)


def buttons(message: Json) -> list[list[str]]:
    """Return what the buttons under a message say, row by row."""
    return [[button["text"] for button in row] for row in message["buttons"]]


def next_minute(person: Person, *, at_least: timedelta = timedelta(seconds=3)) -> str:
    """Return the wall time, `HH:MM`, of the next minute that leaves time to arrange something."""
    soon = person.now() + at_least
    return f"{soon.replace(second=0) + timedelta(minutes=1):%H:%M}"
