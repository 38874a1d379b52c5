"""The board of a day in the web app: notes, other days, and the end of a perfect one."""

from __future__ import annotations

from datetime import date, timedelta

from playwright.async_api import expect

from tests.journeys.people import Clients, Person
from tests.journeys.test_web import app, browser, day_of, found_accessible
from tests.journeys.web_app import WebApp

__all__ = ["app", "browser"]


async def days_of(person: Person, habit_id: str) -> dict[str, tuple[str, str]]:
    """Return mark and note of each day that has something."""
    items = (await person.get(f"habits/{habit_id}/check-ins"))["items"]
    return {it["date"]: (it["mark"], it["note"]) for it in items}


def in_words(day: date) -> str:
    return f"{day:%B} {day.day}"


async def test_a_note_is_written_and_stays_when_the_tick_is_taken_back(
    app: WebApp, clients: Clients
) -> None:
    person = await clients.register("Nadia", timezone="UTC")
    read = await person.new_habit("Read")
    await app.sign_in(person)
    more = app.page.get_by_role("button", name="More for Read")
    await more.click()
    dialog = app.page.get_by_role("dialog", name="Read")
    await dialog.get_by_label("Note").fill("on the train")
    await found_accessible(app, "the dialog of a day")
    await dialog.get_by_role("button", name="Save note").click()
    await expect(dialog).to_have_count(0)
    await expect(more).to_be_focused()
    note = app.page.locator(".habit", has_text="📝 on the train")
    await expect(note).to_be_visible()

    await app.switch("Read").click()
    await app.waits_for_nothing()
    assert await days_of(person, read) == {str(person.today()): ("done", "on the train")}
    await app.switch("Read").click()
    await app.waits_for_nothing()
    await expect(app.switch("Read")).to_have_attribute("aria-checked", "false")
    await expect(note).to_be_visible()
    item = await day_of(person, read)
    assert (item["mark"], item["note"]) == (None, "on the train")


async def test_yesterday_and_any_other_day_are_filled_in(app: WebApp, clients: Clients) -> None:
    person = await clients.register("Yuri", timezone="UTC")
    today = person.today()
    yesterday, earlier = today - timedelta(days=1), today - timedelta(days=9)
    read = await person.new_habit("Read", start_date=str(today - timedelta(days=20)))
    await app.sign_in(person)
    page = app.page
    await expect(page.get_by_role("link", name="Next day")).to_have_count(0)
    await page.get_by_role("link", name="Previous day").click()
    await app.sees(in_words(yesterday))
    await app.switch("Read").click()
    await expect(page.get_by_text("All habits of this day are done.")).to_be_visible()
    await page.get_by_label("Day", exact=True).fill(str(earlier))
    await app.sees(in_words(earlier))
    await expect(app.switch("Read")).to_have_attribute("aria-checked", "false")
    await page.get_by_role("button", name="More for Read").click()
    await page.get_by_role("dialog").get_by_role("button", name="Skip this day").click()
    await expect(page.get_by_text("Skipped")).to_be_visible()
    await app.waits_for_nothing()
    assert await days_of(person, read) == {str(yesterday): ("done", ""), str(earlier): ("skip", "")}
    await page.get_by_role("link", name="Next day").click()
    await app.sees(in_words(earlier + timedelta(days=1)))
    await page.locator(".days").get_by_role("link", name="Today").click()
    await app.sees("Today")
    await expect(app.switch("Read")).to_have_attribute("aria-checked", "false")


async def test_the_ring_fills_and_a_perfect_day_is_celebrated_quietly(
    app: WebApp, clients: Clients
) -> None:
    person = await clients.register("Perla", timezone="UTC")
    await person.new_habit("Read")
    await person.new_habit("Water", measure="quantity", unit="glasses", goal={"amount": 2})
    await app.page.emulate_media(reduced_motion="reduce")
    await app.sign_in(person)
    ring = app.page.get_by_role("img", name="done")
    cheer = app.page.get_by_role("status").filter(has_text="All of today's habits are done.")
    await expect(ring).to_have_accessible_name("0 of 2 done")
    await app.switch("Read").click()
    await expect(ring).to_have_accessible_name("1 of 2 done")
    await expect(cheer).to_have_count(0)
    await app.switch("Water").click()
    await app.switch("Water").click()
    await expect(ring).to_have_accessible_name("2 of 2 done")
    await expect(cheer).to_have_css("animation-name", "none")
    await found_accessible(app, "a perfect day")
    await app.waits_for_nothing()
    assert (await person.get("today"))["met"] == 2
    await app.switch("Read").click()
    await expect(ring).to_have_accessible_name("1 of 2 done")
    await expect(cheer).to_have_count(0)
