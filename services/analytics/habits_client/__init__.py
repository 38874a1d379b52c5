"""Changes habits as recommendations say, through the habits service with the caller's token.

What an action touches of a habit is read as plain values, its state: the reminders, the versions,
the archive, a pause or a day. An undo compares and restores it.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from uuid import UUID

import grpc

from chassis.errors import Unavailable
from chassis.rpc.status import refusal_details
from contracts.habits.v1 import habit_pb2
from contracts.habits.v1.check_in_service_pb2 import (
    ClearCheckInRequest,
    CreateCheckInRequest,
    ListCheckInsRequest,
    SetCheckInRequest,
)
from contracts.habits.v1.check_in_service_pb2_grpc import CheckInServiceStub
from contracts.habits.v1.habit_pb2 import Habit
from contracts.habits.v1.habit_service_pb2 import (
    ArchiveHabitRequest,
    CreatePauseRequest,
    DeletePauseRequest,
    GetHabitRequest,
    ListPausesRequest,
    RestoreHabitRequest,
    UpdateHabitRequest,
)
from contracts.habits.v1.habit_service_pb2_grpc import HabitServiceStub
from services.analytics.domain.errors import (
    HabitChangedSince,
    HabitChangeRefused,
    HabitNotFound,
)
from services.analytics.domain.recommend.suggestion import ActionKind, Value
from services.analytics.habits_client import messages

type State = Mapping[str, Value]

_PAGE_SIZE = 200
_SECONDS = 4.0  # a bit less than the whole call has, which says so itself when they are over
_NO_ANSWER = (grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.DEADLINE_EXCEEDED)


class HabitGateway:
    """Reads, changes and restores what the actions of recommendations touch."""

    def __init__(self, habits: HabitServiceStub, check_ins: CheckInServiceStub) -> None:
        self._habits = habits
        self._check_ins = check_ins

    async def read(self, habit_id: UUID | None, action: State) -> State:
        """Return what an action touches, as it is now.

        Raises:
            HabitNotFound: The habit was deleted.
            HabitChangeRefused: The habits service refuses, and says why.
        """
        with _refusals(habit_id):
            match action["kind"]:
                case ActionKind.PAUSE:
                    return {"pause_ids": list(await self._pause_ids(habit_id, action))}
                case ActionKind.CHECK_IN:
                    return await self._day(_known(habit_id), str(action["date"]))
            return messages.state_of(await self._habit(_known(habit_id)), action)

    async def change(self, habit_id: UUID | None, action: State, *, request_id: UUID) -> None:
        """Carry out an action; where it is done already, nothing changes.

        Raises:
            HabitNotFound: The habit was deleted.
            HabitChangedSince: Somebody edited it at the same moment.
            HabitChangeRefused: The habits service refuses, and says why.
        """
        with _refusals(habit_id):
            match action["kind"]:
                case ActionKind.PAUSE:
                    if not await self._pause_ids(habit_id, action):
                        pause = messages.pause_of(habit_id, action)
                        request = CreatePauseRequest(pause=pause, request_id=str(request_id))
                        await self._habits.CreatePause(request, timeout=_SECONDS)
                case ActionKind.CHECK_IN:
                    change = messages.addition_of(_known(habit_id), action, request_id)
                    request_to_add = CreateCheckInRequest(change=change)
                    await self._check_ins.CreateCheckIn(request_to_add, timeout=_SECONDS)
                case ActionKind.ARCHIVE:
                    habit = await self._habit(_known(habit_id))
                    if habit.state != habit_pb2.STATE_ARCHIVED:
                        request_to_rest = ArchiveHabitRequest(habit_id=habit.id)
                        await self._habits.ArchiveHabit(request_to_rest, timeout=_SECONDS)
                case _:
                    habit = await self._habit(_known(habit_id))
                    await self._update(messages.update_of(habit, action))

    async def restore(
        self, habit_id: UUID | None, action: State, before: State, after: State
    ) -> None:
        """Put back what an action changed.

        Raises:
            HabitNotFound: The habit was deleted.
            HabitChangedSince: Somebody edited it at the same moment.
            HabitChangeRefused: The habits service refuses, and says why.
        """
        with _refusals(habit_id):
            match action["kind"]:
                case ActionKind.PAUSE:
                    for pause_id in messages.added_pause_ids(before, after):
                        request = DeletePauseRequest(pause_id=pause_id)
                        await self._habits.DeletePause(request, timeout=_SECONDS)
                case ActionKind.CHECK_IN:
                    await self._restore_day(_known(habit_id), str(action["date"]), before)
                case ActionKind.ARCHIVE:
                    if before != after:
                        request_to_wake = RestoreHabitRequest(habit_id=str(habit_id))
                        await self._habits.RestoreHabit(request_to_wake, timeout=_SECONDS)
                case _:
                    habit = await self._habit(_known(habit_id))
                    for update in messages.updates_back(habit, before, after):
                        await self._update(update)

    async def _habit(self, habit_id: UUID) -> Habit:
        request = GetHabitRequest(habit_id=str(habit_id))
        return (await self._habits.GetHabit(request, timeout=_SECONDS)).habit

    async def _update(self, update: UpdateHabitRequest) -> None:
        if update.update_mask.paths:
            await self._habits.UpdateHabit(update, timeout=_SECONDS)

    async def _pause_ids(self, habit_id: UUID | None, action: State) -> Sequence[str]:
        """Return the pauses that are exactly what the action asks for."""
        request = ListPausesRequest(habit_id=str(habit_id or ""), page_size=_PAGE_SIZE)
        wanted = messages.pause_of(habit_id, action)
        found = (await self._habits.ListPauses(request, timeout=_SECONDS)).pauses
        return sorted(
            it.id
            for it in found
            if (it.habit_id, it.from_date, it.to_date)
            == (wanted.habit_id, wanted.from_date, wanted.to_date)
        )

    async def _day(self, habit_id: UUID, day: str) -> State:
        request = ListCheckInsRequest(habit_id=str(habit_id), from_date=day, to_date=day)
        found = (await self._check_ins.ListCheckIns(request, timeout=_SECONDS)).check_ins
        return messages.day_state_of(found[0]) if found else messages.NOTHING_RECORDED

    async def _restore_day(self, habit_id: UUID, day: str, before: State) -> None:
        change = messages.day_back(habit_id, day, before)
        if change.HasField("clear"):
            await self._check_ins.ClearCheckIn(ClearCheckInRequest(change=change), timeout=_SECONDS)
        else:
            await self._check_ins.SetCheckIn(SetCheckInRequest(change=change), timeout=_SECONDS)


def _known(habit_id: UUID | None) -> UUID:
    if habit_id is None:
        raise ValueError("Only a pause is of all habits.")
    return habit_id


@contextmanager
def _refusals(habit_id: UUID | None) -> Iterator[None]:
    """Turn refusals of the habits service into those of this one."""
    try:
        yield
    except grpc.aio.AioRpcError as error:
        if error.code() in _NO_ANSWER:
            raise Unavailable("The habits service does not answer.") from error
        refusal = refusal_details(error)
        if refusal.reason == "HABIT_NOT_FOUND" and habit_id is not None:
            raise HabitNotFound(habit_id) from error
        if refusal.reason == "ETAG_MISMATCH":
            raise HabitChangedSince(habit_id) from error
        if refusal.reason:
            raise HabitChangeRefused(refusal.reason, refusal.message) from error
        raise
