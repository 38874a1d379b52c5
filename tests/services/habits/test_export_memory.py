"""Exports are streamed: what one takes in memory does not grow with what there is."""

import tracemalloc

from contracts.habits.v1.export_service_pb2 import EXPORT_FORMAT_JSON, ExportDataRequest
from tests.services.habits.habits_server import HabitsServer, Person, ago

TEN_YEARS = 3_652


async def make_long_lives(habits: HabitsServer, person: Person, count: int) -> None:
    """Give a person habits of ten years in which something was done every day."""
    for number in range(count):
        habit = await person.makes(f"Habit {number}", start_date=str(ago(TEN_YEARS)))
        async with habits.database.connection() as connection:
            await connection.execute(
                """
                INSERT INTO habits.days (habit_id, day, mark, source, revision, update_time, note)
                SELECT $1::uuid, $2::text::date + n, 1, 3, 1, now(), 'far, and in the rain'
                FROM generate_series(0, $3::int - 1) n""",
                habit.id,
                str(ago(TEN_YEARS)),
                TEN_YEARS,
            )


async def measured_export(person: Person) -> tuple[int, int]:
    """Export to nowhere; return the size of the file, and the most memory that it took."""
    size = 0
    tracemalloc.start()
    try:
        before, _ = tracemalloc.get_traced_memory()
        async for part in person.exports.ExportData(ExportDataRequest(format=EXPORT_FORMAT_JSON)):
            size += len(part.data)
        _, most = tracemalloc.get_traced_memory()
        return size, most - before
    finally:
        tracemalloc.stop()


async def test_memory_does_not_grow_with_the_number_of_days(
    habits: HabitsServer, ann: Person
) -> None:
    await make_long_lives(habits, ann, 2)
    size, most = await measured_export(ann)
    await make_long_lives(habits, ann, 6)
    larger, most_of_larger = await measured_export(ann)
    assert larger > size + 2_700_000
    assert most_of_larger < most + 900_000
