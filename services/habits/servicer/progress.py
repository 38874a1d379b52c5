"""ProgressService: how it goes."""

from chassis.clock import Clock
from chassis.context import current_context
from chassis.database import Database
from chassis.identity import TokenVerifier, current_caller
from chassis.rpc.interceptors import Context
from contracts.habits.v1 import progress_service_pb2 as rpc
from contracts.habits.v1 import progress_service_pb2_grpc as grpc_service
from services.habits.domain.people import Person
from services.habits.translate import progress as translate
from services.habits.translate import state_versions as translate_versions
from services.habits.translate.callers import person_from_caller
from services.habits.translate.scalars import find_date_from_wire, habit_id_from_wire
from services.habits.use_cases import progress
from services.habits.use_cases.state_versions import check_state_versions

PUBLIC = ("BatchCheckStateVersions",)
"""Methods that verify tokens themselves: the checks of a batch may be those of many people."""


class ProgressServicer(grpc_service.ProgressServiceServicer):
    """Serves progress, history and the today screen.

    Args:
        database: The service's database.
        verifier: Verifies the access tokens of a batch's checks.
        now: The clock.
    """

    def __init__(self, database: Database, verifier: TokenVerifier, *, now: Clock) -> None:
        self._database = database
        self._verifier = verifier
        self._now = now

    async def GetProgress(
        self, request: rpc.GetProgressRequest, context: Context
    ) -> rpc.GetProgressResponse:
        """Return a habit's numbers."""
        person = person_from_caller(current_caller())
        habit_id = habit_id_from_wire(request.habit_id)
        async with self._database.connection() as connection:
            found = await progress.get_progress(
                connection, person, habit_id, explain=request.explain, now=self._now()
            )
        return rpc.GetProgressResponse(
            progress=translate.progress_to_wire(found),
            units=map(translate.unit_to_wire, found.units),
        )

    async def GetHistory(
        self, request: rpc.GetHistoryRequest, context: Context
    ) -> rpc.GetHistoryResponse:
        """Return a habit's days."""
        person = person_from_caller(current_caller())
        habit_id = habit_id_from_wire(request.habit_id)
        from_date = find_date_from_wire(request.from_date, "from_date")
        to_date = find_date_from_wire(request.to_date, "to_date")
        async with self._database.connection() as connection:
            found = await progress.get_history(
                connection,
                person,
                habit_id,
                from_date=from_date,
                to_date=to_date,
                now=self._now(),
            )
        return rpc.GetHistoryResponse(
            days=[translate.history_day_to_wire(day, note) for day, note in found]
        )

    async def GetToday(
        self, request: rpc.GetTodayRequest, context: Context
    ) -> rpc.GetTodayResponse:
        """Return the screen of a day."""
        person = person_from_caller(current_caller())
        day = find_date_from_wire(request.today_date, "today_date")
        async with self._database.connection() as connection:
            screen = await progress.get_today(connection, person, day=day, now=self._now())
        return translate.today_screen_to_wire(screen)

    async def GetPerson(
        self, request: rpc.GetPersonRequest, context: Context
    ) -> rpc.GetPersonResponse:
        """Return what is known of the caller."""
        person = person_from_caller(current_caller())
        async with self._database.connection() as connection:
            person, today = await progress.get_person(connection, person, now=self._now())
        return rpc.GetPersonResponse(revision=person.revision, today_date=today.isoformat())

    async def ListRevisions(
        self, request: rpc.ListRevisionsRequest, context: Context
    ) -> rpc.ListRevisionsResponse:
        """List the revisions of the caller's habits."""
        async with self._database.connection() as connection:
            found = await progress.list_revisions(connection, current_caller().id)
        return rpc.ListRevisionsResponse(
            revisions=[
                rpc.HabitRevisions(
                    habit_id=str(habit_id), habit_revision=habit, check_in_revision=check_in
                )
                for habit_id, habit, check_in in found
            ]
        )

    async def BatchCheckStateVersions(
        self, request: rpc.BatchCheckStateVersionsRequest, context: Context
    ) -> rpc.BatchCheckStateVersionsResponse:
        """Check state versions, of one person or of many."""
        checks = translate_versions.checks_from_wire(request, self._person_of)
        async with self._database.connection() as connection:
            found = iter(
                await check_state_versions(
                    connection, [check for check in checks if check], now=self._now()
                )
            )
        return rpc.BatchCheckStateVersionsResponse(
            results=[
                translate_versions.result_to_wire(*next(found))
                if check
                else rpc.StateVersionResult()
                for check in checks
            ]
        )

    def _person_of(self, token: str) -> Person:
        """Return the person of a check's own access token, or else of the call's."""
        return person_from_caller(
            self._verifier.authorize(token or current_context().token, "habits:read")
        )
