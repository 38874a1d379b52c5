"""Webhooks in the web app: edited, given a new secret, and sent what failed once more."""

from __future__ import annotations

from playwright.async_api import expect

from local.ports import free_ports
from tests.chassis.waiting import eventually
from tests.docs.webhook_receiver import documented_receiver
from tests.journeys.people import Clients, Person
from tests.journeys.test_web import app, browser, found_accessible
from tests.journeys.web_app import WebApp

__all__ = ["app", "browser"]


async def a_webhook(person: Person, port: int) -> str:
    """Create the webhook "Lamp", and return its path."""
    made = await person.post(
        "webhooks",
        url=f"http://127.0.0.1:{port}/",
        description="Lamp",
        events=["check_in.changed"],
    )
    return f"webhooks/{made['id']}"


async def test_a_webhook_is_edited_and_what_was_typed_outlives_a_refusal(
    app: WebApp, clients: Clients
) -> None:
    person = await clients.register("Edith", timezone="UTC")
    port, other = free_ports(2)
    path = await a_webhook(person, port)
    await app.sign_in(person)
    await app.go("/settings")
    webhook = app.page.get_by_role("article", name="Lamp")
    await webhook.get_by_role("button", name="Edit").click()
    await expect(webhook.get_by_label("check_in.changed")).to_be_checked()
    await webhook.get_by_label("check_in.changed").uncheck()
    await webhook.get_by_label("habit.created").check()
    await webhook.get_by_label("Address").fill("https://192.168.1.7/hook")
    await webhook.get_by_role("button", name="Save").click()
    await expect(webhook.get_by_text("a network that is not public").first).to_be_visible()
    await expect(webhook.get_by_label("habit.created")).to_be_checked()
    await found_accessible(app, "/settings with a webhook that is edited")
    await webhook.get_by_label("Address").fill(f"http://127.0.0.1:{other}/")
    await webhook.get_by_role("button", name="Save").click()
    await expect(webhook.get_by_text("habit.created · nothing accepted yet")).to_be_visible()
    saved = await person.get(path)
    assert (saved["url"], saved["events"]) == (f"http://127.0.0.1:{other}/", ["habit.created"])
    assert saved["description"] == "Lamp"


async def test_what_failed_is_sent_again_signed_with_a_new_secret_that_is_shown_once(
    app: WebApp, clients: Clients
) -> None:
    person = await clients.register("Rosalind", timezone="UTC")
    [port] = free_ports(1)
    path = await a_webhook(person, port)
    await app.sign_in(person)
    await app.go("/settings")
    page = app.page
    webhook = page.get_by_role("article", name="Lamp")
    await webhook.get_by_role("button", name="New secret").click()
    await page.get_by_role("dialog").get_by_role("button", name="New secret").click()
    secret = await webhook.locator("code", has_text="whsec_").inner_text()
    await page.reload()
    await expect(webhook).to_be_visible()
    await expect(page.get_by_text(secret)).to_have_count(0)

    sent = await person.post(f"{path}/test", status=202)  # nobody is there
    await person.patch(path, enabled=False)

    async def has_failed() -> bool:
        failed = await person.get(f"{path}/deliveries", state="failed")
        return [it["id"] for it in failed["items"]] == [sent["id"]]

    await eventually(has_failed)
    await page.reload()
    await webhook.get_by_role("button", name="Switch on again").click()
    await webhook.get_by_role("button", name="Deliveries").click()
    await expect(webhook.get_by_text("webhook.test failed")).to_be_visible()
    async with documented_receiver(secret, port) as receiver:
        await webhook.get_by_role("button", name="Send all that failed again").click()
        await expect(page.get_by_text("1 delivery is sent again.")).to_be_visible()
        message_id, _, _ = (await receiver.next_line()).partition(" ")
        await expect(webhook.get_by_text("webhook.test accepted")).to_be_visible()
    assert message_id == sent["id"]
    again = webhook.get_by_role("button", name="Send all that failed again")
    await expect(again).to_have_count(0)
