"""CalendarService: the calendar that calendar apps subscribe to."""

from chassis.clock import Clock
from chassis.database import Database
from chassis.identity import current_caller
from chassis.rpc.interceptors import Context
from contracts.habits.v1 import calendar_service_pb2 as rpc
from contracts.habits.v1 import calendar_service_pb2_grpc as grpc_service
from services.habits.translate.callers import person_from_caller
from services.habits.use_cases import calendars

PUBLIC = ("GetCalendar",)
"""Calendar apps have no access token: the secret of the address is enough."""


class CalendarServicer(grpc_service.CalendarServiceServicer):
    """Gives a calendar to whoever knows its address.

    Args:
        database: The service's database.
        now: The clock.
    """

    def __init__(self, database: Database, *, now: Clock) -> None:
        self._database = database
        self._now = now

    async def CreateCalendar(
        self, request: rpc.CreateCalendarRequest, context: Context
    ) -> rpc.CreateCalendarResponse:
        """Create the address of the caller's calendar."""
        person = person_from_caller(current_caller())
        async with self._database.transaction() as session:
            secret = await calendars.create_calendar(session, person, now=self._now())
        return rpc.CreateCalendarResponse(secret=secret)

    async def DeleteCalendar(
        self, request: rpc.DeleteCalendarRequest, context: Context
    ) -> rpc.DeleteCalendarResponse:
        """Delete the address of the caller's calendar."""
        person = person_from_caller(current_caller())
        async with self._database.transaction() as session:
            await calendars.delete_calendar(session, person.id)
        return rpc.DeleteCalendarResponse()

    async def GetCalendar(
        self, request: rpc.GetCalendarRequest, context: Context
    ) -> rpc.GetCalendarResponse:
        """Get a calendar by its secret."""
        async with self._database.connection() as connection:
            content = await calendars.get_calendar(connection, request.secret, now=self._now())
        return rpc.GetCalendarResponse(content=content)
