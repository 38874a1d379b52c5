"""What becomes of an event: done once, tried again, parked, or waited with."""

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
from tests.chassis.events.scene import AccountUnknown, Scene, an_event
from tests.chassis.proxy import FaultProxy, Mode
from tests.chassis.sample.tables import THINGS
from tests.chassis.waiting import eventually


@pytest.fixture
async def scene(database: Database, amqp_url: str, channel: AbstractChannel) -> Scene:
    made = Scene(database, amqp_url, channel)
    await made.topology.declare(channel)
    return made


async def test_an_event_has_its_effect(scene: Scene) -> None:
    await scene.publish(wire.to_message(an_event("1", request_id="r9")))
    async with running(scene.consumer().run):
        await scene.until_heard(1)
    assert scene.diary.request_ids == ["r9"]
    async with scene.database.connection() as connection:
        assert await connection.fetchval("SELECT request_id FROM sample.outbox") == "r9"


async def test_a_repeat_has_none(scene: Scene) -> None:
    again = an_event("1")
    async with running(scene.consumer().run):
        await scene.publish(wire.to_message(again))
        await scene.until_heard(1)
        await scene.publish(wire.to_message(again), wire.to_message(again), wire.to_pack([again]))
        await scene.publish(wire.to_message(an_event("2")))
        await scene.until_heard(1, 2)
    assert scene.diary.tried == ["1", "2"]


async def test_a_pack_is_taken_in_whole_and_in_order(scene: Scene) -> None:
    names = [str(number) for number in range(50)]
    await scene.publish(wire.to_pack([an_event(name) for name in names]))
    async with running(scene.consumer().run):
        await scene.until_heard(*range(50))
    assert scene.diary.tried == names


async def test_a_bad_event_in_a_pack_fails_alone(scene: Scene) -> None:
    scene.diary.fail["3"] = [AccountUnknown() for _ in range(9)]
    await scene.publish(wire.to_pack([an_event(str(number)) for number in range(6)]))
    async with running(scene.consumer().run):
        await scene.until_heard(0, 1, 2, 4, 5)
        await scene.until_parked(1)
    async with scene.database.connection() as connection:
        assert await connection.fetchval("SELECT count(*) FROM sample.outbox") == 5


async def test_what_fails_is_tried_again_later(scene: Scene) -> None:
    scene.diary.fail["1"] = [RuntimeError("not yet"), ZeroDivisionError()]
    await scene.publish(wire.to_message(an_event("1")))
    async with running(scene.consumer().run):
        await scene.until_heard(1)
    assert scene.diary.attempts == [0, 1, 2]
    assert scene.diary.request_ids == ["r1"] * 3


async def test_after_five_failures_it_is_parked(scene: Scene) -> None:
    event = an_event("1")
    scene.diary.fail["1"] = [RuntimeError("never") for _ in range(5)]
    await scene.publish(wire.to_message(event))
    async with running(scene.consumer().run):
        (line,) = await scene.until_parked(1)
        assert str(event.id) in line
        assert "tried 5x  RuntimeError: never" in line
        assert scene.diary.attempts == [0, 1, 2, 3, 4]
        assert await scene.heard() == []

        # Somebody has mended the cause.
        assert await replay_parked(scene.channel, scene.topology) == 1
        await scene.until_heard(1)
        assert scene.diary.attempts[-1] == 0
        assert await scene.parked() == []


async def test_a_refusal_is_parked_at_once(scene: Scene) -> None:
    scene.diary.fail["1"] = [AccountUnknown()]
    await scene.publish(wire.to_message(an_event("1")))
    async with running(scene.consumer().run):
        (line,) = await scene.until_parked(1)
    assert "AccountUnknown: Nobody knows this account." in line
    assert scene.diary.tried == ["1"]
    assert await scene.heard() == []


async def test_a_database_that_is_away_costs_no_attempt(scene: Scene) -> None:
    scene.diary.fail["1"] = [Unavailable("away") for _ in range(3)]
    await scene.publish(wire.to_message(an_event("1")))
    async with running(scene.consumer().run):
        await scene.until_heard(1)
    assert scene.diary.attempts == [0, 0, 0, 0]


