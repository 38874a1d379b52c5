"""Concurrent check-ins of many people become few calls, without anybody waiting for a timer.

While fewer than four calls are under way, a change leaves at once. Beyond that, changes wait for
the next call that returns, and leave together. So one person alone pays nothing, and a crowd pays
the price of a call once per batch instead of once per change.
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
    """Gathers changes into batches. One per app, on the app's loop."""

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
        """Make one change, together with others that wait; return what came of it.

        Args:
            change: With the access token of whoever makes it.

        Raises:
            grpc.aio.AioRpcError: The call that carried it failed.
        """
        item = _Item(change, asyncio.get_running_loop().create_future())
        self._waiting.append(item)
        if len(self._in_flight) < self._most_in_flight:
            # In a context of its own: the call is nobody's, each change brings its own token.
            task = asyncio.create_task(self._carry(), context=Context())
            self._in_flight.add(task)
            task.add_done_callback(self._in_flight.discard)
        return await item.result

    async def _carry(self) -> None:
        """Send batches until nothing waits."""
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
                if not item.result.done():  # whoever asked may have gone
                    item.result.set_exception(error)
            return
        except BaseException:
            for item in batch:
                item.result.cancel()
            raise
        for item, result in zip(batch, response.results, strict=True):
            if not item.result.done():
                item.result.set_result(result)


def coalescer_of(state: State) -> Coalescer:
    """Return the app's coalescer, made at the first check-in."""
    if not hasattr(state, "check_in_coalescer"):
        state.check_in_coalescer = Coalescer(state.clients.check_ins)
    return cast("Coalescer", state.check_in_coalescer)


async def _coalescer(request: Request) -> Coalescer:
    return coalescer_of(request.app.state)


CheckIns = Annotated[Coalescer, Depends(_coalescer)]
"""The parameter by which a route makes a change of a day."""
