"""Updates are handled in order, once, and not lost, whatever happens to either side."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from chassis.database import Database
from services.notifications.bot.update_poller import UpdatePoller
from services.notifications.cache import Cache
from services.notifications.domain import replies
from services.notifications.telegram import Telegram
from services.notifications.telegram.library import types
from services.notifications.use_cases import links
from tests.services.notifications.bot.chat import a_reminder
from tests.services.notifications.bot.peer_services import Auth, Habits
from tests.services.notifications.conftest import LinkedChats, SenderOf
from tests.services.notifications.running import running
from tests.telegram import Telegram as StandIn


async def test_a_press_brought_again_after_a_crash_is_done_once(
    a_bot: Callable[[], UpdatePoller],
    chats: LinkedChats,
    a_sender: SenderOf,
    habits: Habits,
    telegram: StandIn,
) -> None:
    """The first bot did it and died before it could confirm that; the next one gets it again."""
    ada = await chats.person()
    reminder = await a_reminder(chats, a_sender, ada, habits.water)
    dying = asyncio.create_task(a_bot().run(asyncio.Event()))
    await telegram.wait_for_message(
        ada.chat, replies.NOT_UNDERSTOOD
    )  # it has asked, and waits for news
    await asyncio.sleep(0.2)
    await telegram.fail("getUpdates", status=500, times=2)
    await telegram.press(ada.chat, reminder, "✅ Done")
    dying.cancel()
    async with running(a_bot().run):
        await telegram.say(ada.chat, "/help")
        await telegram.wait_for_message(ada.chat, replies.HELP)
    assert len(habits.changes) == 1


@pytest.mark.parametrize("url", ["https://habits.example/telegram", None])
async def test_the_menu_button_opens_the_web_app_where_it_has_an_address(
    cache: Cache, gateway: Telegram, a_dispatcher: Any, chats: LinkedChats, url: str | None
) -> None:
    """Without one it shows the commands, whatever it opened before."""
    ada = await chats.person()
    async with running(UpdatePoller(gateway, cache, a_dispatcher(), mini_app_url=url).run):
        await chats.telegram.wait_for_message(ada.chat, replies.NOT_UNDERSTOOD)
    button = await (await gateway.bot()).get_chat_menu_button()
    assert (button.type, getattr(button.web_app, "url", None)) == (
        "web_app" if url else "commands",
        url,
    )


async def test_a_bot_survives_a_telegram_that_is_away(
    a_bot: Callable[[], UpdatePoller], chats: LinkedChats, telegram: StandIn
) -> None:
    await telegram.fail("getMe", status=502)
    await telegram.fail("getUpdates", status=500)
    ada = await chats.person()
    async with running(a_bot().run):
        await telegram.wait_for_message(ada.chat, replies.NOT_UNDERSTOOD)


async def test_an_answer_waits_where_telegram_asks_for_a_pause(
    bot: None, chats: LinkedChats, telegram: StandIn
) -> None:
    await telegram.fail("sendMessage", status=429, retry_after=1)
    ada = await chats.person()
    await telegram.wait_for_message(ada.chat, replies.NOT_UNDERSTOOD)


async def test_a_chat_is_answered_in_order(
    bot: None, chats: LinkedChats, telegram: StandIn
) -> None:
    ada = await chats.person()
    for text in ("/help", "/start", "/help"):
        await telegram.say(ada.chat, text)
    await telegram.wait_for_message(ada.chat, replies.HELP, count=2)
    heard = await chats.received_texts(ada)
    assert heard == [
        replies.NOT_UNDERSTOOD,
        replies.HELP,
        replies.LINKED_ALREADY,
        replies.HELP,
    ]


async def test_what_is_not_understood_gets_help(
    bot: None, chats: LinkedChats, telegram: StandIn
) -> None:
    ada = await chats.person()
    await telegram.wait_for_message(ada.chat, replies.NOT_UNDERSTOOD)  #  "hello"
    await telegram.say(ada.chat, "/help")
    await telegram.wait_for_message(ada.chat, replies.HELP)
    await telegram.say(ada.chat, "/start")
    await telegram.wait_for_message(ada.chat, replies.LINKED_ALREADY)


async def test_a_token_is_asked_for_once(
    bot: None, chats: LinkedChats, auth: Auth, telegram: StandIn
) -> None:
    ada = await chats.person()
    for number in (1, 2):
        await telegram.say(ada.chat, "/today")
        await telegram.wait_for_message(ada.chat, "📅", count=number)
    (asked,) = auth.asked
    assert (asked.account_id, asked.actor) == (str(ada.id), "telegram")


async def handled(listener: UpdatePoller, gateway: Telegram, **update: Any) -> None:
    """Have a bot handle an update that the stand-in does not make by itself."""
    bot = await gateway.bot()
    made = types.Update.model_validate({"update_id": 1, **update}, context={"bot": bot})
    await listener.handle(bot, [made], asyncio.Event())


def somebody(chat_id: int, kind: str = "private") -> dict[str, Any]:
    """Return where and by whom something happens in a chat."""
    return {
        "chat": {"id": chat_id, "type": kind, "title": "Family"},
        "from": {"id": 1, "is_bot": False, "first_name": "Ada"},
        "date": int(datetime.now(UTC).timestamp()),
    }


async def test_habits_are_not_talked_about_in_groups(
    a_bot: Callable[[], UpdatePoller], gateway: Telegram, telegram: StandIn
) -> None:
    message = {**somebody(-100, "group"), "message_id": 1, "text": "/today"}
    await handled(a_bot(), gateway, message=message)
    (call,) = await telegram.calls("sendMessage")
    assert call["text"] == replies.ONLY_PRIVATE


@pytest.mark.parametrize(("before", "after"), [("member", "kicked"), ("kicked", "member")])
async def test_blocking_the_bot_is_noted(
    a_bot: Callable[[], UpdatePoller],
    gateway: Telegram,
    chats: LinkedChats,
    database: Database,
    before: str,
    after: str,
) -> None:
    ada = await chats.person()
    async with database.transaction() as session:
        await links.mark_reachable(session, ada.chat, reachable=before == "member")
    bot = {"user": {"id": 2, "is_bot": True, "first_name": "Bot"}, "until_date": 0}
    change = {
        **somebody(ada.chat),
        "old_chat_member": {**bot, "status": before},
        "new_chat_member": {**bot, "status": after},
    }
    await handled(a_bot(), gateway, my_chat_member=change)
    async with database.transaction() as session:
        assert (await links.get_chat(session, ada.id)).reachable is (after == "member")


async def test_a_button_of_another_time_says_so(
    a_bot: Callable[[], UpdatePoller], gateway: Telegram, telegram: StandIn
) -> None:
    pressed = {"id": "1", "chat_instance": "1", "data": "old", **somebody(1)}
    pressed["message"] = {**somebody(1), "message_id": 1}
    await handled(a_bot(), gateway, callback_query=pressed)
    (call,) = await telegram.calls("answerCallbackQuery")
    assert call["text"] == replies.BUTTON_OLD


async def test_a_service_that_does_not_answer_is_told_of(
    bot: None, chats: LinkedChats, telegram: StandIn, auth: Auth
) -> None:
    ada = await chats.person()
    auth.away = True
    await telegram.say(ada.chat, "/today")
    await telegram.wait_for_message(ada.chat, replies.TRY_AGAIN)


async def test_a_button_is_answered_while_its_service_stands_still(
    bot: None, a_sender: SenderOf, chats: LinkedChats, telegram: StandIn, habits: Habits
) -> None:
    """What was asked is done all the same, and shown in the message."""
    ada = await chats.person()
    reminder = await a_reminder(chats, a_sender, ada, habits.water)
    habits.answering.clear()
    answer = await telegram.press(ada.chat, reminder, "✅ Done")
    assert answer["text"] == replies.ONE_MOMENT
    assert not habits.changes
    habits.answering.set()
    await telegram.wait_for_message(ada.chat, "✅ Done · 4 days in a row")


async def test_a_refusal_that_comes_after_the_answer_of_a_button_is_a_message(
    bot: None, a_sender: SenderOf, chats: LinkedChats, telegram: StandIn, habits: Habits
) -> None:
    """Telegram shows one answer of a press, and that was given."""
    ada = await chats.person()
    reminder = await a_reminder(chats, a_sender, ada, habits.water)
    habits.answering.clear()
    answer = await telegram.press(ada.chat, reminder, "✅ Done")
    assert answer["text"] == replies.ONE_MOMENT
    habits.archived.add(habits.water)
    habits.answering.set()
    await telegram.wait_for_message(ada.chat, "archived")
    assert len(await telegram.calls("answerCallbackQuery")) == 1
