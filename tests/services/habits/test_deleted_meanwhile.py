"""A person is deleted while a habit of theirs is being created: nothing is left in any order."""

import asyncio
from datetime import date
from uuid import UUID

import pytest

from chassis.errors import Unauthenticated
from services.habits.domain.habit_edit import HabitDraft
from services.habits.translate.callers import person_from_caller
from services.habits.use_cases.habits import create_habit
from services.habits.use_cases.people import delete_person
from tests.services.habits.habits_server import NOON, HabitsServer, Person

READ = HabitDraft(title="Read", start_date=date(2026, 1, 1))


async def rows_of(habits: HabitsServer, owner_id: UUID) -> int:
    async with habits.database.connection() as connection:
        query = "SELECT count(*) FROM habits.habits WHERE owner_id = $1"
        return int(await connection.fetchval(query, owner_id))


async def waits_for_a_lock(habits: HabitsServer, task: asyncio.Task[None]) -> None:
    """Wait until some transaction of this database waits for another's lock."""
    query = """
        SELECT EXISTS (SELECT FROM pg_stat_activity
                       WHERE datname = current_database() AND wait_event_type = 'Lock')"""
    async with habits.database.connection() as connection:
        while not await connection.fetchval(query):
            assert not task.done(), "it did not wait"
            await asyncio.sleep(0.01)


async def test_a_habit_that_is_being_created_is_deleted_with_its_person(
    habits: HabitsServer, ann: Person
) -> None:
    await ann.makes()
    person = person_from_caller(ann.caller)

    async def delete() -> None:
        async with habits.database.transaction() as session:
            await delete_person(session, person.id)

    async with habits.database.transaction() as session:
        await create_habit(session, person, READ, most_active=9, now=NOON)
        deleting = asyncio.create_task(delete())
        await waits_for_a_lock(habits, deleting)
    await deleting
    assert await rows_of(habits, person.id) == 0


async def test_a_habit_is_not_created_after_its_person(habits: HabitsServer, ann: Person) -> None:
    await ann.makes()
    person = person_from_caller(ann.caller)

    async def create() -> None:
        async with habits.database.transaction() as session:
            await create_habit(session, person, READ, most_active=9, now=NOON)

    async with habits.database.transaction() as session:
        await delete_person(session, person.id)
        creating = asyncio.create_task(create())
        await waits_for_a_lock(habits, creating)
    with pytest.raises(Unauthenticated, match="deleted"):
        await creating
    assert await rows_of(habits, person.id) == 0
