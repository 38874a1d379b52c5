"""The relay publishes events from the outbox: each at least once, a person's in their order."""

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from itertools import groupby
from operator import itemgetter
from typing import Any

import asyncpg
from aio_pika.abc import AbstractChannel, AbstractExchange
from aio_pika.exceptions import DeliveryError

from chassis import telemetry
from chassis.clock import sleep_or_stop
from chassis.database import Database
from chassis.errors import Unavailable
from chassis.events import broker, wire
from chassis.events.topology import declare_exchange
from chassis.shared_tables import RELAY_LOCKS

_BATCH = 500
_IN_FLIGHT = 100
_PACK_FROM = 32
_PACK = 50
_POLL_SECONDS = 1.0
_INTERVAL_SECONDS = 0.02
_IDLE_ROUNDS = 5
_COUNT_SECONDS = 5.0

_log = logging.getLogger(__name__)


_CONNECTION_LOST = (
    asyncpg.PostgresConnectionError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,  # it broke between two answers
)


class Relay:
    """Publishes the events of one service's outbox. Several may run; each claims its own rows.

    It waits for a NOTIFY, or a second at most. While it is active it holds an advisory lock, and
    writers then skip the NOTIFY, which makes commits wait for each other; it polls anyway.
    """

    def __init__(self, database: Database, amqp_url: str, *, schema: str, prefix: str = "") -> None:
        self._database = database
        self._amqp_url = amqp_url
        self._schema = schema
        self._prefix = prefix
        self._notified = asyncio.Event()
        self._waiting = telemetry.OUTBOX_WAITING.labels(schema)
        self._published = telemetry.EVENTS_PUBLISHED.labels(schema)
        self._unroutable = telemetry.EVENTS_UNROUTABLE.labels(schema)
        self._count_at = 0.0

    async def run(self, stop: asyncio.Event) -> None:
        """Publish until `stop` is set, whatever happens to the broker or the database."""

        async def publish(channel: AbstractChannel) -> None:
            exchange = await declare_exchange(channel, self._prefix)
            async with self._listening() as connection:
                while not stop.is_set():
                    await self._publish_until_idle(connection, exchange, stop)
                    await self._wait_for_rows(connection, stop)

        await broker.run_with_reconnect(self._amqp_url, f"{self._schema} relay", publish, stop)

    async def publish_waiting(self, connection: Any, exchange: AbstractExchange) -> int:
        """Publish one batch of due rows and return how many were claimed.

        Confirmed rows are marked as published, unroutable ones are postponed; those of a broken
        connection stay as they were and are published again.
        """
        async with connection.transaction():
            rows = await connection.fetch(_CLAIM.format(schema=self._schema), _BATCH)
            if not rows:
                return 0
            outcomes = await self._publish(exchange, _messages(rows))
            published = [
                event.id for events, error in outcomes if error is None for event in events
            ]
            unroutable = [
                event.id
                for events, error in outcomes
                if isinstance(error, DeliveryError)
                for event in events
            ]
            await connection.execute(_MARK_PUBLISHED.format(schema=self._schema), published)
            if unroutable:
                await connection.execute(_POSTPONE.format(schema=self._schema), unroutable)
        self._published.inc(len(published))
        if unroutable:
            self._unroutable.inc(len(unroutable))
            _log.warning("unroutable events", extra={"count": len(unroutable)})
        for _, error in outcomes:
            if error is not None and not isinstance(error, DeliveryError):
                raise error
        return len(rows)

    async def _publish(
        self, exchange: AbstractExchange, messages: Sequence[tuple[str, list[wire.EventMessage]]]
    ) -> list[tuple[list[wire.EventMessage], BaseException | None]]:
        """Publish in order, with many confirms in flight; return the outcome of each message."""
        in_flight = asyncio.Semaphore(_IN_FLIGHT)

        async def publish(key: str, events: list[wire.EventMessage]) -> None:
            message = wire.to_pack(events) if len(events) > 1 else wire.to_message(events[0])
            async with in_flight, asyncio.timeout(broker.PUBLISH_SECONDS):
                await exchange.publish(message, key, mandatory=True)

        tasks = [asyncio.create_task(publish(key, events)) for key, events in messages]
        outcomes = await asyncio.gather(*tasks, return_exceptions=True)
        return [(events, out) for (_, events), out in zip(messages, outcomes, strict=True)]

    async def _publish_until_idle(
        self, connection: Any, exchange: AbstractExchange, stop: asyncio.Event
    ) -> None:
        """Publish until no row has come for a while. The interval lets rows gather into packs."""
        await connection.execute(
            "SELECT pg_advisory_lock_shared($1, hashtext($2))", RELAY_LOCKS, self._schema
        )
        idle_rounds = 0
        while idle_rounds < _IDLE_ROUNDS and not stop.is_set():
            claimed = await self.publish_waiting(connection, exchange)
            idle_rounds = 0 if claimed else idle_rounds + 1
            if claimed < _BATCH:
                await sleep_or_stop(_INTERVAL_SECONDS, stop)
        self._notified.clear()
        await connection.execute(
            "SELECT pg_advisory_unlock_shared($1, hashtext($2))", RELAY_LOCKS, self._schema
        )
        # Rows committed between the last query and the unlock sent no NOTIFY.
        if await connection.fetchval(_ANY_DUE.format(schema=self._schema)):
            self._notified.set()

    async def _wait_for_rows(self, connection: Any, stop: asyncio.Event) -> None:
        """Wait for a NOTIFY, or for a second."""
        loop = asyncio.get_running_loop()
        if loop.time() >= self._count_at:
            self._count_at = loop.time() + _COUNT_SECONDS
            self._waiting.set(await connection.fetchval(_COUNT.format(schema=self._schema)))
        wait = asyncio.create_task(self._notified.wait())
        stopping = asyncio.create_task(stop.wait())
        await asyncio.wait(
            (wait, stopping), timeout=_POLL_SECONDS, return_when=asyncio.FIRST_COMPLETED
        )
        wait.cancel()
        stopping.cancel()

    @asynccontextmanager
    async def _listening(self) -> AsyncIterator[Any]:
        connection = await self._database.listen_connection()
        try:
            # A crash of the server may lose that rows were published: they are published again.
            await connection.execute("SET synchronous_commit = off")
            await connection.add_listener(f"{self._schema}_outbox", lambda *_: self._notified.set())
            yield connection
        except _CONNECTION_LOST as error:
            raise Unavailable("The database does not answer.") from error
        finally:
            with contextlib.suppress(Exception):
                await connection.close(timeout=1.0)


