"""`/v1/pauses`: days that do not count, of one habit or of all."""

from typing import Annotated

from fastapi import Query, Response

from contracts.habits.v1 import habit_pb2
from contracts.habits.v1.habit_service_pb2 import (
    CreatePauseRequest,
    DeletePauseRequest,
    ListPausesRequest,
)
from edge.clients import InjectedClients
from edge.habits.responses import json_response, page_response
from edge.habits.routes.habits import HABIT_NOT_FOUND
from edge.habits.schemas.pauses import NewPause, Pause
from edge.habits.translate.habits import pause_from_wire, pause_to_wire
from edge.json_bodies import Router
from edge.openapi import refusals
from edge.parameters import PageSize, PageToken, RequestId
from edge.schemas import Page

router = Router(tags=["pauses"])

_TOO_MANY = (409, "TOO_MANY_PAUSES", "There are 500 pauses. Delete some.")
_BACKWARDS = refusals(
    _TOO_MANY, (422, "PAUSE_ENDS_BEFORE_START", "A pause cannot end before it begins.")
)


@router.post(
    "/habits/{habit_id}/pauses",
    status_code=201,
    response_model=Pause,
    responses=HABIT_NOT_FOUND | _BACKWARDS,
)
async def pause_habit(
    habit_id: str, body: NewPause, clients: InjectedClients, request_id: RequestId
) -> Response:
    """Pause one habit for some days, or until the pause is deleted."""
    return await _create(clients, pause_to_wire(body, habit_id=habit_id), request_id)


@router.post("/pauses", status_code=201, response_model=Pause, responses=_BACKWARDS)
async def pause_everything(
    body: NewPause, clients: InjectedClients, request_id: RequestId
) -> Response:
    """Pause all habits for some days, or until the pause is deleted."""
    return await _create(clients, pause_to_wire(body), request_id)


@router.get("/pauses", response_model=Page[Pause], responses=HABIT_NOT_FOUND)
async def list_pauses(
    clients: InjectedClients,
    habit_id: Annotated[
        str,
        Query(
            description="Only pauses that apply to this habit: its own, and those of all habits."
        ),
    ] = "",
    page_size: PageSize = 0,
    page_token: PageToken = "",
) -> Response:
    """List the pauses, latest start first."""
    response = await clients.habits.ListPauses(
        ListPausesRequest(habit_id=habit_id, page_size=page_size, page_token=page_token)
    )
    return page_response(
        [pause_from_wire(pause) for pause in response.pauses], response.next_page_token
    )


@router.delete(
    "/pauses/{pause_id}",
    status_code=204,
    responses=refusals((404, "PAUSE_NOT_FOUND", "There is no pause of yours with this id.")),
)
async def delete_pause(pause_id: str, clients: InjectedClients) -> None:
    """Delete a pause: its days count again."""
    await clients.habits.DeletePause(DeletePauseRequest(pause_id=pause_id))


async def _create(clients: InjectedClients, pause: habit_pb2.Pause, request_id: str) -> Response:
    request = CreatePauseRequest(pause=pause, request_id=request_id)
    created = (await clients.habits.CreatePause(request)).pause
    return json_response(pause_from_wire(created), 201, {"Location": f"/v1/pauses/{created.id}"})
