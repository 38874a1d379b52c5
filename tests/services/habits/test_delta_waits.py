"""Requests that wait for a change: they end with one, and not before."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from sqlalchemy import text

from chassis.rpc.channel import connect
from contracts.habits.v1 import delta_service_pb2
from contracts.habits.v1.check_in_pb2 import MARK_DONE
from contracts.habits.v1.delta_service_pb2 import GetDeltaRequest
from contracts.habits.v1.delta_service_pb2_grpc import DeltaServiceStub
from tests.services.habits.habits_server import TODAY, HabitsServer, Person, ago, refused
from tests.services.habits.replica import NOTHING, Replica

XACT_ID = text("SELECT pg_current_xact_id()")


@pytest.fixture
async def deltas(habits: HabitsServer) -> AsyncIterator[DeltaServiceStub]:
    async with connect(habits.target, delta_service_pb2.DESCRIPTOR) as channel:
        yield DeltaServiceStub(channel)


@pytest.fixture
def copy(deltas: DeltaServiceStub, ann: Person) -> Replica:
    return Replica.of(deltas, ann)


async def test_a_change_ends_the_wait(ann: Person, copy: Replica) -> None:
    run = await ann.makes("Run")
    await copy.pull_until_nothing()
    waiting = asyncio.create_task(copy.pull(timedelta(seconds=25)))
    await asyncio.sleep(0.3)
    assert not waiting.done()
    await ann.sets(run, mark=MARK_DONE)
    await waiting
    assert copy.sent == ([], [str(TODAY)], [])


async def test_changes_of_others_do_not(habits: HabitsServer, ann: Person, copy: Replica) -> None:
    await copy.pull()
    bob = habits.person()
    waiting = asyncio.create_task(copy.pull(timedelta(seconds=1)))
    await bob.does(await bob.makes("His"))
    await waiting
    assert copy.sent == NOTHING


async def test_an_open_transaction_does_not_make_it_spin(
    habits: HabitsServer, ann: Person, copy: Replica
) -> None:
    run = await ann.makes("Run")
    async with habits.database.transaction() as session:
        await session.execute(XACT_ID)
        await ann.does(run)
        await copy.pull()
        await copy.pull()
        assert copy.sent[1] == [str(TODAY)]
        waiting = asyncio.create_task(copy.pull(timedelta(seconds=25)))
        await asyncio.sleep(0.5)
        assert not waiting.done()  # what it has would come again, but is nothing new
        await ann.does(run, ago(0), note="new")
    await waiting


async def test_many_wait_at_once(
    habits: HabitsServer, deltas: DeltaServiceStub, ann: Person
) -> None:
    run = await ann.makes("Run")
    copies = [Replica.of(deltas, ann) for _ in range(20)]
    for copy in copies:
        await copy.pull_until_nothing()
    waiting = [asyncio.create_task(copy.pull(timedelta(seconds=25))) for copy in copies]
    await ann.does(run)
    await asyncio.gather(*waiting)
    assert all(copy.sent == ([], [str(TODAY)], []) for copy in copies)


async def test_one_person_does_not_take_every_place(
    habits: HabitsServer, deltas: DeltaServiceStub, ann: Person
) -> None:
    copy = Replica.of(deltas, ann)
    await copy.pull()
    request = GetDeltaRequest(cursor=copy.cursor)
    request.wait_duration.seconds = 25
    waiting = [copy.stub.GetDelta(request, timeout=30) for _ in range(50)]
    await asyncio.sleep(0.5)
    with refused("TOO_MANY_WAITS"):
        await copy.stub.GetDelta(request, timeout=30)
    await ann.makes("Run")
    await asyncio.gather(*waiting)


@pytest.mark.parametrize("seconds", [-1, 26, 10**12])
async def test_a_wait_is_bounded(copy: Replica, seconds: int) -> None:
    request = GetDeltaRequest()
    request.wait_duration.seconds = seconds
    with refused("WAIT_OUT_OF_RANGE"):
        await copy.stub.GetDelta(request)
