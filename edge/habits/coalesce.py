"""Coalesces concurrent check-ins into batch calls, without a timer.

While fewer than four calls are in flight, a change is sent at once. Beyond that, changes wait until
a call returns and are then sent together. A single client has no added latency; under load the cost
of a call is paid once per batch instead of once per change.
"""

import asyncio
from collections import deque
from contextvars import Context
from typing import Annotated, NamedTuple, cast

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


class _Item(NamedTuple):
    change: CheckInChange
    result: asyncio.Future[CheckInResult]


class Coalescer:
    """Collects changes into batches. One per app, on the app's event loop."""

    def __init__(
        self,
        check_ins: CheckInServiceStub,
        *,
        most_in_flight: int = MOST_IN_FLIGHT,
        largest_batch: int = LARGEST_BATCH,
    ) -> None:
        self._check_ins = check_ins
        self._most_in_flight = most_in_flight
        self._largest_batch = largest_batch
        self._waiting: deque[_Item] = deque()
        self._in_flight: set[asyncio.Task[None]] = set()

    async def write(self, change: CheckInChange) -> CheckInResult:
        """Send one change in a batch with others that wait; return its result.

        Args:
            change: Contains the access token of the caller.

        Raises:
            grpc.aio.AioRpcError: The batch call failed.
        """
        item = _Item(change, asyncio.get_running_loop().create_future())
        self._waiting.append(item)
        if len(self._in_flight) < self._most_in_flight:
            # In an empty context: the call has no caller, each change carries its own token.
            task = asyncio.create_task(self._send_batches(), context=Context())
            self._in_flight.add(task)
            task.add_done_callback(self._in_flight.discard)
        return await item.result

    async def _send_batches(self) -> None:
        """Send batches until no change waits."""
        while self._waiting:
            count = min(len(self._waiting), self._largest_batch)
            batch = [self._waiting.popleft() for _ in range(count)]
            await self._send([item for item in batch if not item.result.done()])

    async def _send(self, batch: list[_Item]) -> None:
        if not batch:
            return
        request = BatchWriteCheckInsRequest(changes=[item.change for item in batch])
        try:
            response = await self._check_ins.BatchWriteCheckIns(request)
        except grpc.aio.AioRpcError as error:
            for item in batch:
                if not item.result.done():  # the client may have disconnected
                    item.result.set_exception(error)
            return
        except BaseException:
            for item in batch:
                item.result.cancel()
            raise
        for item, result in zip(batch, response.results, strict=True):
            if not item.result.done():
                item.result.set_result(result)


def get_coalescer(state: State) -> Coalescer:
    """Return the app's coalescer, created at the first check-in."""
    if not hasattr(state, "check_in_coalescer"):
        state.check_in_coalescer = Coalescer(state.clients.check_ins)
    return cast("Coalescer", state.check_in_coalescer)


async def _coalescer(request: Request) -> Coalescer:
    return get_coalescer(request.app.state)


InjectedCoalescer = Annotated[Coalescer, Depends(_coalescer)]
"""The parameter through which a route writes a check-in."""
