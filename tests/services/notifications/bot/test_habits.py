"""Buttons and lists, as the person in the chat sees them."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

from contracts.habits.v1 import check_in_pb2
from services.notifications.domain import replies
from services.notifications.domain.buttons import Measure
from tests.services.notifications.bot.chat import a_reminder, changed, labels
from tests.services.notifications.bot.peer_services import TODAY, Day, Habits
from tests.services.notifications.conftest import LinkedChats, SenderOf
from tests.telegram import Telegram as StandIn

YESTERDAY = TODAY - timedelta(days=1)


async def test_done_checks_in_and_shows_it_in_place(
    bot: None, chats: LinkedChats, a_sender: SenderOf, habits: Habits, telegram: StandIn
) -> None:
    ada = await chats.person()
    reminder = await a_reminder(chats, a_sender, ada, habits.water)
    assert labels(reminder) == [["✅ Done", "⏭ Skip", "⏰ Later"]]
    toast = await telegram.press(ada.chat, reminder, "✅ Done")
    assert toast["text"] == "✅ Done · 4 days in a row"
    shown = await changed(telegram, ada, reminder)
    assert shown["text"] == '🔥 Habit reminder: "Drink water"\n✅ Done · 4 days in a row'
    assert labels(shown) == [["↩️ Undo"]]
    assert habits.days[habits.water, TODAY].mark == check_in_pb2.MARK_DONE
    assert habits.callers == {ada.id}
    assert habits.sources == {check_in_pb2.SOURCE_TELEGRAM}


async def test_an_answer_after_midnight_counts_for_the_day_of_the_reminder(
    bot: None, chats: LinkedChats, a_sender: SenderOf, habits: Habits, telegram: StandIn
) -> None:
    ada = await chats.person()
    reminder = await a_reminder(chats, a_sender, ada, habits.water, due=YESTERDAY)
    await telegram.press(ada.chat, reminder, "✅ Done")
    assert list(habits.days) == [(habits.water, YESTERDAY)]


async def test_undo_takes_back_what_the_button_did(
    bot: None, chats: LinkedChats, a_sender: SenderOf, habits: Habits, telegram: StandIn
) -> None:
    ada = await chats.person()
    reminder = await a_reminder(chats, a_sender, ada, habits.water)
    await telegram.press(ada.chat, reminder, "✅ Done")
    toast = await telegram.press(ada.chat, await changed(telegram, ada, reminder), "↩️ Undo")
    assert toast["text"] == replies.UNDONE_TEXT
    assert habits.days[habits.water, TODAY].mark == check_in_pb2.MARK_UNSPECIFIED
    shown = await changed(telegram, ada, reminder)
    assert labels(shown) == [["✅ Done", "⏭ Skip", "⏰ Later"]]


async def test_undo_leaves_alone_what_came_after(
    bot: None, chats: LinkedChats, a_sender: SenderOf, habits: Habits, telegram: StandIn
) -> None:
    """Another day was filled in meanwhile: undo would take back that one."""
    ada = await chats.person()
    first = await a_reminder(chats, a_sender, ada, habits.water, due=YESTERDAY)
    await telegram.press(ada.chat, first, "✅ Done")
    second = await a_reminder(chats, a_sender, ada, habits.water, count=2)
    await telegram.press(ada.chat, second, "✅ Done")
    toast = await telegram.press(ada.chat, await changed(telegram, ada, first), "↩️ Undo")
    assert (toast["text"], toast["show_alert"]) == (replies.UNDO_LATE, True)
    assert len(habits.changes) == 2


async def test_later_asks_for_how_long_and_skip_still_works(
    bot: None, chats: LinkedChats, a_sender: SenderOf, habits: Habits, telegram: StandIn
) -> None:
    ada = await chats.person()
    reminder = await a_reminder(chats, a_sender, ada, habits.water)
    await telegram.press(ada.chat, reminder, "⏰ Later")
    menu = await changed(telegram, ada, reminder)
    assert menu["text"] == reminder["text"]
    assert labels(menu)[0][:2] == ["15 min", "1 hour"]
    assert labels(menu)[1] == ["Other…", "‹ Back"]
    later = await telegram.press(ada.chat, menu, "1 hour")
    in_an_hour = datetime.now(UTC) + timedelta(hours=1)
    assert later["text"] in {
        f"⏰ I will remind you again at {moment:%H:%M}"
        for moment in (in_an_hour, in_an_hour - timedelta(seconds=20))
    }
    (snooze,) = habits.snoozes
    assert (snooze.habit_id, snooze.due_date) == (str(habits.water), TODAY.isoformat())
    assert snooze.snooze_minutes == 60
    shown = await changed(telegram, ada, reminder)
    assert labels(shown) == [["✅ Done", "⏭ Skip"]]
    await telegram.press(ada.chat, shown, "⏭ Skip")
    assert habits.days[habits.water, TODAY].mark == check_in_pb2.MARK_SKIP
    skipped = await changed(telegram, ada, reminder)
    assert "⏭ Skipped · still 4 days in a row" in skipped["text"]


async def test_later_takes_minutes_of_ones_own(
    bot: None, chats: LinkedChats, a_sender: SenderOf, habits: Habits, telegram: StandIn
) -> None:
    ada = await chats.person()
    reminder = await a_reminder(chats, a_sender, ada, habits.water)
    await telegram.press(ada.chat, reminder, "⏰ Later")
    await telegram.press(ada.chat, await changed(telegram, ada, reminder), "Other…")
    await telegram.say(ada.chat, "soon")
    await telegram.wait_for_message(ada.chat, replies.MINUTES_UNCLEAR)
    await telegram.say(ada.chat, "25")
    await telegram.wait_for_message(ada.chat, "⏰ I will remind you again at")
    assert [snooze.snooze_minutes for snooze in habits.snoozes] == [25]


async def test_amounts_are_added_from_a_reminder(
    bot: None, chats: LinkedChats, a_sender: SenderOf, habits: Habits, telegram: StandIn
) -> None:
    ada = await chats.person()
    reminder = await a_reminder(chats, a_sender, ada, habits.run, measure=Measure.QUANTITY)
    assert labels(reminder)[1] == ["+1", "+5", "Other…"]
    toast = await telegram.press(ada.chat, reminder, "+1")
    assert toast["text"] == "➕ 1 km · 1 km so far"
    await telegram.press(ada.chat, await changed(telegram, ada, reminder), "Other…")
    await telegram.say(ada.chat, "2,5")
    await telegram.wait_for_message(ada.chat, "➕ 2.5 km · 3.5 km so far")
    assert habits.days[habits.run, TODAY].amount == Decimal("3.5")


async def test_done_fills_up_a_quantity(
    bot: None, chats: LinkedChats, a_sender: SenderOf, habits: Habits, telegram: StandIn
) -> None:
    ada = await chats.person()
    reminder = await a_reminder(chats, a_sender, ada, habits.run, measure=Measure.QUANTITY)
    habits.days[habits.run, TODAY] = Day(amount=Decimal("3.5"))  # noted in the app meanwhile
    toast = await telegram.press(ada.chat, reminder, "✅ Done")
    assert toast["text"] == "✅ Done · 5 km · 4 days in a row"
    assert habits.days[habits.run, TODAY].amount == 5
    assert habits.changes[-1].after.amount == "5.0"


async def test_a_button_of_an_archived_habit_says_so(
    bot: None, chats: LinkedChats, a_sender: SenderOf, habits: Habits, telegram: StandIn
) -> None:
    ada = await chats.person()
    reminder = await a_reminder(chats, a_sender, ada, habits.water)
    habits.archived.add(habits.water)
    toast = await telegram.press(ada.chat, reminder, "✅ Done")
    assert toast["text"].startswith("This habit is archived.")
    assert toast["show_alert"]


async def test_today_lists_habits_and_takes_answers(
    bot: None, chats: LinkedChats, habits: Habits, telegram: StandIn
) -> None:
    ada = await chats.person()
    await telegram.say(ada.chat, "/Today")
    listed = await telegram.wait_for_message(ada.chat, "📅")
    assert listed["text"] == (
        "📅 Mon 23 Nov · 0 of 3 done\n\n⬜ Drink water\n⬜ Run · 5 km to go\n"
        "⬜ Coffee · 0 of at most 3 cups"
    )
    back = ["◀ Sun 22 Nov"]
    run, coffee = ["✅ Run", "+1", "+5", "…", "⏭"], ["Coffee +1", "+5", "…"]
    assert labels(listed) == [["✅ Drink water", "⏭", "📝"], run, coffee, back]
    await telegram.press(ada.chat, listed, "✅ Drink water")
    shown = await changed(telegram, ada, listed)
    assert "1 of 3 done\n\n⬜ Run" in shown["text"]
    assert labels(shown)[:-1] == [run, coffee, ["↩️ Undo Drink water", "📝"]]
    await telegram.press(ada.chat, shown, "↩️ Undo Drink water")
    assert (await changed(telegram, ada, listed))["text"] == listed["text"]


async def test_the_board_adds_asks_notes_and_turns(
    bot: None, chats: LinkedChats, habits: Habits, telegram: StandIn
) -> None:
    ada = await chats.person()
    await telegram.say(ada.chat, "/today")
    board = await telegram.wait_for_message(ada.chat, "📅")
    await telegram.press(ada.chat, board, "Coffee +1")
    assert "Coffee · 1 of at most 3 cups" in (await changed(telegram, ada, board))["text"]
    await telegram.press(ada.chat, board, "…")
    await telegram.wait_for_message(ada.chat, "How many km shall I add to “Run”?")
    await telegram.say(ada.chat, "much")
    await telegram.wait_for_message(ada.chat, replies.AMOUNT_UNCLEAR)
    await telegram.say(ada.chat, "2")
    await telegram.wait_for_message(ada.chat, "➕ 2 km · 2 km so far")
    shown = await telegram.wait_for_message(ada.chat, "Run · 3 km to go")  # after the reply
    assert shown["message_id"] == board["message_id"]
    await telegram.press(ada.chat, board, "✅ Drink water")
    await telegram.press(ada.chat, await changed(telegram, ada, board), "📝")
    await telegram.say(ada.chat, "with lemon")
    await telegram.wait_for_message(ada.chat, replies.NOTED)
    assert habits.notes == ["with lemon"]
    await telegram.press(ada.chat, await changed(telegram, ada, board), "◀ Sun 22 Nov")
    yesterday = await changed(telegram, ada, board)
    assert yesterday["text"].startswith("📅 Sun 22 Nov · 0 of 3 done")
    boards = [one for one in await telegram.messages(ada.chat) if "📅" in one["text"]]
    assert len(boards) == 1


async def test_plain_words_are_understood(
    bot: None, chats: LinkedChats, habits: Habits, telegram: StandIn
) -> None:
    ada = await chats.person()
    await telegram.say(ada.chat, "done water")
    await telegram.wait_for_message(ada.chat, "Drink water\n✅ Done · 4 days in a row")
    await telegram.say(ada.chat, "ran 3 yesterday")
    await telegram.wait_for_message(ada.chat, "Run\n➕ 3 km · 3 km so far")
    assert habits.days[habits.run, YESTERDAY].amount == Decimal(3)
    await telegram.say(ada.chat, "undo")
    await telegram.wait_for_message(ada.chat, replies.UNDONE_TEXT)
    assert habits.days[habits.run, YESTERDAY].amount == 0
    await telegram.say(ada.chat, "undo")
    await telegram.wait_for_message(ada.chat, replies.NOTHING_TO_UNDO)
    await telegram.say(ada.chat, "done chess")
    await telegram.wait_for_message(ada.chat, "I find no habit like “chess”")


async def test_an_amount_that_was_not_said_is_asked(
    bot: None, chats: LinkedChats, habits: Habits, telegram: StandIn
) -> None:
    """Who "ran" did not say that it was all of it: nothing is recorded before."""
    ada = await chats.person()
    await telegram.say(ada.chat, "ran")
    question = await telegram.wait_for_message(ada.chat, "How many km shall I add to “Run”?")
    assert labels(question) == [["✅ Done"], ["+1", "+5", "Other…"]]
    assert habits.changes == []
    toast = await telegram.press(ada.chat, question, "+1")
    assert toast["text"] == "➕ 1 km · 1 km so far"
    await telegram.say(ada.chat, "drank water")
    await telegram.wait_for_message(ada.chat, "Drink water\n✅ Done · 4 days in a row")
    await telegram.say(ada.chat, "done run")
    await telegram.wait_for_message(ada.chat, "Run\n✅ Done · 5 km · 4 days in a row")


async def test_a_russian_chat_is_answered_in_russian(
    bot: None, chats: LinkedChats, habits: Habits, telegram: StandIn
) -> None:
    ada = await chats.person(locale="ru")
    await telegram.say(ada.chat, "/today")
    board = await telegram.wait_for_message(ada.chat, "📅")
    assert "сделано 0 из 3" in board["text"]
    assert "Run · ещё 5 km" in board["text"]
    toast = await telegram.press(ada.chat, board, "✅ Drink water")
    assert toast["text"] == "✅ Готово · 4 дня подряд"


async def test_cancel_ends_a_question(
    bot: None, chats: LinkedChats, habits: Habits, telegram: StandIn
) -> None:
    ada = await chats.person()
    await telegram.say(ada.chat, "/today")
    board = await telegram.wait_for_message(ada.chat, "📅")
    await telegram.press(ada.chat, board, "…")
    await telegram.say(ada.chat, "/cancel")
    await telegram.wait_for_message(ada.chat, replies.CANCELED)
    await telegram.say(ada.chat, "/cancel")
    await telegram.wait_for_message(ada.chat, replies.NOTHING_TO_CANCEL)
    assert habits.changes == []
