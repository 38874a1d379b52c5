"""What buttons and messages ask of the habits service, for the person in the chat."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal

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
from services.notifications.domain.i18n import gettext
from services.notifications.domain.people import Person
from services.notifications.domain.replies import (
    NOT_DONE_YET,
    NOT_DUE,
    STAY_BELOW,
    UNDO_LATE,
    UNDONE_TEXT,
    Confirmation,
    added_text,
    done_text,
    later_text,
    skipped_text,
)
from services.notifications.domain.today import ItemState, Today, TodayItem
from services.notifications.translate import check_ins as translate
from services.notifications.translate.today import today_from_wire

_CHANGES_READ = 20


@dataclass(frozen=True, slots=True)
class ActionResult:
    """The result of a button or a message that changed a day."""

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

    async def today(self, person: Person, request_id: str, day: date | None = None) -> Today:
        """Return a day's habits; without a day, the person's today."""
        request = GetTodayRequest(today_date=day.isoformat() if day else "")
        response = await self._calls.call_as(
            person.owner_id, lambda: self._progress.GetToday(request), request_id=request_id
        )
        latest = day is None or day >= person.local(datetime.now(UTC)).date()
        return today_from_wire(response, latest=latest)

    async def act(self, person: Person, action: ButtonAction, request_id: str) -> ActionResult:
        """Do what a button stands for."""
        work: dict[ButtonKind, Callable[[Person, ButtonAction, str], Awaitable[ActionResult]]] = {
            ButtonKind.DONE: self._done,
            ButtonKind.SKIP: self._skip,
            ButtonKind.ADD: self._add,
            ButtonKind.SNOOZE: self._snooze,
            ButtonKind.UNDO: self._undo,
        }
        return await work[action.kind](person, action, request_id)

    async def note(self, person: Person, action: ButtonAction, text: str, request_id: str) -> None:
        """Set the note of a day on which something is recorded, and leave the rest as it is."""
        item = await self._item(person, action, request_id)
        change = translate.noted_to_wire(action, item, text, request_id)
        if change is None:
            raise ActionRefused(gettext(NOT_DONE_YET))
        await self._calls.call_as(
            person.owner_id,
            lambda: self._check_ins.SetCheckIn(SetCheckInRequest(change=change)),
            request_id=request_id,
        )

    async def _done(self, person: Person, action: ButtonAction, request_id: str) -> ActionResult:
        if action.measure is not Measure.YES_NO:
            return await self._fill_up(person, action, request_id)
        request = SetCheckInRequest(change=translate.done_to_wire(action, request_id))
        response = await self._calls.call_as(
            person.owner_id, lambda: self._check_ins.SetCheckIn(request), request_id=request_id
        )
        confirmed = translate.confirmation_from_wire(response.outcome)
        return ActionResult(done_text(confirmed.streak), confirmed.revision)

    async def _fill_up(self, person: Person, action: ButtonAction, request_id: str) -> ActionResult:
        """Add what the day lacks now, which may be less than when the button was made."""
        item = await self._item(person, action, request_id)
        if item.measure is Measure.LIMIT:
            raise ActionRefused(gettext(STAY_BELOW))
        if item.missing == 0:
            return ActionResult(done_text(item.streak, item.amount, item.unit), item.revision)
        confirmed = await self._create(person, action, item.missing, request_id)
        return ActionResult(done_text(confirmed.streak, item.asked, item.unit), confirmed.revision)

    async def _add(self, person: Person, action: ButtonAction, request_id: str) -> ActionResult:
        """Add an amount to what the day holds; never replace it."""
        added = action.value or Decimal(1)
        confirmed = await self._create(person, action, added, request_id)
        item = await self._item(person, action, request_id)
        if item.state is ItemState.MET and item.measure is Measure.QUANTITY:
            text = done_text(confirmed.streak, item.amount, item.unit)
        else:
            text = added_text(added, item.amount, item.unit)
        return ActionResult(text, confirmed.revision)

    async def _create(
        self, person: Person, action: ButtonAction, amount: Decimal, request_id: str
    ) -> Confirmation:
        request = CreateCheckInRequest(change=translate.added_to_wire(action, amount, request_id))
        response = await self._calls.call_as(
            person.owner_id, lambda: self._check_ins.CreateCheckIn(request), request_id=request_id
        )
        return translate.confirmation_from_wire(response.outcome)

    async def _item(self, person: Person, action: ButtonAction, request_id: str) -> TodayItem:
        today = await self.today(person, request_id, action.logical_date)
        item = today.find(action.habit_id)
        if item is None:
            raise ActionRefused(gettext(NOT_DUE))
        return item

    async def _skip(self, person: Person, action: ButtonAction, request_id: str) -> ActionResult:
        request = SetCheckInRequest(change=translate.skipped_to_wire(action, request_id))
        response = await self._calls.call_as(
            person.owner_id, lambda: self._check_ins.SetCheckIn(request), request_id=request_id
        )
        confirmed = translate.confirmation_from_wire(response.outcome)
        return ActionResult(skipped_text(confirmed.streak), confirmed.revision)

    async def _snooze(self, person: Person, action: ButtonAction, request_id: str) -> ActionResult:
        request = SnoozeReminderRequest(
            habit_id=str(action.habit_id),
            due_date=action.logical_date.isoformat(),
            snooze_minutes=int(action.value or 0),
            request_id=request_id,
        )
        response = await self._calls.call_as(
            person.owner_id, lambda: self._reminders.SnoozeReminder(request), request_id=request_id
        )
        return ActionResult(later_text(response.remind_time.ToDatetime(UTC), person))

    async def _undo(self, person: Person, action: ButtonAction, request_id: str) -> ActionResult:
        """Take back what the button was made for; if something came after it, leave both."""
        look = ListChangesRequest(habit_id=str(action.habit_id), page_size=_CHANGES_READ)
        found = await self._calls.call_as(
            person.owner_id, lambda: self._check_ins.ListChanges(look), request_id=request_id
        )
        if not translate.is_last_change(found.changes, action):
            raise ActionRefused(gettext(UNDO_LATE))
        request = UndoCheckInRequest(change=translate.undone_to_wire(action, request_id))
        await self._calls.call_as(
            person.owner_id, lambda: self._check_ins.UndoCheckIn(request), request_id=request_id
        )
        return ActionResult(gettext(UNDONE_TEXT))
