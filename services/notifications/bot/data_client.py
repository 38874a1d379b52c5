"""A person's data as a file: what `/export` and a file in the chat ask of habits."""

from typing import IO
from uuid import UUID

from contracts.habits.v1.export_service_pb2 import ExportDataRequest
from contracts.habits.v1.export_service_pb2_grpc import ExportServiceStub
from contracts.habits.v1.import_service_pb2 import (
    CreateImportRequest,
    GetImportRequest,
    StartImportRequest,
    UploadImportPartRequest,
)
from contracts.habits.v1.import_service_pb2_grpc import ImportServiceStub
from services.notifications.bot.delegated_calls import ActionRefused, DelegatedCalls
from services.notifications.domain.file_imports import FileFormat, FileImport
from services.notifications.domain.file_texts import EXPORT_TOO_LARGE
from services.notifications.domain.i18n import gettext
from services.notifications.domain.people import Person
from services.notifications.translate.file_imports import format_to_wire, import_from_wire

MOST_EXPORT_BYTES = 50 * 1024 * 1024
"""The largest file that Telegram takes from a bot."""
PART_BYTES = 1024 * 1024

_EXPORT_SECONDS = 300.0
_PART_SECONDS = 30.0


class DataClient:
    """The habits service as the bot calls it; raises `ActionRefused` or `AccountDeleted`."""

    def __init__(
        self, calls: DelegatedCalls, exports: ExportServiceStub, imports: ImportServiceStub
    ) -> None:
        self._calls = calls
        self._exports = exports
        self._imports = imports

    async def export(
        self,
        person: Person,
        format_: FileFormat,
        file: IO[bytes],
        request_id: str,
        *,
        most_bytes: int = MOST_EXPORT_BYTES,
    ) -> None:
        """Write everything of a person to a file, as it is streamed.

        Raises:
            ActionRefused: It is larger than `most_bytes`, or habits refused or did not answer.
        """
        request = ExportDataRequest(format=format_to_wire(format_))

        async def write() -> None:
            file.seek(0)
            file.truncate()
            call = self._exports.ExportData(request, timeout=_EXPORT_SECONDS)
            async for chunk in call:
                if file.tell() + len(chunk.data) > most_bytes:
                    call.cancel()
                    raise ActionRefused(gettext(EXPORT_TOO_LARGE))
                file.write(chunk.data)
            file.flush()

        await self._calls.call_as(person.owner_id, write, request_id=request_id)

    async def start_import(
        self, person: Person, file: IO[bytes], request_id: str, *, dry_run: bool
    ) -> FileImport:
        """Upload a file and start its import; a dry run writes nothing."""
        imports = self._imports

        async def upload() -> FileImport:
            file.seek(0)
            created = await imports.CreateImport(CreateImportRequest(dry_run=dry_run))
            import_id, place = created.file_import.id, 0
            while part := file.read(PART_BYTES):
                await imports.UploadImportPart(
                    UploadImportPartRequest(import_id=import_id, place=place, data=part),
                    timeout=_PART_SECONDS,
                )
                place += 1
            started = await imports.StartImport(StartImportRequest(import_id=import_id))
            return import_from_wire(started.file_import)

        return await self._calls.call_as(person.owner_id, upload, request_id=request_id)

    async def get_import(self, person: Person, import_id: UUID, request_id: str) -> FileImport:
        """Return an import: how far it is, and its result."""
        request = GetImportRequest(import_id=str(import_id))
        response = await self._calls.call_as(
            person.owner_id, lambda: self._imports.GetImport(request), request_id=request_id
        )
        return import_from_wire(response.file_import)
