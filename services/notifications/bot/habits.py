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
from services.notifications.bot.proxy import CannotDo, Proxy
from services.notifications.domain.answers import (
    NOT_DUE,
    SNOOZE,
    STAY_BELOW,
    UNDO_LATE,
    UNDONE_WORDS,
    done_words,
    later_words,
    skipped_words,
)
from services.notifications.domain.buttons import Action, Measure, Press
from services.notifications.domain.people import Person
from services.notifications.domain.today import Today
from services.notifications.translate import check_ins as translate
from services.notifications.translate.today import today_from_wire

_CHANGES_LOOKED_AT = 20


@dataclass(frozen=True, slots=True)
class Answer:
    """What a press came to."""

    words: str
    revision: int = 0
    """Of the day afterwards; 0 when there is nothing to take back."""


class Habits:
    """The habits service, asked by the bot. Every method may raise `CannotDo` or `AccountGone`."""

    def __init__(
        self,
        proxy: Proxy,
        check_ins: CheckInServiceStub,
        progress: ProgressServiceStub,
        reminders: ReminderServiceStub,
    ) -> None:
        self._proxy = proxy
        self._check_ins = check_ins
        self._progress = progress
        self._reminders = reminders

    async def today(self, owner_id: UUID, request_id: str, day: date | None = None) -> Today:
        """Return a day's habits; without a day, the person's today."""
        request = GetTodayRequest(today_date=day.isoformat() if day else "")
        response = await self._proxy.acting_for(
            owner_id, lambda: self._progress.GetToday(request), request_id=request_id
        )
        return today_from_wire(response)

    async def press(self, person: Person, press: Press, request_id: str) -> Answer:
        """Do what a button stands for."""
        work: dict[Action, Callable[[Person, Press, str], Awaitable[Answer]]] = {
            Action.DONE: self._done,
            Action.SKIP: self._skip,
            Action.LATER: self._later,
            Action.UNDO: self._undo,
        }
        return await work[press.action](person, press, request_id)

    async def _done(self, person: Person, press: Press, request_id: str) -> Answer:
        if press.measure is not Measure.YES_NO:
            return await self._fill_up(person, press, request_id)
        request = SetCheckInRequest(change=translate.done_to_wire(press, request_id))
        response = await self._proxy.acting_for(
            person.owner_id, lambda: self._check_ins.SetCheckIn(request), request_id=request_id
        )
        confirmed = translate.confirmation_from_wire(response.outcome)
        return Answer(done_words(confirmed.streak), confirmed.revision)

    async def _fill_up(self, person: Person, press: Press, request_id: str) -> Answer:
        """Add what the day lacks now, which may be less than when the button was made."""
        today = await self.today(person.owner_id, request_id, press.logical_date)
        item = today.find(press.habit_id)
        if item is None or item.measure is Measure.LIMIT:
            raise CannotDo(STAY_BELOW if item else NOT_DUE)
        if item.missing == 0:
            return Answer(done_words(item.streak, item.amount, item.unit), item.revision)
        change = translate.added_to_wire(press, item.missing, request_id)
        response = await self._proxy.acting_for(
            person.owner_id,
            lambda: self._check_ins.CreateCheckIn(CreateCheckInRequest(change=change)),
            request_id=request_id,
        )
        confirmed = translate.confirmation_from_wire(response.outcome)
        return Answer(done_words(confirmed.streak, item.asked, item.unit), confirmed.revision)

    async def _skip(self, person: Person, press: Press, request_id: str) -> Answer:
        request = SetCheckInRequest(change=translate.skipped_to_wire(press, request_id))
        response = await self._proxy.acting_for(
            person.owner_id, lambda: self._check_ins.SetCheckIn(request), request_id=request_id
        )
        confirmed = translate.confirmation_from_wire(response.outcome)
        return Answer(skipped_words(confirmed.streak), confirmed.revision)

    async def _later(self, person: Person, press: Press, request_id: str) -> Answer:
        request = SnoozeReminderRequest(
            habit_id=str(press.habit_id),
            due_date=press.logical_date.isoformat(),
            snooze_minutes=SNOOZE // timedelta(minutes=1),
            request_id=request_id,
        )
        response = await self._proxy.acting_for(
            person.owner_id, lambda: self._reminders.SnoozeReminder(request), request_id=request_id
        )
        return Answer(later_words(response.remind_time.ToDatetime(UTC), person))

    async def _undo(self, person: Person, press: Press, request_id: str) -> Answer:
        """Take back what the button was made for; if something came after it, leave both."""
        look = ListChangesRequest(habit_id=str(press.habit_id), page_size=_CHANGES_LOOKED_AT)
        found = await self._proxy.acting_for(
            person.owner_id, lambda: self._check_ins.ListChanges(look), request_id=request_id
        )
        if not translate.is_last_change(found.changes, press):
            raise CannotDo(UNDO_LATE)
        request = UndoCheckInRequest(change=translate.undone_to_wire(press, request_id))
        await self._proxy.acting_for(
            person.owner_id, lambda: self._check_ins.UndoCheckIn(request), request_id=request_id
        )
        return Answer(UNDONE_WORDS)
