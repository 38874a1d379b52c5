"""What a bot needs beyond text: media, keyboards, menus in languages, limits, webhooks."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from aiogram import Bot
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.exceptions import TelegramBadRequest, TelegramConflictError, TelegramRetryAfter
from aiogram.types import (
    BotCommand,
    BufferedInputFile,
    InputMediaPhoto,
    KeyboardButton,
    MenuButtonWebApp,
    ReplyKeyboardMarkup,
    ReplyKeyboardRemove,
    ReplyParameters,
    WebAppInfo,
)
from aiohttp import web

from local.telegram.state import StoredFile, TelegramState
from tests.telegram import Telegram

PICTURE = b"\x89PNG\r\n\x1a\n"


@pytest.fixture
async def bot(telegram: Telegram) -> AsyncIterator[Bot]:
    session = AiohttpSession(api=TelegramAPIServer.from_base(telegram.url))
    async with Bot(telegram.token, session=session) as bot:
        yield bot


async def a_chat(telegram: Telegram, *, language_code: str = "en") -> int:
    chat = await telegram.open_chat(language_code=language_code)
    await telegram.say(chat, "/start")
    return chat


async def shown(telegram: Telegram, chat: int) -> dict[str, Any]:
    async with telegram.session.get(f"{telegram.url}/control/state") as answer:
        chats = (await answer.json())["chats"]
    return dict(next(one for one in chats if one["id"] == chat))


async def next_update(bot: Bot, offset: int) -> Any:
    [update] = await bot.get_updates(offset=offset, timeout=5)
    return update


async def test_a_picture_is_replaced_in_place(bot: Bot, telegram: Telegram) -> None:
    chat = await a_chat(telegram)
    first = BufferedInputFile(PICTURE, "month.png")
    sent = await bot.send_photo(chat, first, caption="Your month")
    year = InputMediaPhoto(media=BufferedInputFile(PICTURE + b"2", "year.png"), caption="Your year")
    await bot.edit_message_media(year, chat_id=chat, message_id=sent.message_id)
    [message] = [one for one in await telegram.messages(chat) if one["from"] == "bot"]
    assert (message["text"], message["edited"], message["is_photo"]) == ("Your year", True, True)
    assert message["file"]["name"] == "year.png"


async def test_a_caption_longer_than_1024_is_refused(bot: Bot, telegram: Telegram) -> None:
    chat = await a_chat(telegram)
    picture = BufferedInputFile(PICTURE, "a.png")
    with pytest.raises(TelegramBadRequest, match="caption is too long"):
        await bot.send_photo(chat, picture, caption="x" * 1025)
    sent = await bot.send_photo(chat, picture)
    with pytest.raises(TelegramBadRequest, match="no text in the message to edit"):
        await bot.edit_message_text("words", chat_id=chat, message_id=sent.message_id)


async def test_a_keyboard_under_the_input_field_asks_for_a_place(
    bot: Bot, telegram: Telegram
) -> None:
    chat = await a_chat(telegram)
    button = KeyboardButton(text="Share my location", request_location=True)
    keyboard = ReplyKeyboardMarkup(keyboard=[[button]], one_time_keyboard=True)
    await bot.send_message(chat, "Where are you?", reply_markup=keyboard)
    assert (await shown(telegram, chat))["keyboard"] == [
        [{"text": "Share my location", "location": True}]
    ]
    await telegram.share_location(chat, 52.52, 13.4)
    update = await next_update(bot, 2)
    assert update.message.location.latitude == 52.52
    assert (await shown(telegram, chat))["keyboard"] == []
    await bot.send_message(chat, "Berlin it is", reply_markup=ReplyKeyboardRemove())
    assert (await shown(telegram, chat))["keyboard"] == []


async def test_a_menu_and_a_description_are_kept_by_language(bot: Bot, telegram: Telegram) -> None:
    english, russian = await a_chat(telegram), await a_chat(telegram, language_code="ru")
    await bot.set_my_commands([BotCommand(command="today", description="Today")])
    commands = [BotCommand(command="today", description="Сегодня")]
    await bot.set_my_commands(commands, language_code="ru")
    await bot.set_my_description("Привычки", language_code="ru")
    await bot.set_my_short_description("Habits")
    assert (await bot.get_my_short_description("ru")).short_description == "Habits"
    assert (await bot.get_my_description("ru")).description == "Привычки"
    menus = [(await shown(telegram, chat))["commands"] for chat in (english, russian)]
    assert [menu[0]["description"] for menu in menus] == ["Today", "Сегодня"]
    with pytest.raises(TelegramBadRequest, match="BOT_COMMAND_INVALID"):
        await bot.set_my_commands([BotCommand(command="To-day", description="x")])


async def test_the_menu_button_opens_an_https_page(bot: Bot) -> None:
    assert (await bot.get_chat_menu_button()).type == "default"
    page = WebAppInfo(url="https://habits.example/telegram")
    await bot.set_chat_menu_button(menu_button=MenuButtonWebApp(text="Habits", web_app=page))
    button = await bot.get_chat_menu_button()
    assert button.model_dump(exclude_none=True) == {
        "type": "web_app",
        "text": "Habits",
        "web_app": {"url": page.url},
    }
    page = WebAppInfo(url="http://habits.example/telegram")
    with pytest.raises(TelegramBadRequest, match="invalid web app URL"):
        await bot.set_chat_menu_button(menu_button=MenuButtonWebApp(text="Habits", web_app=page))


async def test_typing_shows_until_a_message_comes(bot: Bot, telegram: Telegram) -> None:
    chat = await a_chat(telegram)
    await bot.send_chat_action(chat, "typing")
    assert (await shown(telegram, chat))["action"] == "typing"
    await bot.send_message(chat, "done")
    assert (await shown(telegram, chat))["action"] == ""


async def test_a_file_from_a_person_can_be_downloaded(bot: Bot, telegram: Telegram) -> None:
    chat = await a_chat(telegram)
    await telegram.send_file(chat, "Loop.db", b"SQLite format 3", caption="my habits")
    document = (await next_update(bot, 2)).message.document
    assert document.file_name == "Loop.db"
    content = await bot.download(document)
    assert content is not None
    assert content.read() == b"SQLite format 3"


async def test_a_forwarded_message_loses_its_buttons_and_names_its_origin(
    bot: Bot, telegram: Telegram
) -> None:
    mine, theirs = await a_chat(telegram), await a_chat(telegram)
    sent = await bot.send_message(mine, "🔥 Habit reminder")
    shown_message = await telegram.wait_for_message(mine, "Habit reminder")
    await telegram.forward(theirs, shown_message, from_chat=mine)
    message = (await next_update(bot, 3)).message
    assert (message.text, message.reply_markup) == (sent.text, None)
    assert message.forward_origin.sender_user.is_bot


async def test_an_answer_shows_what_it_answers(bot: Bot, telegram: Telegram) -> None:
    chat = await a_chat(telegram)
    await bot.send_message(chat, "Hi", reply_parameters=ReplyParameters(message_id=1))
    assert (await telegram.wait_for_message(chat, "Hi"))["reply_to"] == "/start"


async def test_a_block_and_its_end_are_told(bot: Bot, telegram: Telegram) -> None:
    chat = await a_chat(telegram)
    await telegram.block(chat)
    await telegram.say(chat, "hello again")
    kicked, member, message = await bot.get_updates(offset=2, timeout=5)
    assert kicked.my_chat_member is not None
    assert member.my_chat_member is not None
    assert kicked.my_chat_member.new_chat_member.status == "kicked"
    assert member.my_chat_member.new_chat_member.status == "member"
    assert message.message is not None


async def test_too_fast_is_told_to_wait(bot: Bot, telegram: Telegram) -> None:
    chat, other = await a_chat(telegram), await a_chat(telegram)
    await telegram.enforce_limits()
    await bot.send_message(chat, "one")
    with pytest.raises(TelegramRetryAfter) as waited:
        await bot.send_message(chat, "two")
    assert waited.value.retry_after == 1
    await bot.send_message(other, "somebody else may")


async def test_a_webhook_gets_updates_in_order_with_its_secret(
    bot: Bot, telegram: Telegram
) -> None:
    got: list[tuple[str, str]] = []
    all_arrived = asyncio.Event()
    answers = iter([500, 200, 200])

    async def receive(request: web.Request) -> web.Response:
        secret = request.headers.get("X-Telegram-Bot-Api-Secret-Token", "")
        got.append(((await request.json())["message"]["text"], secret))
        if len(got) == 3:
            all_arrived.set()
        return web.Response(status=next(answers))

    app = web.Application()
    app.router.add_post("/updates", receive)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        await bot.set_webhook(
            f"http://127.0.0.1:{runner.addresses[0][1]}/updates", secret_token="s3cret-token"
        )
        with pytest.raises(TelegramConflictError):
            await bot.get_updates(timeout=0)
        chat = await telegram.open_chat()
        await telegram.say(chat, "one")
        await telegram.say(chat, "two")
        await asyncio.wait_for(all_arrived.wait(), 10)
    finally:
        await runner.cleanup()
    assert got == [("one", "s3cret-token")] * 2 + [("two", "s3cret-token")]
    info = await bot.get_webhook_info()
    assert info.last_error_message == "Wrong response from the webhook: 500 Internal Server Error"
    assert await bot.delete_webhook()
    assert await bot.get_updates(timeout=0) == []


async def test_a_webhook_elsewhere_needs_https(bot: Bot) -> None:
    with pytest.raises(TelegramBadRequest, match="HTTPS URL must be provided"):
        await bot.set_webhook("http://example.com/updates")
    with pytest.raises(TelegramBadRequest, match="unallowed characters"):
        await bot.set_webhook("https://example.com/updates", secret_token="not allowed")


async def test_messages_and_files_survive_a_restart(tmp_path: Path) -> None:
    file = tmp_path / "telegram.json"
    state = TelegramState(username="a_bot", file=file)
    chat = await state.open_chat("Ada")
    state.add_file("f1", StoredFile("week.png", PICTURE))
    state.add_message(chat, sender=state.bot, text="hello")
    await state.save()
    again = TelegramState(username="a_bot", file=file)
    assert again.files["f1"] == StoredFile("week.png", PICTURE)
    assert [one["text"] for one in again.chats[chat.id].messages] == ["hello"]
