import asyncio
from uuid import UUID

import pytest
from aio_pika.abc import AbstractChannel

from chassis.context import RequestContext, use_context
from chassis.database import Database
from chassis.errors import Unavailable
from chassis.events import outbox, wire
from chassis.events.relay import Relay
from chassis.events.topology import declare_exchange
from contracts.auth.v1.account_pb2 import Account
from contracts.auth.v1.auth_events_pb2 import UserDeleted, UserRegistered
from contracts.habits.v1.habit_events_pb2 import HabitCheckedIn
from tests.chassis.events.conftest import RecordingConsumer, count_waiting, publish_deleted, running
from tests.chassis.proxy import FaultProxy, Mode
from tests.chassis.sample.tables import OUTBOX
from tests.chassis.waiting import eventually


@pytest.fixture
async def recorder(channel: AbstractChannel) -> RecordingConsumer:
    await declare_exchange(channel)
    recorder = RecordingConsumer()
    await recorder.consume(channel)
    return recorder


def events_of(recorder: RecordingConsumer) -> list[wire.EventMessage]:
    return [event for message in recorder.messages for event in wire.from_message(message)]


def names(recorder: RecordingConsumer) -> list[str]:
    return [UserDeleted.FromString(event.body).account_id for event in events_of(recorder)]


async def wait_for_events(recorder: RecordingConsumer, count: int) -> None:
    async def enough() -> bool:
        return len(events_of(recorder)) >= count

    await eventually(enough)


async def wait_until_published(database: Database) -> None:
    async def empty() -> bool:
        return await count_waiting(database) == 0

    await eventually(empty)


async def test_an_event_arrives_as_the_contract_says(
    database: Database, relay: Relay, recorder: RecordingConsumer
) -> None:
    with use_context(RequestContext(request_id="r1", traceparent="00-ab-cd-01")):
        await publish_deleted(database, "a1")
    async with running(relay.run):
        await wait_for_events(recorder, 1)
        await wait_until_published(database)
    (message,) = recorder.messages
    assert message.type == "contracts.auth.v1.UserDeleted"
    assert message.routing_key == "auth.user.deleted"
    assert message.content_type == "application/x-protobuf"
    assert message.correlation_id == "r1"
    assert message.headers == {"traceparent": "00-ab-cd-01"}
    assert message.delivery_mode == 2
    assert message.timestamp is not None
    assert UUID(message.message_id).version == 7
    assert UserDeleted.FromString(message.body).account_id == "a1"


