"""Browsers that show reminders over REST, before a real notifications service."""

from collections.abc import AsyncIterator
from typing import Any
from uuid import uuid4

import httpx
import pytest

from chassis.database import Database
from chassis.vapid import public_point, read_vapid_key
from edge.notifications.push_schemas import PushChannel, PushSubscription
from services.notifications.servicer import PushServicer
from tests.builders import SigningKey, a_caller
from tests.edge.servers import expect_problem, running_edge
from tests.push_service import Browser
from tests.services.notifications.conftest import database, notifications_url, signing_key
from tests.services.notifications.push import KEY
from tests.services.notifications.running import serving

__all__ = ["database", "notifications_url", "signing_key"]

PUSH = "/v1/me/push"
SUBSCRIPTIONS = f"{PUSH}/subscriptions"
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"


@pytest.fixture
async def edge(database: Database, signing_key: SigningKey) -> AsyncIterator[httpx.AsyncClient]:
    servicer = PushServicer(database, public_key=public_point(read_vapid_key(KEY)))
    async with (
        serving(None, signing_key, pushes=servicer) as target,
        running_edge(notifications=target) as client,
    ):
        yield client


@pytest.fixture
def ada(signing_key: SigningKey) -> dict[str, str]:
    token = signing_key.token(a_caller(id=uuid4()))
    return {"Authorization": f"Bearer {token}", "User-Agent": FIREFOX}


def a_browser(**other: Any) -> dict[str, Any]:
    browser = Browser()
    keys = {"p256dh": browser.p256dh_key, "auth": browser.auth_secret}
    return {"endpoint": "https://push.example.com/x", "keys": keys} | other


async def test_a_browser_is_subscribed_listed_and_deleted(
    edge: httpx.AsyncClient, ada: dict[str, str]
) -> None:
    made = await edge.put(SUBSCRIPTIONS, headers=ada, json=a_browser())
    assert made.status_code == 200
    stored = PushSubscription.model_validate_json(made.content)
    assert (stored.push_service, stored.device) == ("push.example.com", "Firefox on Linux")
    again = await edge.put(SUBSCRIPTIONS, headers=ada, json=a_browser())
    assert again.json() == made.json()

    shown = PushChannel.model_validate_json((await edge.get(PUSH, headers=ada)).content)
    assert shown == PushChannel(
        public_key=public_point(read_vapid_key(KEY)), subscriptions=[stored]
    )

    address = f"{SUBSCRIPTIONS}/{stored.id}"
    deleted = await edge.delete(address, headers=ada)
    assert (deleted.status_code, deleted.content) == (204, b"")
    expect_problem(await edge.delete(address, headers=ada), 404, "PUSH_SUBSCRIPTION_NOT_FOUND")


@pytest.mark.parametrize(
    ("body", "reason", "field"),
    [
        ({"endpoint": "https://10.0.0.1/x"}, "PUSH_ENDPOINT_INVALID", "endpoint"),
        ({"keys": {"p256dh": "AAAA", "auth": "AAAA"}}, "PUSH_KEYS_INVALID", "keys.p256dh"),
        ({"keys": {"auth": "AAAA"}}, "REQUEST_INVALID", "keys.p256dh"),
        ({"expirationTime": None}, "REQUEST_INVALID", "expirationTime"),
    ],
)
async def test_what_is_no_subscription_is_refused(
    edge: httpx.AsyncClient, ada: dict[str, str], body: dict[str, Any], reason: str, field: str
) -> None:
    answer = await edge.put(SUBSCRIPTIONS, headers=ada, json=a_browser(**body))
    problem = expect_problem(answer, 422, reason)
    assert [error["field"] for error in problem["errors"]] == [field]
