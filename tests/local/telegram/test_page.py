"""The chat page in a real browser: what a person sees, and what their clicks do."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping

import aiohttp
import pytest

from tests.browser import Page, a_page
from tests.telegram import Telegram


@pytest.fixture
async def page() -> AsyncIterator[Page]:
    async with a_page() as page:
        yield page


async def bot_says(telegram: Telegram, chat: int, text: str, *buttons: str) -> None:
    row = [{"text": one, "callback_data": one.lower()} for one in buttons]
    call: dict[str, object] = {
        "chat_id": chat,
        "text": text,
        "parse_mode": "HTML",
        "reply_markup": {"inline_keyboard": [row]},
    }
    await bot_calls(telegram, "sendMessage", call)


async def bot_calls(telegram: Telegram, method: str, call: Mapping[str, object]) -> None:
    url = f"{telegram.url}/bot{telegram.token}/{method}"
    async with telegram.session.post(url, json=dict(call)) as answer:
        assert answer.ok, await answer.text()


async def updates_of(telegram: Telegram) -> list[dict[str, dict[str, str]]]:
    url = f"{telegram.url}/bot{telegram.token}/getUpdates"
    async with telegram.session.post(url, json={}) as answer:
        return list((await answer.json())["result"])


async def test_a_deep_link_a_message_and_a_pressed_button(page: Page, telegram: Telegram) -> None:
    await page.visit(f"{telegram.url}/?start=code-1")
    await page.sees("START")
    await page.click("START")
    await page.sees("/start code-1")
    [message] = await updates_of(telegram)
    assert message["message"]["text"] == "/start code-1"

    await bot_says(telegram, 1001, "🔥 Habit <b>reminder</b>", "Done", "Skip")
    await page.sees("🔥 Habit reminder")
    assert await page.run("document.querySelector('.bubble b').textContent") == "reminder"
    await page.click("Done")
    await page.until("document.querySelector('[aria-busy]') !== null")
    query = (await updates_of(telegram))[-1]["callback_query"]
    assert query["data"] == "done"
    answer = {"callback_query_id": query["id"], "text": "Well done"}
    await bot_calls(telegram, "answerCallbackQuery", {**answer})
    await page.sees("Well done")
    await page.until("document.querySelector('[aria-busy]') === null")


async def test_a_pasted_link_is_followed_and_words_are_only_words(
    page: Page, telegram: Telegram
) -> None:
    await page.visit(telegram.url)
    await page.type("Name of a new person", "Grace")
    await page.sees("Grace")
    await page.type("Message", f"https://t.me/{telegram.username}?start=abc")
    await page.sees("/start abc")
    await page.type("Message", "<img src=x onerror=alert(1)>")
    await page.sees("<img src=x onerror=alert(1)>")
    assert await page.run("document.querySelectorAll('.bubble img').length") == 0
    said = [one["text"] for one in await telegram.messages(1001)]
    assert said == ["/start abc", "<img src=x onerror=alert(1)>"]


async def test_another_sites_page_may_not_write(telegram: Telegram) -> None:
    chat = await telegram.open_chat()
    address = f"{telegram.url}/control/chats/{chat}/messages"
    elsewhere = {"Origin": "https://elsewhere.example"}
    async with (
        aiohttp.ClientSession(headers=elsewhere) as session,
        session.post(address, json={"text": "/start stolen"}) as answer,
    ):
        assert answer.status == 403
    assert await telegram.messages(chat) == []


async def test_a_keyboard_a_menu_in_ones_language_and_what_the_bot_is_doing(
    page: Page, telegram: Telegram
) -> None:
    chat = await telegram.open_chat("Аня", language_code="ru")
    await telegram.say(chat, "/start")
    commands = [{"command": "today", "description": "Сегодня"}]
    menu = {"commands": commands, "language_code": "ru"}
    await bot_calls(telegram, "setMyCommands", menu)
    keyboard = {"keyboard": [[{"text": "Берлин"}, {"text": "Москва"}]], "resize_keyboard": True}
    question = {"chat_id": chat, "text": "Где вы?", "reply_markup": keyboard}
    await bot_calls(telegram, "sendMessage", {**question})
    await bot_calls(telegram, "sendChatAction", {"chat_id": chat, "action": "typing"})
    await page.visit(telegram.url)
    await page.sees("Где вы?")
    await page.sees("typing…")
    await page.run("document.querySelector('#menu').open = true")
    assert await page.run("document.querySelector('#commands button').title") == "Сегодня"
    await page.click("Москва")
    await page.until(
        "[...document.querySelectorAll('.person .bubble')].at(-1).textContent.startsWith('Москва')"
    )
    assert (await telegram.messages(chat))[-1]["text"] == "Москва"


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_a_phone_shows_long_words_and_many_buttons_without_scrolling_sideways(
    telegram: Telegram, scheme: str
) -> None:
    chat = await telegram.open_chat()
    await telegram.say(chat, "/today")
    await bot_says(telegram, chat, "x" * 300, *(f"Button {n}" for n in range(8)))
    async with a_page(width=390, height=844) as phone:
        await phone.prefer(scheme)
        await phone.visit(telegram.url)
        await phone.sees("Button 7")
        width = "document.documentElement"
        assert await phone.run(f"{width}.scrollWidth <= {width}.clientWidth")
        dark = await phone.run("matchMedia('(prefers-color-scheme: dark)').matches")
        assert dark is (scheme == "dark")
        boxes = "[...document.querySelectorAll('.row > *')].map((one) => one.offsetTop)"
        assert await phone.run(f"new Set({boxes}).size") == 1
