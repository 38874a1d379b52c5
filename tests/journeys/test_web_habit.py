"""The page of a habit in the web app: schedules, reminders, pauses, and leaving it."""

from __future__ import annotations

from datetime import timedelta

from playwright.async_api import expect

from tests.chassis.waiting import eventually
from tests.journeys.people import Clients
from tests.journeys.test_web import app, browser, day_of
from tests.journeys.web_app import WebApp

__all__ = ["app", "browser"]

LOSE_DELETIONS = """() => {
    const { fetch } = window;
    window.fetch = (url, options) =>
        options?.method === "DELETE" ? Promise.reject(new TypeError("lost")) : fetch(url, options);
}"""
"""Playwright does not see what a page sends at its very end."""


async def test_a_schedule_is_changed_from_a_day_on_with_a_preview(
    app: WebApp, clients: Clients
) -> None:
    person = await clients.register("Edda", timezone="UTC")
    today = person.today()
    start, effective = today - timedelta(days=20), today + timedelta(days=2)
    wednesday = effective + timedelta(days=(2 - effective.weekday()) % 7)
    run = await person.new_habit("Run", start_date=str(start))
    await app.sign_in(person)
    await app.go(f"/habit/{run}/edit")
    page = app.page
    await page.get_by_label("Schedule").select_option("weekdays")
    for day in ("Monday", "Friday"):
        await page.get_by_role("button", name=day, exact=True).click()
    await page.get_by_label("counts from").fill(str(effective))
    preview = page.get_by_text("Next on")
    await expect(preview).to_contain_text(f"Next on Wed, {wednesday:%b} {wednesday.day}")
    await page.get_by_role("button", name="Save").click()
    await app.sees("Goals and schedules over time")
    await expect(page.get_by_role("listitem").filter(has_text="from")).to_have_count(2)
    versions = (await person.get(f"habits/{run}"))["versions"]
    assert [one["effective_date"] for one in versions] == [str(start), str(effective)]
    assert versions[-1]["schedule"] == {"frequency": "weekly", "weekdays": ["wed"]}
    assert (await day_of(person, run))["state"] == "open"  # today is lived under the former one


async def test_reminders_are_shown_and_a_pause_is_begun_ended_and_removed(
    app: WebApp, clients: Clients
) -> None:
    person = await clients.register("Rhea", timezone="UTC")
    today = person.today()
    begin, yesterday = today - timedelta(days=3), today - timedelta(days=1)
    run = await person.new_habit("Run", start_date=str(today - timedelta(days=20)))
    await app.sign_in(person)
    await app.go(f"/habit/{run}/edit")
    page = app.page
    await page.get_by_role("button", name="Add a reminder").click()
    await page.get_by_label("Time", exact=True).fill("18:30")
    await page.get_by_label("Text (optional)").fill("shoes on")
    await page.get_by_label("Ask again until done").select_option("30")
    await page.get_by_role("button", name="Save").click()
    reminder = page.get_by_role("listitem").filter(has_text="18:30")
    await expect(reminder).to_contain_text("every due day")
    await expect(reminder).to_contain_text("shoes on")
    [kept] = (await person.get(f"habits/{run}"))["reminders"]
    assert (kept["time"], kept["text"], kept["nag_minutes"]) == ("18:30", "shoes on", 30)

    pause = page.get_by_role("button", name="Pause…")
    await pause.click()
    form = page.get_by_role("form", name="Pause…")
    await expect(form.get_by_label("From")).to_be_focused()
    await form.get_by_role("button", name="Cancel").click()
    await expect(pause).to_be_focused()
    await pause.click()
    await form.get_by_label("From").fill(str(begin))
    await form.get_by_label("Reason").fill("a cold, caught on the ferry")
    await form.get_by_role("button", name="Add").click()
    listed = page.get_by_role("listitem").filter(has_text="a cold")
    await expect(listed).to_be_visible()
    box = await listed.get_by_text("a cold, caught on the ferry", exact=True).bounding_box()
    assert box is not None
    assert box["height"] < 40  # one line, on a phone too
    await app.go("/")
    await expect(page.locator(".habit", has_text="Run")).to_contain_text("Paused")

    await app.go(f"/habit/{run}")
    await listed.get_by_role("button", name="End it today").click()
    await expect(listed.get_by_role("button", name="End it today")).to_have_count(0)
    [ended] = (await person.get("pauses"))["items"]
    assert (ended["from_date"], ended["to_date"]) == (str(begin), str(yesterday))
    assert (ended["habit_id"], ended["reason"]) == (run, "a cold, caught on the ferry")
    assert not (await day_of(person, run))["resting"]
    await listed.get_by_role("button", name="Remove").click()
    await expect(listed).to_have_count(0)
    assert (await person.get("pauses"))["items"] == []


