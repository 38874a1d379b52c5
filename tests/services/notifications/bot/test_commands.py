"""Habits, pauses, settings, statistics and the account, in whole conversations."""

import re

import pytest

from services.notifications.domain import replies
from tests.services.notifications.bot.chat import labels
from tests.services.notifications.bot.whole import (
    Analytics,
    Conversation,
    ada,
    analytics,
    habits_channel,
    neighbors_url,
    real_auth,
    whole_bot,
)

__all__ = ["ada", "analytics", "habits_channel", "neighbors_url", "real_auth", "whole_bot"]


async def test_a_card_edits_pauses_archives_and_deletes(ada: Conversation) -> None:
    await ada.registers()
    await ada.says("/new Run 20 km a week")
    await ada.presses(await ada.hears("✨ Run"), "✅ Create")
    await ada.says("/habits")
    card = await ada.presses(await ada.hears("📋"), "Run")
    assert "🗓 in total a week" in card["text"]
    assert "💪 Strength: 0 %" in card["text"]
    await ada.presses(card, "✏ Title")
    await ada.says("Jog")
    await ada.hears(replies.CHANGED)
    card = await ada.presses(card, "🎯 Goal")
    await ada.says("15")
    await ada.hears(replies.CHANGED, count=2)
    await ada.presses(card, "⏰ Reminders")
    await ada.says("7:15")
    await ada.hears(replies.CHANGED, count=3)
    step = await ada.presses(card, "🗓 Schedule")
    card = await ada.presses(step, "Every day")
    assert card["text"].startswith("Jog\n🎯 at least 15 km\n🗓 every day\n⏰ 07:15")
    card = await ada.presses(await ada.presses(card, "⏸ Pause"), "7 days")
    assert "🟦" in card["text"]
    card = await ada.presses(await ada.presses(card, "⏸ Pause"), "▶ Resume")
    assert "🟦" not in card["text"]
    card = await ada.presses(card, "🗄 Archive")
    card = await ada.presses(card, "♻ Restore")
    gone = await ada.presses(await ada.presses(card, "🗑 Delete"), "🗑 Yes, delete it")
    assert gone["text"] == replies.DELETED
    await ada.says("/habits")
    await ada.hears(replies.NO_HABITS)


async def test_everything_can_be_paused(ada: Conversation) -> None:
    await ada.registers()
    await ada.makes("Read daily", "Read")
    await ada.says("/resume")
    await ada.hears(replies.NOT_PAUSED)
    await ada.says("/pause soon")
    await ada.hears(replies.PAUSE_UNCLEAR)
    await ada.says("/pause 7d")
    await ada.hears("⏸ Everything is paused until")
    await ada.says("/today")
    board = await ada.hears("📅")
    assert "⏸ Read" in board["text"]
    await ada.says("/resume")
    await ada.hears(replies.RESUMED)


async def test_a_note_on_a_day_done_in_a_pause_leaves_it_done(ada: Conversation) -> None:
    await ada.registers()
    await ada.makes("Read daily", "Read")
    await ada.says("done read")
    await ada.hears("a new streak begins")
    await ada.says("/pause 7d")
    await ada.hears("⏸ Everything is paused until")
    await ada.says("/today")
    board = await ada.hears("📅")
    assert "✅ Read" in board["text"]
    await ada.presses(board, "📝")
    await ada.hears(replies.ASK_NOTE)
    await ada.says("two chapters")
    await ada.hears(replies.NOTED)
    await ada.says("/today")
    assert "✅ Read" in (await ada.hears("📅", count=2))["text"]


async def test_settings_are_changed_in_place(ada: Conversation) -> None:
    await ada.registers()
    await ada.says("/settings")
    settings = await ada.hears("⚙ Settings")
    assert "🌍 Time zone: Asia/Kolkata" in settings["text"]
    settings = await ada.presses(await ada.presses(settings, "🌅 Day start"), "04:00")
    assert "A day begins at 04:00" in settings["text"]
    settings = await ada.presses(await ada.presses(settings, "📅 Week start"), "Sun")
    assert "A week begins on Sun" in settings["text"]
    settings = await ada.presses(await ada.presses(settings, "🌙 Quiet hours"), "23:00-08:00")
    assert "Quiet hours: 23:00-08:00" in settings["text"]
    settings = await ada.presses(await ada.presses(settings, "📊 Daily report"), "Off")
    assert "Daily report: off" in settings["text"]
    settings = await ada.presses(settings, "✅ Cheers")
    assert "⬜ Cheers" in labels(settings)[-1]
    choices = await ada.presses(settings, "🌍 Time zone")
    assert choices["buttons"]
    await ada.says("Atlantis")
    await ada.hears(replies.ZONE_UNKNOWN)
    await ada.says("Berlin")
    settings = await ada.hears("🌍 Time zone: Europe/Berlin")
    assert (await ada.reads(choices))["buttons"] == []
    settings = await ada.presses(await ada.presses(settings, "💬 Language"), "Русский")
    assert "💬 Язык: Русский" in settings["text"]