def _messages(rows: Sequence[Any]) -> list[tuple[str, list[wire.EventMessage]]]:
    """Return rows as messages with their keys: neighbors of one key packed together.

    Neighbors are found among the rows whose keys have the same first word: a check-in writes one
    event for analytics and one for notifications, by turns. Where there are many rows, all of a key
    are packed together, whatever lies between them.
    """
    keyed = [
        (row["routing_key"], wire.EventMessage(*(row[name] for name in wire.EventMessage._fields)))
        for row in rows
    ]
    group_by = _whole_key if len(keyed) >= _PACK_FROM else _first_word
    groups: dict[str, list[tuple[str, wire.EventMessage]]] = {}
    for key, event in keyed:
        groups.setdefault(group_by(key), []).append((key, event))
    runs = (
        (key, [event for _, event in run])
        for group in groups.values()
        for key, run in groupby(group, key=itemgetter(0))
    )
    return [
        (key, events[start : start + _PACK])
        for key, events in runs
        for start in range(0, len(events), _PACK)
    ]


def _whole_key(routing_key: str) -> str:
    return routing_key


def _first_word(routing_key: str) -> str:
    return routing_key.partition(".")[0]


_CLAIM = """
    SELECT id, type, routing_key, body, request_id, traceparent, create_time
    FROM {schema}.outbox
    WHERE publish_time IS NULL AND due_time <= now()
    ORDER BY due_time, id LIMIT $1 FOR UPDATE SKIP LOCKED"""
_MARK_PUBLISHED = "UPDATE {schema}.outbox SET publish_time = now() WHERE id = ANY($1::uuid[])"
_POSTPONE = """
    UPDATE {schema}.outbox SET due_time = now() + interval '10 seconds'
    WHERE id = ANY($1::uuid[])"""
_ANY_DUE = """
    SELECT EXISTS (
        SELECT FROM {schema}.outbox WHERE publish_time IS NULL AND due_time <= now())"""
_COUNT = "SELECT count(*) FROM {schema}.outbox WHERE publish_time IS NULL"
