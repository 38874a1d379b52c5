"""Concurrent changes share batch calls, as the service sees them."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import grpc
import pytest

from contracts.habits.v1 import check_in_service_pb2
from contracts.habits.v1.check_in_pb2 import CheckIn
from contracts.habits.v1.check_in_service_pb2 import (
    BatchWriteCheckInsRequest,
    BatchWriteCheckInsResponse,
    CheckInChange,
    CheckInOutcome,
    CheckInResult,
)
from contracts.habits.v1.check_in_service_pb2_grpc import CheckInServiceStub
from edge.habits.coalesce import (
    LARGE_BATCH,
    MOST_IN_FLIGHT,
    CheckInCoalescer,
    Coalescer,
    check_in_call,
)


class Far:
    """A service that answers batches when it is let, and remembers what each held."""

    def __init__(self) -> None:
        self.open = asyncio.Event()
        self.open.set()
        self.batches: list[list[str]] = []
        self.failing = False

    async def write(
        self, request: BatchWriteCheckInsRequest, context: grpc.aio.ServicerContext[Any, Any]
    ) -> BatchWriteCheckInsResponse:
        self.batches.append([change.habit_id for change in request.changes])
        await self.open.wait()
        if self.failing:
            await context.abort(grpc.StatusCode.INTERNAL, "internal error")
        return BatchWriteCheckInsResponse(
            results=[
                CheckInResult(outcome=CheckInOutcome(check_in=CheckIn(habit_id=change.habit_id)))
                for change in request.changes
            ]
        )


@dataclass
class Line:
    """The two ends of the wire."""

    far: Far
    near: CheckInCoalescer
    asked: list[asyncio.Task[CheckInResult]] = field(default_factory=list)

    def ask(self, *names: str) -> None:
        """Let somebody ask for a change of each of these habits."""
        for name in names:
            change = CheckInChange(habit_id=name)
            self.asked.append(asyncio.create_task(self.near.submit(change)))

    async def arrived(self, count: int) -> None:
        """Wait until so many calls have arrived."""
        async with asyncio.timeout(60):
            while len(self.far.batches) < count:  # noqa: ASYNC110 - another task fills it
                await asyncio.sleep(0.005)

    async def answers(self) -> list[str]:
        """Let everybody be answered, and return the habits of the answers."""
        self.far.open.set()
        results = await asyncio.wait_for(asyncio.gather(*self.asked), 60)
        return [result.outcome.check_in.habit_id for result in results]


@pytest.fixture
async def line() -> AsyncIterator[Line]:
    far, server = Far(), grpc.aio.server()
    handler = grpc.unary_unary_rpc_method_handler(
        far.write,
        request_deserializer=BatchWriteCheckInsRequest.FromString,
        response_serializer=BatchWriteCheckInsResponse.SerializeToString,
    )
    service = check_in_service_pb2.DESCRIPTOR.services_by_name["CheckInService"].full_name
    server.add_generic_rpc_handlers(
        (grpc.method_handlers_generic_handler(service, {"BatchWriteCheckIns": handler}),)
    )
    port = server.add_insecure_port("127.0.0.1:0")
    await server.start()
    async with grpc.aio.insecure_channel(f"127.0.0.1:{port}") as channel:
        call = check_in_call(CheckInServiceStub(channel))
        yield Line(far, Coalescer(call, largest_batch=20, slow_seconds=0.05))
    await server.stop(None)


async def occupy(line: Line) -> None:
    """Have as many calls under way as there may be, and hold their answers back."""
    line.far.open.clear()
    for number in range(MOST_IN_FLIGHT):
        line.ask(f"early {number}")
        await line.arrived(number + 1)


async def test_one_alone_leaves_at_once(line: Line) -> None:
    line.ask("water")
    assert await line.answers() == ["water"]
    assert line.far.batches == [["water"]]


async def test_those_who_come_together_leave_together(line: Line) -> None:
    names = [f"habit {number}" for number in range(10)]
    line.ask(*names)
    assert await line.answers() == names
    assert line.far.batches == [names]


async def test_while_one_is_under_way_the_others_wait_and_then_share_a_call(line: Line) -> None:
    line.near = Coalescer(line.near._call, slow_seconds=3600)
    line.far.open.clear()
    line.ask("early")
    await line.arrived(1)
    late = [f"late {number}" for number in range(15)]
    line.ask(*late)
    await asyncio.sleep(0.05)
    assert len(line.far.batches) == 1
    assert await line.answers() == ["early", *late]
    assert line.far.batches[1:] == [late]


async def test_a_batch_waits_for_as_many_as_the_last_one_had(line: Line) -> None:
    line.near = Coalescer(line.near._call, linger_seconds=3600)
    line.ask("one", "two", "three")
    await line.answers()
    line.ask("four")
    await asyncio.sleep(0.05)
    assert len(line.far.batches) == 1
    line.ask("five", "six")
    assert (await line.answers())[3:] == ["four", "five", "six"]
    assert line.far.batches[1:] == [["four", "five", "six"]]


async def test_those_who_came_during_a_call_wait_for_its_clients_too(line: Line) -> None:
    line.near = Coalescer(line.near._call, linger_seconds=3600, slow_seconds=3600)
    line.far.open.clear()
    line.ask("one", "two", "three")
    await line.arrived(1)
    line.ask("late")
    line.far.open.set()
    await asyncio.gather(*line.asked[:3])
    await asyncio.sleep(0.05)
    assert len(line.far.batches) == 1
    line.ask("four", "five")
    await line.answers()
    assert line.far.batches[1:] == [["late", "four", "five"]]


async def test_nobody_waits_long_for_those_who_do_not_come_again(line: Line) -> None:
    line.ask("one", "two", "three")
    await line.answers()
    line.ask("four")
    await line.answers()
    line.ask("five")
    await line.answers()
    assert line.far.batches[1:] == [["four"], ["five"]]


async def test_a_large_batch_does_not_wait(line: Line) -> None:
    line.near = Coalescer(line.near._call, slow_seconds=3600)
    line.far.open.clear()
    line.ask("early")
    await line.arrived(1)
    many = [f"late {number}" for number in range(LARGE_BATCH)]
    line.ask(*many)
    await line.arrived(2)
    assert line.far.batches == [["early"], many]
    assert await line.answers() == ["early", *many]


async def test_a_slow_call_does_not_hold_the_others_up(line: Line) -> None:
    line.far.open.clear()
    line.ask("slow")
    await line.arrived(1)
    line.ask("water", "tea")
    await line.arrived(2)
    assert line.far.batches == [["slow"], ["water", "tea"]]
    assert await line.answers() == ["slow", "water", "tea"]


async def test_while_four_are_under_way_the_others_wait_and_then_share_a_call(line: Line) -> None:
    await occupy(line)
    late = [f"late {number}" for number in range(15)]
    line.ask(*late)
    await asyncio.sleep(0.05)
    assert len(line.far.batches) == MOST_IN_FLIGHT
    assert (await line.answers())[MOST_IN_FLIGHT:] == late
    assert line.far.batches[MOST_IN_FLIGHT:] == [late]


async def test_a_batch_has_an_end(line: Line) -> None:
    await occupy(line)
    late = [f"late {number}" for number in range(50)]
    line.ask(*late)
    assert (await line.answers())[MOST_IN_FLIGHT:] == late
    assert sorted(map(len, line.far.batches[MOST_IN_FLIGHT:])) == [10, 20, 20]


async def test_a_call_that_fails_fails_those_it_carried_and_nobody_else(line: Line) -> None:
    line.far.failing = True
    line.ask("water")
    with pytest.raises(grpc.aio.AioRpcError, match="internal error"):
        await line.answers()
    line.far.failing = False
    line.asked.clear()
    line.ask("tea")
    assert await line.answers() == ["tea"]


async def test_whoever_goes_away_holds_nobody_up(line: Line) -> None:
    await occupy(line)
    line.ask("impatient", "patient")
    await asyncio.sleep(0)
    impatient = line.asked.pop(MOST_IN_FLIGHT)
    impatient.cancel()
    with suppress(asyncio.CancelledError):
        await impatient
    assert (await line.answers())[-1] == "patient"
    assert line.far.batches[MOST_IN_FLIGHT:] == [["patient"]]