async def test_stats_come_as_a_picture(ada: Conversation, analytics: Analytics) -> None:
    await ada.registers()
    await ada.says("/new Run")
    await ada.presses(await ada.hears("✨ Run"), "✅ Create")
    await ada.says("/stats")
    picture = await ada.hears("30 days")
    assert picture["file"]
    picture = await ada.presses(picture, "90 days")
    assert picture["text"] == "90 days"
    await ada.says("/stats run")
    await ada.hears("30 days")
    await ada.says("/stats chess")
    await ada.hears("I find no habit like “chess”")
    await ada.says("/stats year")
    await ada.hears("365 days")
    assert [it.day_count for it in analytics.pictures] == [30, 90, 30, 365]
    assert [bool(it.habit_id) for it in analytics.pictures] == [False, False, True, False]


async def test_a_report_is_made_now(ada: Conversation, analytics: Analytics) -> None:
    await ada.registers()
    await ada.says("/report weekly")
    await ada.hears(replies.REPORT_COMES)
    await ada.says("/report")
    choice = await ada.hears(replies.ASK_REPORT)
    toast = await ada.telegram.press(ada.chat, choice, "Month")
    assert toast["text"] == replies.REPORT_COMES
    assert [it.kind for it in analytics.reports] == [2, 3]


async def test_a_report_counts_what_was_just_recorded(
    ada: Conversation, analytics: Analytics
) -> None:
    await ada.registers()
    await ada.makes("Read daily", "Read")
    await ada.says("done read")
    await ada.hears("a new streak begins")
    await ada.says("/report daily")
    await ada.hears(replies.REPORT_COMES)
    ((known,),) = [it.revisions for it in analytics.waits]
    assert (known.habit_revision, known.check_in_revision) == (1, 1)


async def test_every_habit_is_listed(ada: Conversation, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also those on a further page of the habits service, 200 each in earnest."""
    monkeypatch.setattr("services.notifications.bot.habit_editor._PAGE", 2)
    await ada.registers()
    titles = ["Read", "Run", "Sing", "Swim", "Yoga"]
    for title in titles:
        await ada.makes(f"{title} daily", title)
    await ada.says("/habits")
    listed = await ada.hears("📋 Your habits")
    assert labels(listed) == [*([title] for title in titles), ["🗄 Archive"]]


async def test_an_account_is_deleted_in_the_chat(ada: Conversation) -> None:
    await ada.registers()
    await ada.says("/code")
    code = await ada.hears("🔑")
    assert re.match(r"🔑 \w{4}-\w{4}-\w{4}\n", code["text"])
    await ada.says("/delete")
    sure = await ada.hears(replies.ASK_DELETE_ACCOUNT)
    assert (await ada.presses(sure, "No, keep it"))["text"] == replies.ACCOUNT_KEPT
    await ada.says("/delete")
    sure = await ada.hears(replies.ASK_DELETE_ACCOUNT)
    gone = await ada.presses(sure, "🗑 Yes, delete everything")
    assert gone["text"] == replies.ACCOUNT_DELETED
    await ada.says("/today")
    await ada.hears("I do not know you yet")


async def test_a_russian_person_does_the_same_in_russian(ada: Conversation) -> None:
    await ada.registers(language="Русский", city="Москва")
    await ada.hears("🎉 Добро пожаловать!")
    await ada.says("/new Бег 20 км в неделю 8:00")
    card = await ada.hears("✨ Бег")
    assert card["text"] == "✨ Бег\n🎯 не меньше 20 км\n🗓 всего за неделю\n⏰ 08:00"
    await ada.presses(card, "✅ Создать")
    await ada.says("бег 5")
    await ada.hears("Бег\n➕ 5 км · всего 5 км")
    await ada.says("/habits")
    listed = await ada.hears("📋 Ваши привычки")
    assert "💪 Сила" in (await ada.presses(listed, "Бег"))["text"]
