"""`/v1/calendar`: reminders and due days for calendar apps, at an address that is a secret."""

from hashlib import sha256
from typing import Annotated

from fastapi import Header, Path, Request, Response

from contracts.habits.v1.calendar_service_pb2 import (
    CreateCalendarRequest,
    DeleteCalendarRequest,
    GetCalendarRequest,
)
from edge.bearer import require_access_token
from edge.calendar.schemas import CalendarAddress
from edge.clients import InjectedClients
from edge.entity_tags import tagged_response
from edge.json_bodies import Router
from edge.openapi import UNAUTHENTICATED, Responses, refusals

router = Router(prefix="/v1/calendar", tags=["calendar"])

_SIGNED_IN = [require_access_token]
_CACHED = {"Cache-Control": "private, max-age=900"}
_FILE: Responses = {
    200: {
        "description": "An iCalendar object (RFC 5545).",
        "content": {"text/calendar": {"schema": {"type": "string"}}},
    },
    304: {"description": "It is as it was: `If-None-Match` names its `ETag`."},
}


@router.post("", status_code=201, dependencies=_SIGNED_IN, responses=UNAUTHENTICATED)
async def create_calendar(request: Request, clients: InjectedClients) -> CalendarAddress:
    """Create the address of your calendar. The one before, if any, stops working."""
    created = await clients.calendars.CreateCalendar(CreateCalendarRequest())
    return CalendarAddress(url=f"{request.base_url}v1/calendar/{created.secret}.ics")


@router.delete("", status_code=204, dependencies=_SIGNED_IN, responses=UNAUTHENTICATED)
async def delete_calendar(clients: InjectedClients) -> None:
    """Delete the address of your calendar: it stops working at once."""
    await clients.calendars.DeleteCalendar(DeleteCalendarRequest())


@router.get(
    "/{secret}.ics",
    response_class=Response,
    responses=_FILE
    | refusals((404, "CALENDAR_NOT_FOUND", "There is no calendar at this address.")),
)
async def get_calendar(
    secret: Annotated[str, Path(max_length=100)],
    clients: InjectedClients,
    if_none_match: Annotated[str, Header()] = "",
) -> Response:
    """Read a calendar: reminders at their moments, due days without one as whole days.

    It holds the last 7 days and the next 60. No access token is needed: the address is the secret.
    """
    found = await clients.calendars.GetCalendar(GetCalendarRequest(secret=secret))
    return tagged_response(
        found.content,
        etag=f'"{sha256(found.content).hexdigest()[:32]}"',
        if_none_match=if_none_match,
        media_type="text/calendar; charset=utf-8",
        headers=_CACHED,
    )
