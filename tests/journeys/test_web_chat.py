"""Somebody begins in the chat: the page of `./habits up`, on a phone, in the dark."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

import pytest
from axe_playwright_python.async_playwright import Axe  # type: ignore[import-untyped]
from playwright.async_api import Locator, Page, expect

from services.notifications.domain import replies
from tests.journeys.mesh import Mesh
from tests.journeys.people import a_zone_at_daytime
from tests.journeys.web_app import PHONE, a_tab, chromium

pytestmark = pytest.mark.timeout(240)

SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
WAIT_MS = 30_000
REMINDER_MS = 100_000
"""A minute until it is due, the tick, and a slow machine."""


@dataclass(slots=True)
class ChatPage:
    """The chat page, as one person uses it."""

    page: Page

    async def says(self, words: str) -> None:
        await self.page.get_by_label("Message", exact=True).fill(words)
        await self.page.get_by_role("button", name="Send", exact=True).click()

    async def hears(self, words: str) -> Locator:
        """Wait for the newest message of the bot to have these words, and return it."""
        message = self.page.locator(".message.bot").last
        await expect(message).to_contain_text(words, timeout=WAIT_MS)
        return message

    async def asks(self, words: str, answer: str) -> Locator:
        await self.says(words)
        return await self.hears(answer)

    async def presses(self, button: str, then: str) -> None:
        """Press a button of the newest message that has it, and wait for what it says then."""
        message = self.page.locator(".message.bot", has=self.button(button)).last
        await message.locator(self.button(button)).click()
        await expect(self.page.locator(".message.bot").last).to_contain_text(then, timeout=WAIT_MS)

    def button(self, label: str) -> Locator:
        return self.page.get_by_role("button", name=label, exact=True)

    async def fits_and_is_readable(self) -> None:
        """Nothing is wider than the phone; all texts stand out, by day and in the dark."""
        wide = await self.page.evaluate("document.documentElement.scrollWidth")
        assert wide <= PHONE["width"]
        rules = {"runOnly": {"type": "rule", "values": ["color-contrast"]}}
        seen = set()
        for scheme in SCHEMES:
            await self.page.emulate_media(color_scheme=scheme)
            seen.add(await self.page.evaluate("getComputedStyle(document.body).backgroundColor"))
            found = await Axe().run(self.page, options=rules)
            assert found.violations_count == 0, (scheme, found.generate_report())
        assert len(seen) == len(SCHEMES)


@pytest.fixture
async def chat(mesh: Mesh) -> AsyncIterator[ChatPage]:
    async with chromium() as browser:
        context = await browser.new_context(viewport=PHONE, locale="en-US")
        tab = await a_tab(context, mesh.api)
        await tab.page.goto(mesh.chat)
        yield ChatPage(tab.page)
        assert tab.errors == []


async def test_everything_begins_in_the_chat(chat: ChatPage) -> None:
    """Register, make a habit, be reminded, add an amount, take it back, look at a picture."""
    page, zone = chat.page, a_zone_at_daytime()
    await page.get_by_label("Name of a new person").fill("Nora")
    await page.keyboard.press("Enter")
    await expect(page.locator("nav [aria-current]")).to_contain_text("Nora")
    await chat.asks("/start", "I do not know you yet")
    await chat.presses("✨ English", replies.LOCATION_USE)
    await chat.asks(zone.rpartition("/")[2].replace("_", " "), replies.REGISTERED)

    await chat.asks("/new", replies.ASK_TITLE)
    await chat.asks("Drink water", replies.ASK_MEASURE)
    await chat.presses("🔢 An amount", replies.ASK_GOAL)
    await chat.asks("8 glasses", replies.ASK_SCHEDULE)
    await chat.presses("Every day", replies.ASK_TIMES)
    soon = datetime.now(ZoneInfo(zone)) + timedelta(seconds=65)
    await chat.asks(f"{soon:%H:%M}", "🎯 at least 8 glasses")
    await chat.presses("✅ Create", replies.CREATED)

    for command, answer in {
        "/help": "/today",
        "/habits": "📋 Your habits",
        "/settings": "⚙ Settings",
        "/today": "📅",
    }.items():
        await chat.asks(command, answer)
        await chat.fits_and_is_readable()

    reminder = page.locator(".message.bot", has_text="🔥 Habit reminder")
    await expect(reminder).to_contain_text("8 glasses to go", timeout=REMINDER_MS)
    await reminder.locator(chat.button("+1")).click()
    await expect(page.get_by_role("status")).to_contain_text("1 glass", timeout=WAIT_MS)
    await reminder.locator(chat.button("↩️ Undo")).click()
    await expect(reminder.locator(chat.button("+1"))).to_be_visible(timeout=WAIT_MS)
    await expect(reminder).to_contain_text(replies.UNDONE_TEXT)

    picture = (await chat.asks("/stats", "Drink water")).locator("img")
    await expect(picture).to_be_visible()
    assert await picture.evaluate("(image) => image.decode().then(() => image.naturalWidth)") > 390
    await chat.fits_and_is_readable()
