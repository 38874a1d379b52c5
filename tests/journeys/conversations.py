"""Somebody who has only the chat, in the language of a story: what they say, press and read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest

from services.notifications.domain import replies
from services.notifications.domain.i18n import gettext, use_language
from tests.chassis.waiting import eventually
from tests.journeys.people import Clients

PATIENCE_SECONDS = 60.0
LANGUAGE_BUTTONS = {"en": "✨ English", "ru": "✨ Русский"}


@dataclass(slots=True)
class Conversation:
    """One person's side of a chat.

    Texts of the bot are given in English, as the code has them; they are looked for in the
    person's language, and only up to their first placeholder.
    """

    clients: Clients
    chat: int
    language: str

    def text(self, words: str) -> str:
        """Return a text of the bot in this person's language."""
        with use_language(self.language):
            return gettext(words)

    async def says(self, words: str) -> None:
        """Write to the bot."""
        await self.clients.telegram.say(self.chat, words)

    async def hears(self, words: str, *, count: int = 1) -> dict[str, Any]:
        """Wait for the bot's `count`-th message with a text of its own, and return it."""
        message = self.text(words).partition("{")[0]
        return await self.clients.telegram.wait_for_message(
            self.chat, message, count=count, within=PATIENCE_SECONDS
        )

    async def asks(self, words: str, answer: str) -> dict[str, Any]:
        """Say something and wait for a new message with the answer."""
        before = await self.count_messages(answer)
        await self.says(words)
        return await self.hears(answer, count=before + 1)

    async def count_messages(self, words: str) -> int:
        """Return in how many messages the bot has said a text of its own."""
        shown = self.text(words).partition("{")[0]
        messages = await self.clients.telegram.messages(self.chat)
        return sum(shown in one["text"] for one in messages if one["from"] == "bot")

    async def presses(self, message: dict[str, Any], button: str) -> dict[str, Any]:
        """Press a button, and return the message once it has been edited."""
        found = message

        async def has_button() -> bool:
            nonlocal found
            found = await self.reads(message)
            return self.text(button) in str(found["buttons"])

        # A tap is answered before the message is edited: the edit of the last one may still come.
        await eventually(has_button, within=PATIENCE_SECONDS)
        before = found
        await self.taps(message, button)

        async def is_edited() -> bool:
            nonlocal found
            found = await self.reads(message)
            return (found["text"], found["buttons"]) != (before["text"], before["buttons"])

        await eventually(is_edited, within=PATIENCE_SECONDS)
        return found

    async def taps(self, message: dict[str, Any], button: str) -> str:
        """Press a button that asks for something in a new message; return the words of the toast.

        Args:
            message: It hangs under this one.
            button: Its whole label.
        """
        answer = await self.clients.telegram.press(
            self.chat, message, self.text(button), within=PATIENCE_SECONDS
        )
        return str(answer["text"])

    async def reads(self, message: dict[str, Any]) -> dict[str, Any]:
        """Return a message as it is now."""
        messages = await self.clients.telegram.messages(self.chat)
        return next(one for one in messages if one["message_id"] == message["message_id"])

    async def registers(self) -> None:
        """Begin without an account, in Berlin."""
        await self.says("/start")
        first = await self.hears(replies.HOW_TO_LINK)
        await self.presses(first, LANGUAGE_BUTTONS[self.language])
        await self.says("Berlin")
        await self.hears(replies.REGISTERED)

    async def creates(self, line: str, title: str) -> None:
        """Make a habit in a line."""
        card = await self.asks(f"/new {line}", f"✨ {title}")
        await self.presses(card, "✅ Create")


@pytest.fixture
async def newcomer(clients: Clients, language: str) -> Conversation:
    """Return somebody who has just registered in the chat, and has no habit yet."""
    chat = await clients.telegram.open_chat("Ada", language_code=language)
    ada = Conversation(clients, chat, language)
    await ada.registers()
    return ada
