"""A person is deleted while something of theirs is being stored: nothing is left in any order."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from random import randrange
from typing import cast
from uuid import UUID, uuid4

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from chassis.database import Connection, Database
from chassis.errors import NotFound
from chassis.ids import uuid7
from services.notifications.domain.event_data import (
    HabitDone,
    Period,
    ReportCreated,
    Streak,
)
from services.notifications.domain.people import Chat
from services.notifications.domain.people import Person as StoredPerson
from services.notifications.domain.reminder_days import DayChange, DayOutcome
from services.notifications.use_cases import cheers, events, links, preferences
from tests.services.notifications.push import a_due_reminder

NOW = datetime(2026, 1, 9, 12, tzinfo=UTC)
TABLES = ("chats", "preferences", "messages", "days", "activity", "webhooks", "push_subscriptions")

type Write = Callable[[AsyncSession, UUID], Awaitable[object]]


async def remind(session: AsyncSession, owner_id: UUID) -> None:
    await events.write_reminder(session, a_due_reminder(owner_id), event_id=uuid7(), now=NOW)


async def cheer(session: AsyncSession, owner_id: UUID) -> None:
    done = HabitDone(
        owner_id=owner_id,
        habit_id=uuid4(),
        title="Run",
        logical_date=NOW.date(),
        streak=Streak(3),
        from_chat=False,
        revision=1,
    )
    await session.execute(text("SELECT 1"))  # begins the transaction of the driver's connection
    raw = await (await session.connection()).get_raw_connection()
    connection = cast(Connection, raw.driver_connection)
    await cheers.write_cheers(connection, {uuid7(): done}, now=NOW)


async def report(session: AsyncSession, owner_id: UUID) -> None:
    created = ReportCreated(
        owner_id=owner_id,
        period=Period.DAILY,
        completed_habits=1,
        due=1,
        met=1,
        perfect_days=1,
        streak=Streak(1),
        recommendation="",
    )
    await events.write_report(session, created, event_id=uuid7(), now=NOW)


async def link(session: AsyncSession, owner_id: UUID) -> None:
    chat_id = randrange(10**9, 10**12)
    chat = Chat(owner_id=owner_id, chat_id=chat_id, title="Ada", create_time=NOW)
    await links.link_chat(session, chat)


async def choose(session: AsyncSession, owner_id: UUID) -> None:
    await preferences.update_preferences(session, owner_id, {"weekly_report": False})


@pytest.fixture
async def owner_id(database: Database) -> UUID:
    owner_id = uuid4()
    async with database.transaction() as session:
        await events.upsert_person(session, StoredPerson(owner_id=owner_id, revision=1))
    return owner_id


async def row_count(database: Database, owner_id: UUID) -> int:
    count = 0
    async with database.connection() as connection:
        for table in TABLES:
            query = f"SELECT count(*) FROM notifications.{table} WHERE owner_id = $1"
            count += await connection.fetchval(query, owner_id)
    return count


async def waits_for_a_lock(database: Database, task: asyncio.Task[None]) -> None:
    """Wait until some transaction of this database waits for another's lock."""
    query = """
        SELECT EXISTS (SELECT FROM pg_stat_activity
                       WHERE datname = current_database() AND wait_event_type = 'Lock')"""
    async with database.connection() as connection:
        while not await connection.fetchval(query):
            assert not task.done(), "it did not wait"
            await asyncio.sleep(0.01)


async def delete(database: Database, owner_id: UUID) -> None:
    async with database.transaction() as session:
        await events.delete_person(session, owner_id)


@pytest.mark.parametrize("write", [remind, cheer, report, link, choose])
async def test_what_is_being_stored_is_deleted_with_its_person(
    database: Database, owner_id: UUID, write: Write
) -> None:
    async with database.transaction() as session:
        await write(session, owner_id)
        deleting = asyncio.create_task(delete(database, owner_id))
        await waits_for_a_lock(database, deleting)
    await deleting
    assert await row_count(database, owner_id) == 0


@pytest.mark.parametrize("write", [remind, cheer, report, link, choose])
async def test_nothing_is_stored_after_its_person(
    database: Database, owner_id: UUID, write: Write
) -> None:
    async def store() -> None:
        async with database.transaction() as session:
            with contextlib.suppress(NotFound):  # the account's, to a person who asks
                await write(session, owner_id)

    async with database.transaction() as session:
        await events.delete_person(session, owner_id)
        storing = asyncio.create_task(store())
        await waits_for_a_lock(database, storing)
    await storing
    assert await row_count(database, owner_id) == 0


async def test_a_batch_of_changed_days_leaves_out_those_of_deleted_people(
    database: Database, owner_id: UUID
) -> None:
    deleted_id = uuid4()
    await delete(database, deleted_id)
    changes = [
        DayChange(
            owner_id=of,
            habit_id=uuid4(),
            logical_date=NOW.date() - timedelta(days=1),
            revision=1,
            state=DayOutcome.MET,
        )
        for of in (owner_id, deleted_id)
    ]
    async with database.connection() as connection, connection.transaction():
        await events.apply_day_changes(connection, changes, now=NOW)
    assert await row_count(database, owner_id) == 1
    assert await row_count(database, deleted_id) == 0
