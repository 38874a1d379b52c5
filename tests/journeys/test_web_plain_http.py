"""The web app at home, over plain http: browsers keep some of their functions for https."""

from __future__ import annotations

from urllib.parse import urlsplit

from playwright.async_api import async_playwright, expect

from tests.journeys.mesh import Mesh
from tests.journeys.people import Clients
from tests.journeys.web_app import PHONE, a_tab, chromium_program


async def test_a_day_is_checked_in_over_plain_http(mesh: Mesh, clients: Clients) -> None:
    person = await clients.register("Holly", timezone="UTC")
    await person.new_habit("Read")
    names = "--host-resolver-rules=MAP habits.home 127.0.0.1"
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=chromium_program(), args=["--no-sandbox", names]
        )
        context = await browser.new_context(viewport=PHONE, locale="en-US")
        app = await a_tab(context, f"http://habits.home:{urlsplit(mesh.api).port}")
        await app.sign_in(person)
        assert not await app.page.evaluate("isSecureContext")
        await app.switch("Read").click()
        await expect(app.switch("Read")).to_have_attribute("aria-checked", "true")
        await app.waits_for_nothing()
        assert (await person.get("today"))["met"] == 1
        await app.page.reload()
        await expect(app.switch("Read")).to_have_attribute("aria-checked", "true")
        assert [it for it in app.errors if "Opener-Policy" not in it] == []  # for https only
        await browser.close()
