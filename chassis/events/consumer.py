"""Consumes one service's queue: takes events in turn between their owners, handles, acks."""

import asyncio
import logging
from typing import Any

from aio_pika.abc import AbstractChannel, AbstractIncomingMessage
from google.protobuf.message import DecodeError
from google.protobuf.message import Message as ProtoMessage
from sqlalchemy import Table

from chassis.database import Database
from chassis.events import broker, wire
from chassis.events.backlog import ArrivedEvent, ArrivedMessage, Backlog
from chassis.events.executor import EventExecutor, send
from chassis.events.handlers import Handlers
from chassis.events.topology import Topology

_PREFETCH = 500
_BATCH = 500
"""Events taken at once, where some are handled in batches."""
_SMALL_BATCH = 50
"""Events taken at once, where none are."""
_LINGER_SECONDS = 0.01
"""How long to wait for more events, where some are handled in batches and none wait."""
_WAIT_SECONDS = 1.0

_log = logging.getLogger(__name__)


class Consumer:
    """Consumes one service's queue.

    Waiting events are taken in turn between their owners, those of one owner in their order: up to
    500 at once for batch handlers, up to 50 for the others. If a batch fails it is halved, and
    others are handled one by one, so that a bad one fails alone. A `Refusal` parks the event, any
    other error has it retried later, five times in all. While the database does not answer, the
    consumer waits for it and counts no attempt.
    """

    def __init__(
        self,
        database: Database,
        amqp_url: str,
        topology: Topology,
        handlers: Handlers,
        table: Table,
    ) -> None:
        self._amqp_url = amqp_url
        self._topology = topology
        self._handlers = handlers
        self._executor = EventExecutor(database, topology, handlers, table)
        self._batch = _BATCH if handlers.has_batches else _SMALL_BATCH

    async def run(self, stop: asyncio.Event) -> None:
        """Consume until `stop` is set; then finish the present batch."""

        async def consume(channel: AbstractChannel) -> None:
            await channel.set_qos(prefetch_count=_PREFETCH)
            queue = await self._topology.declare(channel)
            arrived: asyncio.Queue[AbstractIncomingMessage] = asyncio.Queue()
            tag = await queue.consume(arrived.put)
            lost = await _until_lost(channel)
            try:
                await self._work_off(channel, arrived, stop, lost)
            finally:
                lost.cancel()
            await queue.cancel(tag, timeout=_WAIT_SECONDS)

        name = f"{self._topology.service} consumer"
        await broker.run_with_reconnect(self._amqp_url, name, consume, stop)

    async def _work_off(
        self,
        channel: AbstractChannel,
        arrived: asyncio.Queue[AbstractIncomingMessage],
        stop: asyncio.Event,
        lost: asyncio.Future[Any],
    ) -> None:
        """Handle events as they arrive, until `stop` is set.

        Raises:
            ConnectionError: The channel is closed.
        """
        backlog = Backlog()
        while not stop.is_set():
            if not backlog and arrived.empty():
                first = await _wait_for_message(arrived, stop, lost)
                if first is not None:
                    await self._add(channel, backlog, first)
                    if self._handlers.has_batches:
                        await asyncio.sleep(_LINGER_SECONDS)
            if lost.done():
                raise ConnectionError("The broker closed the channel, or deleted the queue.")
            while not arrived.empty():
                await self._add(channel, backlog, arrived.get_nowait())
            events = backlog.take(self._batch)
            await self._executor.handle(channel, events, stop)
            last = backlog.mark_handled(events)
            if last is not None:
                await last.ack(multiple=True)

    async def _add(
        self, channel: AbstractChannel, backlog: Backlog, message: AbstractIncomingMessage
    ) -> None:
        """Add the events of a message to the backlog; park one that cannot be read."""
        source, attempts = ArrivedMessage(message), wire.attempts_of(message)
        try:
            events = wire.from_message(message)
        except wire.MalformedMessage as error:
            _log.exception("not an event", extra={"message_id": message.message_id})
            await send(channel, wire.copy_with_error(message, error), self._topology.parked)
            events = []
        arrived = [ArrivedEvent(it, self._decoded(it), attempts, source) for it in events]
        backlog.add(source, arrived)

    def _decoded(self, event: wire.EventMessage) -> ProtoMessage | None:
        """Decode an event; None if it cannot be decoded, or nobody handles it."""
        kind = self._handlers.type_of(event.type)
        try:
            return kind.FromString(event.body) if kind is not None else None
        except DecodeError:
            return None


async def _until_lost(channel: AbstractChannel) -> asyncio.Future[Any]:
    """Return a future that is done when the channel closes or the broker deletes the queue."""
    lost: asyncio.Future[Any] = asyncio.ensure_future(channel.closed())
    underlay = await channel.get_underlay_channel()
    underlay.on_consumer_cancel_callbacks.add(lambda _: lost.cancel())
    return lost


async def _wait_for_message(
    arrived: asyncio.Queue[AbstractIncomingMessage],
    stop: asyncio.Event,
    lost: asyncio.Future[Any],
) -> AbstractIncomingMessage | None:
    """Wait for a message; return None when `stop` is set, or when the channel is lost."""
    first = asyncio.create_task(arrived.get())
    stopping = asyncio.create_task(stop.wait())
    try:
        await asyncio.wait((first, stopping, lost), return_when=asyncio.FIRST_COMPLETED)
        return first.result() if first.done() else None
    finally:
        first.cancel()
        stopping.cancel()
