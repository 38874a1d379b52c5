"""`/v1/habits/{id}/check-ins`: the days of a habit. The hottest paths of the product."""

from typing import Annotated, Any

import orjson
from fastapi import APIRouter, Query, Request, Response

from contracts.habits.v1.check_in_service_pb2 import (
    BatchWriteCheckInsRequest,
    CheckInChange,
    CheckInResult,
    ListChangesRequest,
    ListCheckInsRequest,
)
from contracts.habits.v1.reminder_service_pb2 import SnoozeReminderRequest
from edge.clients import Mesh
from edge.habits.answers import answer, page, refusal
from edge.habits.coalesce import CheckIns, Coalescer
from edge.habits.routes.habits import UNKNOWN
from edge.habits.schemas.check_ins import (
    Batch,
    BatchOutcomes,
    Change,
    CheckInDay,
    CheckInWritten,
    NewCheckIn,
    Snooze,
    Snoozed,
    WholeDay,
)
from edge.habits.schemas.common import CivilDay
from edge.habits.translate.check_ins import (
    addition_to_wire,
    batch_to_wire,
    change_from_wire,
    check_in_from_wire,
    clearing_to_wire,
    outcome_from_wire,
    undo_to_wire,
    whole_day_to_wire,
)
from edge.habits.translate.values import moment_from_wire
from edge.openapi import Responses, refused
from edge.parameters import PageSize, PageToken, RequestId
from edge.schemas import Page

router = APIRouter(tags=["check-ins"])

_ARCHIVED = refused((409, "HABIT_ARCHIVED", "The habit is archived. Restore it first."))
_REFUSED = UNKNOWN | refused(
    (409, "HABIT_ARCHIVED", "The habit is archived. Restore it first."),
    (409, "CHECK_IN_IN_FUTURE", "That day has not come yet."),
    (409, "CHECK_IN_BEFORE_START", "The habit had not begun on that day. Move its start first."),
    (422, "DATE_MALFORMED", "A date is written YYYY-MM-DD."),
    (422, "AMOUNT_ON_YES_NO", "A yes-or-no habit takes no amount."),
)
_ALREADY: Responses = {200: {"model": CheckInWritten, "description": "The day was so already."}}
_From = Annotated[CivilDay, Query(alias="from")]
_To = Annotated[CivilDay, Query(alias="to")]


@router.post(
    "/habits/{habit_id}/check-ins",
    status_code=201,
    response_model=CheckInWritten,
    responses={**_ALREADY, **_REFUSED},
)
async def check_in(
    habit_id: str,
    request: Request,
    check_ins: CheckIns,
    request_id: RequestId,
    body: NewCheckIn | None = None,
) -> Response:
    """Add to a day: an amount, or `done`. A yes-or-no habit done twice is done once: then 200."""
    change = addition_to_wire(habit_id, body or NewCheckIn(), request_id=request_id)
    return await _write(check_ins, change, request, created=201)


@router.put(
    "/habits/{habit_id}/check-ins/{date}", response_model=CheckInWritten, responses=_REFUSED
)
async def set_day(
    habit_id: str,
    date: CivilDay,
    body: WholeDay,
    request: Request,
    check_ins: CheckIns,
    request_id: RequestId,
) -> Response:
    """Set the whole day to a mark or to an amount, whatever it held."""
    change = whole_day_to_wire(habit_id, date, body, request_id=request_id)
    return await _write(check_ins, change, request)


@router.delete(
    "/habits/{habit_id}/check-ins/{date}",
    response_model=CheckInWritten,
    responses=UNKNOWN | _ARCHIVED,
)
async def clear_day(
    habit_id: str, date: CivilDay, request: Request, check_ins: CheckIns, request_id: RequestId
) -> Response:
    """Clear a day, as if nothing had ever been said of it."""
    change = clearing_to_wire(habit_id, date, request_id=request_id)
    return await _write(check_ins, change, request)


@router.post(
    "/habits/{habit_id}/undo",
    response_model=CheckInWritten,
    responses=UNKNOWN | refused((409, "NOTHING_TO_UNDO", "No change is left to take back.")),
)
async def undo(
    habit_id: str, request: Request, check_ins: CheckIns, request_id: RequestId
) -> Response:
    """Take back the last change that is not taken back yet, whichever day it was."""
    return await _write(check_ins, undo_to_wire(habit_id, request_id=request_id), request)


@router.get("/habits/{habit_id}/check-ins", response_model=Page[CheckInDay], responses=UNKNOWN)
async def list_check_ins(
    habit_id: str,
    mesh: Mesh,
    from_date: _From = "",
    to_date: _To = "",
    page_size: PageSize = 0,
    page_token: PageToken = "",
) -> Response:
    """List the days on which something was recorded, newest first."""
    response = await mesh.check_ins.ListCheckIns(
        ListCheckInsRequest(
            habit_id=habit_id,
            from_date=from_date,
            to_date=to_date,
            page_size=page_size,
            page_token=page_token,
        )
    )
    return page([check_in_from_wire(day) for day in response.check_ins], response.next_page_token)


@router.get("/habits/{habit_id}/changes", response_model=Page[Change], responses=UNKNOWN)
async def list_changes(
    habit_id: str, mesh: Mesh, page_size: PageSize = 0, page_token: PageToken = ""
) -> Response:
    """List every change ever made to a habit's days, newest first: who, when, what."""
    response = await mesh.check_ins.ListChanges(
        ListChangesRequest(habit_id=habit_id, page_size=page_size, page_token=page_token)
    )
    changes = [change_from_wire(change) for change in response.changes]
    return page(changes, response.next_page_token)


@router.post("/check-ins:batch", response_model=BatchOutcomes, response_model_exclude_none=True)
async def write_batch(body: Batch, request: Request, mesh: Mesh, request_id: RequestId) -> Response:
    """Set up to 500 days at once. Each item succeeds, or is refused, alone."""
    changes = batch_to_wire(body, request_id=request_id)
    response = await mesh.check_ins.BatchWriteCheckIns(BatchWriteCheckInsRequest(changes=changes))
    instance = request.url.path
    items = [_item(index, result, instance) for index, result in enumerate(response.results)]
    return answer({"items": items})


@router.post(
    "/habits/{habit_id}/reminders/snooze",
    response_model=Snoozed,
    responses=UNKNOWN | refused((409, "DAY_OVER", "The day is over. Nothing is left to remind.")),
)
async def snooze(habit_id: str, body: Snooze, mesh: Mesh, request_id: RequestId) -> Response:
    """Remind again later on the same day. A second snooze moves the first."""
    response = await mesh.reminders.SnoozeReminder(
        SnoozeReminderRequest(
            habit_id=habit_id,
            due_date=body.date,
            snooze_minutes=body.minutes,
            request_id=request_id,
        )
    )
    return answer({"remind_time": moment_from_wire(response.remind_time)})


async def _write(
    check_ins: Coalescer, change: CheckInChange, request: Request, *, created: int = 200
) -> Response:
    """Make a change; `created` is the status of one that changed something."""
    result = await check_ins.write(change)
    if result.HasField("refusal"):
        return refusal(result.refusal, instance=request.url.path)
    outcome = result.outcome
    return answer(outcome_from_wire(outcome), created if outcome.changed else 200)


def _item(index: int, result: CheckInResult, instance: str) -> dict[str, Any]:
    if result.HasField("refusal"):
        response = refusal(result.refusal, instance=instance)
        problem = orjson.Fragment(response.body)
        return {"index": index, "status": response.status_code, "problem": problem}
    return {"index": index, "status": 200, "check_in": outcome_from_wire(result.outcome)}
