"""Posts signed deliveries, only to addresses that are allowed."""

import asyncio
import importlib
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

from services.notifications.domain.webhook_addresses import AddressPolicy
from services.notifications.domain.webhook_deliveries import AttemptResult, ClaimedDelivery
from services.notifications.domain.webhooks import signature_of

type Resolve = Callable[[str, int], Awaitable[list[str]]]
"""Returns the IP addresses of a host name."""

_USER_AGENT = "Habit-Tracker-Webhooks/1"
_CONNECTION = "services.notifications.webhook_client.connection"


class WebhookClient:
    """Posts deliveries.

    Args:
        addresses: Which addresses may be connected to.
        timeout: Longest a receiver may take to answer.
        resolve: Resolves names instead of the system's resolver.
    """

    def __init__(
        self, addresses: AddressPolicy, *, timeout: timedelta, resolve: Resolve | None = None
    ) -> None:
        self._addresses = addresses
        self._timeout = timeout
        self._resolve = resolve

    async def post(self, delivery: ClaimedDelivery, *, now: datetime) -> AttemptResult:
        """Post a delivery once, and return what came of it."""
        connection = await asyncio.to_thread(importlib.import_module, _CONNECTION)
        payload = delivery.payload.encode()
        timestamp = int(now.timestamp())
        headers = {
            "Content-Type": "application/json",
            "User-Agent": _USER_AGENT,
            "webhook-id": str(delivery.id),
            "webhook-timestamp": str(timestamp),
            "webhook-signature": signature_of(
                delivery.keys, message_id=str(delivery.id), timestamp=timestamp, payload=payload
            ),
        }
        result: AttemptResult = await connection.post(
            delivery.url,
            payload,
            headers,
            addresses=self._addresses,
            timeout=self._timeout,
            resolve=self._resolve,
        )
        return result
