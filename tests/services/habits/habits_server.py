"""A real habits service in this process: real PostgreSQL, a clock that tests set."""

from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any, cast
from uuid import UUID

import grpc
import pytest
from google.protobuf.message import Message

from chassis.caller import Caller
from chassis.clock import ManualClock
from chassis.database import Database
from chassis.identity import TokenVerifier
from chassis.rpc.channel import connect
from chassis.rpc.server import Server
from chassis.rpc.status import Details, refusal_details
from contracts.habits.v1 import (
    check_in_service_pb2,
    export_service_pb2,
    habit_service_pb2,
    import_service_pb2,
    progress_service_pb2,
)
from contracts.habits.v1.check_in_pb2 import Mark
from contracts.habits.v1.check_in_service_pb2 import (
    AddAction,
    CheckInChange,
    CheckInOutcome,
    ClearAction,
    ClearCheckInRequest,
    CreateCheckInRequest,
    SetAction,
    SetCheckInRequest,
    UndoCheckInRequest,
)
from contracts.habits.v1.check_in_service_pb2_grpc import CheckInServiceStub
from contracts.habits.v1.export_service_pb2_grpc import ExportServiceStub
from contracts.habits.v1.habit_pb2 import Habit, Pause
from contracts.habits.v1.habit_service_pb2 import CreateHabitRequest, CreatePauseRequest
from contracts.habits.v1.habit_service_pb2_grpc import HabitServiceStub
from contracts.habits.v1.import_service_pb2_grpc import ImportServiceStub
from contracts.habits.v1.progress_service_pb2 import GetProgressRequest, Progress
from contracts.habits.v1.progress_service_pb2_grpc import ProgressServiceStub
from services.habits.__main__ import register
from tests.builders import SigningKey, a_caller

NOON = datetime(2026, 1, 14, 12, tzinfo=UTC)
"""A Wednesday, on which most tests begin."""
TODAY = NOON.date()


class StubWithToken:
    """A stub that speaks for one person."""

    def __init__(self, stub: Any, token: str) -> None:
        self._stub = stub
        self._metadata = (("authorization", f"Bearer {token}"),)

    def __getattr__(self, name: str) -> Any:
        return partial(getattr(self._stub, name), metadata=self._metadata)


@dataclass(frozen=True, kw_only=True)
class Person:
    """A person with a token, and short methods for frequent calls."""

    caller: Caller
    token: str
    habits: HabitServiceStub
    check_ins: CheckInServiceStub
    progress: ProgressServiceStub
    exports: ExportServiceStub
    imports: ImportServiceStub

    async def makes(self, title: str = "Drink water", **fields: Any) -> Habit:
        """Make a habit."""
        request = CreateHabitRequest(habit=Habit(title=title, **fields))
        return (await self.habits.CreateHabit(request)).habit

    async def does(
        self, habit: Habit, day: date | str = "", amount: str = "", **fields: Any
    ) -> CheckInOutcome:
        """Add to a day."""
        change = CheckInChange(
            habit_id=habit.id, check_in_date=str(day), add=AddAction(amount=amount), **fields
        )
        return (await self.check_ins.CreateCheckIn(CreateCheckInRequest(change=change))).outcome

    async def sets(
        self,
        habit: Habit,
        day: date | str = "",
        mark: Mark.ValueType = Mark.MARK_UNSPECIFIED,
        amount: str = "",
        **fields: Any,
    ) -> CheckInOutcome:
        """Set a day."""
        action = SetAction(mark=mark, amount=amount)
        change = CheckInChange(habit_id=habit.id, check_in_date=str(day), set=action, **fields)
        return (await self.check_ins.SetCheckIn(SetCheckInRequest(change=change))).outcome

    async def clears(self, habit: Habit, day: date | str = "", **fields: Any) -> CheckInOutcome:
        """Clear a day."""
        change = CheckInChange(
            habit_id=habit.id, check_in_date=str(day), clear=ClearAction(), **fields
        )
        return (await self.check_ins.ClearCheckIn(ClearCheckInRequest(change=change))).outcome

    async def undoes(self, habit: Habit, **fields: Any) -> CheckInOutcome:
        """Take the last change back."""
        change = CheckInChange(habit_id=habit.id, **fields)
        return (await self.check_ins.UndoCheckIn(UndoCheckInRequest(change=change))).outcome

    async def rests(
        self, from_date: date, to_date: date | None = None, habit: Habit | None = None
    ) -> Pause:
        """Create a pause."""
        pause = Pause(
            habit_id=habit.id if habit else "",
            from_date=str(from_date),
            to_date=str(to_date) if to_date else "",
        )
        return (await self.habits.CreatePause(CreatePauseRequest(pause=pause))).pause

    async def looks_at(self, habit: Habit) -> Progress:
        """Return a habit's numbers."""
        request = GetProgressRequest(habit_id=habit.id)
        return (await self.progress.GetProgress(request)).progress


