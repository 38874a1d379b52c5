"""The web app inside Telegram: a person comes by the bot's menu button."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from random import randrange
from typing import Any
from urllib.parse import urlencode

import pytest
from playwright.async_api import Route, expect

from local.telegram.server import BOT_TOKEN
from tests.journeys.mesh import Mesh
from tests.journeys.people import PASSWORD, Clients
from tests.journeys.web_app import PHONE, WebApp, a_tab, chromium
from tests.launches import a_launch

DARK = {
    "bg_color": "#17212b",
    "secondary_bg_color": "#232e3c",
    "text_color": "#f5f5f5",
    "hint_color": "#708499",
    "button_color": "#5288c1",
    "button_text_color": "#ffffff",
}
PROXY = """
    window.told = [];
    window.TelegramWebviewProxy = {
        postEvent: (type, data) => window.told.push([type, JSON.parse(data)]),
    };
"""
"""What Telegram's apps put into the page."""


@pytest.fixture
async def app(mesh: Mesh) -> AsyncIterator[WebApp]:
    async with chromium() as browser:
        context = await browser.new_context(viewport=PHONE, timezone_id="Europe/Berlin")
        app = await a_tab(context, mesh.api)
        await app.page.add_init_script(PROXY)
        yield app
        assert app.errors == []


def launch_of(user_id: int, **more: Any) -> str:
    """Return what Telegram puts behind the address of the page."""
    return urlencode(
        {
            "tgWebAppData": a_launch(BOT_TOKEN, user_id, **more),
            "tgWebAppVersion": "8.0",
            "tgWebAppPlatform": "android",
            "tgWebAppThemeParams": json.dumps(DARK),
        }
    )


async def receive(app: WebApp, event: str, **data: Any) -> None:
    """Let Telegram tell the page something."""
    await app.page.evaluate(
        "([event, data]) => Telegram.WebView.receiveEvent(event, data)", [event, data]
    )


async def slowly(route: Route) -> None:
    """Hold a request up until the page has asked for all that it asks for beside it."""
    await asyncio.sleep(1)
    await route.continue_()


async def test_a_stranger_registers_in_telegram_and_feels_at_home(app: WebApp) -> None:
    user_id = randrange(10**9, 10**10)
    page = app.page
    await page.goto(f"{app.api}/telegram#{launch_of(user_id)}")
    await page.get_by_role("button", name="Create an account with Telegram").click()
    await app.sees("Today")
    assert "tgWebApp" not in page.url
    told = dict(await page.evaluate("told"))
    assert {"web_app_ready", "web_app_expand", "web_app_request_theme"} <= set(told)

    await receive(app, "safe_area_changed", top=40, bottom=20)
    await receive(app, "content_safe_area_changed", top=30, bottom=0)
    styles = "getComputedStyle(document.querySelector('main')).paddingTop"
    assert await page.evaluate(styles) == "90px"
    colors = "getComputedStyle(document.documentElement).backgroundColor"
    assert await page.evaluate(colors) == "rgb(35, 46, 60)"
    await receive(app, "theme_changed", theme_params={"bg_color": "#ffffff", "text_color": "#eee"})
    assert await page.evaluate(colors) == "rgb(246, 245, 241)"  # ours: theirs cannot be read

    await app.go("/settings")
    await app.sees("Settings")
    assert (await page.evaluate("told"))[-1] == ["web_app_setup_back_button", {"is_visible": True}]
    await receive(app, "back_button_pressed")
    await app.sees("Today")

    refreshed: list[str] = []
    page.on("request", lambda it: refreshed.append(it.url) if "/refresh" in it.url else None)
    await page.route("**/v1/web/session/telegram*", slowly)
    async with page.expect_response(lambda it: it.url.endswith("/v1/today") and it.ok):
        await page.reload()
    await app.sees("Today")
    assert refreshed == []  # the sign-in ends the session that a refresh would go on with
    await page.unroute_all(behavior="wait")  # a sign-in that is asked for again is held up too
    await page.goto("about:blank")
    await page.goto(f"{app.api}/telegram#{launch_of(user_id, query_id='the next day')}")
    await app.sees("Today")
    (cookie,) = await page.context.cookies()
    assert (cookie["name"], cookie["httpOnly"]) == ("habits_embedded_session", True)


async def test_who_has_an_account_signs_in_and_the_chat_is_linked(
    app: WebApp, clients: Clients
) -> None:
    person = await clients.register("Mina", timezone="UTC")
    await person.new_habit("Read")
    user_id = randrange(10**9, 10**10)
    await app.page.goto(f"{app.api}/telegram#{launch_of(user_id)}")
    await app.page.get_by_label("Email").fill(person.email)
    await app.page.get_by_label("Password", exact=True).fill(PASSWORD)
    await app.page.get_by_role("button", name="Sign in", exact=True).click()
    await expect(app.switch("Read")).to_be_visible()
    linked = await person.get("telegram/link")
    assert (linked["chat_id"], linked["chat_title"]) == (f"•••{user_id % 1000:03}", "Ada Łovelace")


async def test_a_forged_launch_signs_nobody_in(app: WebApp) -> None:
    forged = a_launch("1:another-bot", 777)
    await app.page.goto(f"{app.api}/telegram#{urlencode({'tgWebAppData': forged})}")
    await expect(app.page.get_by_label("Email")).to_be_visible()
    assert await app.page.context.cookies() == []
