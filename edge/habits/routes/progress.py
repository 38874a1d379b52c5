"""How it goes: progress and history of a habit, and the day's screen."""

from typing import Annotated

from fastapi import APIRouter, Query, Response

from contracts.habits.v1.progress_service_pb2 import (
    GetHistoryRequest,
    GetProgressRequest,
    GetTodayRequest,
)
from edge.clients import Mesh
from edge.habits.answers import answer, page
from edge.habits.routes.habits import UNKNOWN
from edge.habits.schemas.common import CivilDay
from edge.habits.schemas.progress import HistoryDay, Progress, Today
from edge.habits.translate.progress import (
    history_day_from_wire,
    progress_from_wire,
    today_from_wire,
)
from edge.schemas import Page

router = APIRouter(tags=["progress"])


@router.get("/habits/{habit_id}/progress", response_model=Progress, responses=UNKNOWN)
async def get_progress(
    habit_id: str,
    mesh: Mesh,
    explain: Annotated[
        bool, Query(description="List the due units behind the numbers, newest first.")
    ] = False,
) -> Response:
    """Return a habit's numbers as of the person's today."""
    request = GetProgressRequest(habit_id=habit_id, explain=explain)
    response = await mesh.progress.GetProgress(request)
    return answer(progress_from_wire(response, explained=explain))


@router.get("/habits/{habit_id}/history", response_model=Page[HistoryDay], responses=UNKNOWN)
async def get_history(
    habit_id: str,
    mesh: Mesh,
    from_date: Annotated[CivilDay, Query(alias="from")] = "",
    to_date: Annotated[CivilDay, Query(alias="to")] = "",
) -> Response:
    """Return every day from one to another with its state, oldest first; the last 30 by default."""
    response = await mesh.progress.GetHistory(
        GetHistoryRequest(habit_id=habit_id, from_date=from_date, to_date=to_date)
    )
    return page([history_day_from_wire(day) for day in response.days])


@router.get("/today", response_model=Today)
async def get_today(
    mesh: Mesh,
    date: Annotated[CivilDay, Query(description="The person's today when left out.")] = "",
) -> Response:
    """Return every active habit that is due or open on a day: the screen people look at."""
    return answer(today_from_wire(await mesh.progress.GetToday(GetTodayRequest(today_date=date))))
