"""The settings of the web app for messages: quiet hours, reports, cheers."""

from __future__ import annotations

import asyncio
from typing import Any

from playwright.async_api import Locator, Route, expect

from tests.chassis.waiting import eventually
from tests.journeys.people import Clients
from tests.journeys.test_web import app, browser
from tests.journeys.web_app import WebApp

__all__ = ["app", "browser"]


async def test_quiet_hours_and_reports_are_chosen(app: WebApp, clients: Clients) -> None:
    person = await clients.register("Nora", timezone="UTC")
    await app.sign_in(person)
    await app.go("/settings")
    page = app.page

    async def change(field: Locator, text: str) -> None:
        async with page.expect_response(lambda it: it.request.method == "PATCH"):
            await field.fill(text)

    await page.get_by_label("Quiet hours").check()
    await change(page.get_by_label("from", exact=True), "23:30")
    await change(page.get_by_label("to", exact=True), "06:45")
    await change(page.get_by_label("At", exact=True), "20:15")
    await page.get_by_label("Report of the week").uncheck()
    await page.get_by_label("Cheers for streaks").uncheck()
    await expect(page.get_by_label("Cheers for streaks")).not_to_be_checked()

    async def are_stored() -> bool:
        kept = await person.get("notifications/preferences")
        return bool(
            kept["quiet_hours"] == {"from": "23:30", "to": "06:45"}
            and kept["daily_report_time"] == "20:15"
            and (kept["weekly_report"], kept["streak_cheers"]) == (False, False)
        )

    await eventually(are_stored)
    await page.reload()
    await expect(page.get_by_label("from", exact=True)).to_have_value("23:30")
    await page.get_by_label("Quiet hours").uncheck()
    await expect(page.get_by_label("from", exact=True)).to_have_count(0)
    await page.get_by_label("Report of the day").uncheck()
    await expect(page.get_by_label("At", exact=True)).to_have_count(0)


async def test_changes_made_while_an_earlier_one_is_on_its_way_are_all_kept(
    app: WebApp, clients: Clients
) -> None:
    person = await clients.register("Nele", timezone="UTC")
    await app.sign_in(person)
    await app.go("/settings")
    page = app.page
    sent = [asyncio.Event() for _ in range(3)]
    bodies: list[Any] = []
    go_on = asyncio.Event()

    async def hold(route: Route) -> None:
        if route.request.method != "PATCH":
            await route.continue_()
            return
        sent[len(bodies)].set()
        bodies.append(route.request.post_data_json)
        await go_on.wait()
        await route.continue_()

    await page.route("**/v1/notifications/preferences", hold)
    await page.get_by_label("Quiet hours").check()
    await page.get_by_label("from", exact=True).fill("23:30")
    await page.get_by_label("to", exact=True).fill("06:45")
    await sent[0].wait()
    assert bodies == [{"quiet_hours": {"from": "22:00", "to": "07:00"}}]  # one at a time
    await expect(page.get_by_label("from", exact=True)).to_have_value("23:30")
    go_on.set()
    await sent[2].wait()
    await expect(page.get_by_label("from", exact=True)).to_have_value("23:30")

    async def are_stored() -> bool:
        kept = await person.get("notifications/preferences")
        return bool(kept["quiet_hours"] == {"from": "23:30", "to": "06:45"})

    await eventually(are_stored)
    await expect(page.get_by_label("to", exact=True)).to_have_value("06:45")
