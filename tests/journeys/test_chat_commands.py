"""Every command of the chat on the whole mesh, each also in Russian."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

import pytest

from services.notifications.domain import replies
from services.notifications.domain.i18n import gettext, use_language
from tests.chassis.waiting import eventually
from tests.journeys.mesh import Mesh
from tests.journeys.people import Clients, buttons

pytestmark = [pytest.mark.timeout(240), pytest.mark.parametrize("language", ["en", "ru"])]

WORDS = {
    "en": {"language": "✨ English", "run": "Run 20 km a week", "title": "Run", "read": "Read"},
    "ru": {
        "language": "✨ Русский",
        "run": "Бег 20 км в неделю",
        "title": "Бег",
        "read": "Чтение",
    },
}
PLAIN = {
    "en": {"done": "done read", "amount": "run 5", "undo": "undo"},
    "ru": {"done": "чтение готово", "amount": "бег 5", "undo": "отменить"},
}


@dataclass(slots=True)
class Conversation:
    """Somebody who has only the chat."""

    clients: Clients
    chat: int
    language: str

    def text(self, words: str) -> str:
        """Return a text of the bot in this person's language."""
        with use_language(self.language):
            return gettext(words)

    async def says(self, words: str) -> None:
        await self.clients.telegram.say(self.chat, words)

    async def hears(self, words: str, *, count: int = 1) -> dict[str, Any]:
        message = self.text(words).partition("{")[0]
        return await self.clients.telegram.wait_for_message(
            self.chat, message, count=count, within=30
        )

    async def asks(self, words: str, answer: str) -> dict[str, Any]:
        """Say something and wait for a new message with the answer."""
        shown = self.text(answer).partition("{")[0]
        messages = await self.clients.telegram.messages(self.chat)
        before = sum(shown in one["text"] for one in messages if one["from"] == "bot")
        await self.says(words)
        return await self.hears(answer, count=before + 1)

    async def presses(self, message: dict[str, Any], button: str) -> dict[str, Any]:
        """Press a button, and return the message once it has been edited."""
        found = message

        async def has_button() -> bool:
            nonlocal found
            found = await self.reads(message)
            return self.text(button) in str(found["buttons"])

        # A tap is answered before the message is edited: the edit of the last one may still come.
        await eventually(has_button, within=60)
        before = found
        await self.taps(message, button)

        async def is_edited() -> bool:
            nonlocal found
            found = await self.reads(message)
            return (found["text"], found["buttons"]) != (before["text"], before["buttons"])

        await eventually(is_edited, within=60)
        return found

    async def taps(self, message: dict[str, Any], button: str) -> None:
        """Press a button that asks for something in a new message."""
        await self.clients.telegram.press(self.chat, message, self.text(button), within=60)

    async def reads(self, message: dict[str, Any]) -> dict[str, Any]:
        """Return a message as it is now."""
        messages = await self.clients.telegram.messages(self.chat)
        return next(one for one in messages if one["message_id"] == message["message_id"])

    async def creates(self, line: str, title: str) -> None:
        card = await self.asks(f"/new {line}", f"✨ {title}")
        await self.presses(card, "✅ Create")


@pytest.fixture
async def person(clients: Clients, language: str) -> Conversation:
    """Register somebody in the chat who runs 20 km a week and reads."""
    chat = await clients.telegram.open_chat("Ada", language_code=language)
    ada = Conversation(clients, chat, language)
    words = WORDS[language]
    await ada.says("/start")
    first = await ada.hears(replies.HOW_TO_LINK)
    await ada.presses(first, words["language"])
    await ada.says("Berlin")
    await ada.hears(replies.REGISTERED)
    await ada.creates(words["run"], words["title"])
    await ada.creates(words["read"], words["read"])
    return ada


async def test_habits_are_made_listed_and_edited(person: Conversation, language: str) -> None:
    words = WORDS[language]
    listed = await person.asks("/HABITS", "📋 Your habits")
    card = await person.presses(listed, words["title"])
    assert card["text"].startswith(words["title"])
    await person.taps(card, "✏ Title")
    await person.asks("Jog", replies.CHANGED)
    card = await person.presses(card, "🗄 Archive")
    card = await person.presses(card, "♻ Restore")
    assert card["text"].startswith("Jog")


async def test_today_is_kept_by_plain_words_and_buttons(
    person: Conversation, language: str
) -> None:
    words, plain = WORDS[language], PLAIN[language]
    await person.asks(plain["amount"], words["title"])
    await person.asks(plain["done"], words["read"])
    board = await person.asks("/today@habit_tracker_local_bot", "📅")
    assert f"✅ {words['read']}" in board["text"]
    await person.asks(plain["undo"], replies.UNDONE_TEXT)
    board = await person.asks("/today", "📅")
    assert f"⬜ {words['read']}" in board["text"]
    assert any("✅" in label for row in buttons(board) for label in row)


async def test_statistics_are_a_picture_of_the_real_numbers(
    person: Conversation, language: str
) -> None:
    everything = {"en": "All habits", "ru": "Все привычки"}[language]
    picture = await person.asks("/stats", everything)
    assert picture["file"]
    again = await person.asks(f"/stats {WORDS[language]['read']}", WORDS[language]["read"])
    assert again["file"]


async def test_a_report_is_made_now(person: Conversation, language: str) -> None:
    await person.asks(PLAIN[language]["done"], WORDS[language]["read"])
    choice = await person.asks("/report", replies.ASK_REPORT)
    assert len([label for row in buttons(choice) for label in row]) == 3
    await person.asks("/report daily", replies.REPORT_COMES)
    await person.clients.telegram.wait_for_message(person.chat, "1", within=60)


async def test_pauses_settings_and_tips(person: Conversation, language: str) -> None:
    await person.asks("/pause 7d", "⏸ Everything is paused until {day}. /resume ends it.")
    await person.asks("/resume", replies.RESUMED)
    settings = await person.asks("/settings", "⚙ Settings")
    assert "Europe/Berlin" in settings["text"]
    await person.asks("/tips", replies.NO_TIPS)
    await person.asks("/cancel", replies.NOTHING_TO_CANCEL)
    shown = await person.asks("/help", replies.HELP)
    for command in ("today", "new", "habits", "stats", "report", "tips", "pause", "settings"):
        assert f"/{command}" in shown["text"]


async def test_a_code_signs_in_elsewhere_and_the_account_can_go(
    person: Conversation, language: str, mesh: Mesh
) -> None:
    message = await person.asks("/code", "🔑")
    found = re.search(r"\w{4}-\w{4}-\w{4}", message["text"])
    assert found is not None
    answer = await person.clients.rest.post("/v1/auth/code", json={"code": found[0]})
    assert answer.status_code == 200, answer.text
    user = answer.json()["user"]
    assert (user["timezone"], user["locale"]) == ("Europe/Berlin", language)
    sure = await person.asks("/unlink", replies.ASK_UNLINK_LAST)
    await person.presses(sure, "No, stay linked")
    sure = await person.asks("/delete", replies.ASK_DELETE_ACCOUNT)
    await person.presses(sure, "🗑 Yes, delete everything")
    await person.asks("/today", replies.HOW_TO_LINK)
