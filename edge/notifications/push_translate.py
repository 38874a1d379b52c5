"""JSON ⇄ wire for browsers that show reminders."""

from datetime import UTC

from contracts.notifications.v1 import push_pb2
from edge.notifications.push_schemas import PushChannel, PushSubscription


def channel_from_wire(channel: push_pb2.PushChannel) -> PushChannel:
    """Return the key and the browsers as JSON."""
    return PushChannel(
        public_key=channel.public_key or None,
        subscriptions=[subscription_from_wire(it) for it in channel.subscriptions],
    )


def subscription_from_wire(subscription: push_pb2.PushSubscription) -> PushSubscription:
    """Return a subscription as JSON."""
    return PushSubscription(
        id=subscription.id,
        push_service=subscription.push_service,
        device=subscription.device,
        create_time=subscription.create_time.ToDatetime(UTC),
    )