async def test_a_sleeping_relay_is_woken(
    database: Database, relay: Relay, recorder: RecordingConsumer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """NOTIFY wakes it: with polling switched off, the event still comes at once."""
    monkeypatch.setattr("chassis.events.relay._POLL_SECONDS", 3600.0)
    async with running(relay.run):
        await asyncio.sleep(0.5)  # it has gone to sleep by now
        for number in range(3):
            await publish_deleted(database, str(number))
            await wait_for_events(recorder, number + 1)
            await asyncio.sleep(0.3)


async def test_without_a_notify_it_looks_by_itself(
    database: Database, relay: Relay, recorder: RecordingConsumer
) -> None:
    async with database.connection() as connection:
        await connection.execute("ALTER TABLE sample.outbox DISABLE TRIGGER wake_relay")
    async with running(relay.run):
        await asyncio.sleep(0.5)
        await publish_deleted(database, "a1")
        await wait_for_events(recorder, 1)
    async with database.connection() as connection:
        await connection.execute("ALTER TABLE sample.outbox ENABLE TRIGGER wake_relay")


async def test_a_few_travel_in_order_and_neighbors_of_one_key_together(
    database: Database, relay: Relay, recorder: RecordingConsumer
) -> None:
    async with database.transaction() as session:
        for number in (1, 2, 3):
            deleted = [UserDeleted(account_id=f"{number}.{place}") for place in range(number)]
            await outbox.add(session, OUTBOX, *deleted)
            await outbox.add(session, OUTBOX, UserRegistered(account=Account(id=str(number))))
    async with running(relay.run):
        await wait_for_events(recorder, 9)
    packs = [wire.from_message(message) for message in recorder.messages]
    assert [[it.type.rpartition(".")[2] for it in pack] for pack in packs] == [
        ["UserDeleted"],
        ["UserRegistered"],
        ["UserDeleted"] * 2,
        ["UserRegistered"],
        ["UserDeleted"] * 3,
        ["UserRegistered"],
    ]
    found = [it for it in events_of(recorder) if it.type.endswith("UserDeleted")]
    assert [UserDeleted.FromString(it.body).account_id for it in found] == [
        "1.0",
        "2.0",
        "2.1",
        "3.0",
        "3.1",
        "3.2",
    ]


async def test_events_for_different_consumers_are_packed_though_they_come_by_turns(
    database: Database, relay: Relay, recorder: RecordingConsumer
) -> None:
    async with database.transaction() as session:
        for number in range(3):
            event = UserDeleted(account_id=str(number))
            await outbox.add(session, OUTBOX, event, HabitCheckedIn(habit_id=str(number)))
    async with running(relay.run):
        await wait_for_events(recorder, 6)
    packs = [wire.from_message(message) for message in recorder.messages]
    assert sorted((it[0].type.rpartition(".")[2], len(it)) for it in packs) == [
        ("HabitCheckedIn", 3),
        ("UserDeleted", 3),
    ]


async def test_a_backlog_travels_packed_and_in_order(
    database: Database, relay: Relay, recorder: RecordingConsumer
) -> None:
    async with database.transaction() as session:
        deleted = [UserDeleted(account_id=str(number)) for number in range(700)]
        await outbox.add(session, OUTBOX, *deleted)
        await outbox.add(session, OUTBOX, UserRegistered(account=Account(id="x")))
    async with running(relay.run):
        await wait_for_events(recorder, 701)
        await wait_until_published(database)
    assert len(recorder.messages) <= 20
    by_key = [it for it in events_of(recorder) if it.type.endswith("UserDeleted")]
    assert [UserDeleted.FromString(it.body) for it in by_key] == deleted
    assert len({it.id for it in events_of(recorder)}) == 701


async def test_two_relays_share_the_work(
    database: Database, relay: Relay, recorder: RecordingConsumer
) -> None:
    await publish_deleted(database, *(str(number) for number in range(60)))
    other = Relay(database, relay._amqp_url, schema="sample")
    async with running(relay.run), running(other.run):
        await wait_for_events(recorder, 60)
        await wait_until_published(database)
        await publish_deleted(database, *(str(number) for number in range(60, 90)))
        await wait_for_events(recorder, 90)
        await wait_until_published(database)
    assert sorted(names(recorder), key=int) == [str(number) for number in range(90)]


async def test_what_nobody_listens_to_stays_and_hinders_nothing(
    database: Database, relay: Relay, channel: AbstractChannel
) -> None:
    exchange = await declare_exchange(channel)
    queue = await channel.declare_queue(exclusive=True)
    await queue.bind(exchange, "auth.user.deleted")
    recorder = RecordingConsumer()
    await queue.consume(recorder._record)
    async with database.transaction() as session:
        unroutable = [UserRegistered(account=Account(id=str(number))) for number in range(600)]
        await outbox.add(session, OUTBOX, *unroutable)
    await publish_deleted(database, "heard")
    async with running(relay.run):
        await wait_for_events(recorder, 1)

        async def only_unroutable() -> bool:
            return await count_waiting(database) == 600

        await eventually(only_unroutable)
        await queue.bind(exchange, "auth.user.registered")
        async with database.connection() as connection:
            await connection.execute("UPDATE sample.outbox SET due_time = now()")
        await wait_for_events(recorder, 601)
        await wait_until_published(database)


async def test_a_prefix_keeps_meshes_apart(
    database: Database, relay: Relay, channel: AbstractChannel
) -> None:
    await declare_exchange(channel, "other.")
    recorder = RecordingConsumer()
    await recorder.consume(channel, "other.events")
    await publish_deleted(database, "a1")
    async with running(Relay(database, relay._amqp_url, schema="sample", prefix="other.").run):
        await wait_for_events(recorder, 1)


async def test_a_cut_connection_loses_nothing(
    database: Database, amqp_url: str, recorder: RecordingConsumer
) -> None:
    async with (
        FaultProxy(amqp_url) as proxy,
        running(Relay(database, proxy.url, schema="sample").run),
    ):
        for number in range(5):
            await publish_deleted(database, str(number))
            await asyncio.sleep(0.05)
            proxy.cut()
        await wait_until_published(database)
    assert set(names(recorder)) == {str(number) for number in range(5)}


@pytest.mark.parametrize("mode", [Mode.FROZEN, Mode.LOST_RESPONSES])
async def test_a_frozen_broker_is_left_and_nothing_is_lost(
    database: Database,
    amqp_url: str,
    recorder: RecordingConsumer,
    monkeypatch: pytest.MonkeyPatch,
    mode: Mode,
) -> None:
    """An event whose confirm was lost is published twice with one id, for the inbox to drop."""
    monkeypatch.setattr("chassis.events.broker.PUBLISH_SECONDS", 0.5)
    monkeypatch.setattr("chassis.events.broker._CONNECT_SECONDS", 1.0)
    async with (
        FaultProxy(amqp_url) as proxy,
        running(Relay(database, proxy.url, schema="sample").run),
    ):
        await publish_deleted(database, "before")
        await wait_until_published(database)
        proxy.mode = mode
        await publish_deleted(database, "during")
        await asyncio.sleep(1.5)
        assert await count_waiting(database) == 1
        proxy.mode = Mode.PASS
        await wait_until_published(database)
    assert set(names(recorder)) == {"before", "during"}
    during_ids = {it.id for it in events_of(recorder) if b"during" in it.body}
    assert len(during_ids) == 1


async def test_a_broker_that_is_not_there_yet_is_waited_for(
    database: Database, recorder: RecordingConsumer, amqp_url: str
) -> None:
    async with FaultProxy(amqp_url) as proxy:
        proxy.mode = Mode.FROZEN
        async with running(Relay(database, proxy.url, schema="sample").run):
            await publish_deleted(database, "a1")
            await asyncio.sleep(0.3)
            proxy.mode = Mode.PASS
            proxy.cut()
            await wait_for_events(recorder, 1)


async def test_a_database_that_goes_away_comes_back(
    database: Database, relay: Relay, recorder: RecordingConsumer
) -> None:
    async with running(relay.run):
        await publish_deleted(database, "before")
        await wait_for_events(recorder, 1)
        async with database.connection() as connection:
            await connection.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
        await publish_with_retry(database, "after")
        await wait_until_published(database)
    assert set(names(recorder)) == {"before", "after"}


async def publish_with_retry(database: Database, name: str) -> None:
    """Publish, over as many cut connections as the pool still holds."""
    for _ in range(10):
        try:
            await publish_deleted(database, name)
        except Unavailable:
            continue
        return
