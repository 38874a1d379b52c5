"""JSON ⇄ wire for webhooks and their deliveries."""

from datetime import UTC, datetime
from typing import Any

import orjson
from google.protobuf.field_mask_pb2 import FieldMask
from google.protobuf.message import Message

from contracts.notifications.v1 import webhook_pb2
from contracts.notifications.v1.webhook_service_pb2 import (
    CreateWebhookRequest,
    CreateWebhookResponse,
    ListWebhookDeliveriesResponse,
    ListWebhooksResponse,
    ReplayFailedWebhookDeliveriesRequest,
    RotateWebhookSecretResponse,
    UpdateWebhookRequest,
)
from edge.schemas import Page
from edge.webhooks.schemas import (
    CreatedWebhook,
    DisabledReason,
    NewWebhook,
    ReplayOrder,
    RotatedSecret,
    Webhook,
    WebhookAttempt,
    WebhookChanges,
    WebhookDelivery,
    WebhookDeliveryState,
)

_REASONS = {
    webhook_pb2.DISABLED_REASON_PERSON: DisabledReason.PERSON,
    webhook_pb2.DISABLED_REASON_FAILING: DisabledReason.FAILING,
    webhook_pb2.DISABLED_REASON_GONE: DisabledReason.GONE,
}
_STATES = {
    webhook_pb2.WEBHOOK_DELIVERY_STATE_PENDING: WebhookDeliveryState.PENDING,
    webhook_pb2.WEBHOOK_DELIVERY_STATE_DELIVERED: WebhookDeliveryState.DELIVERED,
    webhook_pb2.WEBHOOK_DELIVERY_STATE_FAILED: WebhookDeliveryState.FAILED,
}
_STATE_NUMBERS = {state.value: number for number, state in _STATES.items()}


def new_webhook_to_wire(body: NewWebhook) -> CreateWebhookRequest:
    """Return the request for a new webhook."""
    return CreateWebhookRequest(
        webhook=webhook_pb2.Webhook(url=body.url, events=body.events, description=body.description)
    )


def changes_to_wire(webhook_id: str, body: WebhookChanges) -> UpdateWebhookRequest:
    """Return the request that updates exactly the fields in the body."""
    return UpdateWebhookRequest(
        webhook=webhook_pb2.Webhook(
            id=webhook_id,
            url=body.url,
            events=body.events,
            description=body.description,
            enabled=body.enabled,
        ),
        update_mask=FieldMask(paths=sorted(body.model_fields_set)),
    )


def state_to_wire(state: str | None) -> "webhook_pb2.WebhookDeliveryState.ValueType":
    """Return which deliveries are listed; none means all."""
    return _STATE_NUMBERS.get(state or "", webhook_pb2.WEBHOOK_DELIVERY_STATE_UNSPECIFIED)


def replay_to_wire(webhook_id: str, body: ReplayOrder) -> ReplayFailedWebhookDeliveriesRequest:
    """Return the request that replays failed deliveries."""
    request = ReplayFailedWebhookDeliveriesRequest(webhook_id=webhook_id)
    if body.since is not None:
        request.since_time.FromDatetime(body.since.astimezone(UTC))
    return request


def webhook_from_wire(webhook: webhook_pb2.Webhook) -> Webhook:
    """Return a webhook as JSON."""
    return Webhook(**_webhook_fields(webhook))


def created_webhook_from_wire(response: CreateWebhookResponse) -> CreatedWebhook:
    """Return a new webhook with its secret as JSON."""
    return CreatedWebhook(**_webhook_fields(response.webhook), secret=response.secret)


def webhooks_from_wire(response: ListWebhooksResponse) -> Page[Webhook]:
    """Return a page of webhooks."""
    return Page[Webhook](
        items=[webhook_from_wire(it) for it in response.webhooks],
        next_page_token=response.next_page_token or None,
    )


def secret_from_wire(response: RotateWebhookSecretResponse) -> RotatedSecret:
    """Return a new secret as JSON."""
    return RotatedSecret(
        secret=response.secret,
        previous_expire_time=response.previous_expire_time.ToDatetime(UTC),
    )


def delivery_from_wire(delivery: webhook_pb2.WebhookDelivery) -> WebhookDelivery:
    """Return a delivery as JSON. A state that is not known yet is shown as unknown."""
    return WebhookDelivery(
        id=delivery.id,
        webhook_id=delivery.webhook_id,
        type=delivery.type,
        payload=orjson.loads(delivery.payload),
        state=_STATES.get(delivery.state, WebhookDeliveryState.UNKNOWN),
        detail=delivery.detail or None,
        attempt_count=delivery.attempt_count,
        attempts=[_attempt_from_wire(it) for it in delivery.attempts],
        create_time=delivery.create_time.ToDatetime(UTC),
        next_attempt_time=_moment(delivery, "next_attempt_time"),
        finish_time=_moment(delivery, "finish_time"),
    )


def deliveries_from_wire(response: ListWebhookDeliveriesResponse) -> Page[WebhookDelivery]:
    """Return a page of deliveries."""
    return Page[WebhookDelivery](
        items=[delivery_from_wire(it) for it in response.deliveries],
        next_page_token=response.next_page_token or None,
    )


def _webhook_fields(webhook: webhook_pb2.Webhook) -> dict[str, Any]:
    reason = webhook.disabled_reason
    return {
        "id": webhook.id,
        "url": webhook.url,
        "events": list(webhook.events),
        "description": webhook.description,
        "enabled": webhook.enabled,
        "disabled_reason": _REASONS.get(reason, DisabledReason.UNKNOWN) if reason else None,
        "disabled_detail": webhook.disabled_detail or None,
        "disable_time": _moment(webhook, "disable_time"),
        "success_time": _moment(webhook, "success_time"),
        "create_time": webhook.create_time.ToDatetime(UTC),
        "update_time": webhook.update_time.ToDatetime(UTC),
    }


def _attempt_from_wire(attempt: webhook_pb2.WebhookAttempt) -> WebhookAttempt:
    return WebhookAttempt(
        attempt_time=attempt.attempt_time.ToDatetime(UTC),
        status_code=attempt.status_code or None,
        detail=attempt.detail or None,
        response_text=attempt.response_text,
        duration_ms=attempt.duration_ms,
    )


def _moment(message: Message, field: str) -> datetime | None:
    """Return a moment; None where it is not set."""
    if not message.HasField(field):
        return None
    found: datetime = getattr(message, field).ToDatetime(UTC)
    return found
