"""The order of habits: every position is taken once, and it is not the habit's content."""

import asyncio
from uuid import UUID, uuid4

import pytest
from asyncpg import UniqueViolationError

from chassis.database import Database
from chassis.migrate import upgrade
from contracts.habits.v1.habit_service_pb2 import DeleteHabitRequest, OrderHabitsRequest
from tests.services.habits.api_calls import edit, get, titles
from tests.services.habits.habits_server import HabitsServer, Person, refused

OLD_HABIT = """
    INSERT INTO habits.habits (id, owner_id, title, description, color, icon, tags, position,
        start_date, measure, unit, versions, reminders, revision, create_time, update_time)
    VALUES ($1, $2, $3, '', '', '', '{}', $4, '2026-01-01', 'yes_no', '', '[]', '[]', 7,
        now(), now())"""


async def test_habits_made_at_once_get_each_a_position(ann: Person) -> None:
    made = await asyncio.gather(*(ann.makes(f"{number}") for number in range(12)))
    assert sorted(habit.position for habit in made) == list(range(12))


async def test_a_position_that_is_free_is_not_given_twice(ann: Person) -> None:
    first, second, _ = [await ann.makes(title) for title in "abc"]
    await ann.habits.DeleteHabit(DeleteHabitRequest(habit_id=second.id))
    made = await asyncio.gather(
        ann.makes("d"), ann.habits.OrderHabits(OrderHabitsRequest(habit_ids=[first.id]))
    )
    everyone = [await get(ann, habit) for habit in (first, made[0])]
    assert everyone[0].position == 0
    assert everyone[1].position == max(2, everyone[1].position)
    assert await titles(ann) == ["a", "c", "d"]


async def test_an_order_is_no_edit(ann: Person) -> None:
    """An edit form that is open stays good while the habits are sorted beside it."""
    a, b, c = [await ann.makes(title) for title in "abc"]
    await ann.habits.OrderHabits(OrderHabitsRequest(habit_ids=[c.id, b.id, a.id]))
    after = await get(ann, a)
    assert (after.position, after.etag, after.update_time) == (2, a.etag, a.update_time)
    edited = await edit(ann, a, title="A", etag=a.etag)
    assert edited.position == 2
    with refused("ETAG_MISMATCH"):
        await edit(ann, a, title="AA", etag=a.etag)


async def test_orders_at_once_leave_one_of_them(ann: Person) -> None:
    made = [await ann.makes(title) for title in "abcdef"]
    orders = [made[::-1], made, made[3:] + made[:3]]
    await asyncio.gather(
        *(
            ann.habits.OrderHabits(OrderHabitsRequest(habit_ids=[habit.id for habit in order]))
            for order in orders
        )
    )
    assert await titles(ann) in [[habit.title for habit in order] for order in orders]


async def test_the_database_keeps_two_from_one_position(habits: HabitsServer) -> None:
    owner = uuid4()
    async with habits.database.connection() as connection:
        await connection.execute(OLD_HABIT, uuid4(), owner, "a", 0)
        with pytest.raises(UniqueViolationError):
            await connection.execute(OLD_HABIT, uuid4(), owner, "b", 0)


async def test_a_migration_spreads_positions_that_were_given_twice(
    database_url: str,
) -> None:
    url, ann, bob = database_url, UUID(int=1), UUID(int=2)
    await upgrade(url, "services.habits", revision="2026_11_23_reminders")
    database = Database(url)
    async with database.connection() as connection:
        for number, (owner, position) in enumerate([(ann, 0), (ann, 3), (ann, 3), (bob, 3)]):
            await connection.execute(
                OLD_HABIT, UUID(int=number), owner, f"{owner.int}{number}", position
            )
    await upgrade(url, "services.habits")
    query = "SELECT title, position, revision, content_revision FROM habits.habits ORDER BY title"
    async with database.connection() as connection:
        rows = [tuple(row) for row in await connection.fetch(query)]
    assert rows == [("10", 0, 7, 7), ("11", 1, 7, 7), ("12", 2, 7, 7), ("23", 0, 7, 7)]
    await database.close()
