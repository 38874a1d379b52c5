"""A client of the Telegram stand-in for tests: a person's messages and presses, and failures."""

from __future__ import annotations

import asyncio
import base64
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import aiohttp

from local.telegram.server import BOT_TOKEN, BOT_USERNAME, serving
from local.telegram.state import TelegramState

WAIT_SECONDS = 60.0
POLL_SECONDS = 0.02


@dataclass(frozen=True, slots=True)
class Telegram:
    """One stand-in: `url` and `token` are for the bot, the methods are what people do.

    A message is a dict: `message_id`, `from` ("bot" or "person"), `text`, `entities`, `buttons`
    (rows of `{text, data, url}`), `edited`, `file`.
    """

    url: str
    session: aiohttp.ClientSession
    token: str = BOT_TOKEN
    username: str = BOT_USERNAME

    async def open_chat(
        self, first_name: str = "Ada", *, chat_id: int | None = None, language_code: str = "en"
    ) -> int:
        """Return the number of a new chat; the bot may not write there before its person does."""
        asked = {"first_name": first_name, "id": chat_id, "language_code": language_code}
        return int((await self._call("POST", "chats", asked))["id"])

    async def say(self, chat: int, text: str) -> dict[str, Any]:
        """Write to the bot, for instance `/start CODE`."""
        return dict(await self._call("POST", f"chats/{chat}/messages", {"text": text}))

    async def share_location(self, chat: int, latitude: float, longitude: float) -> None:
        """Share a place with the bot."""
        place = {"latitude": latitude, "longitude": longitude}
        await self._call("POST", f"chats/{chat}/location", place)

    async def send_file(self, chat: int, name: str, content: bytes, caption: str = "") -> None:
        """Send a file to the bot."""
        encoded = base64.b64encode(content).decode()
        body = {"name": name, "content": encoded, "caption": caption}
        await self._call("POST", f"chats/{chat}/files", body)

    async def forward(self, chat: int, message: dict[str, Any], *, from_chat: int) -> None:
        """Forward a message of one chat to another."""
        path = f"chats/{chat}/messages/{message['message_id']}/forward"
        await self._call("POST", path, {"from_chat": from_chat})

    async def add_update(self, chat: int, kind: str, content: dict[str, Any]) -> None:
        """Send the bot any update as it is, e.g. a press on a button that is not there any more."""
        await self._call("POST", f"chats/{chat}/updates", {kind: content})

    async def enforce_limits(self) -> None:
        """Answer 429 from now on to what is faster than Telegram allows."""
        await self._call("POST", "limits", {"enforced": True})

    async def messages(self, chat: int) -> list[dict[str, Any]]:
        """Return all messages of a chat, oldest first."""
        return list((await self._call("GET", f"chats/{chat}/messages"))["items"])

    async def wait_for_message(
        self, chat: int, containing: str, *, count: int = 1, within: float = WAIT_SECONDS
    ) -> dict[str, Any]:
        """Wait until the bot's `count`-th message with these words is there, and return it."""
        end = time.monotonic() + within
        while True:
            everything = [one for one in await self.messages(chat) if one["from"] == "bot"]
            found = [one for one in everything if containing in one["text"]]
            if len(found) >= count:
                return found[count - 1]
            said = [one["text"] for one in everything]
            assert time.monotonic() < end, f"the bot never said {containing!r}; it said {said}"
            await asyncio.sleep(POLL_SECONDS)

    async def press(
        self, chat: int, message: dict[str, Any], button: str, *, within: float = WAIT_SECONDS
    ) -> dict[str, Any]:
        """Press the button with this text and return the bot's answer: `text`, `show_alert`."""
        path = f"chats/{chat}/messages/{message['message_id']}/press"
        query = (await self._call("POST", path, {"text": button}))["query_id"]
        end = time.monotonic() + within
        while not (answer := await self._call("GET", f"answers/{query}")):
            assert time.monotonic() < end, f"the bot never answered the button {button!r}"
            await asyncio.sleep(POLL_SECONDS)
        return dict(answer)

    async def block(self, chat: int) -> None:
        """Block the bot; it gets 403 until the person writes again."""
        await self._call("POST", f"chats/{chat}/block", {})

    async def fail(self, method: str, **how: Any) -> None:
        """Let the next call of `method` fail.

        `status` (0 is silence), `retry_after`, `times`, `chat_id`, and `after_delivery`: the call
        takes effect and only its answer is lost.
        """
        await self._call("POST", "failures", {"method": method, **how})

    async def calls(self, method: str | None = None) -> list[dict[str, Any]]:
        """Return the bot's calls so far, each with `method`, `time` and its arguments."""
        items = (await self._call("GET", "calls"))["items"]
        return [one for one in items if method is None or one["method"] == method]

    async def _call(self, verb: str, path: str, body: dict[str, Any] | None = None) -> Any:
        async with self.session.request(verb, f"{self.url}/control/{path}", json=body) as answer:
            assert answer.ok, f"{verb} {path}: {answer.status} {await answer.text()}"
            return {} if answer.status == 204 else await answer.json()


@asynccontextmanager
async def telegram_stand_in() -> AsyncIterator[Telegram]:
    """Run a stand-in in this process, on a free port."""
    async with (
        serving(TelegramState(username=BOT_USERNAME)) as url,
        aiohttp.ClientSession() as session,
    ):
        yield Telegram(url, session)
