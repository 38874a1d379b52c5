"""The events that habits has published and analytics handles."""

from google.protobuf.message import Message

from contracts.habits.v1 import habit_events_pb2
from tests.services.habits.habits_server import HabitsServer, Person

EVENTS = {
    event.DESCRIPTOR.full_name: event
    for event in (
        habit_events_pb2.HabitCreated,
        habit_events_pb2.HabitUpdated,
        habit_events_pb2.HabitArchived,
        habit_events_pb2.HabitRestored,
        habit_events_pb2.HabitDeleted,
        habit_events_pb2.PauseChanged,
        habit_events_pb2.CheckInChanged,
    )
}


async def published_events(habits: HabitsServer, person: Person) -> list[Message]:
    """Return everything that habits has published of a person, oldest first."""
    query = "SELECT type, body FROM habits.outbox ORDER BY id"
    async with habits.database.connection() as connection:
        rows = await connection.fetch(query)
    events = [EVENTS[row["type"]].FromString(row["body"]) for row in rows if row["type"] in EVENTS]
    return [it for it in events if it.owner_id == str(person.caller.id)]
