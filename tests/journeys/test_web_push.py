"""Reminders in a browser: shown by the service worker, answered without a page."""

from __future__ import annotations

import contextlib
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from playwright.async_api import Worker, expect

from tests.chassis.waiting import eventually
from tests.journeys.mesh import Mesh
from tests.journeys.people import Clients
from tests.journeys.web_app import PHONE, WebApp, a_tab, chromium, chromium_with_profile

_PUSHES = 6
SHOWN = """async () => (await self.registration.getNotifications()).map(
    ({title, body, tag, actions}) => ({title, body, tag, actions}))"""
PRESS = """async (action) => {
    const [shown] = await self.registration.getNotifications();
    await answer(shown.data, action);
}"""
"""What a press does. A script cannot make the press itself: browsers believe no such event."""


@pytest.fixture
async def app(mesh: Mesh, tmp_path: Path) -> AsyncIterator[WebApp]:
    async with chromium_with_profile(tmp_path) as context:
        await context.grant_permissions(["notifications"], origin=mesh.api)
        app = await a_tab(context, mesh.api)
        yield app
        assert app.errors == []


class PushedBrowser:
    """The service worker of a page, and the push service that reaches it."""

    def __init__(self, app: WebApp) -> None:
        self._app = app
        self._registrations: list[str] = []

    async def start(self) -> Worker:
        """Listen for the registration of the service worker, and return the worker."""
        self._session = await self._app.page.context.new_cdp_session(self._app.page)
        self._session.on("ServiceWorker.workerRegistrationUpdated", self._note)
        await self._session.send("ServiceWorker.enable")

        async def is_registered() -> bool:
            return bool(self._registrations and self._app.page.context.service_workers)

        await eventually(is_registered, within=30)
        await self._app.page.evaluate("navigator.serviceWorker.ready.then(() => true)")
        return self._app.page.context.service_workers[0]

    async def push(self, reminder: dict[str, Any] | str) -> None:
        """Deliver a message, as the browser does that has decrypted it."""
        data = reminder if isinstance(reminder, str) else json.dumps(reminder)
        place = {"origin": self._app.api, "registrationId": self._registrations[-1]}
        await self._session.send("ServiceWorker.deliverPushMessage", {**place, "data": data})

    async def push_until(
        self, is_shown: Callable[[], Awaitable[bool]], reminder: dict[str, Any]
    ) -> None:
        """Deliver a message again every few seconds until it is shown, as a push service does.

        A worker that has just begun on a busy machine may miss the first one.
        """
        for _ in range(_PUSHES):
            await self.push(reminder)
            with contextlib.suppress(TimeoutError):
                await eventually(is_shown, within=10)
                return
        raise AssertionError("the reminder is not shown")

    def _note(self, event: dict[str, Any]) -> None:
        found = [it for it in event["registrations"] if not it["isDeleted"]]
        self._registrations += [it["registrationId"] for it in found]


async def test_a_reminder_is_shown_and_answered_without_a_page(
    app: WebApp, clients: Clients
) -> None:
    person = await clients.register("Pia", timezone="UTC")
    habit = await person.new_habit("Read")
    await app.sign_in(person)
    browser = PushedBrowser(app)
    worker = await browser.start()

    async def shown() -> Any:
        return await worker.evaluate(SHOWN)

    async def is_shown() -> bool:
        return bool(await shown())

    actions = [{"action": "done", "title": "Done"}, {"action": "skip", "title": "Skip"}]
    today = str(person.today())
    reminder: dict[str, Any] = {
        "id": str(uuid4()),
        "title": "Read",
        "body": "Time for it",
        "habit_id": habit,
    }
    reminder |= {"date": today, "actions": actions}
    await browser.push_until(is_shown, reminder)
    await browser.push(reminder)  # a repeat takes its place, which is empty for a moment
    await eventually(is_shown)
    (one,) = await shown()
    assert (one["title"], one["body"], one["tag"]) == ("Read", "Time for it", f"{habit} {today}")
    for _ in range(2):
        await worker.evaluate(PRESS, "done")
    await expect(app.switch("Read")).to_have_attribute("aria-checked", "true")
    assert (await person.get(f"habits/{habit}/progress"))["total_check_ins"] == 1

    await app.page.route("**/v1/web/session/refresh", lambda route: route.abort())
    await app.page.context.clear_cookies()
    await worker.evaluate(PRESS, "skip")
    await eventually(is_shown)
    (one,) = await shown()
    assert one["body"].endswith("This could not be saved. Tap to open the app.")


async def test_what_keeps_a_browser_from_showing_reminders_is_said(
    mesh: Mesh, clients: Clients
) -> None:
    """A private window has no push service, as a browser that has it switched off."""
    async with chromium() as browser:
        context = await browser.new_context(viewport=PHONE, locale="en-US")
        await context.grant_permissions(["notifications"], origin=mesh.api)
        app = await a_tab(context, mesh.api)
        await app.sign_in(await clients.register("Pia", timezone="UTC"))
        await app.go("/settings")
        switch = app.page.get_by_label("Reminders in this browser")
        await switch.click()
        await expect(app.page.get_by_text("push service cannot be reached")).to_be_visible()
        await expect(switch).not_to_be_checked()
