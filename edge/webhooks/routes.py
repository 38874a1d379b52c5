"""`/v1/webhooks`: addresses that are sent what happens, and what became of each delivery."""

from typing import Literal

from fastapi import Response

from contracts.notifications.v1.webhook_service_pb2 import (
    DeleteWebhookRequest,
    GetWebhookRequest,
    ListWebhookDeliveriesRequest,
    ListWebhooksRequest,
    ReplayWebhookDeliveryRequest,
    RotateWebhookSecretRequest,
    TestWebhookRequest,
)
from edge.bearer import require_access_token
from edge.clients import InjectedClients
from edge.json_bodies import Router
from edge.openapi import UNAUTHENTICATED, refusals
from edge.parameters import PageSize, PageToken
from edge.schemas import Page
from edge.webhooks import translate
from edge.webhooks.schemas import (
    CreatedWebhook,
    NewWebhook,
    Replayed,
    ReplayOrder,
    RotatedSecret,
    Webhook,
    WebhookChanges,
    WebhookDelivery,
)

router = Router(
    prefix="/v1/webhooks",
    tags=["webhooks"],
    dependencies=[require_access_token],
    responses=UNAUTHENTICATED,
)

_NOT_FOUND = (404, "WEBHOOK_NOT_FOUND", "There is no such webhook.")
_DISABLED = (409, "WEBHOOK_DISABLED", "The webhook is disabled. Enable it first.")
_URL_INVALID = (
    422,
    "WEBHOOK_URL_INVALID",
    "Nothing can be sent to this address: it is in a network that is not public.",
)
_TOKEN_INVALID = (422, "PAGE_TOKEN_INVALID", "The page token does not belong here.")


@router.post(
    "",
    status_code=201,
    responses=refusals(
        _URL_INVALID,
        (409, "TOO_MANY_WEBHOOKS", "There are 10 webhooks already. Delete one first."),
    ),
)
async def create_webhook(
    body: NewWebhook, response: Response, clients: InjectedClients
) -> CreatedWebhook:
    """Create a webhook. Its secret is shown once: store it where the receiver finds it."""
    created = await clients.webhooks.CreateWebhook(translate.new_webhook_to_wire(body))
    response.headers["Location"] = f"/v1/webhooks/{created.webhook.id}"
    response.headers["Cache-Control"] = "no-store"
    return translate.created_webhook_from_wire(created)


@router.get("", responses=refusals(_TOKEN_INVALID))
async def list_webhooks(
    clients: InjectedClients, page_size: PageSize = 0, page_token: PageToken = ""
) -> Page[Webhook]:
    """List your webhooks, oldest first."""
    request = ListWebhooksRequest(page_size=page_size, page_token=page_token)
    return translate.webhooks_from_wire(await clients.webhooks.ListWebhooks(request))


@router.get("/{webhook_id}", responses=refusals(_NOT_FOUND))
async def get_webhook(webhook_id: str, clients: InjectedClients) -> Webhook:
    """Return a webhook."""
    found = await clients.webhooks.GetWebhook(GetWebhookRequest(webhook_id=webhook_id))
    return translate.webhook_from_wire(found.webhook)


@router.patch("/{webhook_id}", responses=refusals(_NOT_FOUND, _URL_INVALID))
async def update_webhook(
    webhook_id: str, body: WebhookChanges, clients: InjectedClients
) -> Webhook:
    """Update a webhook. Enabling it again sends what happens from then on; replay what failed."""
    updated = await clients.webhooks.UpdateWebhook(translate.changes_to_wire(webhook_id, body))
    return translate.webhook_from_wire(updated.webhook)


@router.delete("/{webhook_id}", status_code=204, responses=refusals(_NOT_FOUND))
async def delete_webhook(webhook_id: str, clients: InjectedClients) -> None:
    """Delete a webhook with the log of its deliveries."""
    await clients.webhooks.DeleteWebhook(DeleteWebhookRequest(webhook_id=webhook_id))


@router.post("/{webhook_id}/secret", status_code=201, responses=refusals(_NOT_FOUND))
async def rotate_webhook_secret(
    webhook_id: str, response: Response, clients: InjectedClients
) -> RotatedSecret:
    """Create a new secret. For 24 hours deliveries are signed with the old one as well."""
    request = RotateWebhookSecretRequest(webhook_id=webhook_id)
    rotated = await clients.webhooks.RotateWebhookSecret(request)
    response.headers["Cache-Control"] = "no-store"
    return translate.secret_from_wire(rotated)


@router.post("/{webhook_id}/test", status_code=202, responses=refusals(_NOT_FOUND, _DISABLED))
async def test_webhook(webhook_id: str, clients: InjectedClients) -> WebhookDelivery:
    """Send an event of type `webhook.test`. The deliveries show in a moment what came of it."""
    tested = await clients.webhooks.TestWebhook(TestWebhookRequest(webhook_id=webhook_id))
    return translate.delivery_from_wire(tested.delivery)


@router.get("/{webhook_id}/deliveries", responses=refusals(_NOT_FOUND, _TOKEN_INVALID))
async def list_webhook_deliveries(
    webhook_id: str,
    clients: InjectedClients,
    state: Literal["pending", "delivered", "failed"] | None = None,
    page_size: PageSize = 0,
    page_token: PageToken = "",
) -> Page[WebhookDelivery]:
    """List the deliveries of a webhook with their attempts, newest first; kept for 30 days."""
    request = ListWebhookDeliveriesRequest(
        webhook_id=webhook_id,
        state=translate.state_to_wire(state),
        page_size=page_size,
        page_token=page_token,
    )
    found = await clients.webhooks.ListWebhookDeliveries(request)
    return translate.deliveries_from_wire(found)


@router.post(
    "/{webhook_id}/deliveries/{webhook_delivery_id}/replay",
    status_code=202,
    responses=refusals(
        _NOT_FOUND,
        (404, "WEBHOOK_DELIVERY_NOT_FOUND", "The webhook has no such delivery."),
        _DISABLED,
    ),
)
async def replay_webhook_delivery(
    webhook_id: str, webhook_delivery_id: str, clients: InjectedClients
) -> WebhookDelivery:
    """Send a delivery once more, under the same `webhook-id`."""
    request = ReplayWebhookDeliveryRequest(
        webhook_id=webhook_id, webhook_delivery_id=webhook_delivery_id
    )
    replayed = await clients.webhooks.ReplayWebhookDelivery(request)
    return translate.delivery_from_wire(replayed.delivery)


@router.post("/{webhook_id}/replay", status_code=202, responses=refusals(_NOT_FOUND, _DISABLED))
async def replay_failed_webhook_deliveries(
    webhook_id: str, body: ReplayOrder, clients: InjectedClients
) -> Replayed:
    """Send failed deliveries once more, oldest first."""
    replayed = await clients.webhooks.ReplayFailedWebhookDeliveries(
        translate.replay_to_wire(webhook_id, body)
    )
    return Replayed(replayed=replayed.replayed_count)
