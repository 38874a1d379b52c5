"""`/new` step by step on the whole mesh, each story also in Russian."""

from __future__ import annotations

import pytest

from services.notifications.domain import replies
from tests.journeys.conversations import Conversation, newcomer
from tests.journeys.people import buttons

__all__ = ["newcomer"]

pytestmark = [pytest.mark.timeout(240), pytest.mark.parametrize("language", ["en", "ru"])]

WORDS = {
    "en": {
        "title": "Drink water",
        "goal": "8 glasses",
        "card": "🎯 at least 8 glasses\n🗓 every day\n⏰ 08:00, 21:30",
        "board": "⬜ Drink water · 8 glasses to go",
        "sweets": "Sweets",
        "limit": "2 pieces",
        "first_day": "Mon",
        "second_day": "Thu",
        "limited": "✨ Sweets\n🎯 at most 2 pieces\n🗓 Mon, Thu · every 2 weeks\n⏰ no reminder",
    },
    "ru": {
        "title": "Пить воду",
        "goal": "8 стаканов",
        "card": "🎯 не меньше 8 стаканов\n🗓 каждый день\n⏰ 08:00, 21:30",
        "board": "⬜ Пить воду · ещё 8 стаканов",
        "sweets": "Сладкое",
        "limit": "2 штуки",
        "first_day": "пн",
        "second_day": "чт",
        "limited": "✨ Сладкое\n🎯 не больше 2 штук\n🗓 пн, чт · каждые 2 недели\n"
        "⏰ без напоминания",
    },
}


async def test_an_amount_every_day_with_two_reminders(
    newcomer: Conversation, language: str
) -> None:
    """With a way back at each step: the kind is changed once it was chosen."""
    words = WORDS[language]
    await newcomer.asks("/new", replies.ASK_TITLE)
    step = await newcomer.asks(words["title"], replies.ASK_MEASURE)
    step = await newcomer.presses(step, "✅ Done or not")
    assert step["text"] == newcomer.text(replies.ASK_SCHEDULE)
    step = await newcomer.presses(step, "‹ Back")
    step = await newcomer.presses(step, "🔢 An amount")
    assert step["text"] == newcomer.text(replies.ASK_GOAL)
    await newcomer.asks("?", replies.GOAL_UNCLEAR)
    step = await newcomer.asks(words["goal"], replies.ASK_SCHEDULE)
    step = await newcomer.presses(step, "Every day")
    assert step["text"] == newcomer.text(replies.ASK_TIMES)
    card = await newcomer.asks("8:00 21:30", f"✨ {words['title']}")
    assert card["text"] == f"✨ {words['title']}\n{words['card']}"
    made = await newcomer.presses(card, "✅ Create")
    assert made["text"].endswith(newcomer.text(replies.CREATED))
    board = await newcomer.asks("/today", "📅")
    assert words["board"] in board["text"]


async def test_a_limit_on_weekdays_and_no_reminder(newcomer: Conversation, language: str) -> None:
    words = WORDS[language]
    await newcomer.asks("/new", replies.ASK_TITLE)
    step = await newcomer.asks(words["sweets"], replies.ASK_MEASURE)
    step = await newcomer.presses(step, "🛑 A limit")
    assert step["text"] == newcomer.text(replies.ASK_LIMIT)
    step = await newcomer.asks(words["limit"], replies.ASK_SCHEDULE)
    step = await newcomer.presses(step, "On weekdays…")
    step = await newcomer.presses(step, words["first_day"])
    step = await newcomer.presses(step, words["second_day"])
    step = await newcomer.presses(step, "2")
    step = await newcomer.presses(step, "✅ That's it")
    card = await newcomer.presses(step, "No reminder")
    assert card["text"] == words["limited"]
    await newcomer.presses(card, "✅ Create")
    listed = await newcomer.asks("/habits", "📋 Your habits")
    assert buttons(listed)[0] == [words["sweets"]]


async def test_a_conversation_is_left_by_a_button(newcomer: Conversation, language: str) -> None:
    step = await newcomer.asks("/new", replies.ASK_TITLE)
    left = await newcomer.presses(step, "✖ Cancel")
    assert left["text"] == newcomer.text(replies.CANCELED)
    await newcomer.asks("/habits", replies.NO_HABITS)
