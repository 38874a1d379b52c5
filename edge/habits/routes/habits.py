"""`/v1/habits`: making, reading, changing, ordering, archiving."""

from typing import Annotated, Literal

from fastapi import APIRouter, Header, Query, Response

from contracts.habits.v1 import habit_pb2
from contracts.habits.v1.habit_service_pb2 import (
    ArchiveHabitRequest,
    CreateHabitRequest,
    DeleteHabitRequest,
    GetHabitRequest,
    ListHabitsRequest,
    OrderHabitsRequest,
    RestoreHabitRequest,
)
from edge.clients import Mesh
from edge.habits.answers import answer, page
from edge.habits.schemas.habits import Habit, HabitChanges, NewHabit, Order
from edge.habits.translate.habits import (
    changes_to_wire,
    habit_from_wire,
    habit_to_wire,
    state_to_wire,
)
from edge.openapi import refused
from edge.parameters import PageSize, PageToken, RequestId
from edge.schemas import Page

router = APIRouter(tags=["habits"])

UNKNOWN = refused((404, "HABIT_NOT_FOUND", "There is no habit of yours with this id."))
IfMatch = Annotated[
    str | None,
    Header(description="The `etag` last seen. When the habit has changed since, 412."),
]


@router.post("/habits", status_code=201, response_model=Habit)
async def create_habit(body: NewHabit, mesh: Mesh, request_id: RequestId) -> Response:
    """Make a habit. Only `title` is needed: it is then a daily yes-or-no habit from today on."""
    request = CreateHabitRequest(habit=habit_to_wire(body), request_id=request_id)
    made = (await mesh.habits.CreateHabit(request)).habit
    headers = {"Location": f"/v1/habits/{made.id}", **_tag(made)}
    return answer(habit_from_wire(made), 201, headers)


@router.get("/habits", response_model=Page[Habit])
async def list_habits(
    mesh: Mesh,
    state: Literal["active", "archived", "all"] = "active",
    tag: Annotated[str, Query(max_length=40, description="Only habits with this label.")] = "",
    page_size: PageSize = 0,
    page_token: PageToken = "",
) -> Response:
    """List the habits by their position."""
    response = await mesh.habits.ListHabits(
        ListHabitsRequest(
            state=state_to_wire(state),  # type: ignore[arg-type]  # enum as int
            tag=tag,
            page_size=page_size,
            page_token=page_token,
        )
    )
    return page([habit_from_wire(habit) for habit in response.habits], response.next_page_token)


@router.put("/habits/order", response_model=Page[Habit], responses=UNKNOWN)
async def order_habits(body: Order, mesh: Mesh) -> Response:
    """Put the habits in an order. Those not named keep theirs, after the named."""
    response = await mesh.habits.OrderHabits(OrderHabitsRequest(habit_ids=body.habit_ids))
    return page([habit_from_wire(habit) for habit in response.habits])


@router.get("/habits/{habit_id}", response_model=Habit, responses=UNKNOWN)
async def get_habit(habit_id: str, mesh: Mesh) -> Response:
    """Return a habit."""
    return _one((await mesh.habits.GetHabit(GetHabitRequest(habit_id=habit_id))).habit)


@router.patch(
    "/habits/{habit_id}",
    response_model=Habit,
    responses=UNKNOWN | refused((412, "ETAG_MISMATCH", "The habit has changed. Read it again.")),
)
async def update_habit(
    habit_id: str, body: HabitChanges, mesh: Mesh, if_match: IfMatch = None
) -> Response:
    """Change the fields that are named. A new goal or schedule leaves the past as it was lived."""
    request = changes_to_wire(habit_id, body, if_match=if_match)
    return _one((await mesh.habits.UpdateHabit(request)).habit)


@router.delete("/habits/{habit_id}", status_code=204, responses=UNKNOWN)
async def delete_habit(habit_id: str, mesh: Mesh) -> None:
    """Delete a habit and its check-ins for good."""
    await mesh.habits.DeleteHabit(DeleteHabitRequest(habit_id=habit_id))


@router.post(
    "/habits/{habit_id}/archive",
    response_model=Habit,
    responses=UNKNOWN | refused((409, "HABIT_ARCHIVED", "The habit is archived already.")),
)
async def archive_habit(habit_id: str, mesh: Mesh) -> Response:
    """Let a habit rest with its history: nothing is due, and nothing reminds."""
    return _one((await mesh.habits.ArchiveHabit(ArchiveHabitRequest(habit_id=habit_id))).habit)


@router.post(
    "/habits/{habit_id}/restore",
    response_model=Habit,
    responses=UNKNOWN | refused((409, "HABIT_NOT_ARCHIVED", "The habit is not archived.")),
)
async def restore_habit(habit_id: str, mesh: Mesh) -> Response:
    """Take an archived habit up again. The days between count as a pause."""
    return _one((await mesh.habits.RestoreHabit(RestoreHabitRequest(habit_id=habit_id))).habit)


def _one(habit: habit_pb2.Habit) -> Response:
    return answer(habit_from_wire(habit), headers=_tag(habit))


def _tag(habit: habit_pb2.Habit) -> dict[str, str]:
    return {"ETag": habit.etag}
