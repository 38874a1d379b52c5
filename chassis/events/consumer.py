"""Consumes events: one transaction stores the event id and runs the handler. Then it acks."""

import asyncio
import logging
from collections.abc import Sequence
from typing import Any

from aio_pika import Message
from aio_pika.abc import AbstractChannel, AbstractIncomingMessage
from google.protobuf.message import DecodeError
from sqlalchemy import Table
from sqlalchemy.ext.asyncio import AsyncSession

from chassis import telemetry, tracing
from chassis.clock import sleep_or_stop
from chassis.context import RequestContext, use_context
from chassis.database import Database
from chassis.errors import Refusal, Unavailable
from chassis.events import broker, inbox, wire
from chassis.events.handlers import EventDelivery, Handlers, use_delivery
from chassis.events.topology import Topology

_PREFETCH = 100
_BATCH = 50
_HANDLING_SECONDS = 30.0
_WAIT_SECONDS = 1.0

_log = logging.getLogger(__name__)


class Consumer:
    """Consumes one service's queue.

    Up to 50 waiting messages are handled in one transaction and in their order; if that fails each
    event gets its own, so that a bad one fails alone. A `Refusal` parks the event, any other error
    has it retried later, five times in all. While the database does not answer, the consumer waits
    for it and counts no attempt.
    """

    def __init__(
        self,
        database: Database,
        amqp_url: str,
        topology: Topology,
        handlers: Handlers,
        table: Table,
    ) -> None:
        self._database = database
        self._amqp_url = amqp_url
        self._topology = topology
        self._handlers = handlers
        self._inbox = table

    async def run(self, stop: asyncio.Event) -> None:
        """Consume until `stop` is set; then finish the present batch."""

        async def consume(channel: AbstractChannel) -> None:
            await channel.set_qos(prefetch_count=_PREFETCH)
            queue = await self._topology.declare(channel)
            arrived: asyncio.Queue[AbstractIncomingMessage] = asyncio.Queue()
            tag = await queue.consume(arrived.put)
            lost = await _until_lost(channel)
            try:
                while messages := await _next_batch(arrived, stop, lost):
                    await self._process_batch(channel, messages, stop)
            finally:
                lost.cancel()
            await queue.cancel(tag, timeout=_WAIT_SECONDS)

        name = f"{self._topology.service} consumer"
        await broker.run_with_reconnect(self._amqp_url, name, consume, stop)

    async def _process_batch(
        self,
        channel: AbstractChannel,
        messages: Sequence[AbstractIncomingMessage],
        stop: asyncio.Event,
    ) -> None:
        """Handle messages, retry or park those that failed, and acknowledge them all."""
        events: list[tuple[wire.EventMessage, int]] = []
        for message in messages:
            try:
                attempts = wire.attempts_of(message)
                events += [(event, attempts) for event in wire.from_message(message)]
            except wire.MalformedMessage as error:
                _log.exception("not an event", extra={"message_id": message.message_id})
                await self._send(
                    channel, wire.copy_with_error(message, error), self._topology.parked
                )
        if len(events) == 1 or not await self._handle_together(events):
            for event, attempts in events:
                await self._handle_alone(channel, event, attempts, stop)
        await messages[-1].ack(multiple=True)

    async def _handle_together(self, events: Sequence[tuple[wire.EventMessage, int]]) -> bool:
        """Handle events in one transaction; return False if any failed, and nothing was done."""
        try:
            async with asyncio.timeout(_HANDLING_SECONDS), self._database.transaction() as session:
                outcomes = [await self._handle(session, *event) for event in events]
        except Exception:  # each is tried alone now, and its own error logged then
            return False
        for (event, _), outcome in zip(events, outcomes, strict=True):
            self._count(event, outcome)
        return True

    async def _handle_alone(
        self, channel: AbstractChannel, event: wire.EventMessage, attempts: int, stop: asyncio.Event
    ) -> None:
        """Handle one event in its own transaction; where it fails, retry or park it.

        Raises:
            Unavailable: The database does not answer, and the consumer is to stop.
        """
        while True:
            try:
                async with (
                    asyncio.timeout(_HANDLING_SECONDS),
                    self._database.transaction() as session,
                ):
                    outcome = await self._handle(session, event, attempts)
                self._count(event, outcome)
                return
            except Unavailable:
                if stop.is_set():
                    raise
                _log.warning("waiting for the database", extra={"event_id": event.id})
                await sleep_or_stop(_WAIT_SECONDS, stop)
            except Exception as error:
                await self._retry_or_park(channel, event, attempts + 1, error)
                return

    async def _handle(self, session: AsyncSession, event: wire.EventMessage, attempts: int) -> str:
        """Call the handler of an event, unless it was handled before; return the outcome."""
        subscription = self._handlers.find(event.type)
        if subscription is None:
            return "ignored"
        if not await inbox.first_time(session, self._inbox, event.id):
            return "repeated"
        kind, handler = subscription
        delivery = EventDelivery(event.id, event.type, event.create_time, attempts)
        context = RequestContext(event.request_id, event.traceparent)
        with use_context(context), tracing.span(event.type, "consumer"), use_delivery(delivery):
            await handler(session, kind.FromString(event.body))
        return "done"

    async def _retry_or_park(
        self, channel: AbstractChannel, event: wire.EventMessage, attempts: int, error: Exception
    ) -> None:
        """Park an event that will never succeed, or send it to a retry queue."""
        is_permanent = isinstance(error, Refusal | DecodeError)
        queue = (
            self._topology.parked if is_permanent else self._topology.retry_queue_after(attempts)
        )
        outcome = "parked" if queue == self._topology.parked else "retried"
        with use_context(RequestContext(event.request_id, event.traceparent)):
            details = {
                "event_id": event.id,
                "type": event.type,
                "attempts": attempts,
                "queue": queue,
            }
            _log.warning("event %s", outcome, exc_info=error, extra=details)
        await self._send(channel, wire.to_message(event, attempts=attempts, error=error), queue)
        self._count(event, outcome)

    async def _send(self, channel: AbstractChannel, message: Message, queue: str) -> None:
        async with asyncio.timeout(broker.PUBLISH_SECONDS):
            await channel.default_exchange.publish(message, queue, mandatory=True)

    def _count(self, event: wire.EventMessage, outcome: str) -> None:
        telemetry.EVENTS_HANDLED.labels(self._topology.service, event.type, outcome).inc()


async def _until_lost(channel: AbstractChannel) -> asyncio.Future[Any]:
    """Return a future that is done when the channel closes or the broker deletes the queue."""
    lost: asyncio.Future[Any] = asyncio.ensure_future(channel.closed())
    underlay = await channel.get_underlay_channel()
    underlay.on_consumer_cancel_callbacks.add(lambda _: lost.cancel())
    return lost


async def _next_batch(
    arrived: asyncio.Queue[AbstractIncomingMessage],
    stop: asyncio.Event,
    lost: asyncio.Future[Any],
) -> list[AbstractIncomingMessage]:
    """Wait for messages and return those that have arrived, oldest first; none when stopping.

    Raises:
        ConnectionError: The channel is closed.
    """
    first = asyncio.create_task(arrived.get())
    stopping = asyncio.create_task(stop.wait())
    try:
        await asyncio.wait((first, stopping, lost), return_when=asyncio.FIRST_COMPLETED)
        if lost.done():
            raise ConnectionError("The broker closed the channel, or deleted the queue.")
        if stop.is_set():
            return []
        messages = [first.result()]
    finally:
        first.cancel()
        stopping.cancel()
    while len(messages) < _BATCH and not arrived.empty():
        messages.append(arrived.get_nowait())
    return messages
