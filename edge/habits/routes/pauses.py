"""`/v1/pauses`: days that do not count, of one habit or of all."""

from typing import Annotated

from fastapi import APIRouter, Query, Response

from contracts.habits.v1 import habit_pb2
from contracts.habits.v1.habit_service_pb2 import (
    CreatePauseRequest,
    DeletePauseRequest,
    ListPausesRequest,
)
from edge.clients import Mesh
from edge.habits.answers import answer, page
from edge.habits.routes.habits import UNKNOWN
from edge.habits.schemas.pauses import NewPause, Pause
from edge.habits.translate.habits import pause_from_wire, pause_to_wire
from edge.openapi import refused
from edge.parameters import PageSize, PageToken, RequestId
from edge.schemas import Page

router = APIRouter(tags=["pauses"])

_BACKWARDS = refused((422, "PAUSE_ENDS_BEFORE_START", "A pause cannot end before it begins."))


@router.post(
    "/habits/{habit_id}/pauses",
    status_code=201,
    response_model=Pause,
    responses=UNKNOWN | _BACKWARDS,
)
async def pause_habit(habit_id: str, body: NewPause, mesh: Mesh, request_id: RequestId) -> Response:
    """Let one habit rest for some days, or until further notice."""
    return await _create(mesh, pause_to_wire(body, habit_id=habit_id), request_id)


@router.post("/pauses", status_code=201, response_model=Pause, responses=_BACKWARDS)
async def pause_everything(body: NewPause, mesh: Mesh, request_id: RequestId) -> Response:
    """Let all habits rest for some days, or until further notice."""
    return await _create(mesh, pause_to_wire(body), request_id)


@router.get("/pauses", response_model=Page[Pause])
async def list_pauses(
    mesh: Mesh,
    habit_id: Annotated[
        str, Query(description="Only what holds for this habit: its own, and those of all.")
    ] = "",
    page_size: PageSize = 0,
    page_token: PageToken = "",
) -> Response:
    """List the pauses, latest start first."""
    response = await mesh.habits.ListPauses(
        ListPausesRequest(habit_id=habit_id, page_size=page_size, page_token=page_token)
    )
    return page([pause_from_wire(pause) for pause in response.pauses], response.next_page_token)


@router.delete(
    "/pauses/{pause_id}",
    status_code=204,
    responses=refused((404, "PAUSE_NOT_FOUND", "There is no pause of yours with this id.")),
)
async def delete_pause(pause_id: str, mesh: Mesh) -> None:
    """Take a pause back, as if it had never been."""
    await mesh.habits.DeletePause(DeletePauseRequest(pause_id=pause_id))


async def _create(mesh: Mesh, pause: habit_pb2.Pause, request_id: str) -> Response:
    request = CreatePauseRequest(pause=pause, request_id=request_id)
    made = (await mesh.habits.CreatePause(request)).pause
    return answer(pause_from_wire(made), 201, {"Location": f"/v1/pauses/{made.id}"})
