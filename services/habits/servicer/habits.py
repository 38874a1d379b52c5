"""HabitService: habits and pauses."""

from sqlalchemy import Table

from chassis.clock import Clock
from chassis.database import Database
from chassis.identity import current_caller
from chassis.rpc import idempotency
from chassis.rpc.interceptors import Context
from chassis.rpc.paging import next_page_token, read_page
from contracts.habits.v1 import habit_service_pb2 as rpc
from contracts.habits.v1 import habit_service_pb2_grpc as grpc_service
from services.habits.translate import habits as translate
from services.habits.translate import pauses as translate_pauses
from services.habits.translate.callers import person_from_caller
from services.habits.translate.scalars import (
    find_date_from_wire,
    habit_id_from_wire,
    pause_id_from_wire,
)
from services.habits.use_cases import habits, pauses, schedule_previews


class HabitServicer(grpc_service.HabitServiceServicer):
    """Keeps habits and pauses. Every call acts for the caller's own.

    Args:
        database: The service's database.
        replays: The table of stored responses.
        most_active: How many active habits a person may have.
        now: The clock.
    """

    def __init__(self, database: Database, replays: Table, *, most_active: int, now: Clock) -> None:
        self._database = database
        self._most_active = most_active
        self._replays = replays
        self._now = now

    async def CreateHabit(
        self, request: rpc.CreateHabitRequest, context: Context
    ) -> rpc.CreateHabitResponse:
        """Make a habit."""
        person, now = person_from_caller(current_caller()), self._now()
        draft = translate.new_habit_from_wire(request.habit)
        async with self._database.transaction() as session:

            async def respond() -> rpc.CreateHabitResponse:
                kept = await habits.create_habit(
                    session, person, draft, most_active=self._most_active, now=now
                )
                return rpc.CreateHabitResponse(habit=translate.habit_to_wire(*kept))

            return await idempotency.respond_once(
                session,
                self._replays,
                request,
                rpc.CreateHabitResponse,
                respond,
                owner_id=person.id,
                now=now,
            )

    async def GetHabit(
        self, request: rpc.GetHabitRequest, context: Context
    ) -> rpc.GetHabitResponse:
        """Return a habit."""
        person = person_from_caller(current_caller())
        habit_id = habit_id_from_wire(request.habit_id)
        async with self._database.transaction() as session:
            kept = await habits.get_habit(session, person, habit_id, now=self._now())
        return rpc.GetHabitResponse(habit=translate.habit_to_wire(*kept))

    async def ListHabits(
        self, request: rpc.ListHabitsRequest, context: Context
    ) -> rpc.ListHabitsResponse:
        """List habits by position, then age."""
        person, page = person_from_caller(current_caller()), read_page(request)
        async with self._database.transaction() as session:
            found, today = await habits.list_habits(
                session,
                person,
                state=translate.state_from_wire(request.state),
                tag=translate.tag_from_wire(request),
                after=translate.place_from_page(page.after),
                limit=page.size + 1,
                now=self._now(),
            )
        shown = found[: page.size]
        return rpc.ListHabitsResponse(
            habits=[translate.habit_to_wire(habit, today) for habit in shown],
            next_page_token=next_page_token(request, translate.place_to_page(shown[-1]))
            if len(found) > page.size
            else "",
        )

    async def UpdateHabit(
        self, request: rpc.UpdateHabitRequest, context: Context
    ) -> rpc.UpdateHabitResponse:
        """Change a habit."""
        person = person_from_caller(current_caller())
        habit_id = habit_id_from_wire(request.habit.id)
        draft = translate.draft_from_wire(request)
        effective_date = find_date_from_wire(request.effective_date, "effective_date")
        async with self._database.transaction() as session:
            kept = await habits.update_habit(
                session,
                person,
                habit_id,
                draft,
                etag=request.habit.etag,
                effective_date=effective_date,
                now=self._now(),
            )
        return rpc.UpdateHabitResponse(habit=translate.habit_to_wire(*kept))

    async def DeleteHabit(
        self, request: rpc.DeleteHabitRequest, context: Context
    ) -> rpc.DeleteHabitResponse:
        """Delete a habit and its check-ins."""
        person = person_from_caller(current_caller())
        habit_id = habit_id_from_wire(request.habit_id)
        async with self._database.transaction() as session:
            await habits.delete_habit(session, person, habit_id)
        return rpc.DeleteHabitResponse()

    async def ArchiveHabit(
        self, request: rpc.ArchiveHabitRequest, context: Context
    ) -> rpc.ArchiveHabitResponse:
        """Archive a habit."""
        person = person_from_caller(current_caller())
        habit_id = habit_id_from_wire(request.habit_id)
        async with self._database.transaction() as session:
            kept = await habits.archive_habit(session, person, habit_id, now=self._now())
        return rpc.ArchiveHabitResponse(habit=translate.habit_to_wire(*kept))

    async def RestoreHabit(
        self, request: rpc.RestoreHabitRequest, context: Context
    ) -> rpc.RestoreHabitResponse:
        """Take a habit up again."""
        person = person_from_caller(current_caller())
        habit_id = habit_id_from_wire(request.habit_id)
        async with self._database.transaction() as session:
            kept = await habits.restore_habit(
                session, person, habit_id, most_active=self._most_active, now=self._now()
            )
        return rpc.RestoreHabitResponse(habit=translate.habit_to_wire(*kept))

    async def OrderHabits(
        self, request: rpc.OrderHabitsRequest, context: Context
    ) -> rpc.OrderHabitsResponse:
        """Put habits in an order."""
        person = person_from_caller(current_caller())
        wanted = [habit_id_from_wire(text) for text in request.habit_ids]
        async with self._database.transaction() as session:
            found, today = await habits.order_habits(session, person, wanted, now=self._now())
        return rpc.OrderHabitsResponse(
            habits=[translate.habit_to_wire(habit, today) for habit in found]
        )

    async def PreviewSchedule(
        self, request: rpc.PreviewScheduleRequest, context: Context
    ) -> rpc.PreviewScheduleResponse:
        """Return the next due days of a schedule."""
        person = person_from_caller(current_caller())
        schedule = translate.schedule_from_wire(request.schedule)
        start_date = find_date_from_wire(request.start_date, "start_date")
        from_date = find_date_from_wire(request.from_date, "from_date")
        async with self._database.transaction() as session:
            found = await schedule_previews.preview_schedule(
                session,
                person,
                schedule,
                start_date=start_date,
                from_date=from_date,
                now=self._now(),
            )
        return rpc.PreviewScheduleResponse(due_dates=[day.isoformat() for day in found])

    async def CreatePause(
        self, request: rpc.CreatePauseRequest, context: Context
    ) -> rpc.CreatePauseResponse:
        """Declare days that do not count."""
        person, now = person_from_caller(current_caller()), self._now()
        draft = translate_pauses.pause_from_wire(request.pause)
        async with self._database.transaction() as session:

            async def respond() -> rpc.CreatePauseResponse:
                kept = await pauses.create_pause(
                    session,
                    person,
                    habit_id=draft.habit_id,
                    from_date=draft.from_date,
                    to_date=draft.to_date,
                    reason=draft.reason,
                    now=now,
                )
                return rpc.CreatePauseResponse(pause=translate_pauses.pause_to_wire(kept))

            return await idempotency.respond_once(
                session,
                self._replays,
                request,
                rpc.CreatePauseResponse,
                respond,
                owner_id=person.id,
                now=now,
            )

    async def ListPauses(
        self, request: rpc.ListPausesRequest, context: Context
    ) -> rpc.ListPausesResponse:
        """List pauses, latest start first."""
        person, page = person_from_caller(current_caller()), read_page(request)
        habit_id = habit_id_from_wire(request.habit_id) if request.habit_id else None
        async with self._database.transaction() as session:
            found = await pauses.list_pauses(
                session,
                person,
                habit_id=habit_id,
                after=translate_pauses.place_from_page(page.after),
                limit=page.size + 1,
            )
        shown = found[: page.size]
        return rpc.ListPausesResponse(
            pauses=map(translate_pauses.pause_to_wire, shown),
            next_page_token=next_page_token(request, translate_pauses.place_to_page(shown[-1]))
            if len(found) > page.size
            else "",
        )

    async def DeletePause(
        self, request: rpc.DeletePauseRequest, context: Context
    ) -> rpc.DeletePauseResponse:
        """Take a pause back."""
        person = person_from_caller(current_caller())
        pause_id = pause_id_from_wire(request.pause_id)
        async with self._database.transaction() as session:
            await pauses.delete_pause(session, person, pause_id, now=self._now())
        return rpc.DeletePauseResponse()
