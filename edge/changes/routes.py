"""`/v1/changes` and `/v1/live`: what has changed since a cursor."""

from collections.abc import AsyncIterator
from typing import Annotated, Any

from fastapi import Header, Query, Request, Response
from fastapi.responses import StreamingResponse

from chassis.context import current_context
from contracts.habits.v1.delta_service_pb2 import GetDeltaResponse
from edge.bearer import require_access_token
from edge.changes.live import LiveStreams, events
from edge.changes.schemas import Changes
from edge.changes.source import LONGEST_WAIT_SECONDS, ChangeSource
from edge.clients import InjectedClients
from edge.habits.responses import json_response
from edge.json_bodies import Router
from edge.openapi import UNAUTHENTICATED, refusals

router = Router(
    prefix="/v1",
    tags=["changes"],
    dependencies=[require_access_token],
    responses=UNAUTHENTICATED,
)

_CURSOR_INVALID = (422, "CURSOR_INVALID", "The cursor cannot be read. Send the last one.")
_TOO_MANY_WAITS = (429, "TOO_MANY_WAITS", "Too many requests wait for a change already.")
_MAX_CURSOR_LENGTH = 4000
_STREAM: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "Server-sent events: `changes`, `reset` and `end`.",
        "content": {"text/event-stream": {"schema": {"type": "string"}}},
    }
}
_NOW = "now"
_NO_BUFFER = {"X-Accel-Buffering": "no"}


@router.get(
    "/changes", response_model=Changes, responses=refusals(_CURSOR_INVALID, _TOO_MANY_WAITS)
)
async def get_changes(
    request: Request,
    clients: InjectedClients,
    cursor: Annotated[
        str,
        Query(
            alias="since",
            max_length=_MAX_CURSOR_LENGTH,
            description="`cursor` of the last response. Without it, or with one that is too old "
            "or from elsewhere, everything is returned, and `full` is true. `now` returns a "
            "cursor of the present and nothing else.",
        ),
    ] = "",
    wait: Annotated[
        int,
        Query(
            ge=0,
            le=LONGEST_WAIT_SECONDS,
            description="How many seconds to wait for a change when there is none.",
        ),
    ] = 0,
) -> Response:
    """Return what has changed since a cursor, for clients that keep a copy.

    Something may be returned again that has not changed; nothing is left out. While `has_more` is
    true, ask again at once.
    """
    source = _source(request, clients)
    if cursor == _NOW:
        present = GetDeltaResponse(cursor=await source.present_cursor())
        return json_response(await source.as_json(present))
    delta = await source.get(cursor, wait, request.is_disconnected)
    if delta is None:  # the edge stops: as if nothing had changed until now
        delta = GetDeltaResponse(cursor=cursor)
    return json_response(await source.as_json(delta))


@router.get(
    "/live",
    response_class=StreamingResponse,
    responses=_STREAM
    | refusals(
        _CURSOR_INVALID,
        _TOO_MANY_WAITS,
        (429, "TOO_MANY_STREAMS", "You follow your changes 20 times already. Close some of them."),
    ),
)
async def stream_changes(
    request: Request,
    clients: InjectedClients,
    cursor: Annotated[
        str,
        Header(
            alias="Last-Event-ID",
            max_length=_MAX_CURSOR_LENGTH,
            description="The last event's id, or a `cursor` of `/v1/changes`. Without it, what "
            "changes from now on is sent.",
        ),
    ] = "",
) -> StreamingResponse:
    """Follow what changes, as server-sent events; the data of `changes` is as of `/v1/changes`.

    An id without data comes every 15 seconds. `reset` says that the last event is too old or from
    elsewhere: get everything again. `end` says that the session is over, or its access token: come
    back with a new one.
    """
    source = _source(request, clients)
    caller = current_context().caller
    person = caller.id if caller is not None else current_context().token
    streams: LiveStreams = request.app.state.live_streams
    streams.require_room(person)
    if cursor:
        first = await source.get(cursor, 0)
    else:
        first = GetDeltaResponse(cursor=await source.present_cursor())

    async def counted() -> AsyncIterator[bytes]:
        with streams.counted(person):
            async for event in events(source, cursor, first or GetDeltaResponse(cursor=cursor)):
                yield event

    return StreamingResponse(counted(), media_type="text/event-stream", headers=_NO_BUFFER)


def _source(request: Request, clients: InjectedClients) -> ChangeSource:
    state = request.app.state
    return ChangeSource(clients, state.verifier, state.stop)
