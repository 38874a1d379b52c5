"""Progress and history of a habit, and today's list."""

from typing import Annotated

from fastapi import Query, Response

from contracts.habits.v1.progress_service_pb2 import (
    GetHistoryRequest,
    GetProgressRequest,
    GetTodayRequest,
)
from edge.clients import InjectedClients
from edge.habits.responses import NOT_MODIFIED, json_response, page_response
from edge.habits.routes.habits import HABIT_NOT_FOUND
from edge.habits.schemas.common import CivilDay
from edge.habits.schemas.progress import HistoryDay, Progress, Today
from edge.habits.translate.progress import (
    history_day_from_wire,
    progress_from_wire,
    today_from_wire,
)
from edge.json_bodies import Router
from edge.schemas import Page

router = Router(tags=["progress"])


@router.get(
    "/habits/{habit_id}/progress", response_model=Progress, responses=HABIT_NOT_FOUND | NOT_MODIFIED
)
async def get_progress(
    habit_id: str,
    clients: InjectedClients,
    explain: Annotated[
        bool, Query(description="List the due units behind the numbers, newest first.")
    ] = False,
) -> Response:
    """Return a habit's streaks, completion and strength as of the user's today."""
    request = GetProgressRequest(habit_id=habit_id, explain=explain)
    response = await clients.progress.GetProgress(request)
    return json_response(progress_from_wire(response, explained=explain))


@router.get(
    "/habits/{habit_id}/history", response_model=Page[HistoryDay], responses=HABIT_NOT_FOUND
)
async def get_history(
    habit_id: str,
    clients: InjectedClients,
    from_date: Annotated[CivilDay, Query(alias="from")] = "",
    to_date: Annotated[CivilDay, Query(alias="to")] = "",
) -> Response:
    """Return every day of a range with its state, oldest first; the last 30 days by default."""
    response = await clients.progress.GetHistory(
        GetHistoryRequest(habit_id=habit_id, from_date=from_date, to_date=to_date)
    )
    return page_response([history_day_from_wire(day) for day in response.days])


@router.get("/today", response_model=Today, responses=NOT_MODIFIED)
async def get_today(
    clients: InjectedClients,
    date: Annotated[CivilDay, Query(description="The user's today when left out.")] = "",
) -> Response:
    """Return every active habit that is due or open on a day."""
    return json_response(
        today_from_wire(await clients.progress.GetToday(GetTodayRequest(today_date=date)))
    )
