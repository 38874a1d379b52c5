"""The account in the web app: its email address and password, and its end."""

from __future__ import annotations

from collections.abc import AsyncIterator
from random import randrange
from uuid import uuid4

import pytest
from playwright.async_api import Locator, expect

from tests.chassis.waiting import eventually
from tests.journeys.mesh import Mesh
from tests.journeys.people import PASSWORD, Clients, Person
from tests.journeys.test_mini_app import PROXY, launch_of
from tests.journeys.test_web import app, browser, found_accessible
from tests.journeys.web_app import PHONE, WebApp, a_tab, chromium

__all__ = ["app", "browser"]

NEW_PASSWORD = "tall giraffes eat leaves"


@pytest.fixture
async def in_telegram(mesh: Mesh) -> AsyncIterator[WebApp]:
    """Yield a tab of a person who has just registered inside Telegram."""
    async with chromium() as browser:
        app = await a_tab(await browser.new_context(viewport=PHONE, locale="en-US"), mesh.api)
        await app.page.add_init_script(PROXY)
        await app.page.goto(f"{app.api}/telegram#{launch_of(randrange(10**9, 10**10))}")
        await app.page.get_by_role("button", name="Create an account with Telegram").click()
        await app.sees("Today")
        await app.go("/settings")
        yield app
        assert app.errors == []


def an_address() -> str:
    return f"new.{uuid4().hex[:8]}@example.com"


async def save(form: Locator, **fields: str) -> None:
    for label, text in fields.items():
        await form.get_by_label(label.replace("_", " ").capitalize()).fill(text)
    await form.get_by_role("button", name="Save").click()


async def signs_in(clients: Clients, email: str, password: str) -> bool:
    login = {"email": email, "password": password}
    return (await clients.rest.post("/v1/auth/login", json=login)).is_success


async def test_the_email_address_is_changed(app: WebApp, clients: Clients) -> None:
    person = await clients.register("Emma", timezone="UTC")
    other, email = await clients.register("Other", timezone="UTC"), an_address()
    await app.sign_in(person)
    await app.go("/settings")
    await app.page.get_by_role("button", name="Change email").click()
    form = app.page.get_by_role("form", name="Change email")
    await expect(form.get_by_label("New email")).to_be_focused()
    await save(form, new_email=email, current_password="not it at all")
    await expect(form.get_by_role("alert")).to_have_text("The password is wrong.")
    await save(form, new_email=other.email, current_password=PASSWORD)
    await expect(form.get_by_role("alert")).to_contain_text("There is an account with this email")
    await save(form, new_email=email)
    await expect(app.page.get_by_role("status")).to_have_text(
        f"You sign in with {email} from now on."
    )
    await expect(app.page.get_by_role("button", name="Change email")).to_be_focused()
    await expect(app.page.get_by_text(email, exact=True)).to_be_visible()
    assert await signs_in(clients, email, PASSWORD)
    assert not await signs_in(clients, person.email, PASSWORD)


async def test_a_new_password_ends_every_other_session(app: WebApp, clients: Clients) -> None:
    person = await clients.register("Paul", timezone="UTC")
    await app.sign_in(person)
    await app.go("/settings")
    sessions = app.page.get_by_role("button", name="End the session of")
    await expect(sessions).to_have_count(1)
    await app.page.get_by_role("button", name="Change password").click()
    form = app.page.get_by_role("form", name="Change password")
    await save(form, current_password="not it at all", new_password=NEW_PASSWORD)
    await expect(form.get_by_role("alert")).to_have_text("The password is wrong.")
    await save(form, current_password=PASSWORD, new_password="short")
    await expect(form.get_by_role("alert")).to_contain_text("8 characters")
    await found_accessible(app, "/settings with a refused password")
    await save(form, new_password=NEW_PASSWORD)
    await expect(app.page.get_by_role("status")).to_contain_text("The password is changed")
    await expect(sessions).to_have_count(0)

    async def is_signed_out() -> bool:
        headers = {"Authorization": f"Bearer {person.access_token}"}
        return (await clients.rest.get("/v1/me", headers=headers)).status_code == 401

    await eventually(is_signed_out)
    await app.page.reload()
    await app.sees("Settings")
    assert await signs_in(clients, person.email, NEW_PASSWORD)
    assert not await signs_in(clients, person.email, PASSWORD)


async def test_who_came_by_telegram_sets_an_email_address_and_a_password(
    in_telegram: WebApp, clients: Clients
) -> None:
    other, email = await clients.register("Other", timezone="UTC"), an_address()
    page = in_telegram.page
    await page.get_by_role("button", name="Set email and password").click()
    form = page.get_by_role("form", name="Set email and password")
    await save(form, email=other.email, new_password="password1")
    await expect(form.get_by_role("alert")).to_contain_text("most common")
    await save(form, new_password=NEW_PASSWORD)
    await expect(form.get_by_role("alert")).to_contain_text("There is an account with this email")
    await save(form, email=email)
    await expect(page.get_by_text(email, exact=True)).to_be_visible()
    await expect(page.get_by_role("button", name="Change password")).to_be_visible()
    assert await signs_in(clients, email, NEW_PASSWORD)


async def test_who_has_no_password_deletes_the_account_without(in_telegram: WebApp) -> None:
    page = in_telegram.page
    delete = page.get_by_role("button", name="Delete the account")
    await delete.click()
    dialog = page.get_by_role("dialog")
    await expect(dialog).to_be_visible()
    await expect(dialog.get_by_label("Password")).to_have_count(0)
    await page.keyboard.press("Escape")
    await expect(dialog).to_have_count(0)
    await expect(delete).to_be_focused()
    await page.keyboard.press("Enter")
    await dialog.get_by_role("button", name="Delete the account").click()
    await in_telegram.sees("Habit Tracker")


async def test_the_account_is_deleted_with_all_it_has(app: WebApp, clients: Clients) -> None:
    person: Person = await clients.register("Dora", timezone="UTC")
    await person.new_habit("Read")
    await app.sign_in(person)
    await app.go("/settings")
    await app.page.get_by_role("button", name="Delete the account").click()
    dialog = app.page.get_by_role("dialog")
    delete = dialog.get_by_role("button", name="Delete the account")
    await dialog.get_by_label("Password").fill("not it at all")
    await delete.click()
    await expect(dialog.get_by_role("alert")).to_have_text("The password is wrong.")
    await dialog.get_by_label("Password").fill(PASSWORD)
    await delete.click()
    await app.sees("Habit Tracker")
    await expect(app.page.get_by_role("status")).to_contain_text("The account is deleted")
    await app.page.reload()
    await app.sees("Habit Tracker")
    assert not await signs_in(clients, person.email, PASSWORD)
