"""Every rpc of webhooks, through a real server and a real stub."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from google.protobuf.field_mask_pb2 import FieldMask

from chassis.context import RequestContext, use_context
from chassis.database import Database
from chassis.ids import uuid7
from chassis.rpc.channel import connect
from contracts.notifications.v1 import webhook_service_pb2
from contracts.notifications.v1.webhook_pb2 import (
    DISABLED_REASON_PERSON,
    DISABLED_REASON_UNSPECIFIED,
    WEBHOOK_DELIVERY_STATE_FAILED,
    WEBHOOK_DELIVERY_STATE_PENDING,
    Webhook,
)
from contracts.notifications.v1.webhook_service_pb2 import (
    CreateWebhookRequest,
    CreateWebhookResponse,
    DeleteWebhookRequest,
    GetWebhookRequest,
    ListWebhookDeliveriesRequest,
    ListWebhooksRequest,
    ReplayFailedWebhookDeliveriesRequest,
    ReplayWebhookDeliveryRequest,
    RotateWebhookSecretRequest,
    UpdateWebhookRequest,
)
from contracts.notifications.v1.webhook_service_pb2_grpc import WebhookServiceStub
from services.notifications.domain.webhook_addresses import AddressPolicy
from services.notifications.domain.webhooks import WebhookRules
from services.notifications.servicer import WebhookServicer
from services.notifications.use_cases import events
from tests.builders import SigningKey, a_caller
from tests.services.notifications.running import serving
from tests.services.notifications.test_servicer import reason_of

MOST = 3
URL = "https://hooks.example/hook"

type Ask = Callable[..., Awaitable[Any]]


@pytest.fixture
async def ask(database: Database, signing_key: SigningKey) -> AsyncIterator[Ask]:
    """Lend a function that calls a method of the stub as somebody."""
    servicer = WebhookServicer(database, WebhookRules(AddressPolicy(), MOST))
    async with (
        serving(None, signing_key, webhooks=servicer) as target,
        connect(target, webhook_service_pb2.DESCRIPTOR) as channel,
    ):
        stub = WebhookServiceStub(channel)

        async def ask(owner_id: UUID, call: Callable[[WebhookServiceStub], Any]) -> Any:
            with use_context(RequestContext(token=signing_key.token(a_caller(id=owner_id)))):
                return await call(stub)

        yield ask


async def create(ask: Ask, owner_id: UUID, **values: Any) -> CreateWebhookResponse:
    webhook = Webhook(**{"url": URL} | values)
    created: CreateWebhookResponse = await ask(
        owner_id, lambda it: it.CreateWebhook(CreateWebhookRequest(webhook=webhook))
    )
    return created


def change_of(webhook_id: str, **values: Any) -> UpdateWebhookRequest:
    return UpdateWebhookRequest(
        webhook=Webhook(id=webhook_id, **values), update_mask=FieldMask(paths=list(values))
    )


async def test_a_webhook_is_created_listed_and_deleted(ask: Ask) -> None:
    ada = uuid4()
    first = await create(ask, ada, description=" Kitchen ")
    second = await create(ask, ada, events=["report.ready", "habit.created", "report.ready"])
    assert first.secret.startswith("whsec_")
    assert first.secret != second.secret
    assert (list(first.webhook.events), first.webhook.description) == (["*"], "Kitchen")
    assert second.webhook.events == ["habit.created", "report.ready"]
    assert first.webhook.enabled
    assert first.webhook.disabled_reason == DISABLED_REASON_UNSPECIFIED

    page = await ask(ada, lambda it: it.ListWebhooks(ListWebhooksRequest(page_size=1)))
    rest = ListWebhooksRequest(page_size=1, page_token=page.next_page_token)
    last = await ask(ada, lambda it: it.ListWebhooks(rest))
    assert [*page.webhooks, *last.webhooks] == [first.webhook, second.webhook]
    assert last.next_page_token == ""

    this = first.webhook.id
    found = await ask(ada, lambda it: it.GetWebhook(GetWebhookRequest(webhook_id=this)))
    assert found.webhook == first.webhook
    await ask(ada, lambda it: it.DeleteWebhook(DeleteWebhookRequest(webhook_id=this)))
    again = ask(ada, lambda it: it.DeleteWebhook(DeleteWebhookRequest(webhook_id=this)))
    assert await reason_of(again) == "WEBHOOK_NOT_FOUND"


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        ({"url": "http://hooks.example/"}, "WEBHOOK_URL_INVALID"),
        ({"url": "https://10.0.0.1/"}, "WEBHOOK_URL_INVALID"),
        ({"events": ["habit.eaten"]}, "WEBHOOK_EVENT_UNKNOWN"),
        ({"description": "x" * 201}, "WEBHOOK_DESCRIPTION_TOO_LONG"),
    ],
)
async def test_a_webhook_that_cannot_be(ask: Ask, values: dict[str, Any], reason: str) -> None:
    ada = uuid4()
    assert await reason_of(create(ask, ada, **values)) == reason
    this = (await create(ask, ada)).webhook
    changed = ask(ada, lambda it: it.UpdateWebhook(change_of(this.id, **values)))
    assert await reason_of(changed) == reason
    kept = await ask(ada, lambda it: it.GetWebhook(GetWebhookRequest(webhook_id=this.id)))
    assert kept.webhook == this


async def test_nobody_has_more_webhooks_than_allowed_even_at_once(ask: Ask) -> None:
    ada, bob = uuid4(), uuid4()
    made = await asyncio.gather(
        *(create(ask, ada) for _ in range(MOST + 3)), return_exceptions=True
    )
    assert sum(isinstance(it, CreateWebhookResponse) for it in made) == MOST
    assert await reason_of(create(ask, ada)) == "TOO_MANY_WEBHOOKS"
    await create(ask, bob)


async def test_a_deleted_account_creates_none(ask: Ask, database: Database) -> None:
    ada = uuid4()
    this = (await create(ask, ada)).webhook.id
    await ask(
        ada, lambda it: it.TestWebhook(webhook_service_pb2.TestWebhookRequest(webhook_id=this))
    )
    async with database.transaction() as session:
        await events.delete_person(session, ada)
    assert await reason_of(create(ask, ada)) == "WEBHOOK_NOT_FOUND"
    async with database.connection() as connection:
        for table in ("webhooks", "webhook_deliveries"):
            query = f"SELECT count(*) FROM notifications.{table} WHERE owner_id = $1"
            assert await connection.fetchval(query, ada) == 0


async def test_a_change_leaves_other_fields_alone(ask: Ask) -> None:
    ada = uuid4()
    before = (await create(ask, ada, description="Kitchen")).webhook
    change = change_of(before.id, url="https://other.example/", events=["goal.reached"])
    after = (await ask(ada, lambda it: it.UpdateWebhook(change))).webhook
    assert (after.url, list(after.events)) == ("https://other.example/", ["goal.reached"])
    assert after.description == "Kitchen"
    unknown = change_of(before.id)
    unknown.update_mask.paths.append("secret")
    assert (
        await reason_of(ask(ada, lambda it: it.UpdateWebhook(unknown))) == "WEBHOOK_FIELD_UNKNOWN"
    )
    empty = change_of(before.id, events=[])
    assert await reason_of(ask(ada, lambda it: it.UpdateWebhook(empty))) == "WEBHOOK_EVENTS_EMPTY"


async def test_a_disabled_webhook_has_nothing_waiting_and_can_be_enabled(ask: Ask) -> None:
    ada = uuid4()
    this = (await create(ask, ada)).webhook.id
    test = webhook_service_pb2.TestWebhookRequest(webhook_id=this)
    sent = (await ask(ada, lambda it: it.TestWebhook(test))).delivery
    assert (sent.type, sent.state) == ("webhook.test", WEBHOOK_DELIVERY_STATE_PENDING)
    assert sent.HasField("next_attempt_time")

    off = await ask(ada, lambda it: it.UpdateWebhook(change_of(this, enabled=False)))
    assert off.webhook.disabled_reason == DISABLED_REASON_PERSON
    assert off.webhook.HasField("disable_time")
    assert await reason_of(ask(ada, lambda it: it.TestWebhook(test))) == "WEBHOOK_DISABLED"
    replay = ReplayWebhookDeliveryRequest(webhook_id=this, webhook_delivery_id=sent.id)
    replayed = ask(ada, lambda it: it.ReplayWebhookDelivery(replay))
    assert await reason_of(replayed) == "WEBHOOK_DISABLED"
    log = ListWebhookDeliveriesRequest(webhook_id=this, state=WEBHOOK_DELIVERY_STATE_FAILED)
    (failed,) = (await ask(ada, lambda it: it.ListWebhookDeliveries(log))).deliveries
    assert (failed.id, failed.detail) == (sent.id, "The webhook was disabled before it was sent.")

    on = await ask(ada, lambda it: it.UpdateWebhook(change_of(this, enabled=True)))
    assert on.webhook.disabled_reason == DISABLED_REASON_UNSPECIFIED
    since = ReplayFailedWebhookDeliveriesRequest(webhook_id=this)
    since.since_time.FromDatetime(datetime.now(UTC) + timedelta(minutes=1))
    assert (await ask(ada, lambda it: it.ReplayFailedWebhookDeliveries(since))).replayed_count == 0
    everything = ReplayFailedWebhookDeliveriesRequest(webhook_id=this)
    assert (
        await ask(ada, lambda it: it.ReplayFailedWebhookDeliveries(everything))
    ).replayed_count == 1
    again = (await ask(ada, lambda it: it.ReplayWebhookDelivery(replay))).delivery
    assert (again.id, again.state) == (sent.id, WEBHOOK_DELIVERY_STATE_PENDING)
    none = ReplayWebhookDeliveryRequest(webhook_id=this, webhook_delivery_id=str(uuid7()))
    missing = ask(ada, lambda it: it.ReplayWebhookDelivery(none))
    assert await reason_of(missing) == "WEBHOOK_DELIVERY_NOT_FOUND"


async def test_deliveries_come_newest_first_page_by_page(ask: Ask) -> None:
    ada = uuid4()
    this = (await create(ask, ada)).webhook.id
    made = [
        (
            await ask(
                ada,
                lambda it: it.TestWebhook(webhook_service_pb2.TestWebhookRequest(webhook_id=this)),
            )
        ).delivery.id
        for _ in range(3)
    ]
    found, token = [], ""
    while True:
        request = ListWebhookDeliveriesRequest(webhook_id=this, page_size=2, page_token=token)
        page = await ask(ada, lambda it, r=request: it.ListWebhookDeliveries(r))
        found.append([it.id for it in page.deliveries])
        token = page.next_page_token
        if not token:
            break
    assert found == [[made[2], made[1]], [made[0]]]


async def test_a_secret_is_rotated(ask: Ask) -> None:
    ada = uuid4()
    created = await create(ask, ada)
    rotate = RotateWebhookSecretRequest(webhook_id=created.webhook.id)
    rotated = await ask(ada, lambda it: it.RotateWebhookSecret(rotate))
    assert rotated.secret.startswith("whsec_")
    assert rotated.secret != created.secret
    left = rotated.previous_expire_time.ToDatetime(UTC) - datetime.now(UTC)
    assert timedelta(hours=23) < left <= timedelta(hours=24)


async def test_other_peoples_webhooks_are_not_found(ask: Ask) -> None:
    ada, eve = uuid4(), uuid4()
    this = (await create(ask, ada)).webhook.id
    sent = (
        await ask(
            ada, lambda it: it.TestWebhook(webhook_service_pb2.TestWebhookRequest(webhook_id=this))
        )
    ).delivery
    for webhook_id in (this, str(uuid7()), "mine"):
        requests = {
            "GetWebhook": GetWebhookRequest(webhook_id=webhook_id),
            "UpdateWebhook": change_of(webhook_id, enabled=False),
            "DeleteWebhook": DeleteWebhookRequest(webhook_id=webhook_id),
            "TestWebhook": webhook_service_pb2.TestWebhookRequest(webhook_id=webhook_id),
            "RotateWebhookSecret": RotateWebhookSecretRequest(webhook_id=webhook_id),
            "ListWebhookDeliveries": ListWebhookDeliveriesRequest(webhook_id=webhook_id),
            "ReplayWebhookDelivery": ReplayWebhookDeliveryRequest(
                webhook_id=webhook_id, webhook_delivery_id=sent.id
            ),
            "ReplayFailedWebhookDeliveries": ReplayFailedWebhookDeliveriesRequest(
                webhook_id=webhook_id
            ),
        }
        for name, request in requests.items():
            asked = ask(eve, lambda it, n=name, r=request: getattr(it, n)(r))
            assert await reason_of(asked) == "WEBHOOK_NOT_FOUND"
    kept = await ask(ada, lambda it: it.GetWebhook(GetWebhookRequest(webhook_id=this)))
    assert kept.webhook.enabled
