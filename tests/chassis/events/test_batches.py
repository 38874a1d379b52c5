"""Batch handlers: many events in one transaction, each once, and a bad one fails alone."""

from collections.abc import Sequence

import pytest
from aio_pika.abc import AbstractChannel

from chassis.database import Connection, Database
from chassis.errors import Unavailable
from chassis.events import wire
from chassis.events.handlers import BatchEvent, Handlers
from contracts.auth.v1.auth_events_pb2 import UserDeleted
from tests.chassis.events.conftest import running
from tests.chassis.events.consumer_harness import AccountUnknown, ConsumerHarness, an_event


class BatchRecorder:
    """A batch handler that writes account ids into `things`, or fails as set up."""

    def __init__(self) -> None:
        self.handlers = Handlers()
        self.handlers.on_batch(UserDeleted)(self.handle)
        self.fail: dict[str, list[Exception]] = {}
        self.sizes: list[int] = []

    async def handle(self, connection: Connection, batch: Sequence[BatchEvent[UserDeleted]]) -> int:
        self.sizes.append(len(batch))
        new = await connection.fetch(
            """
            INSERT INTO sample.inbox (event_id) SELECT unnest($1::uuid[])
            ON CONFLICT DO NOTHING RETURNING event_id""",
            [it.id for it in batch],
        )
        fresh = {row["event_id"] for row in new}
        names = [it.event.account_id for it in batch if it.id in fresh]
        await connection.executemany(
            "INSERT INTO sample.things (id, word) VALUES ($1, 'handled')",
            [(int(name),) for name in names],
        )
        for name in names:
            if self.fail.get(name):
                raise self.fail[name].pop(0)
        return len(fresh)


@pytest.fixture
def recorder() -> BatchRecorder:
    return BatchRecorder()


@pytest.fixture
async def harness(database: Database, amqp_url: str, channel: AbstractChannel) -> ConsumerHarness:
    harness = ConsumerHarness(database, amqp_url, channel)
    await harness.topology.declare(channel)
    return harness


async def test_what_waits_is_handled_at_once(
    harness: ConsumerHarness, recorder: BatchRecorder
) -> None:
    events = [an_event(str(n)) for n in range(60)]
    await harness.publish(wire.to_pack(events[:50]), *map(wire.to_message, events[50:]))
    async with running(harness.consumer(recorder.handlers).run):
        await harness.wait_for_handled(*range(60))
    assert max(recorder.sizes) > 10


async def test_a_repeat_has_no_effect(harness: ConsumerHarness, recorder: BatchRecorder) -> None:
    again = an_event("1")
    await harness.publish(wire.to_message(again), wire.to_pack([again, an_event("2"), again]))
    async with running(harness.consumer(recorder.handlers).run):
        await harness.wait_for_handled(1, 2)


async def test_a_refused_event_is_parked_and_the_others_are_handled(
    harness: ConsumerHarness, recorder: BatchRecorder
) -> None:
    recorder.fail["3"] = [AccountUnknown() for _ in range(20)]
    await harness.publish(wire.to_pack([an_event(str(n)) for n in range(8)]))
    async with running(harness.consumer(recorder.handlers).run):
        await harness.wait_for_handled(0, 1, 2, 4, 5, 6, 7)
        (line,) = await harness.wait_for_parked(1)
    assert "AccountUnknown" in line


async def test_one_that_fails_is_retried(harness: ConsumerHarness, recorder: BatchRecorder) -> None:
    recorder.fail["3"] = [RuntimeError("not yet") for _ in range(4)]
    await harness.publish(wire.to_pack([an_event(str(n)) for n in range(8)]))
    async with running(harness.consumer(recorder.handlers).run):
        await harness.wait_for_handled(*range(8))
    assert recorder.fail["3"] == []


async def test_an_undecodable_event_is_parked(
    harness: ConsumerHarness, recorder: BatchRecorder
) -> None:
    unreadable = an_event("1")._replace(body=b"\xff\xff\xff")
    await harness.publish(wire.to_pack([unreadable, an_event("2")]))
    async with running(harness.consumer(recorder.handlers).run):
        await harness.wait_for_handled(2)
        await harness.wait_for_parked(1)


async def test_a_database_that_is_away_is_waited_for(
    harness: ConsumerHarness, recorder: BatchRecorder
) -> None:
    recorder.fail["1"] = [Unavailable("away"), Unavailable("away")]
    await harness.publish(wire.to_message(an_event("1")))
    async with running(harness.consumer(recorder.handlers).run):
        await harness.wait_for_handled(1)
    assert recorder.fail["1"] == []


def test_an_event_has_one_handler(recorder: BatchRecorder) -> None:
    with pytest.raises(ValueError, match="handled already"):
        recorder.handlers.on(UserDeleted)
    assert recorder.handlers.events == ("contracts.auth.v1.UserDeleted",)
    assert recorder.handlers.routing_keys == ("auth.user.deleted",)