async def test_a_connection_lost_in_the_middle_of_a_handler_is_mended(scene: Scene) -> None:
    handlers = Handlers()
    killed: list[str] = []

    @handlers.on(UserDeleted)
    async def kill_once(session: AsyncSession, event: UserDeleted) -> None:
        await session.execute(THINGS.insert().values(id=int(event.account_id)))
        if not killed:
            killed.append(event.account_id)
            await session.execute(text("SELECT pg_terminate_backend(pg_backend_pid())"))

    await scene.publish(wire.to_message(an_event("1")))
    async with running(scene.consumer(handlers).run):
        await scene.until_heard(1)


async def test_what_cannot_be_read_is_parked(scene: Scene) -> None:
    unreadable = an_event("1")._replace(body=b"\xff\xff\xff")
    await scene.publish(
        Message(b"hello"),
        Message(b"hello", message_id="not a uuid", type="x"),
        Message(b"hello", headers={"packed": 3}),
        wire.to_message(unreadable),
        wire.to_message(an_event("2")),
    )
    async with running(scene.consumer().run):
        await scene.until_heard(2)
        await scene.until_parked(4)


async def test_an_event_nobody_here_knows_is_passed_over(scene: Scene) -> None:
    """A newer producer may say more under a key we hear."""
    newer = an_event("1")._replace(type="contracts.auth.v2.UserDeleted")
    await scene.publish(wire.to_message(newer), wire.to_message(an_event("2")))
    async with running(scene.consumer().run):
        await scene.until_heard(2)
    assert await scene.parked() == []


async def test_told_to_stop_it_finishes_and_leaves_the_rest(scene: Scene) -> None:
    handlers = Handlers()
    began = asyncio.Event()

    @handlers.on(UserDeleted)
    async def slow(session: AsyncSession, event: UserDeleted) -> None:
        began.set()
        await asyncio.sleep(0.3)
        await session.execute(THINGS.insert().values(id=int(event.account_id)))

    async with running(scene.consumer(handlers).run):
        await scene.publish(wire.to_message(an_event("1")))
        await began.wait()
        await scene.publish(wire.to_message(an_event("2")))
    assert await scene.heard() == [1]
    async with running(scene.consumer().run):
        await scene.until_heard(1, 2)


async def test_a_cut_connection_loses_and_doubles_nothing(scene: Scene) -> None:
    async with (
        FaultProxy(scene.amqp_url) as proxy,
        running(scene.consumer(amqp_url=proxy.url).run),
    ):
        for number in range(10):
            await scene.publish(wire.to_message(an_event(str(number))))
            if number % 3 == 0:
                proxy.cut()
            await asyncio.sleep(0.1)
        await scene.until_heard(*range(10))


async def test_a_frozen_connection_is_left_for_another(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody says that it is frozen: the missing heartbeats do."""
    monkeypatch.setattr("chassis.events.broker._HEARTBEAT_SECONDS", 1)
    async with (
        FaultProxy(scene.amqp_url) as proxy,
        running(scene.consumer(amqp_url=proxy.url).run),
    ):
        await scene.publish(wire.to_message(an_event("1")))
        await scene.until_heard(1)
        proxy.mode = Mode.FROZEN
        await scene.publish(wire.to_message(an_event("2")))
        before = proxy.connections

        async def another_tried() -> bool:
            return proxy.connections > before

        await eventually(another_tried)
        proxy.mode = Mode.PASS
        await scene.until_heard(1, 2)


async def test_a_queue_that_is_taken_away_is_made_again(scene: Scene) -> None:
    """Deleted by somebody, or moved to another node: the broker only cancels the consumer."""
    async with running(scene.consumer().run):
        await scene.publish(wire.to_message(an_event("1")))
        await scene.until_heard(1)
        await scene.channel.queue_delete(scene.topology.queue)
        again = wire.to_message(an_event("2"))

        async def heard_again() -> bool:
            with contextlib.suppress(DeliveryError):  # nobody listens just now
                await scene.publish(again)
            return await scene.heard() == [1, 2]

        await eventually(heard_again)


async def test_two_consumers_share_a_queue(scene: Scene) -> None:
    async with running(scene.consumer().run), running(scene.consumer().run):
        events = [wire.to_message(an_event(str(number))) for number in range(40)]
        await scene.publish(*events)
        await scene.until_heard(*range(40))


async def test_what_is_said_before_a_listener_starts_waits_for_it(scene: Scene) -> None:
    await scene.publish(wire.to_message(an_event("1")))
    await asyncio.sleep(0.2)
    async with running(scene.consumer().run):
        await scene.until_heard(1)
