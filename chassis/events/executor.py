"""Runs event handlers: in batches, together in one transaction, or alone; retries and parks.

The id of an event is stored in the inbox in the transaction of its effect, so that an event that is
delivered twice has one effect.
"""

import asyncio
import logging
from collections import defaultdict
from collections.abc import Sequence

from aio_pika import Message
from aio_pika.abc import AbstractChannel
from google.protobuf.message import DecodeError
from sqlalchemy import Table
from sqlalchemy.ext.asyncio import AsyncSession

from chassis import telemetry, tracing
from chassis.clock import sleep_or_stop
from chassis.context import RequestContext, use_context
from chassis.database import Database
from chassis.errors import Refusal, Unavailable
from chassis.events import broker, inbox, wire
from chassis.events.backlog import ArrivedEvent
from chassis.events.handlers import BatchEvent, EventDelivery, Handlers, use_delivery
from chassis.events.topology import Topology

_TRANSACTION = 50
"""Events without a batch handler that are handled in one transaction."""
_NO_BATCH = ""
_HANDLING_SECONDS = 30.0
_WAIT_SECONDS = 1.0

_log = logging.getLogger(__name__)


class EventExecutor:
    """Handles the events that a consumer has taken from its backlog."""

    def __init__(
        self, database: Database, topology: Topology, handlers: Handlers, table: Table
    ) -> None:
        self._database = database
        self._topology = topology
        self._handlers = handlers
        self._inbox = table

    async def handle(
        self, channel: AbstractChannel, events: Sequence[ArrivedEvent], stop: asyncio.Event
    ) -> None:
        """Handle events, and send failed ones to the retry or parked queue.

        Those of one kind are handled together, and kinds in the order in which the first of each
        came: a zone that was set before a check-in is known when that is cheered.
        """
        kinds: defaultdict[str, list[ArrivedEvent]] = defaultdict(list)
        for event in events:
            in_batch = event.payload is not None and self._handlers.find_batch(event.event.type)
            kinds[event.event.type if in_batch else _NO_BATCH].append(event)
        for kind, some in kinds.items():
            if kind == _NO_BATCH:
                await self._handle_others(channel, some, stop)
            else:
                await self._handle_batch(channel, some, stop)

    async def _handle_others(
        self, channel: AbstractChannel, events: Sequence[ArrivedEvent], stop: asyncio.Event
    ) -> None:
        """Handle events without a batch handler, some in one transaction."""
        for start in range(0, len(events), _TRANSACTION):
            together = events[start : start + _TRANSACTION]
            if len(together) == 1 or not await self._handle_together(together):
                for event in together:
                    await self._handle_alone(channel, event, stop)

    async def _handle_batch(
        self, channel: AbstractChannel, events: Sequence[ArrivedEvent], stop: asyncio.Event
    ) -> None:
        """Handle events of one type at once; where that fails, halve them.

        Raises:
            Unavailable: The database does not answer, and the consumer is to stop.
        """
        found = self._handlers.find_batch(events[0].event.type)
        if found is None:
            raise LookupError(f"{events[0].event.type} is not handled in batches.")
        batch = [BatchEvent(it.event.id, it.payload) for it in events if it.payload is not None]
        while True:
            try:
                async with (
                    asyncio.timeout(_HANDLING_SECONDS),
                    self._database.connection() as connection,
                    connection.transaction(),
                ):
                    new_count = await found[1](connection, batch)
                self._count(events[0], "done", new_count)
                self._count(events[0], "repeated", len(events) - new_count)
                return
            except Unavailable:
                if stop.is_set():
                    raise
                await self._wait_for_database(events[0], stop)
            except Exception as error:
                if len(events) == 1:
                    await self._retry_or_park(channel, events[0], error)
                    return
                middle = len(events) // 2
                await self._handle_batch(channel, events[:middle], stop)
                await self._handle_batch(channel, events[middle:], stop)
                return

    async def _handle_together(self, events: Sequence[ArrivedEvent]) -> bool:
        """Handle events in one transaction; return False if it was rolled back."""
        try:
            async with asyncio.timeout(_HANDLING_SECONDS), self._database.transaction() as session:
                outcomes = [await self._handle(session, event) for event in events]
        except Exception:  # each is tried alone now, and its own error logged then
            return False
        for event, outcome in zip(events, outcomes, strict=True):
            self._count(event, outcome)
        return True

    async def _handle_alone(
        self, channel: AbstractChannel, event: ArrivedEvent, stop: asyncio.Event
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
                    outcome = await self._handle(session, event)
                self._count(event, outcome)
                return
            except Unavailable:
                if stop.is_set():
                    raise
                await self._wait_for_database(event, stop)
            except Exception as error:
                await self._retry_or_park(channel, event, error)
                return

    async def _handle(self, session: AsyncSession, arrived: ArrivedEvent) -> str:
        """Call the handler of an event, unless it was handled before; return the outcome."""
        event = arrived.event
        kind = self._handlers.type_of(event.type)
        if kind is None:
            return "ignored"
        payload = arrived.payload or kind.FromString(event.body)  # the latter raises
        subscription = self._handlers.find(event.type)
        if subscription is None or not await inbox.first_time(session, self._inbox, event.id):
            return "repeated"
        delivery = EventDelivery(event.id, event.type, event.create_time, arrived.attempts)
        context = RequestContext(event.request_id, event.traceparent)
        with use_context(context), tracing.span(event.type, "consumer"), use_delivery(delivery):
            await subscription[1](session, payload)
        return "done"

    async def _wait_for_database(self, arrived: ArrivedEvent, stop: asyncio.Event) -> None:
        """Wait a moment for a database that does not answer."""
        _log.warning("waiting for the database", extra={"event_id": arrived.event.id})
        await sleep_or_stop(_WAIT_SECONDS, stop)

    async def _retry_or_park(
        self, channel: AbstractChannel, arrived: ArrivedEvent, error: Exception
    ) -> None:
        """Park an event that will never succeed, or send it to a retry queue."""
        event, attempts = arrived.event, arrived.attempts + 1
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
        await send(channel, wire.to_message(event, attempts=attempts, error=error), queue)
        self._count(arrived, outcome)

    def _count(self, arrived: ArrivedEvent, outcome: str, count: int = 1) -> None:
        labels = self._topology.service, arrived.event.type, outcome
        telemetry.EVENTS_HANDLED.labels(*labels).inc(count)


async def send(channel: AbstractChannel, message: Message, queue: str) -> None:
    """Publish a message to one queue, and wait for its confirm."""
    async with asyncio.timeout(broker.PUBLISH_SECONDS):
        await channel.default_exchange.publish(message, queue, mandatory=True)
