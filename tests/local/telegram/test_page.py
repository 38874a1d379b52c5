"""The chat page in a real browser: what a person sees, and what their clicks do."""

from __future__ import annotations

from collections.abc import AsyncIterator

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


async def bot_calls(telegram: Telegram, method: str, call: dict[str, object]) -> None:
    url = f"{telegram.url}/bot{telegram.token}/{method}"
    async with telegram.session.post(url, json=call) as answer:
        assert answer.ok, await answer.text()


async def updates_of(telegram: Telegram) -> list[dict[str, dict[str, str]]]:
    url = f"{telegram.url}/bot{telegram.token}/getUpdates"
    async with telegram.session.post(url, json={}) as answer:
        return list((await answer.json())["result"])


async def test_a_deep_link_a_message_and_a_pressed_button(page: Page, telegram: Telegram) -> None:
    await page.visit(f"{telegram.url}/?start=code-1")
    await page.until("document.readyState === 'complete'")
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
    await page.until("document.readyState === 'complete'")
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
