"""`/tips`: what is suggested, and what a tap on it changes in real habits, and takes back."""

from typing import Any

import pytest

from services.notifications.domain import replies
from services.notifications.domain.messages import TIPS_DATA
from tests.services.notifications.bot.beside_analytics import (
    Suggestions,
    analytics,
    neighbors_url,
    suggestions,
)
from tests.services.notifications.bot.chat import labels
from tests.services.notifications.bot.whole import (
    Conversation,
    ada,
    habits_channel,
    real_auth,
    whole_bot,
)

__all__ = [
    "ada",
    "analytics",
    "habits_channel",
    "neighbors_url",
    "real_auth",
    "suggestions",
    "whole_bot",
]

UNDO = "↩️ Undo"
NEXT = "💡 Next suggestion"


async def habit_of(ada: Conversation, line: str, title: str) -> str:
    """Make a habit and return its id, which its card's button carries."""
    await ada.makes(line, title)
    await ada.says("/habits")
    listed = await ada.hears("📋")
    return str(listed["buttons"][0][0]["data"].split(":")[2])


async def card_of(ada: Conversation, title: str, *, archived: bool = False) -> str:
    """Return what a habit's card says now, in the first list that is still one."""
    await ada.says("/habits")
    listed = await ada.hears(replies.NO_HABITS if archived else "📋")
    if archived:
        listed = await ada.presses(listed, "🗄 Archive")
    return str((await ada.presses(listed, title))["text"])


async def refusal_of(ada: Conversation, message: dict[str, Any], label: str) -> str:
    """Press a button that is refused, again where that took too long; return the alert."""
    while True:
        answer = await ada.telegram.press(ada.chat, message, label)
        if answer["text"] not in (replies.ONE_MOMENT, replies.TRY_AGAIN):
            assert answer["show_alert"] is True
            return str(answer["text"])


@pytest.mark.parametrize(
    ("line", "action", "label", "then"),
    [
        (
            "Run 5 km",
            {"kind": "set_reminder", "time": "07:30"},
            "⏰ Remind at 07:30",
            "⏰ 07:30",
        ),
        (
            "Run 5 km 21:00",
            {"kind": "set_reminder", "time": "07:30"},
            "⏰ Remind at 07:30",
            "⏰ 07:30",
        ),
        (
            "Run",
            {"kind": "change_schedule", "schedule": {"frequency": "weekly", "times": 3}},
            "🗓 3 times a week",
            "🗓 3 times a week",
        ),
        (
            "Run",
            {
                "kind": "change_schedule",
                "schedule": {"frequency": "weekly", "weekdays": ["mon", "sun"]},
            },
            "🗓 Mon, Sun",
            "🗓 Mon, Sun",
        ),
        (
            "Run 5 km",
            {"kind": "change_target", "goal": {"direction": "at_least", "amount": 3.5}},
            "🎯 at least 3.5",
            "🎯 at least 3.5 km",
        ),
        ("Run", {"kind": "archive"}, "🗄 Archive it", "🗄"),
    ],
)
async def test_a_tip_is_applied_and_undone_with_one_tap_each(
    ada: Conversation,
    suggestions: Suggestions,
    line: str,
    action: dict[str, Any],
    label: str,
    then: str,
) -> None:
    await ada.registers()
    suggestions.suggest(await habit_of(ada, line, "Run"), "Change it?", action)
    before = await card_of(ada, "Run")
    await ada.says("/tips")
    tip = await ada.hears("💡 Change it?")
    assert labels(tip) == [[label], ["👌 Not now"]]
    applied = await ada.presses(tip, label)
    assert applied["text"] == f"💡 Change it?\n\n{replies.CHANGED} · {label}"
    assert labels(applied) == [[UNDO], [NEXT]]
    after = await card_of(ada, "Run", archived=action["kind"] == "archive")
    assert then in after
    assert then not in before
    undone = await ada.presses(applied, UNDO)
    assert undone["text"] == f"💡 Change it?\n\n{replies.UNDONE_TEXT} · {label}"
    assert await card_of(ada, "Run") == before
    assert (await ada.presses(undone, NEXT))["text"] == replies.NO_TIPS


