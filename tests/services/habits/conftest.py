"""What tests of the habits service may ask for."""

from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from chassis.database import Database
from tests.services.habits.habits_server import HabitsServer, Person, run_habits
from tests.services.habits.reminder_home import ReminderHome


@pytest.fixture(scope="module")
def habits_url(migrated: Callable[..., str]) -> str:
    """Lend a database with the schema of habits to one module."""
    return migrated("habits")


@pytest.fixture
async def habits(habits_url: str, tmp_path: Path) -> AsyncIterator[HabitsServer]:
    """Lend a habits service; its clock stands at noon of 14 January 2026, a Wednesday."""
    async with run_habits(habits_url, tmp_path) as running:
        yield running


@pytest.fixture
async def home(habits_url: str) -> AsyncIterator[ReminderHome]:
    """Lend a person who keeps habits without a service; nobody else's reminders are due."""
    database = Database(habits_url)
    yield ReminderHome(database)
    async with database.connection() as connection:  # a run checks everybody's
        await connection.execute("TRUNCATE habits.reminders, habits.snoozes, habits.outbox")
    await database.close()


@pytest.fixture
def ann(habits: HabitsServer) -> Person:
    """Lend a new person."""
    return habits.person()
