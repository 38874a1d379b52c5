"""`/v1/import`: a file of this or another tracker."""

import asyncio
import time
from dataclasses import replace
from typing import Annotated, Any

from fastapi import Header, Query, Request, Response, UploadFile

from chassis.context import current_context, use_context
from contracts.habits.v1 import import_service_pb2 as wire
from contracts.habits.v1.import_service_pb2 import (
    CreateImportRequest,
    GetImportRequest,
    StartImportRequest,
    UploadImportPartRequest,
)
from edge.clients import Clients, InjectedClients
from edge.data.schemas import FileImport, ImportReport
from edge.data.translate import import_from_wire, refusal_from_wire, report_from_wire
from edge.habits.responses import json_response
from edge.json_bodies import Router
from edge.openapi import refusals

router = Router(tags=["data"])

LARGER_FILE = "Send a larger JSON export in a zip, which may hold 300 MB."
"""What helps whoever has a file that is too large."""
PART_BYTES = 1024 * 1024
WAIT_SECONDS = 20.0
"""How long a request waits for its import; then it gets 202."""
_UPLOAD_SECONDS = 120.0
_POLL_SECONDS = 0.05
_LONGEST_POLL_SECONDS = 1.0
_ENDED = (wire.IMPORT_STATE_DONE, wire.IMPORT_STATE_FAILED)
_REFUSED = refusals(
    (409, "IMPORT_RUNNING", "Another import of yours is running. Wait until it is done."),
    (409, "TOO_MANY_HABITS", "You have 500 active habits already. Archive one first."),
    (422, "IMPORT_FILE_UNKNOWN", "This is no file that can be imported."),
    (422, "IMPORT_FILE_BROKEN", "The file cannot be read as a Loop Habit Tracker backup: …"),
    (422, "IMPORT_FILE_TOO_LARGE", "The file is too large: over 50 MB. Send …"),
    (422, "IMPORT_FILE_TOO_NEW", "The file is a Loop Habit Tracker backup in version 26; …"),
    (422, "IMPORT_FILE_TOO_SLOW", "Reading the file takes too long or too much memory."),
    (422, "IMPORT_TOO_MANY_ROWS", "The file holds more than 1000000 days of habits."),
    (422, "IMPORT_SOURCE_MISMATCH", "The file is of the kind habo, not loop."),
    (422, "IMPORT_SOURCE_UNKNOWN", "There is no source 'excel'."),
    (422, "IMPORT_EMPTY", "There is no file in the request, or it is empty."),
)
_RUNNING: dict[int | str, dict[str, Any]] = {
    202: {"model": FileImport, "description": "It runs on. `Location` says where to look."}
}


@router.post("/import", response_model=ImportReport, responses={**_RUNNING, **_REFUSED})
async def import_file(
    file: UploadFile,
    request: Request,
    clients: InjectedClients,
    source: Annotated[
        str,
        Query(
            max_length=40,
            description="What the file is: `habit_tracker`, `loop`, `loop_csv`, `beaverhabits`, "
            "`habittrove`, `habo`, `habitbull` or `habitica`. `auto` finds out by its content.",
        ),
    ] = "auto",
    dry_run: Annotated[
        bool, Query(description="Write nothing, and return what would be written.")
    ] = False,
    prefer: Annotated[
        str, Header(description="`respond-async`: do not wait, respond with 202.")
    ] = "",
) -> Response:
    """Import a file of yours: all of it or nothing. A second import of it changes nothing.

    The response waits up to 20 seconds for the result; a longer import runs on, and gets 202.
    """
    # The time that a client takes to upload is not ours.
    longer = replace(current_context(), deadline=time.monotonic() + _UPLOAD_SECONDS)
    with use_context(longer):
        import_id = await _upload(clients, file, source=source, dry_run=dry_run)
        found = (
            await clients.imports.StartImport(StartImportRequest(import_id=import_id))
        ).file_import
        if "respond-async" not in prefer:
            found = await _wait(clients, found)
    if found.state == wire.IMPORT_STATE_FAILED:
        return refusal_from_wire(found.refusal, instance=request.url.path)
    if found.state == wire.IMPORT_STATE_DONE:
        return json_response(report_from_wire(found))
    location = f"/v1/imports/{found.id}"
    return json_response(
        import_from_wire(found, instance=location), 202, {"Location": location, "Retry-After": "2"}
    )


@router.get(
    "/imports/{import_id}",
    response_model=FileImport,
    responses=refusals((404, "IMPORT_NOT_FOUND", "You have no import with this id.")),
)
async def get_import(import_id: str, request: Request, clients: InjectedClients) -> Response:
    """Return an import: how far it is, and its result. It is kept for 7 days."""
    found = (await clients.imports.GetImport(GetImportRequest(import_id=import_id))).file_import
    return json_response(import_from_wire(found, instance=request.url.path))


async def _upload(clients: Clients, file: UploadFile, *, source: str, dry_run: bool) -> str:
    """Send the file in parts; it lies in a temporary file, and only a part of it in memory."""
    created = await clients.imports.CreateImport(
        CreateImportRequest(source=source, dry_run=dry_run)
    )
    import_id = created.file_import.id
    place = 0
    while part := await file.read(PART_BYTES):
        await clients.imports.UploadImportPart(
            UploadImportPartRequest(import_id=import_id, place=place, data=part)
        )
        place += 1
    return import_id


async def _wait(clients: Clients, started: wire.Import) -> wire.Import:
    """Wait until an import has ended, or for as long as a request may."""
    found, pause = started, _POLL_SECONDS
    end = time.monotonic() + WAIT_SECONDS
    while found.state not in _ENDED and time.monotonic() < end:
        await asyncio.sleep(pause)
        pause = min(pause * 1.5, _LONGEST_POLL_SECONDS)
        request = GetImportRequest(import_id=started.id)
        found = (await clients.imports.GetImport(request)).file_import
    return found
