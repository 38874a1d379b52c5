"""Coalesces concurrent items, such as check-ins, into batch calls.

While no call is in flight, a change is sent at once. Beyond that, changes wait until the call
returns and are then sent together: a single client has no added latency, and under load the cost of
a call is paid once per batch instead of once per change. The clients of a batch have their
responses at one moment, and most ask again: the next batch waits for as many as were in the last,
a millisecond at most. So many that their batch is large anyway do not wait for the call but go
beside it, as do those that a slow call, such as one that waits for a lock, has held up for a tenth
of a second.
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from contextvars import Context
from dataclasses import dataclass
from typing import Annotated, cast

import grpc
from fastapi import Depends, Request
from starlette.datastructures import State

from contracts.habits.v1.check_in_service_pb2 import (
    BatchWriteCheckInsRequest,
    CheckInChange,
    CheckInResult,
)
from contracts.habits.v1.check_in_service_pb2_grpc import CheckInServiceStub

MOST_IN_FLIGHT = 4
LARGEST_BATCH = 500
LARGE_BATCH = 32
"""How many waiting changes are sent beside the calls in flight."""
SLOW_SECONDS = 0.1
"""How long a call may take before waiting changes are sent beside it."""
LINGER_SECONDS = 0.001
"""How long a batch waits for as many changes as the last one had."""


@dataclass(frozen=True, slots=True, eq=False)
class _Waiting[Item, Result]:
    item: Item
    result: asyncio.Future[Result]


class Coalescer[Item, Result]:
    """Collects items into batches. On one event loop.

    Args:
        call: Sends a batch, and returns a result for each item, in order.
        most_in_flight: How many calls may be made at a time.
        largest_batch: How many items one call takes.
        slow_seconds: How long a call may take before waiting items are sent beside it.
        linger_seconds: How long a batch waits for as many items as the last one had.
    """

    def __init__(
        self,
        call: Callable[[list[Item]], Awaitable[Sequence[Result]]],
        *,
        most_in_flight: int = MOST_IN_FLIGHT,
        largest_batch: int = LARGEST_BATCH,
        slow_seconds: float = SLOW_SECONDS,
        linger_seconds: float = LINGER_SECONDS,
    ) -> None:
        self._call = call
        self._most_in_flight = most_in_flight
        self._largest_batch = largest_batch
        self._slow_seconds = slow_seconds
        self._linger_seconds = linger_seconds
        self._expected = 1
        self._linger_timer: asyncio.TimerHandle | None = None
        self._slow_timer: asyncio.TimerHandle | None = None
        self._waiting: deque[_Waiting[Item, Result]] = deque()
        self._in_flight: set[asyncio.Task[None]] = set()

    async def submit(self, item: Item) -> Result:
        """Send one item, which has its own access token, in a batch; return its result.

        Raises:
            grpc.aio.AioRpcError: The batch call failed.
        """
        waiting: _Waiting[Item, Result] = _Waiting(item, asyncio.get_running_loop().create_future())
        self._waiting.append(waiting)
        if not self._in_flight:
            self._start_or_linger()
        elif len(self._waiting) >= LARGE_BATCH and len(self._in_flight) < self._most_in_flight:
            self._start_sending()
        elif self._slow_timer is None:
            self._restart_timer()
        return await waiting.result

    def _start_or_linger(self) -> None:
        """Send what waits, once it is as much as the last batch had, or a moment has passed."""
        if len(self._waiting) >= min(self._expected, LARGE_BATCH):
            self._start_sending()
        elif self._linger_timer is None:
            loop = asyncio.get_running_loop()
            self._linger_timer = loop.call_later(self._linger_seconds, self._start_sending)

    def _start_sending(self) -> None:
        if self._linger_timer is not None:
            self._linger_timer.cancel()
            self._linger_timer = None
        # In an empty context: the call has no caller, each change carries its own token.
        task = asyncio.create_task(self._send_batches(), context=Context())
        self._in_flight.add(task)
        task.add_done_callback(self._on_sent)

    def _on_sent(self, task: asyncio.Task[None]) -> None:
        self._in_flight.discard(task)
        if self._waiting and not self._in_flight:
            self._start_or_linger()

    def _restart_timer(self) -> None:
        """Count the time a call may take from now on, while changes wait for it."""
        if self._slow_timer is not None:
            self._slow_timer.cancel()
            self._slow_timer = None
        if self._waiting:
            loop = asyncio.get_running_loop()
            self._slow_timer = loop.call_later(self._slow_seconds, self._send_beside_slow_call)

    def _send_beside_slow_call(self) -> None:
        if self._waiting and len(self._in_flight) < self._most_in_flight:
            self._start_sending()
        self._restart_timer()

    async def _send_batches(self) -> None:
        """Send batches for as long as enough waits for another."""
        while self._waiting:
            count = min(len(self._waiting), self._largest_batch)
            batch = [self._waiting.popleft() for _ in range(count)]
            self._restart_timer()
            await self._send([item for item in batch if not item.result.done()])
            self._expected = count
            if len(self._waiting) < min(count, LARGE_BATCH):
                return

    async def _send(self, batch: list[_Waiting[Item, Result]]) -> None:
        if not batch:
            return
        try:
            results = await self._call([waiting.item for waiting in batch])
        except grpc.aio.AioRpcError as error:
            for item in batch:
                if not item.result.done():  # the client may have disconnected
                    item.result.set_exception(error)
            return
        except BaseException:
            for item in batch:
                item.result.cancel()
            raise
        for item, result in zip(batch, results, strict=True):
            if not item.result.done():
                item.result.set_result(result)


type CheckInCoalescer = Coalescer[CheckInChange, CheckInResult]


def check_in_call(
    check_ins: CheckInServiceStub,
) -> Callable[[list[CheckInChange]], Awaitable[Sequence[CheckInResult]]]:
    """Return the call that writes a batch of check-ins."""

    async def call(changes: list[CheckInChange]) -> Sequence[CheckInResult]:
        request = BatchWriteCheckInsRequest(changes=changes)
        return (await check_ins.BatchWriteCheckIns(request)).results

    return call


def get_coalescer(state: State) -> CheckInCoalescer:
    """Return the app's coalescer, created at the first check-in."""
    if not hasattr(state, "check_in_coalescer"):
        state.check_in_coalescer = Coalescer(check_in_call(state.clients.check_ins))
    return cast("CheckInCoalescer", state.check_in_coalescer)


async def _coalescer(request: Request) -> CheckInCoalescer:
    return get_coalescer(request.app.state)


InjectedCoalescer = Annotated[CheckInCoalescer, Depends(_coalescer)]
"""The parameter through which a route writes a check-in."""
