"""The board by finger and by keyboard, and a day of the year that is changed."""

from __future__ import annotations

from datetime import timedelta

from playwright.async_api import expect

from tests.chassis.waiting import eventually
from tests.journeys.people import Clients
from tests.journeys.test_web import app, browser, day_of
from tests.journeys.web_app import WebApp

__all__ = ["app", "browser"]

SWIPE_LEFT = """(row) => {
    const touch = (x) => new Touch({ identifier: 1, target: row, clientX: x, clientY: 300 });
    const send = (type, lists) =>
        row.dispatchEvent(new TouchEvent(type, lists));
    send("touchstart", { bubbles: true, touches: [touch(330)] });
    send("touchend", { bubbles: true, changedTouches: [touch(60)] });
}"""


async def test_habits_are_put_in_order_by_keyboard_and_by_drag(
    app: WebApp, clients: Clients
) -> None:
    person = await clients.register("Orla", timezone="UTC")
    for title in ("Run", "Read", "Rest"):
        await person.new_habit(title)
    await app.sign_in(person)

    async def titles() -> list[str]:
        return [it["title"] for it in (await person.get("habits"))["items"]]

    await app.page.get_by_role("button", name="Reorder").click()
    down = app.page.get_by_role("button", name="Move Run down")
    await down.focus()
    for order in (["Read", "Run", "Rest"], ["Read", "Rest", "Run"]):
        await app.page.keyboard.press("Enter")  # the button keeps the focus

        async def is_ordered(order: list[str] = order) -> bool:
            return await titles() == order

        await eventually(is_ordered)
    rows = app.page.locator(".habits > .habit")
    await rows.filter(has_text="Run").drag_to(rows.filter(has_text="Read"))

    async def is_first() -> bool:
        return await titles() == ["Run", "Read", "Rest"]

    await eventually(is_first)


async def test_a_swipe_skips_the_day_and_the_toast_takes_it_back(
    app: WebApp, clients: Clients
) -> None:
    person = await clients.register("Sven", timezone="UTC")
    run = await person.new_habit("Run")
    await app.sign_in(person)
    await app.page.locator(".habit", has_text="Run").evaluate(SWIPE_LEFT)
    await expect(app.page.get_by_text("Run is skipped today.")).to_be_visible()
    await app.waits_for_nothing()
    assert (await day_of(person, run))["mark"] == "skip"
    await app.page.get_by_role("button", name="Undo").click()
    await app.waits_for_nothing()
    assert (await day_of(person, run))["mark"] is None


async def test_a_day_of_the_year_is_tapped_and_changed_with_a_note(
    app: WebApp, clients: Clients
) -> None:
    person = await clients.register("Yara", timezone="UTC")
    day = person.today() - timedelta(days=3)
    run = await person.new_habit("Run", start_date=str(day))
    await app.sign_in(person)
    await app.go(f"/habit/{run}")
    await app.page.locator(f"rect[data-day='{day}']").click()
    dialog = app.page.get_by_role("dialog")
    await dialog.get_by_label("Note").fill("in the rain")
    await dialog.get_by_role("button", name="Save").click()
    await expect(dialog).to_have_count(0)
    await app.page.locator(f"rect[data-day='{day}']").click()
    await expect(dialog.get_by_label("Note")).to_have_value("in the rain")
    await dialog.get_by_role("button", name="Done", exact=True).click()
    await expect(app.page.locator(f"rect.h4[data-day='{day}']")).to_have_count(1)
    [written] = (await person.get(f"habits/{run}/check-ins"))["items"]
    assert (written["date"], written["mark"], written["note"]) == (str(day), "done", "in the rain")


async def test_another_page_begins_with_its_content_for_who_goes_by_keyboard(
    app: WebApp, clients: Clients
) -> None:
    person = await clients.register("Kaya", timezone="UTC")
    await person.new_habit("Read")
    await app.sign_in(person)
    page = app.page
    await page.get_by_role("link", name="Habits").focus()
    await page.keyboard.press("Enter")
    await app.sees("Habits")
    await expect(page.locator("main")).to_be_focused()
    await page.keyboard.press("Tab")
    assert await page.evaluate("Boolean(document.activeElement.closest('main'))")
    await app.go("/new")
    await expect(page.get_by_label("Title")).to_be_focused()  # a form begins with its first field
