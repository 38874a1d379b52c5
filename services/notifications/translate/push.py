"""Browsers that show reminders, on the wire."""

from uuid import UUID

from contracts.notifications.v1 import push_pb2
from contracts.notifications.v1.push_service_pb2 import UpsertPushSubscriptionRequest
from services.notifications.domain.push import LONGEST_DEVICE, PushSubscription, PushTarget
from services.notifications.domain.push_errors import PushSubscriptionNotFound


def target_from_wire(request: UpsertPushSubscriptionRequest) -> PushTarget:
    """Read what a browser asks to be subscribed with."""
    return PushTarget(
        endpoint=request.endpoint,
        p256dh_key=request.p256dh_key.rstrip("="),
        auth_secret=request.auth_secret.rstrip("="),
        device=request.device[:LONGEST_DEVICE],
    )


def subscription_to_wire(subscription: PushSubscription) -> push_pb2.PushSubscription:
    """Write a subscription, without its endpoint and keys."""
    wire = push_pb2.PushSubscription(
        id=str(subscription.id),
        push_service=subscription.push_service,
        device=subscription.device,
    )
    wire.create_time.FromDatetime(subscription.create_time)
    return wire


def subscription_id_from_wire(text: str) -> UUID:
    """Read the id of a subscription.

    Raises:
        PushSubscriptionNotFound: It is no id, so nothing has it.
    """
    try:
        return UUID(text)
    except ValueError:
        raise PushSubscriptionNotFound(text) from None
