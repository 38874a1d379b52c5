"""The state of the Telegram stand-in: chats, messages, and updates the bot has not confirmed."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

from local.telegram.errors import ApiError, BadRequest, Blocked, Conflict, TooManyRequests
from local.telegram.limits import SendLimits
from local.telegram.webhook import Webhook

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
    action: str = ""
    """What the bot is doing, e.g. `typing`, until `action_end`, in seconds since 1970."""
    action_end: float = 0.0
    keyboard: dict[str, Any] = field(default_factory=dict)
    """The reply markup under the input field: a keyboard, its removal, or a forced reply."""
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


class StoredFile(NamedTuple):
    """A file that was sent, by the bot or by a person."""

    name: str
    content: bytes

    def reference(self, file_id: str) -> dict[str, Any]:
        """Return the file as the Bot API refers to it."""
        return {
            "file_id": file_id,
            "file_unique_id": file_id[:12],
            "file_name": self.name,
            "file_size": len(self.content),
        }


@dataclass(slots=True, kw_only=True)
class Failure:
    """A failure that a test injects into a call.

    Attributes:
        method: The Bot API method it concerns.
        chat_id: Only that chat; None for all.
        status: 429, 500 and so on; 0 for silence.
        retry_after: Sent with 429.
        times: How often.
        after_delivery: The call takes effect all the same, only its answer is lost.
        description: The sentence of the error, where its status has none of its own.
    """

    method: str
    chat_id: int | None = None
    status: int = 500
    retry_after: int = 1
    times: int = 1
    after_delivery: bool = False
    description: str = ""

    def error(self) -> ApiError:
        """Return the answer the bot gets."""
        if self.status == 429:
            return TooManyRequests(self.retry_after)
        if self.status == 403:
            return Blocked()
        return ApiError(self.status, self.description or "Internal Server Error")


class TelegramState:
    """The state of one stand-in; kept in a file when it has one, sent files in a folder beside."""

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
        self.commands: dict[str, list[dict[str, str]]] = {}
        """By language code; empty for all languages that have none of their own."""
        self.profile: dict[str, str] = {}
        """Names and descriptions, as `description:ru`."""
        self.files: dict[str, StoredFile] = {}
        self.failures: list[Failure] = []
        self.answers: dict[str, dict[str, Any]] = {}
        self.calls: list[dict[str, Any]] = []
        self.limits = SendLimits()
        self.webhook: Webhook | None = None
        self._updates: list[dict[str, Any]] = []
        self._last_update_id = 0
        self._update_condition = asyncio.Condition()
        self._poll = 0
        self._file = file
        self._subscribers: set[Callable[[], None]] = set()
        if file and file.exists():
            self._load(json.loads(file.read_text()))

    async def open_chat(
        self, first_name: str, *, chat_id: int | None = None, language_code: str = "en"
    ) -> Chat:
        """Return the chat with that id, created if it is new; the bot gets no update."""
        chat_id = chat_id or max(self.chats, default=FIRST_CHAT - 1) + 1
        if chat_id not in self.chats:
            username = "".join(letter for letter in first_name.lower() if letter.isalnum())
            self.chats[chat_id] = Chat(chat_id, first_name, username or "person", language_code)
            await self.save()
        return self.chats[chat_id]

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

    def add_file(self, file_id: str, file: StoredFile) -> None:
        """Keep a file under an id."""
        self.files[file_id] = file
        if self._file:
            folder = self._files_folder()
            folder.mkdir(exist_ok=True)
            (folder / file_id).write_bytes(file.content)

    async def add_update(self, kind: str, content: dict[str, Any]) -> None:
        """Queue an update for the bot."""
        self._last_update_id += 1
        self._updates.append({"update_id": self._last_update_id, kind: content})
        await self.save()
        await self._notify()

    async def get_updates(
        self, offset: int, limit: int, wait_seconds: float
    ) -> list[dict[str, Any]]:
        """Return what the bot has not confirmed; a later `offset` confirms what lies before it."""
        if offset < 0:
            self._updates = self._updates[offset:]
        self._updates = [one for one in self._updates if one["update_id"] >= offset]
        self._poll += 1
        mine = self._poll
        async with self._update_condition:
            self._update_condition.notify_all()  # ends an older poll
            try:
                async with asyncio.timeout(wait_seconds or 0.001):
                    await self._update_condition.wait_for(
                        lambda: self._updates or self._poll != mine
                    )
            except TimeoutError:
                pass
        if self._poll != mine:
            raise Conflict
        return self._updates[: min(limit, MOST_UPDATES)]

    async def next_webhook_update(self) -> tuple[Webhook, dict[str, Any]]:
        """Wait for a webhook and an update, and return both; the update stays."""
        async with self._update_condition:
            await self._update_condition.wait_for(lambda: self.webhook and self._updates)
        assert self.webhook is not None  # noqa: S101  what was waited for
        return self.webhook, self._updates[0]

    def confirm_update(self, update_id: int) -> None:
        """Drop an update that the bot has taken."""
        self._updates = [one for one in self._updates if one["update_id"] != update_id]

    def pending_updates(self) -> int:
        """Count what the bot has not confirmed yet."""
        return len(self._updates)

    def drop_updates(self) -> None:
        """Drop what the bot has not confirmed yet."""
        self._updates = []

    async def set_webhook(self, webhook: Webhook | None) -> None:
        """Deliver updates to a webhook from now on; None for polling."""
        self.webhook = webhook
        await self._notify()

    def failure_for(self, method: str, chat_id: object) -> Failure | None:
        """Return the injected failure of this call, if any, and count it down."""
        for failure in self.failures:
            fits = failure.chat_id is None or str(failure.chat_id) == str(chat_id)
            if failure.method == method and fits:
                failure.times -= 1
                if failure.times <= 0:
                    self.failures.remove(failure)
                return failure
        return None

    def subscribe(self, subscriber: Callable[[], None]) -> Callable[[], None]:
        """Call `subscriber` on every change, until the returned function is called."""
        self._subscribers.add(subscriber)
        return lambda: self._subscribers.discard(subscriber)

    async def save(self) -> None:
        """Write the state to its file and notify subscribers."""
        if self._file:
            draft = self._file.with_suffix(".new")
            draft.write_text(json.dumps(self._to_json()))
            draft.replace(self._file)
        for subscriber in tuple(self._subscribers):
            subscriber()

    async def _notify(self) -> None:
        async with self._update_condition:
            self._update_condition.notify_all()

    def _files_folder(self) -> Path:
        assert self._file is not None  # noqa: S101  asked only where there is a file
        return self._file.with_name("telegram-files")

    def _to_json(self) -> dict[str, Any]:
        return {
            "chats": [asdict(chat) for chat in self.chats.values()],
            "updates": self._updates,
            "last_update_id": self._last_update_id,
            "files": {file_id: file.name for file_id, file in self.files.items()},
        }

    def _load(self, saved: dict[str, Any]) -> None:
        self.chats = {one["id"]: Chat(**one) for one in saved["chats"]}
        self._updates = saved["updates"]
        self._last_update_id = saved["last_update_id"]
        for file_id, name in saved.get("files", {}).items():
            file = self._files_folder() / file_id
            if file.exists():
                self.files[file_id] = StoredFile(name, file.read_bytes())
