"""Events of auth's contract on their way through a broker and a database of their own."""

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
    """Play a role inside the block, and have it stop as SIGTERM would."""
    stop = asyncio.Event()
    task = asyncio.ensure_future(role(stop))
    try:
        yield
    finally:
        stop.set()
        await asyncio.wait_for(task, 15)


async def say(database: Database, *names: str) -> None:
    """Announce events, told apart by the account's name, each in a transaction of its own."""
    for name in names:
        async with database.transaction() as session:
            await outbox.add(session, OUTBOX, UserDeleted(account_id=name))


async def waiting(database: Database) -> int:
    """Return how many events have not been published."""
    async with database.connection() as connection:
        return int(
            await connection.fetchval(
                "SELECT count(*) FROM sample.outbox WHERE publish_time IS NULL"
            )
        )


class Listener:
    """Somebody who hears every event of the exchange, and writes down what came."""

    def __init__(self) -> None:
        self.messages: list[AbstractIncomingMessage] = []

    async def listen(self, channel: AbstractChannel, exchange: str = "events") -> None:
        """Bind a queue of one's own."""
        queue = await channel.declare_queue(exclusive=True)
        await queue.bind(await channel.get_exchange(exchange, ensure=False), "#")
        await queue.consume(self._keep)

    async def _keep(self, message: AbstractIncomingMessage) -> None:
        self.messages.append(message)
        await message.ack()
