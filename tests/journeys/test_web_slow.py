"""The web app while the API is slow, or fails: it says so, goes on, and does nothing twice."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from playwright.async_api import Request, Route, expect

from tests.journeys.people import PASSWORD, Clients
from tests.journeys.test_web import app, browser
from tests.journeys.web_app import WebApp

__all__ = ["app", "browser"]


@asynccontextmanager
async def held_back(app: WebApp, pattern: str, method: str) -> AsyncIterator[list[Request]]:
    """Hold requests back until the end of the block; yield those that were sent."""
    sent: list[Request] = []
    free = asyncio.Event()

    async def hold(route: Route) -> None:
        if route.request.method == method:
            sent.append(route.request)
            await free.wait()
        await route.continue_()

    await app.page.route(pattern, hold)
    try:
        yield sent
    finally:
        free.set()


async def test_a_day_that_is_long_in_coming_is_announced_and_then_there(
    app: WebApp, clients: Clients
) -> None:
    person = await clients.register("Slava", timezone="UTC")
    await person.new_habit("Read")
    await app.sign_in(person)
    await expect(app.switch("Read")).to_be_visible()
    await app.page.evaluate("localStorage.clear()")
    loading = app.page.get_by_role("status", name="Loading…")
    async with held_back(app, "**/v1/today*", "GET"):
        await app.page.reload()
        await expect(loading).to_be_visible()
    await expect(app.switch("Read")).to_be_visible()
    await expect(loading).to_have_count(0)


async def test_impatient_clicks_send_a_form_once(app: WebApp, clients: Clients) -> None:
    """The second click finds a disabled button, also while the first is on its way."""
    person = await clients.register("Izzy", timezone="UTC")
    await app.open()
    page = app.page
    await page.get_by_label("Email").fill(person.email)
    await page.get_by_label("Password", exact=True).fill(PASSWORD)
    async with held_back(app, "**/v1/web/session", "POST") as sent:
        button = page.get_by_role("button", name="Sign in", exact=True)
        await button.click()
        await expect(button).to_be_disabled()
        await button.click(force=True)
        await page.get_by_label("Email").press("Enter")
    await app.sees("Today")
    assert len(sent) == 1

    await app.go("/new")
    await page.get_by_label("Title").fill("Swim")
    async with held_back(app, "**/v1/habits", "POST") as sent:
        button = page.get_by_role("button", name="Save")
        await button.click()
        await expect(button).to_be_disabled()
        await button.click(force=True)
        await page.get_by_label("Title").press("Enter")
    await expect(app.switch("Swim")).to_be_visible()
    assert len(sent) == 1
    assert [it["title"] for it in (await person.get("habits"))["items"]] == ["Swim"]


async def test_a_habit_whose_answer_was_lost_is_not_made_twice(
    app: WebApp, clients: Clients
) -> None:
    person = await clients.register("Lois", timezone="UTC")
    await app.sign_in(person)
    await app.go("/new")
    await app.page.get_by_label("Title").fill("Swim")
    lost: list[int] = []

    async def lose_once(route: Route) -> None:
        if route.request.method == "POST" and not lost:
            lost.append((await route.fetch()).status)
            await route.abort()
        else:
            await route.continue_()

    await app.page.route("**/v1/habits", lose_once)
    save = app.page.get_by_role("button", name="Save")
    await save.click()
    await expect(app.page.get_by_role("alert")).to_be_visible()
    await save.click()
    await expect(app.switch("Swim")).to_be_visible()
    assert lost == [201]
    assert len((await person.get("habits"))["items"]) == 1


@pytest.mark.parametrize(
    ("route", "words"),
    [("/", "Read"), ("/habits", "Read"), ("/habit/{id}", "Read"), ("/insight", "perfect days")],
)
async def test_a_page_whose_api_fails_says_so_and_can_be_tried_again(
    app: WebApp, clients: Clients, route: str, words: str
) -> None:
    person = await clients.register("Frida", timezone="UTC")
    habit = await person.new_habit("Read")
    await app.sign_in(person)
    await app.page.evaluate("localStorage.clear()")

    async def fail(route: Route) -> None:
        if "/v1/web/" in route.request.url:
            await route.continue_()
        else:
            await route.fulfill(status=503, body="{}")

    await app.page.route("**/v1/**", fail)
    await app.page.goto("about:blank")
    await app.open(route.format(id=habit))
    again = app.page.get_by_role("button", name="Try again")
    await expect(again).to_be_visible()
    await app.page.unroute("**/v1/**", fail)
    await again.click()
    await expect(app.page.get_by_text(words).first).to_be_visible()
    await expect(again).to_have_count(0)
