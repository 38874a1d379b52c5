"""Insight in the web app: reports with their pictures."""

from __future__ import annotations

import re

from playwright.async_api import expect

from tests.journeys.people import Clients
from tests.journeys.test_web import app, browser, found_accessible
from tests.journeys.web_app import WebApp

__all__ = ["app", "browser"]

HAS_PICTURE = "(image) => image.decode().then(() => image.naturalWidth > 0)"


async def test_a_report_is_made_seen_with_its_picture_and_opened_again(
    app: WebApp, clients: Clients
) -> None:
    person = await clients.register("Rita", timezone="UTC")
    read = await person.new_habit("Read")
    await person.post(f"habits/{read}/check-ins")
    page = app.page
    await page.emulate_media(color_scheme="dark")
    await app.sign_in(person)
    await app.go("/settings")
    await page.get_by_role("button", name="Light", exact=True).click()
    await app.go("/insight")
    await expect(page.get_by_text("None yet.")).to_be_visible()
    make = page.get_by_role("button", name="Report of the day")
    async with page.expect_request("**/v1/analytics/reports/*.svg?*") as asked:
        await make.click()
    assert (await asked.value).url.endswith("?theme=light")  # what the person chose, not the system
    dialog = page.get_by_role("dialog")
    picture = dialog.get_by_role("img")
    assert await picture.evaluate(HAS_PICTURE)
    await expect(picture).to_have_attribute("alt", re.compile("1 of 1"))
    await found_accessible(app, "a report")
    await page.keyboard.press("Escape")
    await expect(dialog).to_have_count(0)
    await expect(make).to_be_focused()

    await page.get_by_role("button", name="Open: Day").click()
    assert await picture.evaluate(HAS_PICTURE)
    await dialog.get_by_role("button", name="Close").click()
    [kept] = (await person.get("analytics/reports"))["items"]
    assert kept["kind"] == "daily"
    await page.route("**/*.svg?*", lambda route: route.fulfill(status=503, body="{}"))
    await page.get_by_role("button", name="Open: Day").click()
    await expect(dialog.get_by_role("alert")).to_have_text("The tracker does not answer")
