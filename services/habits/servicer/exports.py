"""ExportService: a person's data as a file."""

from collections.abc import AsyncIterator

from chassis.clock import Clock
from chassis.database import Database
from chassis.identity import current_caller
from chassis.rpc.interceptors import Context
from contracts.habits.v1 import export_service_pb2 as rpc
from contracts.habits.v1 import export_service_pb2_grpc as grpc_service
from services.habits.translate.callers import person_from_caller
from services.habits.translate.exports import format_from_wire
from services.habits.use_cases.exports import export_data


class ExportServicer(grpc_service.ExportServiceServicer):
    """Gives people what is stored about their habits.

    Args:
        database: The service's database.
        now: The clock.
    """

    def __init__(self, database: Database, *, now: Clock) -> None:
        self._database = database
        self._now = now

    async def ExportData(
        self, request: rpc.ExportDataRequest, context: Context
    ) -> AsyncIterator[rpc.ExportDataResponse]:
        """Stream everything of the caller as one file."""
        person, wanted = person_from_caller(current_caller()), format_from_wire(request)
        async with self._database.connection() as connection:
            async for data in export_data(connection, person, wanted, now=self._now()):
                yield rpc.ExportDataResponse(data=data)
