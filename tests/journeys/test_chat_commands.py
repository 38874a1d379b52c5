"""Every command of the chat on the whole mesh, each also in Russian."""

from __future__ import annotations

import re

import pytest

from services.notifications.bot.introduction import COMMANDS
from services.notifications.domain import replies
from tests.journeys.conversations import Conversation, newcomer
from tests.journeys.people import Clients, buttons

__all__ = ["newcomer"]

pytestmark = [pytest.mark.timeout(240), pytest.mark.parametrize("language", ["en", "ru"])]

WORDS = {
    "en": {"run": "Run 20 km a week", "title": "Run", "read": "Read"},
    "ru": {"run": "Бег 20 км в неделю", "title": "Бег", "read": "Чтение"},
}
LINKED = "✅ Linked! Hello, {name}. I will remind you here. Send /today to see your habits."
PLAIN = {
    "en": {"done": "done read", "amount": "run 5", "undo": "undo"},
    "ru": {"done": "чтение готово", "amount": "бег 5", "undo": "отменить"},
}


@pytest.fixture
async def person(newcomer: Conversation, language: str) -> Conversation:
    """Have somebody who registered in the chat run 20 km a week, and read."""
    words = WORDS[language]
    await newcomer.creates(words["run"], words["title"])
    await newcomer.creates(words["read"], words["read"])
    return newcomer


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
    chess = {"en": "chess", "ru": "шахматы"}[language]
    none = "I find no habit like “{word}”. Send /habits to see them."
    assert chess in (await person.asks(f"/stats {chess}", none))["text"]


@pytest.mark.parametrize(
    ("name", "title", "has_picture"),
    [
        ("daily", "💡 Daily Report Ready!", False),
        ("weekly", "💡 Weekly Report Ready!", True),
        ("monthly", "💡 Monthly Report Ready!", True),
    ],
)
async def test_a_report_is_made_now(
    person: Conversation, language: str, name: str, title: str, has_picture: bool
) -> None:
    await person.asks(PLAIN[language]["done"], WORDS[language]["read"])
    await person.asks(f"/report {name}", replies.REPORT_COMES)
    report = await person.hears(title)
    assert "1" in report["text"]
    assert bool(report["file"]) is has_picture


async def test_a_report_is_chosen_by_a_button(person: Conversation, language: str) -> None:
    choice = await person.asks("/report", replies.ASK_REPORT)
    assert buttons(choice) == [[person.text(it) for it in ("Day", "Week", "Month")]]
    assert await person.taps(choice, "Week") == person.text(replies.REPORT_COMES)
    report = await person.hears("💡 Weekly Report Ready!")
    assert report["file"]


async def test_pauses_begin_and_end(person: Conversation, language: str) -> None:
    await person.asks("/resume", replies.NOT_PAUSED)
    await person.asks("/pause soon", replies.PAUSE_UNCLEAR)
    await person.asks("/pause 7d", "⏸ Everything is paused until {day}. /resume ends it.")
    board = await person.asks("/today", "📅")
    assert f"⏸ {WORDS[language]['read']}" in board["text"]
    await person.asks("/resume", replies.RESUMED)
    board = await person.asks("/today", "📅")
    assert f"⬜ {WORDS[language]['read']}" in board["text"]
    await person.asks("/pause", replies.PAUSED)
    await person.asks("/RESUME", replies.RESUMED)


async def test_settings_are_changed_in_place(person: Conversation, language: str) -> None:
    settings = await person.asks("/settings", "⚙ Settings")
    assert "Europe/Berlin" in settings["text"]
    choices = await person.presses(settings, "🌙 Quiet hours")
    settings = await person.presses(choices, "23:00-08:00")
    assert "23:00-08:00" in settings["text"]
    assert settings["text"].startswith(person.text("⚙ Settings"))


async def test_help_names_every_command(person: Conversation, language: str) -> None:
    shown = await person.asks("/help", replies.HELP)
    assert {f"/{command}" for command in COMMANDS} <= set(re.findall(r"/[a-z]+", shown["text"]))
    await person.asks("/tips", replies.NO_TIPS)


async def test_a_question_is_cancelled(person: Conversation, language: str) -> None:
    """What is said afterwards is no answer to it."""
    await person.asks("/cancel", replies.NOTHING_TO_CANCEL)
    await person.asks("/new", replies.ASK_TITLE)
    await person.asks("/cancel", replies.CANCELED)
    await person.asks("Jog", replies.NOT_UNDERSTOOD)
    listed = await person.asks("/habits", "📋 Your habits")
    assert "Jog" not in str(listed["buttons"])


async def test_a_code_signs_in_elsewhere_and_the_account_can_go(
    person: Conversation, language: str
) -> None:
    message = await person.asks("/code", "🔑")
    found = re.search(r"\w{4}-\w{4}-\w{4}", message["text"])
    assert found is not None
    answer = await person.clients.rest.post("/v1/auth/code", json={"code": found[0]})
    assert answer.status_code == 200, answer.text
    user = answer.json()["user"]
    assert (user["timezone"], user["locale"]) == ("Europe/Berlin", language)
    sure = await person.asks("/delete", replies.ASK_DELETE_ACCOUNT)
    await person.presses(sure, "No, keep it")
    sure = await person.asks("/delete", replies.ASK_DELETE_ACCOUNT)
    await person.presses(sure, "🗑 Yes, delete everything")
    await person.asks("/today", replies.HOW_TO_LINK)


async def test_a_chat_is_linked_and_unlinked(clients: Clients, language: str) -> None:
    """The masked account is shown and confirmed; unlinking ends it and leaves the account."""
    dana = await clients.register("Dana", timezone="Europe/Berlin", locale=language)
    code = (await dana.post("telegram/link"))["url"].partition("?start=")[2]
    chat = await clients.telegram.open_chat("Dana", language_code=language)
    talk = Conversation(clients, chat, language)
    question = await talk.asks(f"/start {code}", "🔗 Link this chat with {account}?")
    assert "d***@example.com" in question["text"]
    await talk.presses(question, "✅ Link")
    await talk.hears(LINKED)
    sure = await talk.asks("/unlink", replies.ASK_UNLINK)
    assert (await talk.presses(sure, "No, stay linked"))["text"] == talk.text(replies.STILL_LINKED)
    await talk.asks("/today", "📅")
    sure = await talk.asks("/UNLINK", replies.ASK_UNLINK)
    assert (await talk.presses(sure, "Yes, disconnect"))["text"] == talk.text(replies.UNLINKED)
    await talk.asks("/today", replies.HOW_TO_LINK)
    assert (await dana.get("me"))["email"] == dana.email


async def test_who_would_be_locked_out_is_warned(person: Conversation, language: str) -> None:
    sure = await person.asks("/unlink", replies.ASK_UNLINK_LAST)
    await person.presses(sure, "No, stay linked")
    await person.asks("/today", "📅")
