"""ImportService: takes a file in parts, and imports it in the background."""

import asyncio

from chassis.clock import Clock
from chassis.database import Database
from chassis.identity import current_caller
from chassis.rpc.interceptors import Context
from contracts.habits.v1 import import_service_pb2 as rpc
from contracts.habits.v1 import import_service_pb2_grpc as grpc_service
from services.habits.domain.imports import Import
from services.habits.domain.people import Person
from services.habits.translate import imports as translate
from services.habits.translate.callers import person_from_caller
from services.habits.use_cases.imports import lifecycle
from services.habits.use_cases.imports.run import run_import

_MAX_RUNNING = 2


class ImportServicer(grpc_service.ImportServiceServicer):
    """Imports files of people. To be closed: imports run on after their call.

    Args:
        database: The service's database.
        most_active: How many active habits a person may have.
        now: The clock.
    """

    def __init__(self, database: Database, *, most_active: int, now: Clock) -> None:
        self._database = database
        self._most_active = most_active
        self._now = now
        self._running: set[asyncio.Task[None]] = set()
        self._free = asyncio.Semaphore(_MAX_RUNNING)

    async def close(self) -> None:
        """Interrupt what is running: nothing of it is written."""
        for task in self._running:
            task.cancel()
        await asyncio.gather(*self._running, return_exceptions=True)

    async def CreateImport(
        self, request: rpc.CreateImportRequest, context: Context
    ) -> rpc.CreateImportResponse:
        """Create an import."""
        caller, source = current_caller(), translate.source_from_wire(request.source)
        async with self._database.connection() as connection:
            created = await lifecycle.create_import(
                connection, caller.id, source=source, dry_run=request.dry_run, now=self._now()
            )
        return rpc.CreateImportResponse(file_import=translate.import_to_wire(created))

    async def UploadImportPart(
        self, request: rpc.UploadImportPartRequest, context: Context
    ) -> rpc.UploadImportPartResponse:
        """Store a part of the file."""
        caller, import_id = current_caller(), translate.import_id_from_wire(request.import_id)
        place, data = translate.part_from_wire(request)
        async with self._database.connection() as connection:
            await lifecycle.upload_part(
                connection, caller.id, import_id, place, data, now=self._now()
            )
        return rpc.UploadImportPartResponse()

    async def StartImport(
        self, request: rpc.StartImportRequest, context: Context
    ) -> rpc.StartImportResponse:
        """Start an import."""
        caller, import_id = current_caller(), translate.import_id_from_wire(request.import_id)
        async with self._database.connection() as connection:
            started, runs = await lifecycle.start_import(
                connection, caller.id, import_id, now=self._now()
            )
        if runs:
            task = asyncio.create_task(self._run(started, person_from_caller(caller)))
            self._running.add(task)
            task.add_done_callback(self._running.discard)
        return rpc.StartImportResponse(file_import=translate.import_to_wire(started))

    async def GetImport(
        self, request: rpc.GetImportRequest, context: Context
    ) -> rpc.GetImportResponse:
        """Return an import."""
        caller, import_id = current_caller(), translate.import_id_from_wire(request.import_id)
        async with self._database.connection() as connection:
            found = await lifecycle.get_import(connection, caller.id, import_id, now=self._now())
        return rpc.GetImportResponse(file_import=translate.import_to_wire(found))

    async def _run(self, started: Import, person: Person) -> None:
        async with self._free:
            await run_import(
                self._database, started, person, most_active=self._most_active, now=self._now
            )
