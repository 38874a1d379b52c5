"""What is done elsewhere shows on the board without a reload."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Route, expect

from tests.journeys.mesh import Mesh
from tests.journeys.people import Clients
from tests.journeys.web_app import PHONE, WebApp, a_tab, chromium


@pytest.fixture
async def app(mesh: Mesh) -> AsyncIterator[WebApp]:
    async with chromium() as browser:
        context = await browser.new_context(viewport=PHONE, locale="en-US")
        app = await a_tab(context, mesh.api)
        yield app
        assert app.errors == []


async def test_a_check_in_elsewhere_shows_on_the_board(app: WebApp, clients: Clients) -> None:
    """By the stream; then by requests that wait, where a proxy holds streams back."""
    person = await clients.register("Lively", timezone="UTC")
    read, run = await person.new_habit("Read"), await person.new_habit("Run")
    async with app.page.expect_response("**/v1/live"):
        await app.sign_in(person)
    await expect(app.switch("Read")).to_have_attribute("aria-checked", "false")
    await person.post(f"habits/{read}/check-ins", source="telegram")
    await expect(app.switch("Read")).to_have_attribute("aria-checked", "true")

    async def hold_back(_: Route) -> None:
        """Answer nothing, as a proxy does that collects the whole response."""

    await app.page.route("**/v1/live", hold_back)
    async with app.page.expect_request("**/v1/changes?since=*&wait=25"):
        await app.page.reload()
    await person.post(f"habits/{run}/check-ins", source="telegram")
    await expect(app.switch("Run")).to_have_attribute("aria-checked", "true")
