"""Web pages in states that one must come to: axe, and motion that can be switched off."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.async_api import Browser, Locator, expect

from tests.journeys.mesh import Mesh
from tests.journeys.people import Clients, Person
from tests.journeys.test_web import browser, found_accessible
from tests.journeys.web_app import PHONE, WebApp, a_tab

__all__ = ["browser"]

IN_MOTION = """() => [...document.querySelectorAll("*")].flatMap((element) =>
    [null, "::before", "::after", "::backdrop"].flatMap((part) => {
        const style = getComputedStyle(element, part);
        const lasts = (times) => times.split(",").some((time) => parseFloat(time) > 0);
        const moves = (style.animationName !== "none" && lasts(style.animationDuration))
            || lasts(style.transitionDuration);
        return moves ? [element.outerHTML.slice(0, 80)] : [];
    }))"""
"""The elements that an animation or a transition would move."""


async def a_day(clients: Clients) -> Person:
    """Register somebody who has done one habit of two today."""
    person = await clients.register("Mona", timezone="UTC")
    habit = await person.new_habit("Read")
    await person.new_habit("Water", measure="quantity", unit="glasses", goal={"amount": 8})
    await person.put(f"habits/{habit}/check-ins/{person.today()}", mark="done")
    return person


async def test_nothing_moves_for_who_asks_for_less_motion(
    browser: Browser, mesh: Mesh, clients: Clients
) -> None:
    person = await a_day(clients)
    moving: dict[str, set[str]] = {}
    preferences: Any = ("reduce", "no-preference")
    for preference in preferences:
        context = await browser.new_context(
            viewport=PHONE, locale="en-US", reduced_motion=preference
        )
        app = await a_tab(context, mesh.api)
        await app.sign_in(person)
        await expect(app.switch("Read")).to_be_visible()
        moving[preference] = set(await app.page.evaluate(IN_MOTION))
        await app.page.get_by_label("More for Read").click()
        await expect(app.page.get_by_role("dialog")).to_be_visible()
        moving[preference] |= set(await app.page.evaluate(IN_MOTION))
        await context.close()
    assert moving["reduce"] == set()
    assert moving["no-preference"]


async def closed(app: WebApp, dialog: Locator) -> None:
    await app.page.keyboard.press("Escape")
    await expect(dialog).to_have_count(0)


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_dialogs_and_empty_pages_are_accessible(
    browser: Browser, mesh: Mesh, clients: Clients, scheme: Any
) -> None:
    context = await browser.new_context(viewport=PHONE, locale="en-US", color_scheme=scheme)
    app = await a_tab(context, mesh.api)
    page = app.page
    await app.open()
    for way, field in (("Create an account", "Name"), ("I have a code from the chat", "Code")):
        await page.get_by_role("button", name=way).click()
        await expect(page.get_by_label(field).first).to_be_visible()
        await found_accessible(app, way)

    await app.page.reload()
    await app.sign_in(await clients.register("Emma", timezone="UTC"))
    await expect(page.get_by_role("button", name="Go for a walk")).to_be_visible()
    await found_accessible(app, "a board without habits")
    await app.go("/insight")
    await expect(page.get_by_text("perfect days")).to_be_visible()
    await found_accessible(app, "insight without habits")

    await context.clear_cookies()
    await page.evaluate("localStorage.clear()")
    await page.goto("about:blank")
    await app.sign_in(await a_day(clients))
    dialog = page.get_by_role("dialog")
    await page.get_by_label("More for Read").click()
    await expect(dialog).to_be_visible()
    await found_accessible(app, "a day of a habit")
    await closed(app, dialog)
    await page.get_by_label("Add an amount to Water").click()
    await expect(dialog).to_be_visible()
    await found_accessible(app, "an amount")
    await closed(app, dialog)
    await page.get_by_role("button", name="Reorder").click()
    await found_accessible(app, "a board that is put in order")
    await app.go("/settings")
    await page.get_by_role("button", name="New webhook").click()
    await page.get_by_label("Everything that happens").uncheck()
    await found_accessible(app, "a new webhook")
    assert app.errors == []
