"""ReminderService: answers to reminders that are not check-ins."""

from sqlalchemy import Table

from chassis.clock import Clock
from chassis.database import Database
from chassis.identity import current_caller
from chassis.rpc import idempotency
from chassis.rpc.interceptors import Context
from contracts.habits.v1 import reminder_service_pb2 as rpc
from contracts.habits.v1 import reminder_service_pb2_grpc as grpc_service
from services.habits.translate import reminders as translate
from services.habits.translate.callers import person_from_caller
from services.habits.translate.scalars import date_from_wire, habit_id_from_wire
from services.habits.use_cases import reminders


class ReminderServicer(grpc_service.ReminderServiceServicer):
    """Reminds again later.

    Args:
        database: The service's database.
        replays: The table of stored responses.
        now: The clock.
    """

    def __init__(self, database: Database, replays: Table, *, now: Clock) -> None:
        self._database = database
        self._replays = replays
        self._now = now

    async def SnoozeReminder(
        self, request: rpc.SnoozeReminderRequest, context: Context
    ) -> rpc.SnoozeReminderResponse:
        """Remind again later, on the same logical date."""
        person, now = person_from_caller(current_caller()), self._now()
        habit_id = habit_id_from_wire(request.habit_id)
        due_date = date_from_wire(request.due_date, "due_date")
        minutes = translate.snooze_minutes_from_wire(request)
        async with self._database.transaction() as session:

            async def respond() -> rpc.SnoozeReminderResponse:
                moment = await reminders.snooze(
                    session, person, habit_id, due_date=due_date, minutes=minutes, now=now
                )
                return translate.snoozed_to_wire(moment)

            return await idempotency.respond_once(
                session,
                self._replays,
                request,
                rpc.SnoozeReminderResponse,
                respond,
                owner_id=person.id,
                now=now,
            )
