"""The web app in a real browser: headless Chromium, driven by Playwright."""

from __future__ import annotations

import re
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import (
    Browser,
    BrowserContext,
    Page,
    ViewportSize,
    async_playwright,
    expect,
)

from tests.browser import NAMES
from tests.chassis.waiting import eventually
from tests.journeys.people import PASSWORD, Person

expect.set_options(timeout=20_000)  # a machine that runs all tests is slow
PHONE: ViewportSize = {"width": 390, "height": 844}
EXPECTED_ERRORS = re.compile(r"status of (?:4\d\d|503)|ERR_INTERNET_DISCONNECTED|ERR_FAILED")


@dataclass(slots=True)
class WebApp:
    """One tab of the app; what the page complained about is collected."""

    page: Page
    api: str
    errors: list[str] = field(default_factory=list)

    async def open(self, route: str = "/") -> None:
        """Open a route of the app, such as `/insight`."""
        await self.page.goto(f"{self.api}/#{route}")

    async def go(self, route: str) -> None:
        """Go to a route without loading the page again."""
        await self.page.evaluate("(route) => { location.hash = route; }", route)

    async def sign_in(self, person: Person, *, heading: str = "Today") -> None:
        """Sign in with a password and wait for the board."""
        await self.open()
        await self.page.get_by_label("Email").fill(person.email)
        await self.page.get_by_label("Password", exact=True).fill(PASSWORD)
        await self.page.get_by_role("button", name="Sign in", exact=True).click()
        await self.sees(heading)

    async def sees(self, heading: str) -> None:
        """Wait until the page has this heading."""
        await expect(self.page.get_by_role("heading", name=heading, exact=True)).to_be_visible()

    async def waits_for_nothing(self) -> None:
        """Wait until every change has been sent."""

        async def is_empty() -> bool:
            waiting = await self.page.evaluate("localStorage.getItem('habits.queue') || '[]'")
            return bool(waiting == "[]")

        await eventually(is_empty)  # the page's policy forbids Playwright's own way to wait

    def switch(self, title: str) -> Any:
        """Return the button that checks a habit in."""
        return self.page.locator(".habit", has_text=title).locator("button.check")


@asynccontextmanager
async def chromium() -> AsyncIterator[Browser]:
    """Provide a browser; skip the test where there is none."""
    program = chromium_program()
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        try:
            yield browser
        finally:
            await browser.close()


@asynccontextmanager
async def chromium_with_profile(folder: Path) -> AsyncIterator[BrowserContext]:
    """Provide a browser as people use it: private windows, as tests have them, take no pushes."""
    program = chromium_program()
    async with async_playwright() as playwright:
        context = await playwright.chromium.launch_persistent_context(
            folder, executable_path=program, args=["--no-sandbox"], viewport=PHONE, locale="en-US"
        )
        try:
            yield context
        finally:
            await context.close()


def chromium_program() -> str:
    """Return the path of Chromium; skip the test where there is none."""
    program = next((found for name in NAMES if (found := shutil.which(name))), None)
    if program is None:
        pytest.skip("no Chromium on this machine (Debian: apt install chromium)")
    return program


async def a_tab(context: BrowserContext, api: str) -> WebApp:
    """Open an empty tab; its errors are collected in `errors`."""
    page = await context.new_page()
    app = WebApp(page, api)
    page.on("pageerror", lambda error: app.errors.append(str(error)))

    def note(message: Any) -> None:
        if message.type == "error" and not EXPECTED_ERRORS.search(message.text):
            app.errors.append(message.text)

    page.on("console", note)
    return app
