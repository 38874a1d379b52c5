"""aiogram, as the bot uses it, meets the stand-in: every shape is one that it can read."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import aiohttp
import pytest
from aiogram import Bot
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.exceptions import (
    TelegramBadRequest,
    TelegramConflictError,
    TelegramForbiddenError,
    TelegramNetworkError,
    TelegramRetryAfter,
    TelegramServerError,
)
from aiogram.types import (
    BotCommand,
    BufferedInputFile,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
)

from tests.telegram import Telegram

PICTURE = b"\x89PNG\r\n\x1a\n"


@pytest.fixture
async def bot(telegram: Telegram) -> AsyncIterator[Bot]:
    session = AiohttpSession(api=TelegramAPIServer.from_base(telegram.url))
    async with Bot(telegram.token, session=session) as bot:
        yield bot


def keyboard(*data: str) -> InlineKeyboardMarkup:
    row = [InlineKeyboardButton(text=one.title(), callback_data=one) for one in data]
    return InlineKeyboardMarkup(inline_keyboard=[row])


async def a_chat(telegram: Telegram) -> int:
    chat = await telegram.open_chat()
    await telegram.say(chat, "/start")
    return chat


async def test_the_bot_learns_who_it_is(bot: Bot, telegram: Telegram) -> None:
    me = await bot.get_me()
    assert (me.is_bot, me.username) == (True, telegram.username)
    assert await bot.delete_webhook()
    assert await bot.set_my_commands([BotCommand(command="today", description="Today")])
    assert [one.command for one in await bot.get_my_commands()] == ["today"]


async def test_a_deep_link_arrives_as_a_start_command(bot: Bot, telegram: Telegram) -> None:
    chat = await telegram.open_chat("Grace")
    await telegram.say(chat, "/start abc123")
    [update] = await bot.get_updates(timeout=0)
    assert update.message is not None
    assert (update.message.text, update.message.chat.id) == ("/start abc123", chat)
    assert update.message.entities is not None
    assert update.message.entities[0].type == "bot_command"
    assert update.message.from_user is not None
    assert update.message.from_user.first_name == "Grace"


async def test_updates_stay_until_they_are_confirmed(bot: Bot, telegram: Telegram) -> None:
    chat = await telegram.open_chat()
    for text in ("one", "two"):
        await telegram.say(chat, text)
    first, second = await bot.get_updates(timeout=0)
    assert await bot.get_updates(timeout=0) == [first, second]
    assert await bot.get_updates(offset=second.update_id, timeout=0) == [second]
    assert await bot.get_updates(offset=second.update_id + 1, timeout=0) == []


async def test_a_long_poll_ends_when_somebody_writes(bot: Bot, telegram: Telegram) -> None:
    chat = await telegram.open_chat()
    poll = asyncio.create_task(bot.get_updates(timeout=20))
    await asyncio.sleep(0.1)
    assert not poll.done()
    await telegram.say(chat, "hello")
    assert len(await asyncio.wait_for(poll, 15)) == 1


async def test_a_second_poll_ends_the_first(bot: Bot, telegram: Telegram) -> None:
    first = asyncio.create_task(bot.get_updates(timeout=20))
    await asyncio.sleep(0.1)
    assert await bot.get_updates(timeout=0) == []
    with pytest.raises(TelegramConflictError):
        await first


async def test_a_message_shows_its_words_markup_and_buttons(bot: Bot, telegram: Telegram) -> None:
    chat = await a_chat(telegram)
    sent = await bot.send_message(
        chat, "🔥 <b>Drink</b> &amp; run", parse_mode="HTML", reply_markup=keyboard("done", "skip")
    )
    assert sent.text == "🔥 Drink & run"
    assert sent.entities is not None
    assert (sent.entities[0].offset, sent.entities[0].length) == (3, 5)  # 🔥 is two UTF-16 units
    shown = await telegram.wait_for_message(chat, "Drink & run")
    assert [button["text"] for button in shown["buttons"][0]] == ["Done", "Skip"]


async def test_a_pressed_button_reaches_the_bot_and_its_answer_the_person(
    bot: Bot, telegram: Telegram
) -> None:
    chat = await a_chat(telegram)
    await bot.get_updates(offset=-1, timeout=0)
    sent = await bot.send_message(chat, "Done?", reply_markup=keyboard("done"))
    press = asyncio.create_task(
        telegram.press(chat, await telegram.wait_for_message(chat, "Done?"), "Done")
    )
    updates = await bot.get_updates(offset=2, timeout=5)
    query = updates[0].callback_query
    assert query is not None
    assert (query.data, query.message and query.message.message_id) == ("done", sent.message_id)
    assert await bot.answer_callback_query(query.id, text="Well done")
    assert (await press)["text"] == "Well done"
    edited = await bot.edit_message_text("✅ Done", chat_id=chat, message_id=sent.message_id)
    assert not isinstance(edited, bool)
    assert edited.text == "✅ Done"
    shown = await telegram.wait_for_message(chat, "✅ Done")
    assert (shown["edited"], shown["buttons"]) == (True, [])


async def test_a_picture_can_be_sent_and_downloaded(bot: Bot, telegram: Telegram) -> None:
    chat = await a_chat(telegram)
    picture = BufferedInputFile(PICTURE, "week.png")
    sent = await bot.send_photo(chat, picture, caption="Your week")
    assert sent.photo is not None
    shown = await telegram.wait_for_message(chat, "Your week")
    address = f"{telegram.url}/files/{shown['file']['id']}"
    async with aiohttp.ClientSession() as session, session.get(address) as answer:
        assert (answer.content_type, await answer.read()) == ("image/png", PICTURE)
    again = await bot.send_photo(chat, sent.photo[-1].file_id)
    assert again.photo is not None
    document = await bot.send_document(chat, BufferedInputFile(b"{}", "mine.json"))
    assert document.document is not None
    assert document.document.file_name == "mine.json"


@pytest.mark.parametrize(
    ("markup", "why"),
    [
        ("<b>bold", 'find end tag corresponding to start tag "b"'),
        ("<b>x</i>", 'expected "</b>", found "</i>"'),
        ("<h1>x</h1>", 'Unsupported start tag "h1" at byte offset 0'),
        ("a < b", "Unsupported start tag"),
        ("   ", "message text is empty"),
        ("x" * 4097, "message is too long"),
    ],
)
async def test_a_text_telegram_would_refuse_is_refused(
    bot: Bot, telegram: Telegram, markup: str, why: str
) -> None:
    chat = await a_chat(telegram)
    with pytest.raises(TelegramBadRequest, match=why.replace("(", r"\(")):
        await bot.send_message(chat, markup, parse_mode="HTML")
    assert [one["from"] for one in await telegram.messages(chat)] == ["person"]


async def test_calls_that_make_no_sense_are_refused(bot: Bot, telegram: Telegram) -> None:
    unwritten = await telegram.open_chat()
    with pytest.raises(TelegramBadRequest, match="chat not found"):
        await bot.send_message(unwritten, "hello")  # a bot may not write first
    chat = await a_chat(telegram)
    with pytest.raises(TelegramBadRequest, match="BUTTON_DATA_INVALID"):
        await bot.send_message(chat, "x", reply_markup=keyboard("d" * 65))
    with pytest.raises(TelegramBadRequest, match="message to edit not found"):
        await bot.edit_message_text("x", chat_id=chat, message_id=99)
    sent = await bot.send_message(chat, "same")
    with pytest.raises(TelegramBadRequest, match="message is not modified"):
        await bot.edit_message_text("same", chat_id=chat, message_id=sent.message_id)
    with pytest.raises(TelegramBadRequest, match="query is too old"):
        await bot.answer_callback_query("1")


async def test_what_a_test_asks_to_fail_fails(bot: Bot, telegram: Telegram) -> None:
    chat = await a_chat(telegram)
    await telegram.fail("sendMessage", status=429, retry_after=3)
    with pytest.raises(TelegramRetryAfter) as waited:
        await bot.send_message(chat, "one")
    assert waited.value.retry_after == 3
    await telegram.fail("sendMessage", status=502)
    with pytest.raises(TelegramServerError):
        await bot.send_message(chat, "two")
    await telegram.fail("sendMessage", status=0, after_delivery=True)
    with pytest.raises(TelegramNetworkError):
        await bot.send_message(chat, "three", request_timeout=1)
    await telegram.block(chat)
    with pytest.raises(TelegramForbiddenError):
        await bot.send_message(chat, "four")
    said = [one["text"] for one in await telegram.messages(chat) if one["from"] == "bot"]
    assert said == ["three"]


async def test_an_unreadable_token_is_refused(telegram: Telegram) -> None:
    address = f"{telegram.url}/botnonsense/getMe"
    async with aiohttp.ClientSession() as session, session.post(address) as answer:
        assert (answer.status, (await answer.json())["error_code"]) == (401, 401)
