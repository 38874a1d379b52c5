"""`/v1/export`: everything of a person as a file."""

import time
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Annotated, Any, Literal

import grpc
import orjson
from fastapi import Query
from fastapi.responses import StreamingResponse

from chassis.context import current_context, use_context
from contracts.auth.v1.auth_service_pb2 import GetAccountRequest
from contracts.habits.v1 import export_service_pb2 as wire
from contracts.habits.v1.export_service_pb2 import ExportDataRequest, ExportDataResponse
from contracts.notifications.v1.notification_service_pb2 import GetPreferencesRequest
from edge.auth.translate import user_from_wire
from edge.clients import Clients, InjectedClients
from edge.json_bodies import Router
from edge.notifications.translate import preferences_from_wire

router = Router(tags=["data"])

_EXPORT_SECONDS = 300.0
_SETTINGS_SECONDS = 2.0
_FORMATS = {
    "json": (wire.EXPORT_FORMAT_JSON, "application/json", "json"),
    "csv": (wire.EXPORT_FORMAT_CSV, "application/zip", "zip"),
    "loop": (wire.EXPORT_FORMAT_LOOP, "application/vnd.sqlite3", "db"),
}
_FILE: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "The file.",
        "content": {
            kind: {"schema": {"type": "object"} if kind.endswith("json") else _binary}
            for _, kind, _ in _FORMATS.values()
            if (_binary := {"type": "string", "format": "binary"})
        },
    }
}


@router.get("/export", response_class=StreamingResponse, responses=_FILE)
async def export_data(
    clients: InjectedClients,
    format_: Annotated[
        Literal["json", "csv", "loop"],
        Query(
            alias="format",
            description="`json` can be imported again; `csv` is a zip with a file for each habit "
            "and one table of all days; `loop` is a database that Loop Habit Tracker opens.",
        ),
    ] = "json",
) -> StreamingResponse:
    """Export everything of yours as a file: archived habits too. It is streamed."""
    number, media_type, extension = _FORMATS[format_]
    context = current_context()
    longer = replace(context, deadline=time.monotonic() + _EXPORT_SECONDS)
    with use_context(longer):
        chunks = clients.exports.ExportData(ExportDataRequest(format=number))
    settings = await _settings(clients) if format_ == "json" else {}
    stream = _bytes_of(chunks)
    first = await anext(stream, b"")  # a refusal comes instead of the first chunk
    if settings:
        # The document is an object: what the other services store is put at its beginning.
        first = orjson.dumps(settings)[:-1] + b"," + first.removeprefix(b"{")
    headers = {
        "Content-Disposition": f'attachment; filename="habits.{extension}"',
        "Cache-Control": "no-store",
    }
    return StreamingResponse(_joined(first, stream), headers=headers, media_type=media_type)


async def _bytes_of(chunks: Any) -> AsyncIterator[bytes]:
    chunk: ExportDataResponse
    async for chunk in chunks:
        yield chunk.data


async def _joined(first: bytes, rest: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    yield first
    async for data in rest:
        yield data


async def _settings(clients: Clients) -> dict[str, Any]:
    """Return the profile and the preferences, each where the token may read it.

    The habits are worth having without them: a service that does not answer is left out, too.
    """
    settings: dict[str, Any] = {}
    try:
        account = await clients.auth.GetAccount(GetAccountRequest(), timeout=_SETTINGS_SECONDS)
        settings["profile"] = user_from_wire(account.account).model_dump(mode="json")
    except grpc.aio.AioRpcError:
        pass
    try:
        preferences = await clients.notifications.GetPreferences(
            GetPreferencesRequest(), timeout=_SETTINGS_SECONDS
        )
        shown = preferences_from_wire(preferences.preferences)
        settings["preferences"] = shown.model_dump(mode="json", by_alias=True)
    except grpc.aio.AioRpcError:
        pass
    return settings
