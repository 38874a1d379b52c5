"""The consumer: an event is handled once, retried, or parked; a lost database is waited for."""

import asyncio
import contextlib

import pytest
from aio_pika import Message
from aio_pika.abc import AbstractChannel
from aio_pika.exceptions import DeliveryError
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from chassis.database import Database
from chassis.errors import Unavailable
from chassis.events import wire
from chassis.events.handlers import Handlers
from chassis.events.parked import replay_parked
from contracts.auth.v1.auth_events_pb2 import UserDeleted
from tests.chassis.events.conftest import running
from tests.chassis.events.consumer_harness import AccountUnknown, ConsumerHarness, an_event
from tests.chassis.proxy import FaultProxy, Mode
from tests.chassis.sample.tables import THINGS
from tests.chassis.waiting import eventually


@pytest.fixture
async def harness(database: Database, amqp_url: str, channel: AbstractChannel) -> ConsumerHarness:
    harness = ConsumerHarness(database, amqp_url, channel)
    await harness.topology.declare(channel)
    return harness


async def test_an_event_has_its_effect(harness: ConsumerHarness) -> None:
    await harness.publish(wire.to_message(an_event("1", request_id="r9")))
    async with running(harness.consumer().run):
        await harness.wait_for_handled(1)
    assert harness.handler.request_ids == ["r9"]
    async with harness.database.connection() as connection:
        assert await connection.fetchval("SELECT request_id FROM sample.outbox") == "r9"


async def test_a_repeat_has_none(harness: ConsumerHarness) -> None:
    again = an_event("1")
    async with running(harness.consumer().run):
        await harness.publish(wire.to_message(again))
        await harness.wait_for_handled(1)
        await harness.publish(wire.to_message(again), wire.to_message(again), wire.to_pack([again]))
        await harness.publish(wire.to_message(an_event("2")))
        await harness.wait_for_handled(1, 2)
    assert harness.handler.tried == ["1", "2"]


async def test_a_pack_is_taken_in_whole_and_in_order(harness: ConsumerHarness) -> None:
    names = [str(number) for number in range(50)]
    await harness.publish(wire.to_pack([an_event(name) for name in names]))
    async with running(harness.consumer().run):
        await harness.wait_for_handled(*range(50))
    assert harness.handler.tried == names


async def test_a_bad_event_in_a_pack_fails_alone(harness: ConsumerHarness) -> None:
    harness.handler.fail["3"] = [AccountUnknown() for _ in range(9)]
    await harness.publish(wire.to_pack([an_event(str(number)) for number in range(6)]))
    async with running(harness.consumer().run):
        await harness.wait_for_handled(0, 1, 2, 4, 5)
        await harness.wait_for_parked(1)
    async with harness.database.connection() as connection:
        assert await connection.fetchval("SELECT count(*) FROM sample.outbox") == 5


async def test_what_fails_is_tried_again_later(harness: ConsumerHarness) -> None:
    harness.handler.fail["1"] = [RuntimeError("not yet"), ZeroDivisionError()]
    await harness.publish(wire.to_message(an_event("1")))
    async with running(harness.consumer().run):
        await harness.wait_for_handled(1)
    assert harness.handler.attempts == [0, 1, 2]
    assert harness.handler.request_ids == ["r1"] * 3


async def test_after_five_failures_it_is_parked(harness: ConsumerHarness) -> None:
    event = an_event("1")
    harness.handler.fail["1"] = [RuntimeError("never") for _ in range(5)]
    await harness.publish(wire.to_message(event))
    async with running(harness.consumer().run):
        (line,) = await harness.wait_for_parked(1)
        assert str(event.id) in line
        assert "tried 5x  RuntimeError: never" in line
        assert harness.handler.attempts == [0, 1, 2, 3, 4]
        assert await harness.handled() == []

        # The cause has been mended.
        assert await replay_parked(harness.channel, harness.topology) == 1
        await harness.wait_for_handled(1)
        assert harness.handler.attempts[-1] == 0
        assert await harness.parked() == []


async def test_a_refusal_is_parked_at_once(harness: ConsumerHarness) -> None:
    harness.handler.fail["1"] = [AccountUnknown()]
    await harness.publish(wire.to_message(an_event("1")))
    async with running(harness.consumer().run):
        (line,) = await harness.wait_for_parked(1)
    assert "AccountUnknown: There is no such account." in line
    assert harness.handler.tried == ["1"]
    assert await harness.handled() == []


async def test_a_database_that_is_away_costs_no_attempt(harness: ConsumerHarness) -> None:
    harness.handler.fail["1"] = [Unavailable("away") for _ in range(3)]
    await harness.publish(wire.to_message(an_event("1")))
    async with running(harness.consumer().run):
        await harness.wait_for_handled(1)
    assert harness.handler.attempts == [0, 0, 0, 0]


