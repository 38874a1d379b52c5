"""Helpers for tests of events: publish, consume and count, with a broker and a database of ours."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import pytest
from aio_pika.abc import AbstractChannel, AbstractIncomingMessage

from chassis.database import Database
from chassis.events import broker, outbox
from chassis.events.relay import Relay
from contracts.auth.v1.auth_events_pb2 import UserDeleted
from tests.chassis.sample.tables import OUTBOX


@pytest.fixture
async def channel(amqp_url: str) -> AsyncIterator[AbstractChannel]:
    async with broker.channel(amqp_url, "test") as opened:
        yield opened


@pytest.fixture
def relay(database: Database, amqp_url: str) -> Relay:
    return Relay(database, amqp_url, schema="sample")


@asynccontextmanager
async def running(role: Callable[[asyncio.Event], Awaitable[None]]) -> AsyncIterator[None]:
    """Run a role inside the block, and stop it at its end as SIGTERM would."""
    stop = asyncio.Event()
    task = asyncio.ensure_future(role(stop))
    try:
        yield
    finally:
        stop.set()
        await asyncio.wait_for(task, 15)


async def publish_deleted(database: Database, *names: str) -> None:
    """Add an event to the outbox for each account id, each in a transaction of its own."""
    for name in names:
        async with database.transaction() as session:
            await outbox.add(session, OUTBOX, UserDeleted(account_id=name))


async def count_waiting(database: Database) -> int:
    """Return how many events have not been published."""
    async with database.connection() as connection:
        return int(
            await connection.fetchval(
                "SELECT count(*) FROM sample.outbox WHERE publish_time IS NULL"
            )
        )


class RecordingConsumer:
    """A consumer of every event of the exchange, which records the messages."""

    def __init__(self) -> None:
        self.messages: list[AbstractIncomingMessage] = []

    async def consume(self, channel: AbstractChannel, exchange: str = "events") -> None:
        """Bind a queue to all routing keys and record its messages."""
        queue = await channel.declare_queue(exclusive=True)
        await queue.bind(await channel.get_exchange(exchange, ensure=False), "#")
        await queue.consume(self._record)

    async def _record(self, message: AbstractIncomingMessage) -> None:
        self.messages.append(message)
        await message.ack()
