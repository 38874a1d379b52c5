"""Webhooks over REST, before a real notifications service."""

from collections.abc import AsyncIterator, Mapping
from uuid import uuid4

import httpx
import pytest

from chassis.database import Database
from edge.schemas import Page
from edge.webhooks.schemas import CreatedWebhook, RotatedSecret, Webhook, WebhookDelivery
from services.notifications.domain.webhook_addresses import AddressPolicy
from services.notifications.domain.webhooks import WebhookRules
from services.notifications.servicer import WebhookServicer
from tests.builders import SigningKey, a_caller
from tests.edge.servers import expect_problem, running_edge
from tests.services.notifications.conftest import database, notifications_url, signing_key
from tests.services.notifications.running import serving

__all__ = ["database", "notifications_url", "signing_key"]

WEBHOOKS = "/v1/webhooks"
URL = "https://hooks.example/hook"


@pytest.fixture
async def edge(database: Database, signing_key: SigningKey) -> AsyncIterator[httpx.AsyncClient]:
    servicer = WebhookServicer(database, WebhookRules(AddressPolicy()))
    async with (
        serving(None, signing_key, webhooks=servicer) as target,
        running_edge(notifications=target) as client,
    ):
        client.headers.update(_bearer(signing_key))
        yield client


def _bearer(key: SigningKey) -> Mapping[str, str]:
    return {"Authorization": f"Bearer {key.token(a_caller(id=uuid4()))}"}


async def test_a_webhook_from_creation_to_deletion(edge: httpx.AsyncClient) -> None:
    made = await edge.post(WEBHOOKS, json={"url": URL, "events": ["check_in.changed"]})
    assert made.status_code == 201
    created = CreatedWebhook.model_validate_json(made.content)
    path = f"{WEBHOOKS}/{created.id}"
    assert (made.headers["location"], made.headers["cache-control"]) == (path, "no-store")
    assert created.secret.startswith("whsec_")

    shown = await edge.get(path)
    assert shown.json() == {key: it for key, it in made.json().items() if key != "secret"}
    listed = Page[Webhook].model_validate_json((await edge.get(WEBHOOKS)).content)
    assert [it.id for it in listed.items] == [created.id]

    change = {"events": ["*"], "description": "Kitchen"}
    changed = await edge.patch(path, json=change)
    assert changed.json() == shown.json() | change | {"update_time": changed.json()["update_time"]}

    rotated = await edge.post(f"{path}/secret")
    assert (rotated.status_code, rotated.headers["cache-control"]) == (201, "no-store")
    assert RotatedSecret.model_validate_json(rotated.content).secret != created.secret

    assert (await edge.delete(path)).status_code == 204
    expect_problem(await edge.get(path), 404, "WEBHOOK_NOT_FOUND")


async def test_a_test_is_in_the_log_and_can_be_replayed(edge: httpx.AsyncClient) -> None:
    path = f"{WEBHOOKS}/{(await edge.post(WEBHOOKS, json={'url': URL})).json()['id']}"
    tested = await edge.post(f"{path}/test")
    assert tested.status_code == 202
    delivery = WebhookDelivery.model_validate_json(tested.content)
    assert delivery.payload["type"] == delivery.type == "webhook.test"
    assert (delivery.state, delivery.attempts, delivery.finish_time) == ("pending", [], None)
    assert (await edge.get(f"{path}/deliveries")).json()["items"] == [tested.json()]
    assert (await edge.get(f"{path}/deliveries?state=failed")).json()["items"] == []

    off = await edge.patch(path, json={"enabled": False})
    assert (off.json()["enabled"], off.json()["disabled_reason"]) == (False, "person")
    expect_problem(await edge.post(f"{path}/test"), 409, "WEBHOOK_DISABLED")
    (failed,) = (await edge.get(f"{path}/deliveries?state=failed")).json()["items"]
    assert (failed["id"], failed["next_attempt_time"]) == (delivery.id, None)

    await edge.patch(path, json={"enabled": True})
    replayed = await edge.post(f"{path}/deliveries/{delivery.id}/replay")
    assert (replayed.status_code, replayed.json()["state"]) == (202, "pending")
    since = await edge.post(f"{path}/replay", json={"since": "2026-01-09T00:00:00Z"})
    assert (since.status_code, since.json()) == (202, {"replayed": 0})
    for wrong in (0, True, "0", "1767960000", "2026-01-09", "2026-01-09T00:00:00"):
        response = await edge.post(f"{path}/replay", json={"since": wrong})
        problem = expect_problem(response, 422, "REQUEST_INVALID")
        assert [error["field"] for error in problem["errors"]] == ["since"]
    missing = await edge.post(f"{path}/deliveries/{uuid4()}/replay")
    expect_problem(missing, 404, "WEBHOOK_DELIVERY_NOT_FOUND")


@pytest.mark.parametrize(
    ("body", "reason", "field"),
    [
        ({"url": "http://hooks.example"}, "WEBHOOK_URL_INVALID", "url"),
        ({"url": "https://127.0.0.1/"}, "WEBHOOK_URL_INVALID", "url"),
        ({"url": URL, "events": ["habit.eaten"]}, "REQUEST_INVALID", "events[0]"),
        ({"url": URL, "events": []}, "REQUEST_INVALID", "events"),
        ({"url": URL, "secret": "mine"}, "REQUEST_INVALID", "secret"),
        ({}, "REQUEST_INVALID", "url"),
    ],
)
async def test_a_webhook_that_cannot_be(
    edge: httpx.AsyncClient, body: Mapping[str, object], reason: str, field: str
) -> None:
    problem = expect_problem(await edge.post(WEBHOOKS, json=body), 422, reason)
    assert [error["field"] for error in problem["errors"]] == [field]
    assert (await edge.get(WEBHOOKS)).json()["items"] == []