async def test_a_connection_lost_in_the_middle_of_a_handler_is_mended(
    harness: ConsumerHarness,
) -> None:
    handlers = Handlers()
    killed: list[str] = []

    @handlers.on(UserDeleted)
    async def kill_once(session: AsyncSession, event: UserDeleted) -> None:
        await session.execute(THINGS.insert().values(id=int(event.account_id)))
        if not killed:
            killed.append(event.account_id)
            await session.execute(text("SELECT pg_terminate_backend(pg_backend_pid())"))

    await harness.publish(wire.to_message(an_event("1")))
    async with running(harness.consumer(handlers).run):
        await harness.wait_for_handled(1)


async def test_what_cannot_be_read_is_parked(harness: ConsumerHarness) -> None:
    unreadable = an_event("1")._replace(body=b"\xff\xff\xff")
    await harness.publish(
        Message(b"hello"),
        Message(b"hello", message_id="not a uuid", type="x"),
        Message(b"hello", headers={"packed": 3}),
        wire.to_message(unreadable),
        wire.to_message(an_event("2")),
    )
    async with running(harness.consumer().run):
        await harness.wait_for_handled(2)
        await harness.wait_for_parked(4)


async def test_an_event_nobody_here_knows_is_passed_over(harness: ConsumerHarness) -> None:
    """A newer producer may publish other events under a key we are bound to."""
    newer = an_event("1")._replace(type="contracts.auth.v2.UserDeleted")
    await harness.publish(wire.to_message(newer), wire.to_message(an_event("2")))
    async with running(harness.consumer().run):
        await harness.wait_for_handled(2)
    assert await harness.parked() == []


async def test_told_to_stop_it_finishes_and_leaves_the_rest(harness: ConsumerHarness) -> None:
    handlers = Handlers()
    began = asyncio.Event()

    @handlers.on(UserDeleted)
    async def slow(session: AsyncSession, event: UserDeleted) -> None:
        began.set()
        await asyncio.sleep(0.3)
        await session.execute(THINGS.insert().values(id=int(event.account_id)))

    async with running(harness.consumer(handlers).run):
        await harness.publish(wire.to_message(an_event("1")))
        await began.wait()
        await harness.publish(wire.to_message(an_event("2")))
    assert await harness.handled() == [1]
    async with running(harness.consumer().run):
        await harness.wait_for_handled(1, 2)


async def test_a_cut_connection_loses_and_doubles_nothing(harness: ConsumerHarness) -> None:
    async with (
        FaultProxy(harness.amqp_url) as proxy,
        running(harness.consumer(amqp_url=proxy.url).run),
    ):
        for number in range(10):
            await harness.publish(wire.to_message(an_event(str(number))))
            if number % 3 == 0:
                proxy.cut()
            await asyncio.sleep(0.1)
        await harness.wait_for_handled(*range(10))


async def test_a_frozen_connection_is_left_for_another(
    harness: ConsumerHarness, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The missing heartbeats show that it is frozen."""
    monkeypatch.setattr("chassis.events.broker._HEARTBEAT_SECONDS", 1)
    async with (
        FaultProxy(harness.amqp_url) as proxy,
        running(harness.consumer(amqp_url=proxy.url).run),
    ):
        await harness.publish(wire.to_message(an_event("1")))
        await harness.wait_for_handled(1)
        proxy.mode = Mode.FROZEN
        await harness.publish(wire.to_message(an_event("2")))
        before = proxy.connections

        async def another_tried() -> bool:
            return proxy.connections > before

        await eventually(another_tried)
        proxy.mode = Mode.PASS
        await harness.wait_for_handled(1, 2)


async def test_a_queue_that_is_taken_away_is_made_again(harness: ConsumerHarness) -> None:
    """When a queue is deleted or moves to another node, the broker only cancels the consumer."""
    async with running(harness.consumer().run):
        await harness.publish(wire.to_message(an_event("1")))
        await harness.wait_for_handled(1)
        await harness.channel.queue_delete(harness.topology.queue)
        again = wire.to_message(an_event("2"))

        async def handled_again() -> bool:
            with contextlib.suppress(DeliveryError):  # the queue is not there yet
                await harness.publish(again)
            return await harness.handled() == [1, 2]

        await eventually(handled_again)


async def test_two_consumers_share_a_queue(harness: ConsumerHarness) -> None:
    async with running(harness.consumer().run), running(harness.consumer().run):
        events = [wire.to_message(an_event(str(number))) for number in range(40)]
        await harness.publish(*events)
        await harness.wait_for_handled(*range(40))


async def test_what_is_said_before_a_listener_starts_waits_for_it(harness: ConsumerHarness) -> None:
    await harness.publish(wire.to_message(an_event("1")))
    await asyncio.sleep(0.2)
    async with running(harness.consumer().run):
        await harness.wait_for_handled(1)
