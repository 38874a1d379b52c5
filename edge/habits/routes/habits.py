"""`/v1/habits`: create, read, update, order, archive and delete habits."""

from typing import Annotated, Literal

from fastapi import Header, Query, Response

from contracts.habits.v1 import habit_pb2
from contracts.habits.v1.habit_service_pb2 import (
    ArchiveHabitRequest,
    CreateHabitRequest,
    DeleteHabitRequest,
    GetHabitRequest,
    ListHabitsRequest,
    OrderHabitsRequest,
    PreviewScheduleRequest,
    RestoreHabitRequest,
)
from edge.clients import InjectedClients
from edge.habits.responses import NOT_MODIFIED, json_response, page_response
from edge.habits.schemas.habits import (
    Habit,
    HabitChanges,
    HabitOrder,
    NewHabit,
    NextDueDates,
    SchedulePreview,
)
from edge.habits.translate.habits import (
    changes_to_wire,
    habit_from_wire,
    habit_to_wire,
    schedule_to_wire,
    state_to_wire,
)
from edge.json_bodies import Router
from edge.openapi import refusals
from edge.parameters import PageSize, PageToken, RequestId
from edge.schemas import Page

router = Router(tags=["habits"])

HABIT_NOT_FOUND = refusals((404, "HABIT_NOT_FOUND", "There is no habit of yours with this id."))
_TOO_MANY = (409, "TOO_MANY_HABITS", "You have 500 active habits already. Archive one first.")
IfMatch = Annotated[
    str | None,
    Header(description="The `etag` last seen. 412 when the habit has changed since."),
]


@router.post(
    "/habits",
    status_code=201,
    response_model=Habit,
    responses=refusals(_TOO_MANY),
)
async def create_habit(body: NewHabit, clients: InjectedClients, request_id: RequestId) -> Response:
    """Create a habit. Only `title` is required: then it is a daily yes-or-no habit from today."""
    request = CreateHabitRequest(habit=habit_to_wire(body), request_id=request_id)
    created = (await clients.habits.CreateHabit(request)).habit
    headers = {"Location": f"/v1/habits/{created.id}", **_etag_header(created)}
    return json_response(habit_from_wire(created), 201, headers)


@router.get("/habits", response_model=Page[Habit], responses=NOT_MODIFIED)
async def list_habits(
    clients: InjectedClients,
    state: Literal["active", "archived", "all"] = "active",
    tag: Annotated[str, Query(max_length=40, description="Only habits with this label.")] = "",
    page_size: PageSize = 0,
    page_token: PageToken = "",
) -> Response:
    """List habits by position."""
    response = await clients.habits.ListHabits(
        ListHabitsRequest(
            state=state_to_wire(state),  # type: ignore[arg-type]  # enum as int
            tag=tag,
            page_size=page_size,
            page_token=page_token,
        )
    )
    return page_response(
        [habit_from_wire(habit) for habit in response.habits], response.next_page_token
    )


@router.put("/habits/order", response_model=Page[Habit], responses=HABIT_NOT_FOUND)
async def order_habits(body: HabitOrder, clients: InjectedClients) -> Response:
    """Set the order of habits. Habits that are not listed follow in their present order."""
    response = await clients.habits.OrderHabits(OrderHabitsRequest(habit_ids=body.habit_ids))
    return page_response([habit_from_wire(habit) for habit in response.habits])


@router.post(
    "/schedules:preview",
    response_model=NextDueDates,
    responses=refusals((422, "SCHEDULE_INVALID", "weekdays belong to a weekly schedule.")),
)
async def preview_schedule(body: SchedulePreview, clients: InjectedClients) -> Response:
    """Return the next due days of a schedule, by the rules by which habits are due."""
    response = await clients.habits.PreviewSchedule(
        PreviewScheduleRequest(
            schedule=schedule_to_wire(body.schedule),
            start_date=body.start_date or "",
            from_date=body.from_date or "",
        )
    )
    return json_response({"due_dates": list(response.due_dates)})


@router.get("/habits/{habit_id}", response_model=Habit, responses=HABIT_NOT_FOUND)
async def get_habit(habit_id: str, clients: InjectedClients) -> Response:
    """Return a habit."""
    return _habit_response(
        (await clients.habits.GetHabit(GetHabitRequest(habit_id=habit_id))).habit
    )


@router.patch(
    "/habits/{habit_id}",
    response_model=Habit,
    responses=HABIT_NOT_FOUND
    | refusals(
        (409, "EFFECTIVE_DATE_BEFORE_START", "Nothing can be in force before the habit starts."),
        (409, "START_DATE_AFTER_CHECK_IN", "There are check-ins before that day."),
        (412, "ETAG_MISMATCH", "The habit has changed. Read it again."),
    ),
)
async def update_habit(
    habit_id: str, body: HabitChanges, clients: InjectedClients, if_match: IfMatch = None
) -> Response:
    """Update the given fields. A new goal or schedule applies from its effective date on."""
    request = changes_to_wire(habit_id, body, if_match=if_match)
    return _habit_response((await clients.habits.UpdateHabit(request)).habit)


@router.delete("/habits/{habit_id}", status_code=204, responses=HABIT_NOT_FOUND)
async def delete_habit(habit_id: str, clients: InjectedClients) -> None:
    """Delete a habit and its check-ins permanently."""
    await clients.habits.DeleteHabit(DeleteHabitRequest(habit_id=habit_id))


@router.post(
    "/habits/{habit_id}/archive",
    response_model=Habit,
    responses=HABIT_NOT_FOUND | refusals((409, "HABIT_ARCHIVED", "The habit is archived already.")),
)
async def archive_habit(habit_id: str, clients: InjectedClients) -> Response:
    """Archive a habit: its history stays, nothing is due, and no reminder is sent."""
    return _habit_response(
        (await clients.habits.ArchiveHabit(ArchiveHabitRequest(habit_id=habit_id))).habit
    )


@router.post(
    "/habits/{habit_id}/restore",
    response_model=Habit,
    responses=HABIT_NOT_FOUND
    | refusals((409, "HABIT_NOT_ARCHIVED", "The habit is not archived."), _TOO_MANY),
)
async def restore_habit(habit_id: str, clients: InjectedClients) -> Response:
    """Restore an archived habit. The days in between count as a pause."""
    return _habit_response(
        (await clients.habits.RestoreHabit(RestoreHabitRequest(habit_id=habit_id))).habit
    )


def _habit_response(habit: habit_pb2.Habit) -> Response:
    return json_response(habit_from_wire(habit), headers=_etag_header(habit))


def _etag_header(habit: habit_pb2.Habit) -> dict[str, str]:
    return {"ETag": habit.etag}
