"""Habits, pauses and their numbers: what `/new`, `/habits` and `/pause` ask of habits."""

from collections.abc import Awaitable
from datetime import date, timedelta
from typing import Protocol
from uuid import UUID

from google.protobuf.field_mask_pb2 import FieldMask

from contracts.habits.v1 import habit_pb2, progress_service_pb2
from contracts.habits.v1.habit_service_pb2 import (
    ArchiveHabitRequest,
    CreateHabitRequest,
    CreatePauseRequest,
    DeleteHabitRequest,
    DeletePauseRequest,
    GetHabitRequest,
    ListHabitsRequest,
    ListPausesRequest,
    RestoreHabitRequest,
    UpdateHabitRequest,
)
from contracts.habits.v1.habit_service_pb2_grpc import HabitServiceStub
from contracts.habits.v1.progress_service_pb2_grpc import ProgressServiceStub
from services.notifications.bot.delegated_calls import DelegatedCalls
from services.notifications.domain.habit_cards import WEEK, WEEKS_SHOWN, HabitCard
from services.notifications.domain.habit_forms import HabitForm
from services.notifications.domain.people import Person
from services.notifications.translate import habits as translate

_PAGE = 200
_MOST_PAGES = 25
"""Active habits have a quota, archived ones none: no list is read without an end."""


