"""Worker and beat as they really run: children before a real broker and a real database."""

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from chassis.clock import now
from chassis.database import Database
from scheduler import heartbeat
from services.habits.use_cases import due_reminders
from tests.services.habits.reminder_home import ReminderHome, a_reminder

START_SECONDS = 40
STOP_SECONDS = 60


@pytest.fixture(scope="module")
def database_url(migrated: Callable[..., str]) -> str:
    return migrated("habits", "analytics")


@pytest.fixture
def environment(database_url: str, amqp_url: str, tmp_path: Path) -> dict[str, str]:
    return os.environ | {
        "DATABASE_URL": database_url,
        "AMQP_URL": amqp_url,
        "HEARTBEAT_FOLDER": f"{tmp_path}",
    }


@contextmanager
def running(role: str, environment: dict[str, str]) -> Iterator[subprocess.Popen[bytes]]:
    """Run worker or beat inside the block, and have it stop as a supervisor would."""
    child = subprocess.Popen([sys.executable, "-m", "scheduler", role], env=environment)
    try:
        yield child
        child.send_signal(signal.SIGTERM)
        assert child.wait(STOP_SECONDS) == 0
    finally:
        child.kill()
        child.wait()


def healthy(role: str, environment: dict[str, str]) -> bool:
    command = [sys.executable, "-m", "scheduler", "healthy", role]
    return subprocess.run(command, env=environment, check=False).returncode == 0


async def test_a_reminder_rings_by_itself_and_both_stop_when_told(
    environment: dict[str, str], tmp_path: Path
) -> None:
    database = Database(environment["DATABASE_URL"])
    home = ReminderHome(database)
    reminder = a_reminder(f"{now():%H:%M}")
    assert not healthy("worker", environment)
    with ExitStack() as stack:
        for role in ("worker", "beat"):
            stack.enter_context(running(role, environment))
        habit = await home.habit(reminder, now=now())
        async with database.connection() as connection:
            await connection.execute(
                "UPDATE habits.reminders SET look_time = now() WHERE habit_id = $1", habit.id
            )
            query = "SELECT look_time > now() FROM habits.reminders WHERE habit_id = $1"
            end = time.monotonic() + START_SECONDS
            while not await connection.fetchval(query, habit.id):
                assert time.monotonic() < end, "no tick came"
                await asyncio.sleep(0.1)
        assert heartbeat.healthy(tmp_path, "beat")
        assert healthy("worker", environment)
    assert await due_reminders.remind_due(database, now=now()) == due_reminders.TickResult()
    await database.close()


def test_a_missing_variable_is_named(environment: dict[str, str]) -> None:
    without = {name: value for name, value in environment.items() if name != "AMQP_URL"}
    command = [sys.executable, "-m", "scheduler", "worker"]
    done = subprocess.run(command, env=without, check=False, capture_output=True, text=True)
    assert done.returncode == 78
    assert "AMQP_URL is missing" in done.stderr


def test_an_unknown_role_is_told_the_known_ones(environment: dict[str, str]) -> None:
    command = [sys.executable, "-m", "scheduler", "dance"]
    done = subprocess.run(command, env=environment, check=False, capture_output=True, text=True)
    assert done.returncode == 2
    assert "worker | beat" in done.stderr