async def test_a_streak_at_risk_is_saved_with_one_tap(
    ada: Conversation, suggestions: Suggestions
) -> None:
    """A quantity is filled up to its goal; taken back, the day is open again."""
    await ada.registers()
    habit_id = await habit_of(ada, "Run 5 km", "Run")
    await ada.says("/today")
    board = await ada.hears("📅")
    day = board["buttons"][0][0]["data"][25:33]
    date = f"{day[:4]}-{day[4:6]}-{day[6:]}"
    action = {"kind": "check_in", "date": date, "amount": "5"}
    suggestions.suggest(habit_id, "It ends today.", action)
    await ada.says("/tips")
    tip = await ada.hears("💡 It ends today.")
    applied = await ada.presses(tip, labels(tip)[0][0])
    await ada.says("/today")
    assert "✅ Run" in (await ada.hears("1 of 1 done"))["text"]
    await ada.presses(applied, UNDO)
    await ada.says("/today")
    await ada.hears("0 of 1 done", count=2)


async def test_all_habits_are_paused_for_days_away(
    ada: Conversation, suggestions: Suggestions
) -> None:
    await ada.registers()
    await habit_of(ada, "Run", "Run")
    days = {"from_date": "2026-03-02", "to_date": "2026-03-05"}
    suggestions.suggest("", "You were away.", {"kind": "pause", **days})
    await ada.says("/tips")
    label = "⏸ Pause: Mon 2 Mar – Thu 5 Mar"
    applied = await ada.presses(await ada.hears("💡 You were away."), label)
    assert applied["text"].endswith(f"{replies.CHANGED} · {label}")
    assert (await ada.presses(applied, UNDO))["text"].endswith(f"{replies.UNDONE_TEXT} · {label}")


async def test_tips_are_turned_and_put_aside(ada: Conversation, suggestions: Suggestions) -> None:
    """Which has nothing to apply, or is of a kind the chat does not know, has no such button."""
    await ada.registers()
    await ada.says("/Tips")
    await ada.hears(replies.NO_TIPS)
    habit_id = await habit_of(ada, "Run", "Run")
    suggestions.suggest(habit_id, "Well begun.", {})
    suggestions.suggest(habit_id, "Fly.", {"kind": "fly"})
    await ada.says("/tips")
    tip = await ada.hears("💡 Well begun.")
    assert labels(tip) == [["👌 Not now"], ["1/2 ▾"]]
    tip = await ada.presses(tip, "1/2 ▾")
    assert tip["text"] == "💡 Fly."
    aside = await ada.presses(tip, "👌 Not now")
    assert aside["text"] == f"💡 Fly.\n\n{replies.TIP_PUT_ASIDE}"
    assert (await ada.presses(aside, NEXT))["text"] == "💡 Well begun."


async def test_a_tip_that_is_over_says_so(ada: Conversation, suggestions: Suggestions) -> None:
    await ada.registers()
    suggestions.suggest(await habit_of(ada, "Run", "Run"), "Rest?", {"kind": "archive"})
    await ada.says("/tips")
    tip = await ada.hears("💡 Rest?")
    await suggestions.delete_stored()
    assert await refusal_of(ada, tip, "🗄 Archive it") == replies.TIP_OVER


async def test_what_was_changed_since_is_not_undone(
    ada: Conversation, suggestions: Suggestions
) -> None:
    """Whoever edited the habit after the tip has decided already."""
    await ada.registers()
    action = {"kind": "set_reminder", "time": "07:30"}
    suggestions.suggest(await habit_of(ada, "Run", "Run"), "In the morning?", action)
    await ada.says("/tips")
    applied = await ada.presses(await ada.hears("💡 In the"), "⏰ Remind at 07:30")
    suggestions.suggest(
        str(suggestions.chosen[0].habit_id), "At noon?", {"kind": "set_reminder", "time": "12:00"}
    )
    await ada.says("/tips")
    await ada.presses(await ada.hears("💡 At noon?"), "⏰ Remind at 12:00")
    assert await refusal_of(ada, applied, UNDO) == replies.TIP_CHANGED_SINCE
    assert "⏰ 12:00" in await card_of(ada, "Run")


