"""Exchange and queues of events: one exchange; per consumer a queue, retry queues, a parked queue.

events (topic) ──key──▶ X.events ──a refusal, or five failures──▶ X.parked
                           ▲   └──a failure──▶ X.retry.10s, X.retry.1m, X.retry.10m ─┐
                           └───────────────── when the time is over ─────────────────┘
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from aio_pika import ExchangeType
from aio_pika.abc import AbstractChannel, AbstractExchange, AbstractQueue

RETRY_DELAYS = (
    timedelta(seconds=10),
    timedelta(minutes=1),
    timedelta(minutes=10),
    timedelta(minutes=10),
)
"""How long to wait after the first failure, the second, and so on; then the event is parked."""

_DELIVERY_LIMIT = 100
_NO_LIMIT = 1_000_000_000


@dataclass(frozen=True, slots=True)
class Topology:
    """The exchange and the queues of one consumer.

    Args:
        service: The consuming service, as `notifications`.
        routing_keys: The keys its queue is bound to.
        prefix: Put before every name, so that meshes can share a broker.
        retry_delays: How long to wait after each failure.
    """

    service: str
    routing_keys: Sequence[str]
    prefix: str = ""
    retry_delays: Sequence[timedelta] = RETRY_DELAYS

    @property
    def queue(self) -> str:
        """The name of the queue that the service consumes."""
        return f"{self.prefix}{self.service}.events"

    @property
    def parked(self) -> str:
        """The name of the queue of events that cannot be handled, for people to look at."""
        return f"{self.prefix}{self.service}.parked"

    def retry_queue_after(self, attempts: int) -> str:
        """Return the queue for an event whose handling has now failed this often."""
        if attempts > len(self.retry_delays):
            return self.parked
        return self._retry_queue(self.retry_delays[attempts - 1])

    async def declare(self, channel: AbstractChannel) -> AbstractQueue:
        """Declare the exchange and all queues, and return the consumed one."""
        exchange = await declare_exchange(channel, self.prefix)
        await channel.declare_queue(
            self.parked, durable=True, arguments=_quorum({"x-delivery-limit": _NO_LIMIT})
        )
        queue = await channel.declare_queue(
            self.queue,
            durable=True,
            arguments=_quorum({"x-delivery-limit": _DELIVERY_LIMIT} | _dead_letter(self.parked)),
        )
        for delay in dict.fromkeys(self.retry_delays):
            time_to_live = {"x-message-ttl": int(delay.total_seconds() * 1000)}
            await channel.declare_queue(
                self._retry_queue(delay),
                durable=True,
                arguments=_quorum(time_to_live | _dead_letter(self.queue)),
            )
        for key in self.routing_keys:
            await queue.bind(exchange, key)
        return queue

    def _retry_queue(self, delay: timedelta) -> str:
        return f"{self.prefix}{self.service}.retry.{_span_text(delay)}"


async def declare_exchange(channel: AbstractChannel, prefix: str = "") -> AbstractExchange:
    """Declare the exchange that all events go through."""
    return await channel.declare_exchange(f"{prefix}events", ExchangeType.TOPIC, durable=True)


def _quorum(arguments: dict[str, Any]) -> dict[str, Any]:
    return {"x-queue-type": "quorum", "x-overflow": "reject-publish", **arguments}


def _dead_letter(queue: str) -> dict[str, Any]:
    """Return the arguments that dead-letter a queue's messages to another, at least once."""
    return {
        "x-dead-letter-exchange": "",
        "x-dead-letter-routing-key": queue,
        "x-dead-letter-strategy": "at-least-once",
    }


def _span_text(delay: timedelta) -> str:
    seconds = delay.total_seconds()
    if seconds >= 60 and seconds % 60 == 0:
        return f"{int(seconds // 60)}m"
    return f"{int(seconds)}s" if seconds >= 1 else f"{int(seconds * 1000)}ms"
