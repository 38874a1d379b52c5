"""Calls that `habits_server.Person` has no short methods for."""

from datetime import date
from typing import Any

from google.protobuf.field_mask_pb2 import FieldMask

from contracts.habits.v1.check_in_service_pb2 import (
    AddAction,
    BatchWriteCheckInsRequest,
    CheckInChange,
    CheckInResult,
)
from contracts.habits.v1.habit_pb2 import Habit
from contracts.habits.v1.habit_service_pb2 import (
    ArchiveHabitRequest,
    GetHabitRequest,
    ListHabitsRequest,
    RestoreHabitRequest,
    UpdateHabitRequest,
)
from contracts.habits.v1.progress_service_pb2 import (
    GetHistoryRequest,
    GetHistoryResponse,
    GetTodayRequest,
    GetTodayResponse,
)
from tests.services.habits.habits_server import Person


def adding(habit: Habit, day: object = "", amount: str = "", **fields: object) -> CheckInChange:
    return CheckInChange(
        habit_id=habit.id,
        check_in_date=str(day),
        add=AddAction(amount=amount),
        **fields,  # type: ignore[arg-type]
    )


async def write(person: Person, *changes: CheckInChange) -> list[CheckInResult]:
    request = BatchWriteCheckInsRequest(changes=changes)
    return list((await person.check_ins.BatchWriteCheckIns(request)).results)


async def edit(
    person: Person, habit: Habit, *, effective_date: object = "", etag: str = "", **fields: Any
) -> Habit:
    """Edit the named fields of a habit."""
    request = UpdateHabitRequest(
        habit=Habit(id=habit.id, etag=etag, **fields),
        update_mask=FieldMask(paths=list(fields)),
        effective_date=str(effective_date),
    )
    kept: Habit = (await person.habits.UpdateHabit(request)).habit
    return kept


async def archive(person: Person, habit: Habit) -> Habit:
    kept: Habit = (await person.habits.ArchiveHabit(ArchiveHabitRequest(habit_id=habit.id))).habit
    return kept


async def restore(person: Person, habit: Habit) -> Habit:
    kept: Habit = (await person.habits.RestoreHabit(RestoreHabitRequest(habit_id=habit.id))).habit
    return kept


async def get(person: Person, habit: Habit) -> Habit:
    kept: Habit = (await person.habits.GetHabit(GetHabitRequest(habit_id=habit.id))).habit
    return kept


async def titles(person: Person, **asked: Any) -> list[str]:
    response = await person.habits.ListHabits(ListHabitsRequest(**asked))
    return [habit.title for habit in response.habits]


async def look(person: Person, day: date | str = "") -> GetTodayResponse:
    return await person.progress.GetToday(GetTodayRequest(today_date=str(day)))


async def history(
    person: Person, habit: Habit, from_date: date | str = "", to_date: date | str = ""
) -> GetHistoryResponse:
    request = GetHistoryRequest(habit_id=habit.id, from_date=str(from_date), to_date=str(to_date))
    return await person.progress.GetHistory(request)
