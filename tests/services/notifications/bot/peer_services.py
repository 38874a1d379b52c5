"""Auth and habits as the bot meets them: real servers of their contracts, with little behind."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import grpc

from chassis import clock
from chassis.errors import FailedPrecondition, NotFound, Unauthenticated, Unavailable
from chassis.identity import TokenVerifier, current_caller
from chassis.rpc.server import Server
from contracts.auth.v1 import account_pb2
from contracts.auth.v1.auth_service_pb2 import (
    ExchangeTokenRequest,
    ExchangeTokenResponse,
    GetAccountRequest,
    GetAccountResponse,
)
from contracts.auth.v1.auth_service_pb2_grpc import (
    AuthServiceServicer,
    add_AuthServiceServicer_to_server,
)
from contracts.habits.v1 import check_in_pb2, habit_pb2, progress_service_pb2
from contracts.habits.v1.check_in_service_pb2 import (
    Change,
    CheckInChange,
    CheckInOutcome,
    CreateCheckInRequest,
    CreateCheckInResponse,
    ListChangesRequest,
    ListChangesResponse,
    SetCheckInRequest,
    SetCheckInResponse,
    UndoCheckInRequest,
    UndoCheckInResponse,
)
from contracts.habits.v1.check_in_service_pb2_grpc import (
    CheckInServiceServicer,
    add_CheckInServiceServicer_to_server,
)
from contracts.habits.v1.progress_service_pb2 import GetTodayRequest, GetTodayResponse, TodayItem
from contracts.habits.v1.progress_service_pb2_grpc import (
    ProgressServiceServicer,
    add_ProgressServiceServicer_to_server,
)
from contracts.habits.v1.reminder_service_pb2 import (
    SnoozeReminderRequest,
    SnoozeReminderResponse,
)
from contracts.habits.v1.reminder_service_pb2_grpc import (
    ReminderServiceServicer,
    add_ReminderServiceServicer_to_server,
)
from tests.builders import SigningKey, a_caller

SECRET = "the bot may act for people"
TODAY = date(2026, 11, 23)

type Context = grpc.aio.ServicerContext[Any, Any]


class DelegationSecretWrong(Unauthenticated):
    def __init__(self) -> None:
        super().__init__("That is not the secret.")


class AccountNotFound(NotFound):
    def __init__(self) -> None:
        super().__init__("There is no such account.")


class HabitArchived(FailedPrecondition):
    def __init__(self) -> None:
        super().__init__("The habit is archived. Restore it first.")


@dataclass
class Auth(AuthServiceServicer):
    """Gives tokens to who knows the secret."""

    key: SigningKey
    gone: set[UUID] = field(default_factory=set)
    asked: list[ExchangeTokenRequest] = field(default_factory=list)
    away: bool = False
    email: str = "ada@example.org"
    """Of every account."""

    async def ExchangeToken(
        self, request: ExchangeTokenRequest, context: Context
    ) -> ExchangeTokenResponse:
        self.asked.append(request)
        if self.away:
            raise Unavailable("auth is away")
        if request.delegation_secret != SECRET:
            raise DelegationSecretWrong
        owner_id = UUID(request.account_id)
        if owner_id in self.gone:
            raise AccountNotFound
        token = self.key.token(a_caller(id=owner_id))
        return ExchangeTokenResponse(access_token=token, expires_in_seconds=900)

    async def GetAccount(self, request: GetAccountRequest, context: Context) -> GetAccountResponse:
        account = account_pb2.Account(email=self.email, display_name="Ada", locale="en")
        return GetAccountResponse(account=account)


@dataclass
class Day:
    """One day of one habit."""

    mark: "check_in_pb2.Mark.ValueType" = check_in_pb2.MARK_UNSPECIFIED
    amount: Decimal = Decimal(0)
    revision: int = 0


@dataclass
class Habits(CheckInServiceServicer, ProgressServiceServicer, ReminderServiceServicer):
    """Keeps one yes-or-no habit, one of 5 km and one limit of 3 cups, for whoever asks."""

    water: UUID = field(default_factory=uuid4)
    run: UUID = field(default_factory=uuid4)
    coffee: UUID = field(default_factory=uuid4)
    archived: set[UUID] = field(default_factory=set)
    days: dict[tuple[UUID, date], Day] = field(default_factory=dict)
    changes: list[Change] = field(default_factory=list)
    kept: dict[str, CheckInOutcome] = field(default_factory=dict)
    """Answers by request id."""
    callers: set[UUID] = field(default_factory=set)
    snoozes: list[SnoozeReminderRequest] = field(default_factory=list)
    sources: set[int] = field(default_factory=set)
    notes: list[str] = field(default_factory=list)
    answering: asyncio.Event = field(default_factory=asyncio.Event)
    """Cleared, it keeps those waiting who set a day."""

    def __post_init__(self) -> None:
        self.answering.set()

    async def GetToday(self, request: GetTodayRequest, context: Context) -> GetTodayResponse:
        self.callers.add(current_caller().id)
        day = date.fromisoformat(request.today_date) if request.today_date else TODAY
        run_goal = habit_pb2.Goal(direction=habit_pb2.DIRECTION_AT_LEAST, amount="5")
        cup_goal = habit_pb2.Goal(direction=habit_pb2.DIRECTION_AT_MOST, amount="3")
        quantity = habit_pb2.MEASURE_QUANTITY
        habits = [
            habit_pb2.Habit(
                id=str(self.water), title="Drink water", measure=habit_pb2.MEASURE_YES_NO
            ),
            habit_pb2.Habit(
                id=str(self.run), title="Run", measure=quantity, unit="km", goal=run_goal
            ),
            habit_pb2.Habit(
                id=str(self.coffee), title="Coffee", measure=quantity, unit="cups", goal=cup_goal
            ),
        ]
        items = [self._item(habit, day) for habit in habits if UUID(habit.id) not in self.archived]
        met = sum(item.outcome == progress_service_pb2.OUTCOME_MET for item in items)
        return GetTodayResponse(
            today_date=day.isoformat(), items=items, due_count=len(items), met_count=met
        )

    async def SetCheckIn(self, request: SetCheckInRequest, context: Context) -> SetCheckInResponse:
        await self.answering.wait()
        if request.change.HasField("note"):
            self.notes.append(request.change.note)
        outcome = self._once(request.change, lambda day: Day(mark=request.change.set.mark))
        return SetCheckInResponse(outcome=outcome)

    async def CreateCheckIn(
        self, request: CreateCheckInRequest, context: Context
    ) -> CreateCheckInResponse:
        more = Decimal(request.change.add.amount)
        outcome = self._once(request.change, lambda day: Day(day.mark, day.amount + more))
        return CreateCheckInResponse(outcome=outcome)

    async def UndoCheckIn(
        self, request: UndoCheckInRequest, context: Context
    ) -> UndoCheckInResponse:
        last = next(it for it in reversed(self.changes) if not it.undone and not it.undo)
        last.undone = True
        back = Day(last.before.mark, Decimal(last.before.amount or 0))
        change = CheckInChange()
        change.CopyFrom(request.change)
        change.check_in_date = last.after.check_in_date
        return UndoCheckInResponse(outcome=self._once(change, lambda _: back, undo=True))

    async def ListChanges(
        self, request: ListChangesRequest, context: Context
    ) -> ListChangesResponse:
        of_habit = [it for it in self.changes if it.after.habit_id == request.habit_id]
        return ListChangesResponse(changes=reversed(of_habit))

    async def SnoozeReminder(
        self, request: SnoozeReminderRequest, context: Context
    ) -> SnoozeReminderResponse:
        self.snoozes.append(request)
        response = SnoozeReminderResponse()
        response.remind_time.FromDatetime(clock.now() + timedelta(minutes=request.snooze_minutes))
        return response

    def _once(self, change: CheckInChange, do: Any, *, undo: bool = False) -> CheckInOutcome:
        """Change a day, or give the answer that this request id has had already."""
        self.callers.add(current_caller().id)
        self.sources.add(change.source)
        if UUID(change.habit_id) in self.archived:
            raise HabitArchived
        if change.request_id in self.kept:
            return self.kept[change.request_id]
        key = UUID(change.habit_id), date.fromisoformat(change.check_in_date)
        before = self.days.get(key, Day())
        after = self.days[key] = do(before)
        wires = [
            check_in_pb2.CheckIn(
                habit_id=change.habit_id,
                check_in_date=change.check_in_date,
                mark=day.mark,
                amount=str(day.amount) if day.amount else "",
                revision=len(self.changes) + number,
            )
            for number, day in enumerate((before, after))
        ]
        after.revision = wires[1].revision
        self.changes.append(Change(id=str(uuid4()), before=wires[0], after=wires[1], undo=undo))
        outcome = self.kept[change.request_id] = CheckInOutcome(
            check_in=wires[1],
            current_streak=check_in_pb2.Streak(length_count=4, unit=check_in_pb2.UNIT_DAY),
            changed=True,
        )
        return outcome

    def _item(self, habit: habit_pb2.Habit, day: date) -> TodayItem:
        kept = self.days.get((UUID(habit.id), day), Day())
        goal = Decimal(habit.goal.amount or 0)
        limit = habit.goal.direction == habit_pb2.DIRECTION_AT_MOST
        met = kept.mark == check_in_pb2.MARK_DONE or (not limit and 0 < goal <= kept.amount)
        return TodayItem(
            habit=habit,
            check_in=check_in_pb2.CheckIn(
                mark=kept.mark,
                amount=str(kept.amount) if kept.amount else "",
                revision=kept.revision,
            ),
            outcome=progress_service_pb2.OUTCOME_MET if met else progress_service_pb2.OUTCOME_OPEN,
        )


@asynccontextmanager
async def serving(auth: Auth, habits: Habits) -> AsyncIterator[str]:
    """Serve both on one port, and tell its address."""

    async def healthy() -> bool:
        return True

    server = Server(
        "habits",
        listen="127.0.0.1:0",
        verifier=TokenVerifier(auth.key.jwks_file),
        healthy=healthy,
    )
    server.add(add_AuthServiceServicer_to_server, auth, public=("ExchangeToken",))
    server.add(add_CheckInServiceServicer_to_server, habits)
    server.add(add_ProgressServiceServicer_to_server, habits)
    server.add(add_ReminderServiceServicer_to_server, habits)
    async with server.running():
        yield f"127.0.0.1:{server.port}"
