"""The settings of the web app: the person, their messages, and access for other programs."""

from __future__ import annotations

import json
from pathlib import Path

from playwright.async_api import expect

from local.ports import free_ports
from tests.chassis.waiting import eventually
from tests.docs.webhook_receiver import documented_receiver
from tests.journeys.people import Clients
from tests.journeys.test_web import app, browser, day_of, found_accessible
from tests.journeys.web_app import WebApp

__all__ = ["app", "browser"]


async def test_language_theme_zone_and_calendar_are_chosen_and_kept(
    app: WebApp, clients: Clients
) -> None:
    person = await clients.register("Sasha", timezone="UTC", locale="en-GB")
    await app.sign_in(person)
    await app.go("/settings")
    page = app.page
    await page.get_by_role("button", name="Dark").click()
    await page.get_by_label("A day begins at").fill("03:00")
    await page.get_by_label("A week begins on").select_option("Sunday")
    await page.get_by_label("Time zone").fill("Mars/Base")
    save = page.get_by_role("button", name="Save", exact=True)
    await save.click()
    await expect(page.get_by_role("alert")).to_contain_text("There is no time zone 'Mars/Base'.")
    await page.get_by_label("Time zone").fill("Asia/Tokyo")  # the rest is still there
    await save.click()
    await expect(page.get_by_role("status").get_by_text("Saved")).to_be_visible()
    me = await person.get("me")
    assert (me["timezone"], me["day_start"], me["week_start"]) == ("Asia/Tokyo", "03:00", "sun")
    assert me["locale"] == "en-GB"  # a choice of the language is one, other choices are none

    await page.get_by_label("Language").select_option("Русский")
    await save.click()
    await app.sees("Настройки")
    await expect(page.get_by_text("этот компьютер").first).to_be_visible()
    await page.reload()
    await app.sees("Настройки")
    await page.get_by_label("Часовой пояс").fill("Mars/Base")
    await page.get_by_role("button", name="Сохранить").click()
    await expect(page.get_by_role("alert")).to_contain_text("Такого часового пояса нет.")
    await page.reload()
    await expect(page.locator("html[data-theme=dark][lang=ru]")).to_have_count(1)
    await expect(page.get_by_role("button", name="Тёмная")).to_have_attribute(
        "aria-pressed", "true"
    )
    await expect(page.get_by_label("Часовой пояс")).to_have_value("Asia/Tokyo")
    await expect(page.get_by_label("Неделя начинается")).to_have_value("sun")
    assert (await person.get("me"))["locale"] == "ru"


async def test_a_personal_token_is_created_shown_once_used_and_revoked(
    app: WebApp, clients: Clients
) -> None:
    person = await clients.register("Toni", timezone="UTC")
    read = await person.new_habit("Read")
    await app.sign_in(person)
    await app.go("/settings")
    page = app.page
    await page.get_by_role("button", name="New token").click()
    form = page.get_by_role("form", name="New token")
    await expect(form.get_by_label("Name")).to_be_focused()
    await form.get_by_label("Name").fill("Shelf")
    await form.get_by_label("Check in").check()
    await form.get_by_label("How long it works").select_option("30 days")
    await form.get_by_role("button", name="Create").click()
    secret = await page.locator(".notice code").inner_text()
    await found_accessible(app, "/settings with a new token")
    headers = {"Authorization": f"Bearer {secret}"}
    done = await clients.rest.post(f"/v1/habits/{read}/check-ins", json={}, headers=headers)
    assert done.status_code == 201
    refused = await clients.rest.post("/v1/habits", json={"title": "Run"}, headers=headers)
    assert refused.json()["reason"] == "ACCESS_SCOPE_MISSING"

    await page.reload()
    token = page.get_by_role("listitem").filter(has_text="Shelf")
    await expect(token).to_contain_text("check_ins:write, habits:read")
    await expect(token).to_contain_text("Works until")
    await expect(page.get_by_text(secret)).to_have_count(0)
    await page.get_by_role("button", name="Revoke “Shelf”").click()
    await page.get_by_role("dialog").get_by_role("button", name="Revoke").click()
    await expect(token).to_have_count(0)

    async def is_refused() -> bool:
        return (await clients.rest.get("/v1/habits", headers=headers)).status_code == 401

    await eventually(is_refused)


async def test_a_session_elsewhere_is_seen_and_ended(app: WebApp, clients: Clients) -> None:
    person = await clients.register("Sven", timezone="UTC")
    await app.sign_in(person)
    await app.go("/settings")
    await expect(app.page.get_by_text("this one")).to_have_count(1)
    end = app.page.get_by_role("button", name="End the session of")
    await end.click()
    await expect(end).to_have_count(0)
    [left] = await app.page.evaluate(
        """async () => {
            const { get } = await import("/web/src/api.js");
            return (await get("/v1/me/sessions")).items.map((one) => one.current);
        }"""
    )
    assert left is True
    problem = (
        await clients.rest.post("/v1/auth/refresh", json={"refresh_token": person.refresh_token})
    ).json()
    assert problem["reason"] == "REFRESH_TOKEN_INVALID"
    await app.page.get_by_role("button", name="What happened to this account").click()
    await expect(app.page.get_by_text("A session was ended")).to_be_visible()


