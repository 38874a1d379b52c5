"""One process at a time handles due reminders; another takes over from one killed or frozen."""

import asyncio
import signal
import sys
import time
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator

import pytest

from services.habits.dao import reminder_leader
from services.habits.use_cases import due_reminders
from tests.services.habits.reminder_home import ReminderHome, a_reminder, at

NOW = "2026-11-23 08:00:03"
TAKEOVER_SECONDS = 60  # the server takes the locks away after 8; a loaded machine is given more
LEADER = """
import asyncio, sys
from datetime import datetime
from chassis.database import Database
from services.habits.dao import due_batches
from services.habits.dao import due_reminders as dao
from services.habits.dao import reminder_leader
from services.habits.domain.due_reminder import DecidedReminder, DecisionCache
from services.habits import events

async def main():
    now = datetime.fromisoformat(sys.argv[2])
    async with Database(sys.argv[1]).connection() as connection:
        assert await reminder_leader.try_to_lead(connection)
        async with connection.transaction():
            await reminder_leader.limit_silence(connection)
            claimed = await due_batches.claim(connection, now=now)
            print("claimed", len(claimed), flush=True)
            await asyncio.to_thread(sys.stdin.readline)
            batch = await dao.list_due(connection, claimed)
            decided = [DecidedReminder(due, DecisionCache(now).decide(due)) for due in batch]
            rows = {it.due.reminder_id: events.habit_reminder_due(it.to_send) for it in decided}
            await dao.write_decided(connection, decided, rows, now=now)

asyncio.run(main())
"""


@pytest.fixture
async def leader(home: ReminderHome) -> AsyncIterator[Process]:
    """Lend another process that leads and has claimed the reminder that is due at 08:00."""
    await home.habit(a_reminder("08:00"), now=at("2026-11-23 06:00"))
    command = [sys.executable, "-c", LEADER, home.database.url, at(NOW).isoformat()]
    process = await asyncio.create_subprocess_exec(*command, stdin=PIPE, stdout=PIPE, stderr=PIPE)
    assert process.stdout is not None
    assert await process.stdout.readline() == b"claimed 1\n"
    yield process
    if process.returncode is None:
        process.kill()
    await process.wait()


async def take_over(home: ReminderHome) -> None:
    end = time.monotonic() + TAKEOVER_SECONDS
    while not await home.tick(NOW):
        assert time.monotonic() < end, "nobody took over"
        await asyncio.sleep(0.2)


async def test_a_second_process_leaves_the_work_to_the_first(
    home: ReminderHome, leader: Process
) -> None:
    result = await due_reminders.remind_due(home.database, now=at(NOW))
    assert result == due_reminders.TickResult()
    await leader.communicate(b"\n")
    assert leader.returncode == 0
    assert len(await home.tick(NOW)) == 1


async def test_another_takes_over_from_one_that_is_killed(
    home: ReminderHome, leader: Process
) -> None:
    leader.kill()
    await take_over(home)
    assert len(await home.tick("2026-11-23 08:00:08")) == 1


async def test_another_takes_over_from_one_that_is_frozen_and_it_fires_once(
    home: ReminderHome, leader: Process
) -> None:
    leader.send_signal(signal.SIGSTOP)
    await take_over(home)
    leader.send_signal(signal.SIGCONT)
    _, problem = await leader.communicate(b"\n")
    assert leader.returncode == 1
    assert b"Unavailable" in problem
    assert len(await home.tick("2026-11-23 08:00:08")) == 1


async def test_whoever_led_leaves_its_connection_as_it_was(home: ReminderHome) -> None:
    await due_reminders.remind_due(home.database, now=at(NOW))
    async with home.database.connection() as connection:
        assert await connection.fetchval("SHOW idle_session_timeout") == "0"
        query = (
            "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND pid = pg_backend_pid()"
        )
        assert await connection.fetchval(query) == 0


def test_silence_and_the_next_tick_are_less_than_fifteen_seconds() -> None:
    from scheduler.schedule import PERIODIC_TASKS

    [tick] = [it.every for it in PERIODIC_TASKS if it.task == "habits.remind_due"]
    assert (reminder_leader.SILENCE + tick).total_seconds() < 15
