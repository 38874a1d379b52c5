"""What happened in this Telegram: chats, their messages, and the updates the bot has not seen."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from local.telegram.errors import ApiError, BadRequest, Blocked, Conflict, TooManyRequests
from local.telegram.html import commands_in

MOST_UPDATES = 100
FIRST_CHAT = 1001


@dataclass(slots=True)
class Chat:
    """A private chat of one person with the bot."""

    id: int
    first_name: str
    username: str
    language_code: str = "en"
    started: bool = False
    blocked: bool = False
    last_message_id: int = 0
    messages: list[dict[str, Any]] = field(default_factory=list)

    def person(self) -> dict[str, Any]:
        """Return the person as the Bot API's User."""
        return {
            "id": self.id,
            "is_bot": False,
            "first_name": self.first_name,
            "username": self.username,
            "language_code": self.language_code,
        }

    def reference(self) -> dict[str, Any]:
        """Return the chat as the Bot API's Chat."""
        person = {"first_name": self.first_name, "username": self.username}
        return {"id": self.id, "type": "private"} | person

    def message(self, message_id: int) -> dict[str, Any] | None:
        """Return one message of this chat, if it is there."""
        return next((one for one in self.messages if one["message_id"] == message_id), None)


@dataclass(slots=True, kw_only=True)
class Failure:
    """Something that shall go wrong, as asked by a test.

    Attributes:
        method: The Bot API method it concerns.
        chat_id: Only that chat; None for all.
        status: 429, 500 and so on; 0 for silence.
        retry_after: Told with 429.
        times: How often.
        after_delivery: The call takes effect all the same, only its answer is lost.
    """

    method: str
    chat_id: int | None = None
    status: int = 500
    retry_after: int = 1
    times: int = 1
    after_delivery: bool = False

    def error(self) -> ApiError:
        """Return the answer the bot gets."""
        if self.status == 429:
            return TooManyRequests(self.retry_after)
        if self.status == 403:
            return Blocked()
        return ApiError(self.status, "Internal Server Error")


class World:
    """The state of one stand-in; kept in a file when it has one."""

    def __init__(self, *, username: str, file: Path | None = None) -> None:
        self.bot = {
            "id": 1_000_000_001,
            "is_bot": True,
            "first_name": "Habit Tracker",
            "username": username,
            "can_join_groups": False,
            "can_read_all_group_messages": False,
            "supports_inline_queries": False,
        }
        self.chats: dict[int, Chat] = {}
        self.commands: list[dict[str, str]] = []
        self.files: dict[str, tuple[str, bytes]] = {}
        self.failures: list[Failure] = []
        self.answers: dict[str, dict[str, Any]] = {}
        self.calls: list[dict[str, Any]] = []
        self._updates: list[dict[str, Any]] = []
        self._last_update_id = 0
        self._news = asyncio.Condition()
        self._poll = 0
        self._file = file
        self._watchers: set[Callable[[], None]] = set()
        if file and file.exists():
            self._load(json.loads(file.read_text()))

    # -- what a person does -----------------------------------------------------------------

    async def open_chat(
        self, first_name: str, *, chat_id: int | None = None, language_code: str = "en"
    ) -> Chat:
        """Return the chat with that id, made now if it is new; the bot learns nothing of it."""
        chat_id = chat_id or max(self.chats, default=FIRST_CHAT - 1) + 1
        if chat_id not in self.chats:
            username = "".join(letter for letter in first_name.lower() if letter.isalnum())
            self.chats[chat_id] = Chat(chat_id, first_name, username or "person", language_code)
            await self.changed()
        return self.chats[chat_id]

    async def say(self, chat: Chat, text: str) -> dict[str, Any]:
        """Let a person write to the bot."""
        chat.started, chat.blocked = True, False
        message = self.add_message(chat, sender=chat.person(), text=text)
        if commands := commands_in(text):
            message["entities"] = commands
        await self._update("message", message)
        return message

    async def press(self, chat: Chat, message: dict[str, Any], data: str) -> str:
        """Let a person press a button; return the id of the query that the bot answers."""
        query_id = str(time.time_ns())
        self.answers[query_id] = {}
        query = {
            "id": query_id,
            "from": chat.person(),
            "chat_instance": str(chat.id),
            "message": message,
            "data": data,
        }
        await self._update("callback_query", query)
        return query_id

    # -- what the bot does ------------------------------------------------------------------

    def chat_of_bot(self, chat_id: object) -> Chat:
        """Return the chat the bot names, if it may write there."""
        try:
            chat = self.chats.get(int(str(chat_id)))
        except ValueError:
            chat = None
        if chat is None or not chat.started:
            raise BadRequest("chat not found")
        if chat.blocked:
            raise Blocked
        return chat

    def add_message(self, chat: Chat, *, sender: dict[str, Any], **content: Any) -> dict[str, Any]:
        """Put a message at the end of a chat."""
        chat.last_message_id += 1
        message = {
            "message_id": chat.last_message_id,
            "date": int(time.time()),
            "chat": chat.reference(),
            "from": sender,
            **content,
        }
        chat.messages.append(message)
        return message

    async def take_updates(
        self, offset: int, limit: int, wait_seconds: float
    ) -> list[dict[str, Any]]:
        """Return what the bot has not confirmed; a later `offset` confirms what lies before it."""
        if offset < 0:
            self._updates = self._updates[offset:]
        self._updates = [one for one in self._updates if one["update_id"] >= offset]
        self._poll += 1
        mine = self._poll
        async with self._news:
            self._news.notify_all()  # an older poll gives way
            try:
                async with asyncio.timeout(wait_seconds or 0.001):
                    await self._news.wait_for(lambda: self._updates or self._poll != mine)
            except TimeoutError:
                pass
        if self._poll != mine:
            raise Conflict
        return self._updates[: min(limit, MOST_UPDATES)]

    def pending_updates(self) -> int:
        """Count what the bot has not confirmed yet."""
        return len(self._updates)

    def failure_for(self, method: str, chat_id: object) -> Failure | None:
        """Return, and use up, what shall go wrong with this call."""
        for failure in self.failures:
            fits = failure.chat_id is None or str(failure.chat_id) == str(chat_id)
            if failure.method == method and fits:
                failure.times -= 1
                if failure.times <= 0:
                    self.failures.remove(failure)
                return failure
        return None

    # -- who looks on -----------------------------------------------------------------------

    def watch(self, watcher: Callable[[], None]) -> Callable[[], None]:
        """Call `watcher` on every change, until the returned function is called."""
        self._watchers.add(watcher)
        return lambda: self._watchers.discard(watcher)

    async def changed(self) -> None:
        """Keep the state and tell who looks on."""
        if self._file:
            draft = self._file.with_suffix(".new")
            draft.write_text(json.dumps(self._kept()))
            draft.replace(self._file)
        for watcher in tuple(self._watchers):
            watcher()

    async def _update(self, kind: str, content: dict[str, Any]) -> None:
        self._last_update_id += 1
        self._updates.append({"update_id": self._last_update_id, kind: content})
        await self.changed()
        async with self._news:
            self._news.notify_all()

    def _kept(self) -> dict[str, Any]:
        return {
            "chats": [asdict(chat) for chat in self.chats.values()],
            "updates": self._updates,
            "last_update_id": self._last_update_id,
        }

    def _load(self, kept: dict[str, Any]) -> None:
        self.chats = {one["id"]: Chat(**one) for one in kept["chats"]}
        self._updates = kept["updates"]
        self._last_update_id = kept["last_update_id"]
