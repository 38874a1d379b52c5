"""`/v1/habits/{id}/check-ins` and everything else that writes or reads a habit's days."""

from collections.abc import Iterator
from typing import Annotated, Any

import orjson
from fastapi import Query, Request, Response

from contracts.habits.v1.check_in_service_pb2 import (
    BatchWriteCheckInsRequest,
    CheckInChange,
    CheckInResult,
    ListChangesRequest,
    ListCheckInsRequest,
)
from contracts.habits.v1.reminder_service_pb2 import SnoozeReminderRequest
from edge.clients import InjectedClients
from edge.habits.coalesce import CheckInCoalescer, InjectedCoalescer
from edge.habits.responses import json_response, page_response, refusal_response
from edge.habits.routes.habits import HABIT_NOT_FOUND
from edge.habits.schemas.check_ins import (
    Batch,
    BatchOutcomes,
    Change,
    CheckInDay,
    CheckInWritten,
    InvalidItem,
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
from edge.json_bodies import Router
from edge.openapi import Responses, refusals
from edge.parameters import PageSize, PageToken, RequestId
from edge.problems import problem_from_item
from edge.schemas import Page

router = Router(tags=["check-ins"])

_ARCHIVED = refusals((409, "HABIT_ARCHIVED", "The habit is archived. Restore it first."))
_REFUSED = HABIT_NOT_FOUND | refusals(
    (409, "HABIT_ARCHIVED", "The habit is archived. Restore it first."),
    (409, "CHECK_IN_IN_FUTURE", "That day has not come yet."),
    (409, "CHECK_IN_BEFORE_START", "The habit had not begun on that day. Move its start first."),
    (422, "DATE_MALFORMED", "A date is written YYYY-MM-DD."),
    (422, "AMOUNT_ON_YES_NO", "A yes-or-no habit takes no amount."),
)
_UNCHANGED: Responses = {
    200: {"model": CheckInWritten, "description": "The day already was as requested."}
}
_From = Annotated[CivilDay, Query(alias="from")]
_To = Annotated[CivilDay, Query(alias="to")]


@router.post(
    "/habits/{habit_id}/check-ins",
    status_code=201,
    response_model=CheckInWritten,
    responses={**_UNCHANGED, **_REFUSED},
)
async def check_in(
    habit_id: str,
    request: Request,
    check_ins: InjectedCoalescer,
    request_id: RequestId,
    body: NewCheckIn | None = None,
) -> Response:
    """Check in: add an amount, or mark the day done. Marking a done day again returns 200."""
    change = addition_to_wire(habit_id, body or NewCheckIn(), request_id=request_id)
    return await _write_day(check_ins, change, request, created=201)


@router.put(
    "/habits/{habit_id}/check-ins/{date}", response_model=CheckInWritten, responses=_REFUSED
)
async def set_day(
    habit_id: str,
    date: CivilDay,
    body: WholeDay,
    request: Request,
    check_ins: InjectedCoalescer,
    request_id: RequestId,
) -> Response:
    """Replace the day's record by a mark or an amount."""
    change = whole_day_to_wire(habit_id, date, body, request_id=request_id)
    return await _write_day(check_ins, change, request)


@router.delete(
    "/habits/{habit_id}/check-ins/{date}",
    response_model=CheckInWritten,
    responses=HABIT_NOT_FOUND | _ARCHIVED,
)
async def clear_day(
    habit_id: str,
    date: CivilDay,
    request: Request,
    check_ins: InjectedCoalescer,
    request_id: RequestId,
) -> Response:
    """Delete the day's record."""
    change = clearing_to_wire(habit_id, date, request_id=request_id)
    return await _write_day(check_ins, change, request)


@router.post(
    "/habits/{habit_id}/undo",
    response_model=CheckInWritten,
    responses=HABIT_NOT_FOUND
    | refusals((409, "NOTHING_TO_UNDO", "No change is left to take back.")),
)
async def undo(
    habit_id: str, request: Request, check_ins: InjectedCoalescer, request_id: RequestId
) -> Response:
    """Undo the last change that has not been undone, on whichever day."""
    return await _write_day(check_ins, undo_to_wire(habit_id, request_id=request_id), request)


@router.get(
    "/habits/{habit_id}/check-ins", response_model=Page[CheckInDay], responses=HABIT_NOT_FOUND
)
async def list_check_ins(
    habit_id: str,
    clients: InjectedClients,
    from_date: _From = "",
    to_date: _To = "",
    page_size: PageSize = 0,
    page_token: PageToken = "",
) -> Response:
    """List the days on which something was recorded, newest first."""
    response = await clients.check_ins.ListCheckIns(
        ListCheckInsRequest(
            habit_id=habit_id,
            from_date=from_date,
            to_date=to_date,
            page_size=page_size,
            page_token=page_token,
        )
    )
    return page_response(
        [check_in_from_wire(day) for day in response.check_ins], response.next_page_token
    )


@router.get("/habits/{habit_id}/changes", response_model=Page[Change], responses=HABIT_NOT_FOUND)
async def list_changes(
    habit_id: str, clients: InjectedClients, page_size: PageSize = 0, page_token: PageToken = ""
) -> Response:
    """List the audit log of a habit's days, newest first: who changed what, and when."""
    response = await clients.check_ins.ListChanges(
        ListChangesRequest(habit_id=habit_id, page_size=page_size, page_token=page_token)
    )
    changes = [change_from_wire(change) for change in response.changes]
    return page_response(changes, response.next_page_token)


@router.post("/check-ins:batch", response_model=BatchOutcomes, response_model_exclude_none=True)
async def write_batch(
    body: Batch, request: Request, clients: InjectedClients, request_id: RequestId
) -> Response:
    """Set up to 500 days at once. Each item succeeds, or is refused, alone."""
    changes = batch_to_wire(body, request_id=request_id)
    results: Iterator[CheckInResult] = iter(())
    if changes:
        batch = BatchWriteCheckInsRequest(changes=changes)
        results = iter((await clients.check_ins.BatchWriteCheckIns(batch)).results)
    instance = request.url.path
    outcomes = [
        _refused_item(index, problem_from_item(item.errors, instance=instance))
        if isinstance(item, InvalidItem)
        else _batch_outcome(index, next(results), instance)
        for index, item in enumerate(body.items)
    ]
    return json_response({"items": outcomes})


@router.post(
    "/habits/{habit_id}/reminders/snooze",
    response_model=Snoozed,
    responses=HABIT_NOT_FOUND
    | refusals((409, "DAY_OVER", "The day is over. Nothing is left to remind.")),
)
async def snooze(
    habit_id: str, body: Snooze, clients: InjectedClients, request_id: RequestId
) -> Response:
    """Postpone the day's reminder. A second snooze replaces the first."""
    response = await clients.reminders.SnoozeReminder(
        SnoozeReminderRequest(
            habit_id=habit_id,
            due_date=body.date,
            snooze_minutes=body.minutes,
            request_id=request_id,
        )
    )
    return json_response({"remind_time": moment_from_wire(response.remind_time)})


async def _write_day(
    check_ins: CheckInCoalescer, change: CheckInChange, request: Request, *, created: int = 200
) -> Response:
    """Write a change; `created` is the status when the day changed."""
    result = await check_ins.submit(change)
    if result.HasField("refusal"):
        return refusal_response(result.refusal, instance=request.url.path)
    outcome = result.outcome
    return json_response(outcome_from_wire(outcome), created if outcome.changed else 200)


def _batch_outcome(index: int, result: CheckInResult, instance: str) -> dict[str, Any]:
    if result.HasField("refusal"):
        return _refused_item(index, refusal_response(result.refusal, instance=instance))
    return {"index": index, "status": 200, "check_in": outcome_from_wire(result.outcome)}


def _refused_item(index: int, problem: Response) -> dict[str, Any]:
    body = orjson.Fragment(problem.body)
    return {"index": index, "status": problem.status_code, "problem": body}
