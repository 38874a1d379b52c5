"""The consumer with a real broker: a published event is handled once."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import aio_pika
from google.protobuf.message import Message
from sqlalchemy import text

from chassis.database import Database
from chassis.events import outbox
from chassis.events.broker import declare
from chassis.events.consumer import Consumer
from chassis.events.relay import Relay
from chassis.events.topology import Topology
from chassis.ids import uuid7
from contracts.analytics.v1.analytics_events_pb2 import ReportReady
from services.analytics.consumers import handlers
from services.analytics.tables import INBOX, OUTBOX
from tests.services.analytics.event_builders import a_day, a_habit, a_person, done_from

PATIENCE_SECONDS = 60.0
EVENTS_HANDLED = {
    "contracts.auth.v1.UserRegistered",
    "contracts.auth.v1.UserUpdated",
    "contracts.auth.v1.UserDeleted",
    "contracts.habits.v1.HabitCreated",
    "contracts.habits.v1.HabitUpdated",
    "contracts.habits.v1.HabitArchived",
    "contracts.habits.v1.HabitRestored",
    "contracts.habits.v1.HabitDeleted",
    "contracts.habits.v1.PauseChanged",
    "contracts.habits.v1.CheckInChanged",
    "contracts.notifications.v1.PreferencesChanged",
}


def test_analytics_handles_the_events_of_the_design() -> None:
    assert set(handlers.events) == EVENTS_HANDLED


@asynccontextmanager
async def consuming(database: Database, amqp_url: str) -> AsyncIterator[Topology]:
    """Run the relay and the consumer: what is put into the outbox comes in at the door."""
    topology = Topology("analytics", handlers.routing_keys)
    await declare(amqp_url, topology)
    stop = asyncio.Event()
    relay = Relay(database, amqp_url, schema="analytics")
    consumer = Consumer(database, amqp_url, topology, handlers, INBOX)
    async with asyncio.TaskGroup() as group:
        group.create_task(relay.run(stop))
        group.create_task(consumer.run(stop))
        yield topology
        stop.set()


async def publish(database: Database, *events: Message) -> None:
    async with database.transaction() as session:
        await outbox.add(session, OUTBOX, *events)


async def until(holds: Callable[[], Awaitable[bool]]) -> None:
    end = time.monotonic() + PATIENCE_SECONDS
    while not await holds():
        assert time.monotonic() < end, "it did not come about"
        await asyncio.sleep(0.05)


async def test_a_published_event_is_handled(database: Database, amqp_url: str) -> None:
    ann = uuid7()
    water = a_habit(ann, start="2026-01-01")
    days = done_from(water, "2026-01-01", "2026-01-09")

    async def all_are_stored() -> bool:
        async with database.transaction() as session:
            kept = text("SELECT count(*) FROM analytics.days WHERE owner_id = :owner_id")
            return bool(await session.scalar(kept, {"owner_id": ann}) == len(days))

    async with consuming(database, amqp_url):
        await publish(database, *days, water, a_person(ann))
        await until(all_are_stored)


async def test_what_cannot_be_read_is_parked_and_holds_up_nothing(
    database: Database, amqp_url: str
) -> None:
    ann = uuid7()
    water = a_habit(ann, start="2026-01-01")
    bad = a_day(water, "2026-01-02", amount="a lot")
    good = a_day(water, "2026-01-03")

    async def good_is_stored_and_bad_is_parked() -> bool:
        async with database.transaction() as session:
            kept = text("SELECT count(*) FROM analytics.days WHERE owner_id = :owner_id")
            if await session.scalar(kept, {"owner_id": ann}) != 1:
                return False
        connection = await aio_pika.connect(amqp_url)
        async with connection, connection.channel() as channel:
            queue = await channel.get_queue(topology.parked)
            found = await queue.get(fail=False)
            return found is not None and found.type == "contracts.habits.v1.CheckInChanged"

    async with consuming(database, amqp_url) as topology:
        await publish(database, water, bad, good)
        await until(good_is_stored_and_bad_is_parked)


def test_analytics_does_not_handle_its_own_events() -> None:
    assert handlers.find(ReportReady.DESCRIPTOR.full_name) is None