async def test_what_was_not_applied_is_not_undone(
    ada: Conversation, suggestions: Suggestions
) -> None:
    """A rule that holds anew begins anew: an old message's button has nothing to take back."""
    await ada.registers()
    suggestions.suggest(await habit_of(ada, "Run", "Run"), "Rest?", {"kind": "archive"})
    await ada.says("/tips")
    applied = await ada.presses(await ada.hears("💡 Rest?"), "🗄 Archive it")
    await suggestions.mark_unapplied()
    assert await refusal_of(ada, applied, UNDO) == replies.TIP_NOT_APPLIED


@pytest.mark.parametrize(
    ("action", "sentence"),
    [
        ({"kind": "check_in", "date": "2026-01-01"}, "The habit had not begun on that day."),
        (
            {"kind": "change_schedule", "schedule": {"frequency": "weekly", "times": 9}},
            replies.TIP_REFUSED,
        ),
    ],
)
async def test_a_refusal_of_habits_is_a_sentence(
    ada: Conversation, suggestions: Suggestions, action: dict[str, Any], sentence: str
) -> None:
    await ada.registers()
    suggestions.suggest(await habit_of(ada, "Run", "Run"), "Do it?", action)
    await ada.says("/tips")
    tip = await ada.hears("💡 Do it?")
    assert await refusal_of(ada, tip, labels(tip)[0][0]) == sentence


async def test_the_list_waits_for_what_was_just_recorded(
    ada: Conversation, suggestions: Suggestions
) -> None:
    """While the events of it are on their way, the chat says so instead of an old list."""
    await ada.registers()
    suggestions.is_relaying = False
    suggestions.suggest(await habit_of(ada, "Run", "Run"), "Rest?", {"kind": "archive"})
    await ada.says("/tips")
    await ada.hears(replies.CHANGES_NOT_COUNTED)
    suggestions.is_relaying = True
    await ada.says("/tips")
    await ada.hears("💡 Rest?")


async def test_a_report_leads_to_the_tips(ada: Conversation, suggestions: Suggestions) -> None:
    await ada.registers()
    suggestions.suggest(await habit_of(ada, "Run", "Run"), "Rest?", {"kind": "archive"})
    place = await ada.hears("📋")
    query = {
        "id": "1",
        "from": {"id": ada.chat, "is_bot": False, "first_name": "Ada"},
        "chat_instance": "1",
        "message": {
            "message_id": place["message_id"],
            "date": 1,
            "chat": {"id": ada.chat, "type": "private"},
        },
        "data": TIPS_DATA,
    }
    await ada.telegram.add_update(ada.chat, "callback_query", query)
    await ada.hears("💡 Rest?")


async def test_tips_in_russian(ada: Conversation, suggestions: Suggestions) -> None:
    await ada.registers(language="Русский", city="Москва")
    await ada.says("/new Бег")
    await ada.presses(await ada.hears("✨ Бег"), "✅ Создать")
    await ada.says("/habits")
    listed = await ada.hears("📋")
    habit_id = str(listed["buttons"][0][0]["data"].split(":")[2])
    suggestions.suggest(habit_id, "Утром?", {"kind": "set_reminder", "time": "07:30"})
    await ada.says("/tips")
    applied = await ada.presses(await ada.hears("💡 Утром?"), "⏰ Напоминать в 07:30")
    assert applied["text"].endswith("✅ Изменено · ⏰ Напоминать в 07:30")
    await suggestions.mark_unapplied()
    refusal = await refusal_of(ada, applied, "↩️ Отменить")
    assert refusal == "Этот совет не был применён, так что отменять нечего."
    suggestions.suggest(habit_id, "Вечером?", {"kind": "set_reminder", "time": "21:00"})
    await ada.says("/tips")
    applied = await ada.presses(await ada.hears("💡 Вечером?"), "⏰ Напоминать в 21:00")
    undone = await ada.presses(applied, "↩️ Отменить")
    assert undone["text"].endswith("↩️ Отменено · ⏰ Напоминать в 21:00")
