"""A consumer under test: its queues, the failures it is to have, and the effects it had."""

from datetime import timedelta
from uuid import uuid4

from aio_pika import Message
from aio_pika.abc import AbstractChannel
from sqlalchemy.ext.asyncio import AsyncSession

from chassis.clock import now
from chassis.context import current_context
from chassis.database import Database
from chassis.errors import NotFound
from chassis.events import outbox, wire
from chassis.events.consumer import Consumer
from chassis.events.handlers import Handlers, current_delivery
from chassis.events.parked import list_parked
from chassis.events.topology import Topology
from contracts.auth.v1.auth_events_pb2 import UserDeleted
from tests.chassis.sample.tables import INBOX, OUTBOX, THINGS
from tests.chassis.waiting import eventually

QUICK = (timedelta(milliseconds=100), timedelta(milliseconds=200)) * 2


class AccountUnknown(NotFound):
    def __init__(self) -> None:
        super().__init__("There is no such account.")


class RecordingHandler:
    """A handler that writes the account id of each event into `things`, or fails as set up."""

    def __init__(self) -> None:
        self.handlers = Handlers()
        self.handlers.on(UserDeleted)(self.handle)
        self.fail: dict[str, list[Exception]] = {}
        self.tried: list[str] = []
        self.request_ids: list[str] = []
        self.attempts: list[int] = []

    async def handle(self, session: AsyncSession, event: UserDeleted) -> None:
        name = event.account_id
        self.tried.append(name)
        self.request_ids.append(current_context().request_id)
        self.attempts.append(current_delivery().attempts)
        await session.execute(THINGS.insert().values(id=int(name), word="handled"))
        await outbox.add(session, OUTBOX, UserDeleted(account_id=f"answer to {name}"))
        if self.fail.get(name):
            raise self.fail[name].pop(0)


class ConsumerHarness:
    """A consumer with queues under a prefix of its own, and queries for its effects."""

    def __init__(self, database: Database, amqp_url: str, channel: AbstractChannel) -> None:
        self.database = database
        self.amqp_url = amqp_url
        self.channel = channel
        self.handler = RecordingHandler()
        self.topology = Topology(
            "sample", ["auth.user.deleted"], prefix=f"{uuid4().hex[:8]}.", retry_delays=QUICK
        )

    def consumer(self, handlers: Handlers | None = None, amqp_url: str = "") -> Consumer:
        return Consumer(
            self.database,
            amqp_url or self.amqp_url,
            self.topology,
            handlers or self.handler.handlers,
            INBOX,
        )

    async def publish(self, *messages: Message) -> None:
        name = f"{self.topology.prefix}events"
        exchange = await self.channel.get_exchange(name, ensure=False)
        for message in messages:
            await exchange.publish(message, "auth.user.deleted")

    async def handled(self) -> list[int]:
        async with self.database.connection() as connection:
            rows = await connection.fetch("SELECT id FROM sample.things ORDER BY 1")
        return [row["id"] for row in rows]

    async def wait_for_handled(self, *names: int) -> None:
        async def all_there() -> bool:
            return await self.handled() == sorted(names)

        await eventually(all_there)

    async def parked(self) -> list[str]:
        return await list_parked(self.channel, self.topology)

    async def wait_for_parked(self, count: int) -> list[str]:
        async def all_there() -> bool:
            return len(await self.parked()) == count

        await eventually(all_there)
        return await self.parked()


def an_event(name: str, *, request_id: str = "r1") -> wire.EventMessage:
    row = outbox.row(UserDeleted(account_id=name), request_id=request_id, traceparent="")
    return wire.EventMessage(row.id, row.type, now(), request_id, "", row.body)