class HabitEditor:
    """The habits service's nouns; every method may raise `ActionRefused` or `AccountDeleted`."""

    def __init__(
        self, calls: DelegatedCalls, habits: HabitServiceStub, progress: ProgressServiceStub
    ) -> None:
        self._calls = calls
        self._habits = habits
        self._progress = progress

    async def create(self, person: Person, draft: HabitForm, request_id: str) -> UUID:
        """Create a habit; the same request creates it once."""
        request = CreateHabitRequest(habit=translate.habit_to_wire(draft), request_id=request_id)
        response = await self._as(person, request_id, self._habits.CreateHabit, request)
        return UUID(response.habit.id)

    async def titles(
        self, person: Person, request_id: str, *, archived: bool = False
    ) -> list[tuple[UUID, str]]:
        """Return the ids and titles of a person's habits, at most 5,000, by position."""
        state = habit_pb2.STATE_ARCHIVED if archived else habit_pb2.STATE_ACTIVE
        request = ListHabitsRequest(state=state, page_size=_PAGE)
        titles: list[tuple[UUID, str]] = []
        for _ in range(_MOST_PAGES):
            response = await self._as(person, request_id, self._habits.ListHabits, request)
            titles += [(UUID(habit.id), habit.title) for habit in response.habits]
            request.page_token = response.next_page_token
            if not request.page_token:
                break
        return titles

    async def card(self, person: Person, habit_id: UUID, request_id: str) -> HabitCard:
        """Return a habit with its numbers and its last five weeks."""
        key = str(habit_id)
        habit = await self._habit(person, habit_id, request_id)
        numbers = await self._as(
            person,
            request_id,
            self._progress.GetProgress,
            progress_service_pb2.GetProgressRequest(habit_id=key),
        )
        today = date.fromisoformat(numbers.progress.today_date)
        first = today - timedelta(days=WEEK * WEEKS_SHOWN - 1)
        history = await self._as(
            person,
            request_id,
            self._progress.GetHistory,
            progress_service_pb2.GetHistoryRequest(
                habit_id=key, from_date=first.isoformat(), to_date=today.isoformat()
            ),
        )
        return translate.card_from_wire(habit, numbers.progress, history.days)

    async def rename(self, person: Person, habit_id: UUID, title: str, request_id: str) -> None:
        """Change a habit's title."""
        habit = habit_pb2.Habit(id=str(habit_id), title=title)
        await self._update(person, habit, request_id, "title")

    async def change_schedule(
        self, person: Person, habit_id: UUID, code: str, request_id: str
    ) -> None:
        """Change when a habit is due, from today, as a button's code says."""
        schedule = translate.schedule_to_wire(HabitForm(schedule=code).schedule_value)
        habit = habit_pb2.Habit(id=str(habit_id), schedule=schedule)
        await self._update(person, habit, request_id, "schedule")

    async def change_amount(
        self, person: Person, card: HabitCard, amount: str, request_id: str
    ) -> None:
        """Change how much a habit asks, from today."""
        goal = translate.goal_to_wire(card.measure, amount)
        habit = habit_pb2.Habit(id=str(card.habit_id), goal=goal)
        await self._update(person, habit, request_id, "goal")

    async def change_times(
        self, person: Person, habit_id: UUID, times: tuple[str, ...], request_id: str
    ) -> None:
        """Set when to be reminded; a reminder whose time stays keeps its words and days."""
        habit = await self._habit(person, habit_id, request_id)
        before = {it.local_time: it for it in habit.reminders}
        reminders = [before.get(it) or habit_pb2.Reminder(local_time=it) for it in times]
        changed = habit_pb2.Habit(id=str(habit_id), reminders=reminders)
        await self._update(person, changed, request_id, "reminders")

    async def archive(self, person: Person, habit_id: UUID, request_id: str) -> None:
        """Archive a habit with its history."""
        request = ArchiveHabitRequest(habit_id=str(habit_id))
        await self._as(person, request_id, self._habits.ArchiveHabit, request)

    async def restore(self, person: Person, habit_id: UUID, request_id: str) -> None:
        """Restore an archived habit."""
        request = RestoreHabitRequest(habit_id=str(habit_id))
        await self._as(person, request_id, self._habits.RestoreHabit, request)

    async def delete(self, person: Person, habit_id: UUID, request_id: str) -> None:
        """Delete a habit and its check-ins for good."""
        request = DeleteHabitRequest(habit_id=str(habit_id))
        await self._as(person, request_id, self._habits.DeleteHabit, request)

    async def today(self, person: Person, request_id: str) -> date:
        """Return the person's today as habits counts it."""
        request = progress_service_pb2.GetPersonRequest()
        response = await self._as(person, request_id, self._progress.GetPerson, request)
        return date.fromisoformat(response.today_date)

    async def pause(
        self, person: Person, habit_id: UUID | None, last: date | None, request_id: str
    ) -> None:
        """Pause one habit, or all, from today until a day, or until it is resumed."""
        today = await self.today(person, request_id)
        pause = habit_pb2.Pause(
            habit_id=str(habit_id) if habit_id else "",
            from_date=today.isoformat(),
            to_date=last.isoformat() if last else "",
        )
        request = CreatePauseRequest(pause=pause, request_id=request_id)
        await self._as(person, request_id, self._habits.CreatePause, request)

    async def resume(self, person: Person, habit_id: UUID | None, request_id: str) -> int:
        """End the pauses that hold today, of one habit or of all; return how many."""
        today = await self.today(person, request_id)
        request = ListPausesRequest(page_size=_PAGE)
        listed = await self._as(person, request_id, self._habits.ListPauses, request)
        wanted = str(habit_id) if habit_id else ""
        holding = [it for it in listed.pauses if it.habit_id == wanted and _holds(it, today)]
        for pause in holding:
            delete = DeletePauseRequest(pause_id=pause.id)
            await self._as(person, request_id, self._habits.DeletePause, delete)
            if pause.from_date < today.isoformat():  # what was paused until today stays so
                pause.to_date = (today - timedelta(days=1)).isoformat()
                create = CreatePauseRequest(pause=pause)
                await self._as(person, request_id, self._habits.CreatePause, create)
        return len(holding)

    async def _habit(self, person: Person, habit_id: UUID, request_id: str) -> habit_pb2.Habit:
        request = GetHabitRequest(habit_id=str(habit_id))
        return (await self._as(person, request_id, self._habits.GetHabit, request)).habit

    async def _update(
        self, person: Person, habit: habit_pb2.Habit, request_id: str, *paths: str
    ) -> None:
        request = UpdateHabitRequest(habit=habit, update_mask=FieldMask(paths=paths))
        await self._as(person, request_id, self._habits.UpdateHabit, request)

    async def _as[Q, R](
        self, person: Person, request_id: str, method: "Method[Q, R]", request: Q
    ) -> R:
        return await self._calls.call_as(
            person.owner_id, lambda: method(request), request_id=request_id
        )


class Method[Q, R](Protocol):
    """An rpc of a stub."""

    def __call__(self, request: Q, /) -> Awaitable[R]:
        """Call it."""
        ...


def _holds(pause: habit_pb2.Pause, today: date) -> bool:
    day = today.isoformat()
    return pause.from_date <= day and (not pause.to_date or day <= pause.to_date)