async def test_archiving_and_deleting_are_taken_back_and_a_closed_page_deletes(
    app: WebApp, clients: Clients
) -> None:
    person = await clients.register("Dario", timezone="UTC")
    run = await person.new_habit("Run")
    await person.new_habit("Read")
    await app.sign_in(person)
    await app.go(f"/habit/{run}")
    page = app.page
    undo = page.get_by_role("status").get_by_role("button", name="Undo")
    await page.get_by_role("button", name="Archive").click()
    await expect(page.get_by_text("This habit is archived")).to_be_visible()
    assert (await person.get(f"habits/{run}"))["state"] == "archived"
    await undo.click()
    await expect(page.get_by_role("button", name="Archive")).to_be_visible()
    await expect(page.get_by_text("This habit is archived")).to_have_count(0)
    assert (await person.get(f"habits/{run}"))["state"] == "active"

    async def delete() -> None:
        await page.get_by_role("button", name="Delete").click()
        await page.get_by_role("dialog").get_by_role("button", name="Delete").click()
        await app.sees("Habits")
        await expect(page.locator(".habit", has_text="Read")).to_be_visible()
        await expect(page.locator(".habit", has_text="Run")).to_have_count(0)

    await delete()
    await undo.click()
    await app.sees("Run")
    assert (await person.get(f"habits/{run}"))["title"] == "Run"
    await delete()
    await page.reload()

    async def is_deleted() -> bool:
        return [it["title"] for it in (await person.get("habits"))["items"]] == ["Read"]

    await eventually(is_deleted)


async def test_a_deletion_that_was_lost_with_its_page_is_sent_by_the_next(
    app: WebApp, clients: Clients
) -> None:
    person = await clients.register("Dunja", timezone="UTC")
    run = await person.new_habit("Run")
    await person.new_habit("Read")
    await app.sign_in(person)
    await app.go(f"/habit/{run}")
    page = app.page
    await page.get_by_role("button", name="Delete").click()
    await page.evaluate(LOSE_DELETIONS)
    await page.get_by_role("dialog").get_by_role("button", name="Delete").click()
    await app.sees("Habits")
    await page.goto("about:blank")
    assert (await person.get(f"habits/{run}"))["title"] == "Run"
    await app.open()
    await app.sees("Today")
    await app.waits_for_nothing()
    assert [it["title"] for it in (await person.get("habits"))["items"]] == ["Read"]


async def test_what_stands_out_of_a_year_is_said(app: WebApp, clients: Clients) -> None:
    person = await clients.register("Mona", timezone="UTC")
    today = person.today()
    run = await person.new_habit("Run", start_date=str(today - timedelta(days=140)))
    days = [today - timedelta(days=back) for back in range(1, 140)]
    mondays = [
        {"habit_id": run, "date": str(day), "mark": "done"} for day in days if not day.weekday()
    ]
    await person.post("check-ins:batch", items=mondays)

    async def is_counted() -> bool:
        try:
            found = await person.get(f"analytics/habits/{run}/insights")
        except AssertionError as error:
            if "HABIT_NOT_FOUND" not in str(error):
                raise
            return False  # analytics has not heard of it yet
        return found["best_weekday"] is not None

    await eventually(is_counted)
    await app.sign_in(person)
    await app.go(f"/habit/{run}")
    await app.sees("What stands out")
    await expect(app.page.get_by_text("Monday goes best: 100%, 0% on the other")).to_be_visible()
    await app.sees("By hour of the day")
