"""Webhooks and their deliveries on the wire."""

from datetime import datetime
from typing import Any
from uuid import UUID

from google.protobuf.timestamp_pb2 import Timestamp

from chassis.rpc.paging import PageTokenInvalid
from chassis.rpc.timestamps import datetime_from_wire
from contracts.notifications.v1 import webhook_pb2
from contracts.notifications.v1.webhook_service_pb2 import (
    CreateWebhookRequest,
    ListWebhookDeliveriesRequest,
    ReplayFailedWebhookDeliveriesRequest,
    UpdateWebhookRequest,
)
from services.notifications.domain.webhook_deliveries import (
    WebhookAttempt,
    WebhookDelivery,
    WebhookDeliveryState,
)
from services.notifications.domain.webhook_errors import (
    WebhookDeliveryNotFound,
    WebhookFieldUnknown,
    WebhookNotFound,
)
from services.notifications.domain.webhooks import ALL_EVENTS, DisabledReason, Webhook

_FIELDS = ("url", "events", "description", "enabled")
_REASONS = {
    DisabledReason.PERSON: webhook_pb2.DISABLED_REASON_PERSON,
    DisabledReason.FAILING: webhook_pb2.DISABLED_REASON_FAILING,
    DisabledReason.GONE: webhook_pb2.DISABLED_REASON_GONE,
}
_STATES = {
    WebhookDeliveryState.PENDING: webhook_pb2.WEBHOOK_DELIVERY_STATE_PENDING,
    WebhookDeliveryState.SENDING: webhook_pb2.WEBHOOK_DELIVERY_STATE_PENDING,
    WebhookDeliveryState.DELIVERED: webhook_pb2.WEBHOOK_DELIVERY_STATE_DELIVERED,
    WebhookDeliveryState.FAILED: webhook_pb2.WEBHOOK_DELIVERY_STATE_FAILED,
}
_STATES_FROM_WIRE: dict[int, WebhookDeliveryState] = {
    webhook_pb2.WEBHOOK_DELIVERY_STATE_PENDING: WebhookDeliveryState.PENDING,
    webhook_pb2.WEBHOOK_DELIVERY_STATE_DELIVERED: WebhookDeliveryState.DELIVERED,
    webhook_pb2.WEBHOOK_DELIVERY_STATE_FAILED: WebhookDeliveryState.FAILED,
}


def webhook_id_from_wire(text: str) -> UUID:
    """Read the id of a webhook.

    Raises:
        WebhookNotFound: It is no id.
    """
    try:
        return UUID(text)
    except ValueError:
        raise WebhookNotFound from None


def delivery_id_from_wire(text: str) -> UUID:
    """Read the id of a delivery.

    Raises:
        WebhookDeliveryNotFound: It is no id.
    """
    try:
        return UUID(text)
    except ValueError:
        raise WebhookDeliveryNotFound from None


def id_from_page(after: tuple[str, ...] | None) -> UUID | None:
    """Read the id that a page ended with.

    Raises:
        PageTokenInvalid: It is no id.
    """
    if after is None:
        return None
    try:
        return UUID(after[0])
    except (IndexError, ValueError):
        raise PageTokenInvalid from None


def new_webhook_from_wire(request: CreateWebhookRequest) -> dict[str, Any]:
    """Read what a new webhook is to be; without events, it is sent all."""
    webhook = request.webhook
    return {
        "url": webhook.url,
        "events": tuple(webhook.events) or (ALL_EVENTS,),
        "description": webhook.description,
    }


def changes_from_wire(request: UpdateWebhookRequest) -> dict[str, Any]:
    """Read the values that the mask names.

    Raises:
        WebhookFieldUnknown: The mask names something else.
    """
    values: dict[str, Any] = {}
    for path in request.update_mask.paths:
        if path not in _FIELDS:
            raise WebhookFieldUnknown(path)
        value = getattr(request.webhook, path)
        values[path] = tuple(value) if path == "events" else value
    return values


def state_from_wire(request: ListWebhookDeliveriesRequest) -> WebhookDeliveryState | None:
    """Read which deliveries are to be listed; None means all."""
    return _STATES_FROM_WIRE.get(request.state)


def since_from_wire(request: ReplayFailedWebhookDeliveriesRequest) -> datetime | None:
    """Read from when on deliveries are to be replayed; None means all.

    Raises:
        TimestampInvalid: It is no moment.
    """
    if not request.HasField("since_time"):
        return None
    return datetime_from_wire(request.since_time, field="since_time")


def webhook_to_wire(webhook: Webhook) -> webhook_pb2.Webhook:
    """Write a webhook."""
    wire = webhook_pb2.Webhook(
        id=str(webhook.id),
        url=webhook.url,
        events=webhook.events,
        description=webhook.description,
        enabled=webhook.enabled,
        disabled_reason=_REASONS[webhook.disabled_reason]
        if webhook.disabled_reason is not None
        else webhook_pb2.DISABLED_REASON_UNSPECIFIED,
        disabled_detail=webhook.disabled_detail,
        disable_time=_timestamp(webhook.disable_time),
        success_time=_timestamp(webhook.success_time),
    )
    wire.create_time.FromDatetime(webhook.create_time)
    wire.update_time.FromDatetime(webhook.update_time)
    return wire


def delivery_to_wire(delivery: WebhookDelivery) -> webhook_pb2.WebhookDelivery:
    """Write a delivery."""
    pending = delivery.state is WebhookDeliveryState.PENDING
    return webhook_pb2.WebhookDelivery(
        id=str(delivery.id),
        webhook_id=str(delivery.webhook_id),
        type=delivery.type,
        payload=delivery.payload,
        state=_STATES[delivery.state],
        detail=delivery.detail,
        attempt_count=delivery.attempt_count,
        attempts=[_attempt_to_wire(it) for it in delivery.attempts],
        create_time=_timestamp(delivery.create_time),
        next_attempt_time=_timestamp(delivery.due_time if pending else None),
        finish_time=_timestamp(delivery.finish_time),
    )


def _attempt_to_wire(attempt: WebhookAttempt) -> webhook_pb2.WebhookAttempt:
    return webhook_pb2.WebhookAttempt(
        attempt_time=_timestamp(attempt.attempt_time),
        status_code=attempt.status_code,
        detail=attempt.detail,
        response_text=attempt.response_text,
        duration_ms=attempt.duration_ms,
    )


def _timestamp(moment: datetime | None) -> Timestamp | None:
    if moment is None:
        return None
    wire = Timestamp()
    wire.FromDatetime(moment)
    return wire
