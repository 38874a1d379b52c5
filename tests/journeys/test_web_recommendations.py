"""The web app with a recommendation that holds: applied and taken back, or left for later."""

from __future__ import annotations

from datetime import timedelta

from playwright.async_api import expect

from tests.journeys.people import Clients
from tests.journeys.test_web import app, browser
from tests.journeys.web_app import WebApp

__all__ = ["app", "browser"]


async def test_what_a_recommendation_changed_is_taken_back(app: WebApp, clients: Clients) -> None:
    person = await clients.register("Ada", timezone="UTC")
    start = person.today() - timedelta(days=60)
    habit_id = await person.new_habit("Piano", start_date=start.isoformat())
    await person.put(f"habits/{habit_id}/check-ins/{start.isoformat()}", mark="done")
    await app.sign_in(person)
    await app.go("/insight")
    await app.page.get_by_role("button", name="Apply", exact=True).click()
    undo = app.page.get_by_role("status").get_by_role("button", name="Undo")
    await expect(undo).to_be_visible()
    assert (await person.get(f"habits/{habit_id}"))["state"] == "archived"
    await undo.click()
    await expect(app.page.get_by_text("Taken back: the habit is as it was.")).to_be_visible()
    assert (await person.get(f"habits/{habit_id}"))["state"] == "active"


async def test_a_recommendation_says_why_and_is_left_for_later(
    app: WebApp, clients: Clients
) -> None:
    person = await clients.register("Alba", timezone="UTC")
    start = person.today() - timedelta(days=60)
    habit_id = await person.new_habit("Piano", start_date=start.isoformat())
    await person.put(f"habits/{habit_id}/check-ins/{start.isoformat()}", mark="done")
    await app.sign_in(person)
    await app.go("/insight")
    page = app.page
    await page.get_by_text("Why?").click()
    await expect(page.get_by_text("59 days without an answer.")).to_be_visible()
    await expect(page.get_by_text(f"Done last on {start:%b} {start.day}")).to_be_visible()
    later = page.get_by_role("button", name="Not now")
    await later.click()
    await expect(page.get_by_text("You will not see it for 30 days.")).to_be_visible()
    await expect(later).to_have_count(0)
    await page.reload()
    await app.sees("By hour of the day")
    await expect(later).to_have_count(0)
    assert (await person.get(f"habits/{habit_id}"))["state"] == "active"
