"""DeltaService: what has changed since a client last asked."""

import asyncio

from chassis.clock import Clock
from chassis.database import Database
from chassis.identity import current_caller
from chassis.rpc.interceptors import Context
from contracts.habits.v1 import delta_service_pb2 as rpc
from contracts.habits.v1 import delta_service_pb2_grpc as grpc_service
from services.habits.translate.callers import person_from_caller
from services.habits.translate.deltas import cursor_from_wire, delta_to_wire, wait_from_wire
from services.habits.use_cases.change_watcher import ChangeWatcher
from services.habits.use_cases.deltas import get_delta, get_present_cursor


class DeltaServicer(grpc_service.DeltaServiceServicer):
    """Tells people what has changed of their habits.

    Args:
        database: The service's database.
        now: The clock.
        stop: When it is set, requests that wait get their response.
    """

    def __init__(
        self, database: Database, *, now: Clock, stop: asyncio.Event | None = None
    ) -> None:
        self._database = database
        self._watcher = ChangeWatcher(database, stop)
        self._now = now

    async def GetDelta(
        self, request: rpc.GetDeltaRequest, context: Context
    ) -> rpc.GetDeltaResponse:
        """Get what has changed since a cursor, once something has."""
        person, wait = person_from_caller(current_caller()), wait_from_wire(request)
        cursor = None if request.cursor_only else cursor_from_wire(request.cursor)
        if cursor is not None and wait:
            await self._watcher.wait(person, cursor, wait)
        async with self._database.connection() as connection:
            if request.cursor_only:
                delta = await get_present_cursor(connection, person, now=self._now())
            else:
                delta = await get_delta(connection, person, cursor, now=self._now())
        return delta_to_wire(delta)
