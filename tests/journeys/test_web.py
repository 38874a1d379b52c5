"""People use the web app: in a real browser, beside the chat and other clients."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from typing import Any

import pytest
from axe_playwright_python.async_playwright import Axe  # type: ignore[import-untyped]
from playwright.async_api import Browser, Route, expect

from tests.journeys.mesh import Mesh
from tests.journeys.people import Clients, Person
from tests.journeys.web_app import PHONE, WebApp, a_tab, chromium

WIDTHS = (320, 390, 1440, 3840)
HOSTILE = '<img src=x onerror=alert(1)> "\u202eevil" ' + "👩‍👩‍👧‍👦" * 5 + " зарядка" * 4


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    async with chromium() as browser:
        yield browser


@pytest.fixture
async def app(browser: Browser, mesh: Mesh) -> AsyncIterator[WebApp]:
    context = await browser.new_context(viewport=PHONE, locale="en-US")
    app = await a_tab(context, mesh.api)
    yield app
    assert app.errors == []


async def day_of(person: Person, habit_id: str) -> Any:
    items = (await person.get("today"))["items"]
    return next(item for item in items if item["habit_id"] == habit_id)


async def test_a_first_habit_in_two_taps_and_it_is_there_after_a_reload(
    app: WebApp, clients: Clients
) -> None:
    person = await clients.register("Wendy", timezone="Europe/Berlin")
    await app.sign_in(person)
    await app.page.get_by_role("button", name="Go for a walk").click()
    walk = app.switch("Go for a walk")
    await walk.click()
    await expect(walk).to_have_attribute("aria-checked", "true")
    await app.waits_for_nothing()
    await app.page.reload()
    await expect(app.switch("Go for a walk")).to_have_attribute("aria-checked", "true")
    (item,) = (await person.get("today"))["items"]
    assert (item["state"], item["mark"]) == ("met", "done")
    days = await person.get(f"habits/{item['habit_id']}/check-ins")
    assert [day["source"] for day in days["items"]] == ["web"]


async def test_a_person_registers_in_the_browser_and_signs_out(app: WebApp) -> None:
    await app.open()
    await app.page.get_by_role("button", name="Create an account").click()
    await app.page.get_by_label("Email").fill("new.in.browser@example.com")
    await app.page.get_by_label("Password", exact=False).fill("short")
    create = app.page.get_by_role("button", name="Create account", exact=True)
    await create.click()
    await expect(app.page.get_by_role("alert")).to_contain_text("8 characters")
    await app.page.get_by_label("Password", exact=False).fill("tall giraffes eat leaves")
    await create.click()
    await app.sees("Today")
    cookies = await app.page.context.cookies()
    assert [(one["name"], one["httpOnly"]) for one in cookies] == [("habits_session", True)]
    await app.go("/settings")
    await app.page.get_by_role("button", name="Sign out").click()
    await app.sees("Habit Tracker")
    await app.page.reload()
    await app.sees("Habit Tracker")
    assert await app.page.context.cookies() == []


async def test_a_one_use_link_signs_another_browser_in(app: WebApp, clients: Clients) -> None:
    person = await clients.register("Lena", timezone="UTC")
    await person.new_habit("Read")
    code = (await person.post("me/sign-in-codes"))["code"]
    await app.open(f"/sign-in/{code}")
    await expect(app.switch("Read")).to_be_visible()
    assert code not in app.page.url
    await app.page.context.clear_cookies()
    await app.page.goto("about:blank")
    await app.open(f"/sign-in/{code}")
    await app.sees("Habit Tracker")
    await expect(app.page.get_by_role("status")).to_contain_text("code")


async def test_amounts_add_and_what_was_added_is_taken_back(app: WebApp, clients: Clients) -> None:
    person = await clients.register("Anna", timezone="UTC")
    water = await person.new_habit("Water", measure="quantity", unit="glasses", goal={"amount": 8})
    await app.sign_in(person)
    await app.switch("Water").click()
    await app.page.get_by_label("Add an amount to Water").click()
    await app.page.get_by_label("Amount", exact=True).fill("2,5")
    await app.page.get_by_role("button", name="Add", exact=True).click()
    await app.waits_for_nothing()
    assert (await day_of(person, water))["amount"] == 3.5
    await app.page.get_by_role("button", name="Undo", exact=True).click()
    await expect(app.page.locator(".amount b")).to_have_text("1")
    await app.waits_for_nothing()
    assert (await day_of(person, water))["amount"] == 1


async def test_check_ins_wait_while_offline_and_count_once(app: WebApp, clients: Clients) -> None:
    person = await clients.register("Olga", timezone="UTC")
    read = await person.new_habit("Read")
    run = await person.new_habit("Run", measure="quantity", unit="km", goal={"amount": 5})
    await app.sign_in(person)
    await expect(app.switch("Read")).to_be_visible()
    await app.page.context.set_offline(True)
    await app.switch("Read").click()
    await app.switch("Run").click()
    await app.switch("Run").click()
    await expect(app.page.get_by_text("Offline: 3 changes wait to be sent.")).to_be_visible()
    assert (await day_of(person, read))["mark"] is None
    await app.page.context.set_offline(False)
    await app.waits_for_nothing()
    assert (await day_of(person, read))["mark"] == "done"
    assert (await day_of(person, run))["amount"] == 2


async def test_an_answer_that_was_lost_is_no_second_check_in(app: WebApp, clients: Clients) -> None:
    person = await clients.register("Lars", timezone="UTC")
    run = await person.new_habit("Run", measure="quantity", unit="km", goal={"amount": 5})
    await app.sign_in(person)
    lost: list[Any] = []

    async def lose_once(route: Route) -> None:
        if route.request.method == "POST" and not lost:
            lost.append(await route.fetch())
            await route.abort()
        else:
            await route.continue_()

    await app.page.route("**/v1/habits/*/check-ins", lose_once)
    await app.switch("Run").click()
    await app.waits_for_nothing()
    assert len(lost) == 1
    assert (await day_of(person, run))["amount"] == 1


async def test_what_the_api_refuses_is_put_back_and_told(app: WebApp, clients: Clients) -> None:
    person = await clients.register("Rosa", timezone="UTC")
    read = await person.new_habit("Read")
    await app.sign_in(person)
    await expect(app.switch("Read")).to_be_visible()
    await person.post(f"habits/{read}/archive")
    await app.switch("Read").click()
    await expect(app.page.get_by_role("status").get_by_text("archived")).to_be_visible()
    await expect(app.switch("Read")).to_have_count(0)


async def test_a_token_that_expires_in_the_middle_is_renewed_unseen(
    app: WebApp, clients: Clients
) -> None:
    person = await clients.register("Tess", timezone="UTC")
    await person.new_habit("Read")
    await app.sign_in(person)
    refused: list[str] = []

    async def expire_once(route: Route) -> None:
        if refused:
            await route.continue_()
            return
        refused.append(route.request.url)
        body = json.dumps({"reason": "ACCESS_TOKEN_EXPIRED", "detail": "It has expired."})
        await route.fulfill(status=401, body=body, content_type="application/problem+json")

    await app.page.route("**/v1/habits/*/check-ins/**", expire_once)
    await app.switch("Read").click()
    await app.waits_for_nothing()
    assert refused
    assert (await person.get("today"))["met"] == 1


async def test_a_session_that_ended_elsewhere_leads_to_the_sign_in(
    app: WebApp, clients: Clients
) -> None:
    person = await clients.register("Emil", timezone="UTC")
    await app.sign_in(person)
    for session in (await person.get("me/sessions"))["items"]:
        if not session["current"]:
            await person.delete(f"me/sessions/{session['id']}")
    await app.page.reload()
    await app.sees("Habit Tracker")


async def test_an_api_that_fails_leaves_the_day_on_the_screen(
    app: WebApp, clients: Clients
) -> None:
    person = await clients.register("Fred", timezone="UTC")
    await person.new_habit("Read")
    await app.sign_in(person)
    await expect(app.switch("Read")).to_be_visible()
    await app.page.route("**/v1/today*", lambda route: route.fulfill(status=503, body="{}"))
    await app.page.reload()
    await expect(app.switch("Read")).to_be_visible()


async def test_two_tabs_show_the_same(app: WebApp, clients: Clients) -> None:
    person = await clients.register("Theo", timezone="UTC")
    await person.new_habit("Read")
    await app.sign_in(person)
    other = await a_tab(app.page.context, app.api)
    await other.open()
    await expect(other.switch("Read")).to_be_visible()
    await app.page.bring_to_front()
    await app.switch("Read").click()
    await app.waits_for_nothing()
    await other.page.reload()
    await expect(other.switch("Read")).to_have_attribute("aria-checked", "true")
    assert other.errors == []


async def test_a_habit_is_made_edited_archived_and_deleted(app: WebApp, clients: Clients) -> None:
    person = await clients.register("Hana", timezone="UTC")
    await app.sign_in(person)
    await app.go("/new")
    page = app.page
    await page.get_by_label("Title").fill("Swim")
    await page.get_by_role("button", name="An amount").click()
    await page.get_by_label("Goal").fill("40")
    await page.get_by_label("Unit").fill("lengths")
    await page.get_by_label("Schedule").select_option("weekdays")
    await page.get_by_role("button", name="Friday", exact=True).click()
    await expect(page.get_by_text("Next on")).to_be_visible()
    await page.get_by_role("button", name="Add a reminder").click()
    await page.get_by_role("button", name="Save").click()
    await app.sees("Today")
    (habit,) = (await person.get("habits"))["items"]
    assert habit["schedule"] == {"frequency": "weekly", "weekdays": ["mon", "wed"]}
    assert (habit["goal"]["amount"], habit["unit"]) == (40, "lengths")
    assert [one["time"] for one in habit["reminders"]] == ["09:00"]

    await app.go(f"/habit/{habit['id']}/edit")
    await page.get_by_label("Goal").fill("60")
    await page.get_by_role("button", name="Save").click()
    await expect(page.get_by_text("60 lengths").first).to_be_visible()
    await page.get_by_role("button", name="Archive").click()
    await expect(page.get_by_text("This habit is archived")).to_be_visible()
    await page.get_by_role("button", name="Delete").click()
    await page.get_by_role("dialog").get_by_role("button", name="Delete").click()
    await page.get_by_role("button", name="Undo").click()
    await expect(page.get_by_text("This habit is archived")).to_be_visible()
    assert (await person.get(f"habits/{habit['id']}"))["goal"]["amount"] == 60


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("language", ["en", "ru"])
async def test_every_page_is_accessible_and_fits_every_screen(
    browser: Browser, mesh: Mesh, clients: Clients, language: str, scheme: Any
) -> None:
    """Axe finds nothing, nothing is wider than the screen, and a title is only text."""
    person = await clients.register("Axel", timezone="UTC", locale=language)
    habit = await person.new_habit(HOSTILE, icon="🏃", color="#2e7d32")
    await person.new_habit("Water", measure="quantity", unit="glasses", goal={"amount": 8})
    await person.put(f"habits/{habit}/check-ins/{person.today()}", mark="done", note="<b>easy</b>")
    context = await browser.new_context(viewport=PHONE, locale="en-US", color_scheme=scheme)
    app = await a_tab(context, mesh.api)
    await app.page.route("**/v1/live", lambda route: route.abort())  # it would never be idle
    await app.open()
    await app.page.get_by_label("Email").wait_for()
    await found_accessible(app, "sign-in")
    await app.sign_in(person, heading={"en": "Today", "ru": "Сегодня"}[language])
    routes = ("/", "/habits", f"/habit/{habit}", f"/habit/{habit}/edit", "/new", "/insight")
    for route in (*routes, "/settings"):
        await app.go(route)
        await app.page.wait_for_load_state("networkidle")
        await found_accessible(app, route)
        for width in WIDTHS:
            await app.page.set_viewport_size({"width": width, "height": 900})
            wide = await app.page.evaluate("document.documentElement.scrollWidth")
            assert wide <= width, (route, width)
    assert app.errors == []


async def found_accessible(app: WebApp, route: str) -> None:
    found = await Axe().run(app.page)
    assert found.violations_count == 0, (route, found.generate_report())


async def test_both_languages_say_the_same_things(app: WebApp) -> None:
    await app.open()
    missing = await app.page.evaluate(
        """async () => {
            const { en } = await import("/web/src/words/en.js");
            const { ru } = await import("/web/src/words/ru.js");
            const holes = (text) => JSON.stringify(
                [...new Set((text.other ?? text).match(/\\{\\w+\\}/g) ?? [])].sort());
            const keys = new Set([...Object.keys(en), ...Object.keys(ru)]);
            return [...keys].filter((key) => !(key in en) || !(key in ru)
                || holes(en[key]) !== holes(ru[key]));
        }"""
    )
    assert missing == []
