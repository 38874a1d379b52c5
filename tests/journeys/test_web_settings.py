"""The settings of the web app: addresses for calendar apps, tags and other programs."""

from __future__ import annotations

from playwright.async_api import expect

from local.ports import free_ports
from tests.docs.webhook_receiver import documented_receiver
from tests.journeys.people import Clients
from tests.journeys.test_web import app, browser, day_of, found_accessible
from tests.journeys.web_app import WebApp

__all__ = ["app", "browser"]


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
