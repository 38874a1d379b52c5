"""Sign-in at an OpenID provider in the web app: allowed, denied, forged, and when it is away."""

from __future__ import annotations

from contextlib import ExitStack
from uuid import uuid4

import httpx
import pytest
from playwright.async_api import Route, expect

from tests.journeys.mesh import Mesh
from tests.journeys.test_web import app, browser
from tests.journeys.web_app import WebApp

__all__ = ["app", "browser"]

pytestmark = pytest.mark.filterwarnings("ignore")  # the provider's own

BY_PROVIDER = "Sign in with your organization"
FAILED = "The sign-in at your organization did not work"


async def go_to_provider(app: WebApp) -> None:
    """Open the app, and go on to the provider's page."""
    await app.page.route("https://cdn.jsdelivr.net/**", lambda route: route.abort())
    await app.open()
    await app.page.get_by_role("button", name=BY_PROVIDER).click()
    await app.sees("Authorize Client")


async def allow(app: WebApp, subject: str) -> None:
    """Sign in at the provider, which sends the browser back."""
    await app.page.get_by_label("Subject").fill(subject)
    await app.page.get_by_role("button", name="Authorize", exact=True).click()


async def test_the_provider_signs_a_person_in_and_the_session_stays(
    app: WebApp, mesh: Mesh
) -> None:
    subject = uuid4().hex
    email = f"{subject}@example.com"
    async with httpx.AsyncClient() as provider:
        claims = {"email": email, "email_verified": True, "name": "Ann of Elsewhere"}
        await provider.put(f"{mesh.issuer}/users/{subject}", json=claims)
    await go_to_provider(app)
    await allow(app, subject)
    await app.sees("Today")
    assert "code=" not in app.page.url
    await app.page.reload()
    await app.sees("Today")
    await app.go("/settings")
    await expect(app.page.get_by_text(email)).to_be_visible()


async def test_a_sign_in_that_is_denied_or_forged_is_said_and_another_way_works(
    app: WebApp,
) -> None:
    await go_to_provider(app)
    await app.page.get_by_role("button", name="Deny access").click()
    await expect(app.page.get_by_role("alert")).to_contain_text(FAILED)
    assert "error=" not in app.page.url
    await app.page.goto(f"{app.api}/?state=of-another-browser&code=stolen")
    await expect(app.page.get_by_role("alert")).to_contain_text(FAILED)
    await app.page.get_by_role("button", name=BY_PROVIDER).click()
    await app.sees("Authorize Client")
    await app.page.goto(f"{app.api}/?state=of-another-browser&code=stolen")
    await expect(app.page.get_by_role("alert")).to_contain_text("Begin again")
    await app.page.get_by_role("button", name=BY_PROVIDER).click()
    await app.sees("Authorize Client")
    await allow(app, uuid4().hex)
    await app.sees("Today")


async def test_a_provider_that_does_not_answer_is_said(app: WebApp, mesh: Mesh) -> None:
    await go_to_provider(app)
    with ExitStack() as stack:

        async def lose_the_provider(route: Route) -> None:
            stack.enter_context(mesh.provider.frozen())
            await route.continue_()

        await app.page.route("**/v1/web/session/oidc", lose_the_provider)
        await allow(app, uuid4().hex)
        await expect(app.page.get_by_role("alert")).to_contain_text("does not answer")
    await app.page.unroute("**/v1/web/session/oidc")
    await app.page.get_by_role("button", name=BY_PROVIDER).click()
    await app.sees("Authorize Client")
    await allow(app, uuid4().hex)
    await app.sees("Today")
