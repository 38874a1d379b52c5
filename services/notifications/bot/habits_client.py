"""What buttons and commands ask of habits, for the person in the chat."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, date, timedelta
from uuid import UUID

from contracts.habits.v1.check_in_service_pb2 import (
    CreateCheckInRequest,
    ListChangesRequest,
    SetCheckInRequest,
    UndoCheckInRequest,
)
from contracts.habits.v1.check_in_service_pb2_grpc import CheckInServiceStub
from contracts.habits.v1.progress_service_pb2 import GetTodayRequest
from contracts.habits.v1.progress_service_pb2_grpc import ProgressServiceStub
from contracts.habits.v1.reminder_service_pb2 import SnoozeReminderRequest
from contracts.habits.v1.reminder_service_pb2_grpc import ReminderServiceStub
from services.notifications.bot.delegated_calls import ActionRefused, DelegatedCalls
from services.notifications.domain.buttons import ButtonAction, ButtonKind, Measure
from services.notifications.domain.people import Person
from services.notifications.domain.replies import (
    NOT_DUE,
    SNOOZE,
    STAY_BELOW,
    UNDO_LATE,
    UNDONE_WORDS,
    done_words,
    later_words,
    skipped_words,
)
from services.notifications.domain.today import Today
from services.notifications.translate import check_ins as translate
from services.notifications.translate.today import today_from_wire

_CHANGES_LOOKED_AT = 20


@dataclass(frozen=True, slots=True)
class ActionResult:
    """What a press came to."""

    text: str
    revision: int = 0
    """Of the day afterwards; 0 when there is nothing to take back."""


class HabitsClient:
    """The habits service as the bot calls it; raises `ActionRefused` or `AccountDeleted`."""

    def __init__(
        self,
        calls: DelegatedCalls,
        check_ins: CheckInServiceStub,
        progress: ProgressServiceStub,
        reminders: ReminderServiceStub,
    ) -> None:
        self._calls = calls
        self._check_ins = check_ins
        self._progress = progress
        self._reminders = reminders

    async def today(self, owner_id: UUID, request_id: str, day: date | None = None) -> Today:
        """Return a day's habits; without a day, the person's today."""
        request = GetTodayRequest(today_date=day.isoformat() if day else "")
        response = await self._calls.call_as(
            owner_id, lambda: self._progress.GetToday(request), request_id=request_id
        )
        return today_from_wire(response)

    async def act(self, person: Person, action: ButtonAction, request_id: str) -> ActionResult:
        """Do what a button stands for."""
        work: dict[ButtonKind, Callable[[Person, ButtonAction, str], Awaitable[ActionResult]]] = {
            ButtonKind.DONE: self._done,
            ButtonKind.SKIP: self._skip,
            ButtonKind.LATER: self._later,
            ButtonKind.UNDO: self._undo,
        }
        return await work[action.action](person, action, request_id)

    async def _done(self, person: Person, action: ButtonAction, request_id: str) -> ActionResult:
        if action.measure is not Measure.YES_NO:
            return await self._fill_up(person, action, request_id)
        request = SetCheckInRequest(change=translate.done_to_wire(action, request_id))
        response = await self._calls.call_as(
            person.owner_id, lambda: self._check_ins.SetCheckIn(request), request_id=request_id
        )
        confirmed = translate.confirmation_from_wire(response.outcome)
        return ActionResult(done_words(confirmed.streak), confirmed.revision)

    async def _fill_up(self, person: Person, action: ButtonAction, request_id: str) -> ActionResult:
        """Add what the day lacks now, which may be less than when the button was made."""
        today = await self.today(person.owner_id, request_id, action.logical_date)
        item = today.find(action.habit_id)
        if item is None or item.measure is Measure.LIMIT:
            raise ActionRefused(STAY_BELOW if item else NOT_DUE)
        if item.missing == 0:
            return ActionResult(done_words(item.streak, item.amount, item.unit), item.revision)
        change = translate.added_to_wire(action, item.missing, request_id)
        response = await self._calls.call_as(
            person.owner_id,
            lambda: self._check_ins.CreateCheckIn(CreateCheckInRequest(change=change)),
            request_id=request_id,
        )
        confirmed = translate.confirmation_from_wire(response.outcome)
        return ActionResult(done_words(confirmed.streak, item.asked, item.unit), confirmed.revision)

    async def _skip(self, person: Person, action: ButtonAction, request_id: str) -> ActionResult:
        request = SetCheckInRequest(change=translate.skipped_to_wire(action, request_id))
        response = await self._calls.call_as(
            person.owner_id, lambda: self._check_ins.SetCheckIn(request), request_id=request_id
        )
        confirmed = translate.confirmation_from_wire(response.outcome)
        return ActionResult(skipped_words(confirmed.streak), confirmed.revision)

    async def _later(self, person: Person, action: ButtonAction, request_id: str) -> ActionResult:
        request = SnoozeReminderRequest(
            habit_id=str(action.habit_id),
            due_date=action.logical_date.isoformat(),
            snooze_minutes=SNOOZE // timedelta(minutes=1),
            request_id=request_id,
        )
        response = await self._calls.call_as(
            person.owner_id, lambda: self._reminders.SnoozeReminder(request), request_id=request_id
        )
        return ActionResult(later_words(response.remind_time.ToDatetime(UTC), person))

    async def _undo(self, person: Person, action: ButtonAction, request_id: str) -> ActionResult:
        """Take back what the button was made for; if something came after it, leave both."""
        look = ListChangesRequest(habit_id=str(action.habit_id), page_size=_CHANGES_LOOKED_AT)
        found = await self._calls.call_as(
            person.owner_id, lambda: self._check_ins.ListChanges(look), request_id=request_id
        )
        if not translate.is_last_change(found.changes, action):
            raise ActionRefused(UNDO_LATE)
        request = UndoCheckInRequest(change=translate.undone_to_wire(action, request_id))
        await self._calls.call_as(
            person.owner_id, lambda: self._check_ins.UndoCheckIn(request), request_id=request_id
        )
        return ActionResult(UNDONE_WORDS)
