"""The web app with a recommendation that holds: what Apply changes, Undo takes back."""

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
