"""Creates a habit over gRPC, checks in twice, and prints the streak.

    python examples/grpc_client.py unix:/path/to/habits.sock ACCESS_TOKEN

Only processes of the mesh, and whoever runs it, reach the services; everybody else uses REST.
"""

import asyncio
import sys
from datetime import date, timedelta
from uuid import uuid4

import grpc
from google.rpc.error_details_pb2 import ErrorInfo
from google.rpc.status_pb2 import Status

from contracts.habits.v1.check_in_pb2 import MARK_DONE, Unit
from contracts.habits.v1.check_in_service_pb2 import (
    AddAction,
    CheckInChange,
    CreateCheckInRequest,
    SetAction,
    SetCheckInRequest,
)
from contracts.habits.v1.check_in_service_pb2_grpc import CheckInServiceStub
from contracts.habits.v1.habit_pb2 import FREQUENCY_DAILY, Habit, Schedule
from contracts.habits.v1.habit_service_pb2 import CreateHabitRequest
from contracts.habits.v1.habit_service_pb2_grpc import HabitServiceStub
from contracts.habits.v1.progress_service_pb2 import GetPersonRequest, GetProgressRequest
from contracts.habits.v1.progress_service_pb2_grpc import ProgressServiceStub

SECONDS = 5.0
"""How long a call may take; without a deadline it could take for ever."""


async def do_a_habit(channel: grpc.aio.Channel, token: str) -> str:
    """Create a habit that began yesterday, do it on both days, and say how it stands."""
    habits, progress = HabitServiceStub(channel), ProgressServiceStub(channel)
    check_ins = CheckInServiceStub(channel)
    metadata = (("authorization", f"Bearer {token}"),)

    person = await progress.GetPerson(GetPersonRequest(), metadata=metadata, timeout=SECONDS)
    yesterday = str(date.fromisoformat(person.today_date) - timedelta(days=1))
    new = Habit(
        title="Drink water", schedule=Schedule(frequency=FREQUENCY_DAILY), start_date=yesterday
    )
    create = CreateHabitRequest(habit=new, request_id=str(uuid4()))
    habit = (await habits.CreateHabit(create, metadata=metadata, timeout=SECONDS)).habit
    before = CheckInChange(
        habit_id=habit.id, check_in_date=yesterday, set=SetAction(mark=MARK_DONE)
    )
    request = SetCheckInRequest(change=before)
    await check_ins.SetCheckIn(request, metadata=metadata, timeout=SECONDS)
    now = CheckInChange(habit_id=habit.id, add=AddAction(), request_id=str(uuid4()))
    add = CreateCheckInRequest(change=now)
    await check_ins.CreateCheckIn(add, metadata=metadata, timeout=SECONDS)
    ask = GetProgressRequest(habit_id=habit.id)
    found = (await progress.GetProgress(ask, metadata=metadata, timeout=SECONDS)).progress
    streak = found.current_streak
    unit = Unit.Name(streak.unit).removeprefix("UNIT_").lower()
    return f"{habit.title}: {streak.length_count} {unit}s in a row"


def reason_of(error: grpc.aio.AioRpcError) -> str:
    """Return why a call was refused: every refusal has an `ErrorInfo` with a stable reason."""
    for key, value in error.trailing_metadata() or ():
        if key == "grpc-status-details-bin" and isinstance(value, bytes):
            for detail in Status.FromString(value).details:
                info = ErrorInfo()
                if detail.Unpack(info):
                    return f"{info.reason}: {error.details()}"
    return f"{error.code().name}: {error.details()}"


async def main(target: str, token: str) -> None:
    """Run against a service."""
    async with grpc.aio.insecure_channel(target) as channel:
        try:
            sys.stdout.write(await do_a_habit(channel, token) + "\n")
        except grpc.aio.AioRpcError as error:
            raise SystemExit(reason_of(error)) from None


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
