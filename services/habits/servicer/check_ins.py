"""CheckInService: writes and lists check-ins."""

from collections.abc import AsyncIterator

from chassis.clock import Clock
from chassis.context import current_context
from chassis.database import Database
from chassis.identity import TokenVerifier, current_caller
from chassis.rpc.interceptors import Context
from chassis.rpc.paging import next_page_token, read_page
from contracts.habits.v1 import check_in_service_pb2 as rpc
from contracts.habits.v1 import check_in_service_pb2_grpc as grpc_service
from services.habits.domain.check_in import CheckInCommand
from services.habits.domain.people import Person
from services.habits.translate import check_ins as translate
from services.habits.translate.callers import export_owner, person_from_caller
from services.habits.translate.scalars import find_date_from_wire, habit_id_from_wire
from services.habits.use_cases import check_in_lists, check_ins

PUBLIC = ("BatchWriteCheckIns",)
"""Methods that verify tokens themselves: the changes of a batch may be those of many people."""


class CheckInServicer(grpc_service.CheckInServiceServicer):
    """Writes and lists check-ins.

    Args:
        database: The service's database.
        verifier: Verifies the access tokens of a batch's changes.
        now: The clock.
    """

    def __init__(self, database: Database, verifier: TokenVerifier, *, now: Clock) -> None:
        self._database = database
        self._verifier = verifier
        self._now = now

    async def CreateCheckIn(
        self, request: rpc.CreateCheckInRequest, context: Context
    ) -> rpc.CreateCheckInResponse:
        """Add to a day."""
        command = translate.add_from_wire(request, person_from_caller(current_caller()))
        return rpc.CreateCheckInResponse(outcome=await self._write(command))

    async def SetCheckIn(
        self, request: rpc.SetCheckInRequest, context: Context
    ) -> rpc.SetCheckInResponse:
        """Set a day."""
        command = translate.set_from_wire(request, person_from_caller(current_caller()))
        return rpc.SetCheckInResponse(outcome=await self._write(command))

    async def ClearCheckIn(
        self, request: rpc.ClearCheckInRequest, context: Context
    ) -> rpc.ClearCheckInResponse:
        """Clear a day."""
        command = translate.clear_from_wire(request, person_from_caller(current_caller()))
        return rpc.ClearCheckInResponse(outcome=await self._write(command))

    async def UndoCheckIn(
        self, request: rpc.UndoCheckInRequest, context: Context
    ) -> rpc.UndoCheckInResponse:
        """Undo the last change."""
        command = translate.undo_from_wire(request, person_from_caller(current_caller()))
        return rpc.UndoCheckInResponse(outcome=await self._write(command))

    async def BatchWriteCheckIns(
        self, request: rpc.BatchWriteCheckInsRequest, context: Context
    ) -> rpc.BatchWriteCheckInsResponse:
        """Make many changes, of one person or of many."""
        commands = translate.commands_from_wire(request, self._person_of)
        async with self._database.connection() as connection:
            answers = await check_ins.write_readable(connection, commands, now=self._now())
        return rpc.BatchWriteCheckInsResponse(results=map(translate.result_to_wire, answers))

    async def ListCheckIns(
        self, request: rpc.ListCheckInsRequest, context: Context
    ) -> rpc.ListCheckInsResponse:
        """List the days of a habit, newest first."""
        person, page = person_from_caller(current_caller()), read_page(request)
        habit_id = habit_id_from_wire(request.habit_id)
        from_date = find_date_from_wire(request.from_date, "from_date")
        to_date = find_date_from_wire(request.to_date, "to_date")
        async with self._database.connection() as connection:
            found = await check_in_lists.list_check_ins(
                connection,
                person,
                habit_id,
                from_date=from_date,
                to_date=to_date,
                before=translate.day_from_page(page.after),
                limit=page.size + 1,
                now=self._now(),
            )
        shown = found[: page.size]
        return rpc.ListCheckInsResponse(
            check_ins=map(translate.day_to_wire, shown),
            next_page_token=next_page_token(request, [shown[-1].day.isoformat()])
            if len(found) > page.size
            else "",
        )

    async def ListChanges(
        self, request: rpc.ListChangesRequest, context: Context
    ) -> rpc.ListChangesResponse:
        """List the changes of a habit's days, newest first."""
        person, page = person_from_caller(current_caller()), read_page(request)
        habit_id = habit_id_from_wire(request.habit_id)
        async with self._database.connection() as connection:
            found = await check_in_lists.list_changes(
                connection,
                person,
                habit_id,
                before=translate.change_id_from_page(page.after),
                limit=page.size + 1,
            )
        shown = found[: page.size]
        return rpc.ListChangesResponse(
            changes=map(translate.change_to_wire, shown),
            next_page_token=next_page_token(request, [str(shown[-1].id)])
            if len(found) > page.size
            else "",
        )

    async def ExportCheckIns(
        self, request: rpc.ExportCheckInsRequest, context: Context
    ) -> AsyncIterator[rpc.ExportCheckInsResponse]:
        """Stream everything of one person, or of everybody."""
        owner_id = export_owner(current_caller(), request.owner_id)
        async with self._database.connection() as connection:
            async for chunk in check_in_lists.export(connection, owner_id, now=self._now()):
                yield translate.chunk_to_wire(chunk)

    async def _write(self, command: CheckInCommand) -> rpc.CheckInOutcome:
        async with self._database.connection() as connection:
            outcome = await check_ins.write_one(connection, command, now=self._now())
        return translate.outcome_to_wire(outcome)

    def _person_of(self, token: str) -> Person:
        """Return the person of a change's own access token, or else of the call's."""
        return person_from_caller(
            self._verifier.authorize(token or current_context().token, "check_ins:write")
        )
