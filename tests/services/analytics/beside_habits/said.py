"""What habits has said: the events that analytics hears."""

from google.protobuf.message import Message

from contracts.habits.v1 import habit_events_pb2
from tests.services.habits.running import Person, RunningHabits

HEARD = {
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


async def said(habits: RunningHabits, person: Person) -> list[Message]:
    """Return everything that habits has said of a person, oldest first."""
    query = "SELECT type, body FROM habits.outbox ORDER BY id"
    async with habits.database.connection() as connection:
        rows = await connection.fetch(query)
    events = [HEARD[row["type"]].FromString(row["body"]) for row in rows if row["type"] in HEARD]
    return [it for it in events if it.owner_id == str(person.caller.id)]
