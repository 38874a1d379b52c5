"""A person is deleted while a report of theirs is being created: nothing is left in any order."""

import asyncio
from uuid import UUID, uuid4

import pytest

from chassis.database import Database
from contracts.analytics.v1.analytics_events_pb2 import ReportReady
from services.analytics.domain.errors import NothingWasDue
from services.analytics.domain.person import Person
from services.analytics.domain.report import ReportKind
from services.analytics.use_cases.read_model import apply_account_deleted
from services.analytics.use_cases.reports import create_report
from tests.services.analytics.event_builders import a_habit, a_person, done
from tests.services.analytics.running import NOON, deliver, events_of


@pytest.fixture
async def ann(database: Database) -> Person:
    """Somebody with a habit that was done today."""
    person = Person(id=uuid4())
    made = a_habit(person.id)
    await deliver(database, a_person(person.id), made, *done(made, "2026-01-09"))
    return person


async def rows_of(database: Database, owner_id: UUID) -> int:
    query = """
        SELECT (SELECT count(*) FROM analytics.reports WHERE owner_id = $1)
            + (SELECT count(*) FROM analytics.recommendations WHERE owner_id = $1)"""
    async with database.connection() as connection:
        return int(await connection.fetchval(query, owner_id))


async def waits_for_a_lock(database: Database, task: asyncio.Task[None]) -> None:
    """Wait until some transaction of this database waits for another's lock."""
    query = """
        SELECT EXISTS (SELECT FROM pg_stat_activity
                       WHERE datname = current_database() AND wait_event_type = 'Lock')"""
    async with database.connection() as connection:
        while not await connection.fetchval(query):
            assert not task.done(), "it did not wait"
            await asyncio.sleep(0.01)


async def create(database: Database, person: Person) -> None:
    async with database.transaction() as session:
        await create_report(session, person, ReportKind.DAILY, None, now=NOON)


async def delete(database: Database, person: Person) -> None:
    async with database.transaction() as session:
        await apply_account_deleted(session, person.id)


async def test_a_report_that_is_being_created_is_deleted_with_its_person(
    database: Database, ann: Person
) -> None:
    async with database.transaction() as session:
        await create_report(session, ann, ReportKind.DAILY, None, now=NOON)
        deleting = asyncio.create_task(delete(database, ann))
        await waits_for_a_lock(database, deleting)
    await deleting
    assert await rows_of(database, ann.id) == 0


async def test_a_report_is_not_created_after_its_person(database: Database, ann: Person) -> None:
    async with database.transaction() as session:
        await apply_account_deleted(session, ann.id)
        creating = asyncio.create_task(create(database, ann))
        await waits_for_a_lock(database, creating)
    with pytest.raises(NothingWasDue):
        await creating
    assert await rows_of(database, ann.id) == 0
    assert await events_of(database, ReportReady, ann.id) == []
