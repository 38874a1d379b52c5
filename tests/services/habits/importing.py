"""Imports files over gRPC, for tests."""

import asyncio
import json
from typing import Any

from contracts.habits.v1.import_service_pb2 import (
    IMPORT_STATE_DONE,
    IMPORT_STATE_FAILED,
    CreateImportRequest,
    GetImportRequest,
    Import,
    ImportReport,
    StartImportRequest,
    UploadImportPartRequest,
)
from tests.services.habits.habits_server import Person

PART_BYTES = 1024 * 1024


async def start_import(
    person: Person, data: bytes, *, dry_run: bool = False, source: str = ""
) -> str:
    """Upload a file and start its import; return the id."""
    request = CreateImportRequest(source=source, dry_run=dry_run)
    created = (await person.imports.CreateImport(request)).file_import
    for place, begin in enumerate(range(0, len(data), PART_BYTES)):
        await person.imports.UploadImportPart(
            UploadImportPartRequest(
                import_id=created.id, place=place, data=data[begin : begin + PART_BYTES]
            )
        )
    await person.imports.StartImport(StartImportRequest(import_id=created.id))
    return created.id


async def finished(person: Person, import_id: str) -> Import:
    """Wait until an import is done or has failed."""
    while True:
        request = GetImportRequest(import_id=import_id)
        found: Import = (await person.imports.GetImport(request)).file_import
        if found.state in (IMPORT_STATE_DONE, IMPORT_STATE_FAILED):
            return found
        await asyncio.sleep(0.02)


async def import_file(
    person: Person, data: bytes | dict[str, Any], *, dry_run: bool = False, source: str = ""
) -> Import:
    """Import a file, and return its result."""
    content = data if isinstance(data, bytes) else json.dumps(data).encode()
    return await finished(
        person, await start_import(person, content, dry_run=dry_run, source=source)
    )


async def imported(person: Person, data: bytes | dict[str, Any], **asked: Any) -> ImportReport:
    """Import a file that can be, and return the report."""
    found = await import_file(person, data, **asked)
    assert found.state == IMPORT_STATE_DONE, found.refusal
    return found.report


def counts(report: ImportReport) -> tuple[int, int, int]:
    """Return how many things were created, updated and unchanged."""
    kinds = report.habits, report.days, report.pauses
    return (
        sum(it.created_count for it in kinds),
        sum(it.updated_count for it in kinds),
        sum(it.unchanged_count for it in kinds),
    )