async def test_data_leaves_as_a_file_and_comes_in_after_a_dry_run(
    app: WebApp, clients: Clients, tmp_path: Path
) -> None:
    person = await clients.register("Ida", timezone="UTC")
    read = await person.new_habit("Read")
    await person.post(f"habits/{read}/check-ins", note="a good one")
    await app.sign_in(person)
    await app.go("/settings")
    page = app.page
    async with page.expect_download() as downloading:
        await page.get_by_role("button", name="JSON (all of it)").click()
    download = await downloading.value
    path = tmp_path / download.suggested_filename
    await download.save_as(path)
    assert path.suffix == ".json"
    [habit] = json.loads(path.read_text())["habits"]
    assert habit["days"][0]["note"] == "a good one"

    await person.delete(f"habits/{read}")
    chooser = page.get_by_label("File to import")
    await chooser.set_input_files({"name": "a.txt", "mimeType": "", "buffer": b"milk, bread"})
    try_out = page.get_by_role("button", name="Try it out")
    import_now = page.get_by_role("button", name="Import", exact=True)
    await try_out.click()
    await expect(page.get_by_role("alert")).to_contain_text("no file that can be imported")
    await chooser.set_input_files(path)
    await expect(import_now).to_be_disabled()
    await try_out.click()
    report = page.get_by_role("status").filter(has_text="Habits:")
    await expect(report).to_contain_text("It would be imported like this:")
    await expect(report).to_contain_text("Habits: 1 new, 0 changed, 0 unchanged.")
    assert (await person.get("habits"))["items"] == []
    await import_now.click()
    await expect(report).to_contain_text("It is imported.")
    await app.go("/")
    await expect(app.switch("Read")).to_have_attribute("aria-checked", "true")


async def test_a_calendar_app_is_given_an_address(app: WebApp, clients: Clients) -> None:
    person = await clients.register("Cleo", timezone="UTC")
    await person.new_habit("Read")
    await app.sign_in(person)
    await app.go("/settings")
    await app.page.get_by_role("button", name="Create the address").click()
    await app.page.get_by_role("dialog").get_by_role("button", name="Create the address").click()
    address = await app.page.locator("code", has_text=".ics").inner_text()
    calendar = await app.page.request.get(address)
    assert "SUMMARY:Read" in await calendar.text()


async def test_a_quick_link_is_created_shown_once_used_and_revoked(
    app: WebApp, clients: Clients
) -> None:
    person = await clients.register("Quinn", timezone="UTC")
    water = await person.new_habit("Water", measure="quantity", unit="glasses", goal={"amount": 8})
    await app.sign_in(person)
    await app.go("/settings")
    page = app.page
    await page.get_by_role("button", name="New quick link").click()
    await page.get_by_label("Each use adds (glasses)").fill("2")
    await page.get_by_label("Where you will put it").fill("Fridge")
    await page.get_by_role("button", name="Create", exact=True).click()
    await expect(page.get_by_role("img", name="Quick link “Fridge” as a QR code")).to_be_visible()
    address = await page.locator("code", has_text="/v1/quick/").inner_text()
    used = await page.request.post(address)
    assert used.ok
    await found_accessible(app, "/settings with a new quick link")
    await page.reload()
    await expect(page.get_by_text("Water · 2 glasses · last used")).to_be_visible()
    await expect(page.get_by_text(address)).to_have_count(0)
    assert (await day_of(person, water))["amount"] == 2

    await page.get_by_role("button", name="Revoke “Fridge”").click()
    await page.get_by_role("dialog").get_by_role("button", name="Revoke", exact=True).click()
    await expect(page.get_by_text("No quick links yet.")).to_be_visible()
    assert (await page.request.post(address)).status == 404


async def test_a_webhook_is_created_tested_replayed_enabled_and_deleted(
    app: WebApp, clients: Clients
) -> None:
    person = await clients.register("Wes", timezone="UTC")
    await app.sign_in(person)
    await app.go("/settings")
    page = app.page
    await page.get_by_role("button", name="New webhook").click()
    await page.get_by_label("Address").fill("https://192.168.1.7/hook")
    await page.get_by_label("Name (optional)").fill("Lamp")
    await page.get_by_label("Everything that happens").uncheck()
    await page.get_by_label("check_in.changed").check()
    await page.get_by_role("button", name="Create", exact=True).click()
    await expect(page.get_by_text("a network that is not public").first).to_be_visible()
    [port] = free_ports(1)
    await page.get_by_label("Address").fill(f"http://127.0.0.1:{port}/")
    await page.get_by_role("button", name="Create", exact=True).click()
    secret = await page.locator("code", has_text="whsec_").inner_text()

    webhook = page.get_by_role("article", name="Lamp")
    async with documented_receiver(secret, port) as receiver:
        await webhook.get_by_role("button", name="Send a test").click()
        sent, _, _ = (await receiver.next_line()).partition(" ")
        await expect(webhook.get_by_text("webhook.test accepted")).to_be_visible()
        await found_accessible(app, "/settings with a webhook")
        await webhook.get_by_role("button", name="Send webhook.test again").click()
        again, _, _ = (await receiver.next_line()).partition(" ")
    assert again == sent

    [created] = (await person.get("webhooks"))["items"]
    assert created["events"] == ["check_in.changed"]
    await person.patch(f"webhooks/{created['id']}", enabled=False)
    await page.reload()
    await expect(webhook.get_by_text("Switched off.")).to_be_visible()
    await expect(page.get_by_text(secret)).to_have_count(0)
    await webhook.get_by_role("button", name="Switch on again").click()
    await expect(webhook.get_by_role("button", name="Send a test")).to_be_visible()
    await webhook.get_by_role("button", name="Delete").click()
    await page.get_by_role("dialog").get_by_role("button", name="Delete").click()
    await expect(page.get_by_text("No webhooks yet.")).to_be_visible()
    assert (await person.get("webhooks"))["items"] == []