@dataclass(frozen=True, kw_only=True)
class HabitsServer:
    """The service, and what a test needs to ask it things."""

    database: Database
    clock: ManualClock
    key: SigningKey
    verifier: TokenVerifier
    target: str
    habit_stub: HabitServiceStub
    check_in_stub: CheckInServiceStub
    progress_stub: ProgressServiceStub
    export_stub: ExportServiceStub
    import_stub: ImportServiceStub

    def person(self, **what: Any) -> Person:
        """Return a new person."""
        return self.person_of(a_caller(**what))

    def person_of(self, caller: Caller) -> Person:
        """Return a person with a token of these claims."""
        token = self.key.token(caller)
        return Person(
            caller=caller,
            token=token,
            habits=cast(HabitServiceStub, StubWithToken(self.habit_stub, token)),
            check_ins=cast(CheckInServiceStub, StubWithToken(self.check_in_stub, token)),
            progress=cast(ProgressServiceStub, StubWithToken(self.progress_stub, token)),
            exports=cast(ExportServiceStub, StubWithToken(self.export_stub, token)),
            imports=cast(ImportServiceStub, StubWithToken(self.import_stub, token)),
        )

    async def events_of[E: Message](self, person: Person, event: type[E]) -> list[E]:
        """Return the events of a person, oldest first."""
        query = "SELECT body FROM habits.outbox WHERE type = $1 ORDER BY id"
        async with self.database.connection() as connection:
            rows = await connection.fetch(query, event.DESCRIPTOR.full_name)
        events = [event.FromString(row["body"]) for row in rows]
        return [it for it in events if it.owner_id == str(person.caller.id)]  # type: ignore[attr-defined]

    async def count(self, table: str, habit: Habit) -> int:
        """Return how many rows a table holds of a habit."""
        query = f"SELECT count(*) FROM habits.{table} WHERE habit_id = $1"
        async with self.database.connection() as connection:
            return int(await connection.fetchval(query, UUID(habit.id)))


@asynccontextmanager
async def run_habits(
    database_url: str, folder: Path, now: datetime = NOON, **options: Any
) -> AsyncIterator[HabitsServer]:
    """Serve habits on a free port inside the block, with options of `register`."""
    key, database, wound = (
        SigningKey(folder / "jwks.json"),
        Database(database_url),
        ManualClock(now),
    )
    verifier = TokenVerifier(folder / "jwks.json")
    server = Server("habits", listen="127.0.0.1:0", verifier=verifier, healthy=database.healthy)
    imports = register(server, database, verifier, now=wound, **options)
    async with AsyncExitStack() as stack:
        stack.push_async_callback(database.close)
        stack.push_async_callback(imports.close)
        await stack.enter_async_context(server.running())
        target = f"127.0.0.1:{server.port}"
        files = (
            habit_service_pb2,
            check_in_service_pb2,
            progress_service_pb2,
            export_service_pb2,
            import_service_pb2,
        )
        channel = await stack.enter_async_context(
            connect(target, *(file.DESCRIPTOR for file in files))
        )
        yield HabitsServer(
            database=database,
            clock=wound,
            key=key,
            verifier=verifier,
            target=target,
            habit_stub=HabitServiceStub(channel),
            check_in_stub=CheckInServiceStub(channel),
            progress_stub=ProgressServiceStub(channel),
            export_stub=ExportServiceStub(channel),
            import_stub=ImportServiceStub(channel),
        )


def ago(days: int) -> date:
    """Return the day that was so many days before the one most tests begin on."""
    return TODAY - timedelta(days=days)


@contextmanager
def refused(reason: str, code: grpc.StatusCode | None = None) -> Iterator[list[Details]]:
    """Expect the block to be refused; the list holds the details afterwards."""
    found: list[Details] = []
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        yield found
    found.append(refusal_details(caught.value))
    assert found[0].reason == reason, caught.value.details()
    assert code is None or found[0].code == code
