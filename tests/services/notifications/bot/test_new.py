"""`/start` of a stranger, and `/new`."""

import pytest

from services.notifications.domain import replies
from tests.services.notifications.bot.chat import labels
from tests.services.notifications.bot.whole import (
    Conversation,
    ada,
    analytics,
    habits_channel,
    neighbors_url,
    real_auth,
    whole_bot,
)

__all__ = ["ada", "analytics", "habits_channel", "neighbors_url", "real_auth", "whole_bot"]


async def test_a_stranger_registers_in_the_chat_and_makes_a_habit_in_a_line(
    ada: Conversation,
) -> None:
    await ada.registers()
    await ada.hears(replies.REGISTERED)
    await ada.says("/new Read 20 pages daily 21:00")
    card = await ada.hears("✨ Read")
    assert card["text"] == "✨ Read\n🎯 at least 20 pages\n🗓 every day\n⏰ 21:00"
    made = await ada.presses(card, "✅ Create")
    assert made["text"].endswith(replies.CREATED)
    await ada.says("/today")
    board = await ada.hears("📅")
    assert "⬜ Read · 20 pages to go" in board["text"]


async def test_whatever_a_stranger_writes_first_they_can_begin(ada: Conversation) -> None:
    await ada.says("hello?")
    welcome = await ada.hears("I do not know you yet")
    assert labels(welcome) == [["✨ English", "✨ Русский"]]


async def test_zones_have_russian_names_for_who_reads_russian(ada: Conversation) -> None:
    await ada.says("/start")
    step = await ada.presses(await ada.hears("I do not know you yet"), "✨ Русский")
    assert labels(step)[0][0].startswith("Москва · ")


async def test_the_question_for_the_zone_loses_its_buttons(ada: Conversation) -> None:
    """However it is answered; of two questions only the newer one has any."""
    await ada.says("/start")
    first = await ada.presses(await ada.hears("I do not know you yet"), "✨ English")
    assert first["buttons"]
    await ada.says("Atlantis")
    await ada.hears(replies.ZONE_UNKNOWN)
    assert (await ada.reads(first))["buttons"]
    await ada.says("Port")
    second = await ada.hears(replies.WHICH_ZONE)
    assert second["buttons"]
    await ada.says("Berlin")
    await ada.hears(replies.REGISTERED)
    assert (await ada.reads(first))["text"] == replies.ASK_ZONE
    assert (await ada.reads(second))["text"] == "🌍 Time zone: Europe/Berlin"
    assert [(await ada.reads(it))["buttons"] for it in (first, second)] == [[], []]


async def test_a_shared_location_tells_the_zone(ada: Conversation) -> None:
    """A button below the input field shares it, and is taken away when the account is there."""
    await ada.says("/start")
    await ada.presses(await ada.hears("I do not know you yet"), "✨ English")
    await ada.hears(replies.LOCATION_USE)
    await ada.telegram.share_location(ada.chat, 42.23, -8.72)
    await ada.hears(replies.REGISTERED)
    calls = [it for it in await ada.telegram.calls("sendMessage") if it["chat_id"] == str(ada.chat)]
    (button,) = calls[-2]["reply_markup"]["keyboard"][0]
    assert button == {"text": "📍 Share my location", "request_location": True}
    assert calls[-1]["reply_markup"] == {"remove_keyboard": True}
    await ada.says("/settings")
    await ada.hears("🌍 Time zone: Europe/Madrid")


async def test_a_habit_is_made_step_by_step_with_a_way_back(ada: Conversation) -> None:
    await ada.registers()
    await ada.says("/new")
    await ada.hears(replies.ASK_TITLE)
    await ada.says("Run")
    step = await ada.hears(replies.ASK_MEASURE)
    step = await ada.presses(step, "🛑 A limit")
    assert step["text"] == replies.ASK_LIMIT
    step = await ada.presses(step, "‹ Back")
    step = await ada.presses(step, "🔢 An amount")
    assert step["text"] == replies.ASK_GOAL
    await ada.says("5 km")
    step = await ada.hears(replies.ASK_SCHEDULE)
    step = await ada.presses(step, "On weekdays…")
    step = await ada.presses(step, "Mon")
    step = await ada.presses(step, "Thu")
    step = await ada.presses(step, "2")
    step = await ada.presses(step, "✅ That's it")
    assert step["text"] == replies.ASK_TIMES
    await ada.says("8:00 and 21:30")
    card = await ada.hears("✨ Run")
    assert card["text"] == ("✨ Run\n🎯 at least 5 km\n🗓 Mon, Thu · every 2 weeks\n⏰ 08:00, 21:30")
    await ada.presses(card, "✅ Create")
    await ada.says("/habits")
    listed = await ada.hears("📋 Your habits")
    assert labels(listed) == [["Run"], ["🗄 Archive"]]


async def test_new_can_be_cancelled(ada: Conversation) -> None:
    await ada.registers()
    await ada.says("/new")
    step = await ada.hears(replies.ASK_TITLE)
    assert (await ada.presses(step, "✖ Cancel"))["text"] == replies.CANCELED
    await ada.says("/habits")
    await ada.hears(replies.NO_HABITS)


@pytest.mark.parametrize(
    ("path", "words"),
    [
        (["Every few days…", "every 3 days"], "every 3 days"),
        (["Times a week…", "3 times a week"], "3 times a week"),
        (["Times a month…", "4 times a month"], "4 times a month"),
        (["Times a year…", "12 times a year"], "12 times a year"),
        (["Days of the month…", "1", "last", "✅ That's it"], "days of the month: last, 1"),
        (["Weekday of the month…", "last", "days of the month: last Fri"], "last Fri"),
        (["Days in any X days…", "3", "3 days in any 7 days"], "3 days in any 7 days"),
    ],
)
async def test_every_schedule_is_reached_by_buttons(
    ada: Conversation, path: list[str], words: str
) -> None:
    await ada.registers()
    await ada.says("/new Yoga")
    card = await ada.hears("✨ Yoga")
    step = await ada.presses(await ada.presses(card, "‹ Back"), "‹ Back")
    for label in path:
        step = await ada.presses(step, label)
    card = await ada.presses(step, "No reminder")
    assert words in card["text"]
    made = await ada.presses(card, "✅ Create")
    assert made["text"].endswith(replies.CREATED)
