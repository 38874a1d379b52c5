"""Workers that are killed: every task is done, and its effect is there once."""

import asyncio
import os
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from celery import Celery
from kombu import Connection, Queue

from chassis.database import Database
from chassis.ids import uuid7
from tests.services.analytics.event_builders import a_habit, a_person
from tests.services.analytics.running import deliver

PEOPLE = TASKS = 200
KILLED_AFTER = (15, 45, 80, 120, 160)
SECONDS = 240


@contextmanager
def worker(environment: dict[str, str]) -> Iterator[subprocess.Popen[bytes]]:
    child = subprocess.Popen([sys.executable, "-m", "scheduler", "worker"], env=environment)
    try:
        yield child
    finally:
        child.kill()
        child.wait()


@pytest.fixture(scope="module")
def database_url(migrated: Callable[..., str]) -> str:
    return migrated("habits", "analytics")


async def people_with_a_report_due(database: Database) -> list[UUID]:
    """Make people whose daily report, and whose totals of yesterday, are due now."""
    now = datetime.now(UTC)
    today, yesterday = now.date(), now.date() - timedelta(days=1)
    people = [uuid7() for _ in range(PEOPLE)]
    for owner_id in people:
        await deliver(database, a_person(owner_id), a_habit(owner_id, start=yesterday.isoformat()))
    async with database.connection() as connection:
        await connection.execute(
            "UPDATE analytics.people SET next_report_time = $1, next_report_date = $2,"
            " next_count_time = $1, weekly_report = false, monthly_report = false",
            now,
            today,
        )
    return people


def send_tasks(amqp_url: str) -> None:
    """Send as many ticks as there are people, each for one of them; none expires."""
    app = Celery("sender", broker=amqp_url)
    queue = "scheduler.ticks"
    app.conf.update(
        task_default_queue=queue,
        task_default_exchange=queue,
        task_default_routing_key=queue,
        task_default_exchange_type="topic",
        task_default_queue_type="quorum",
        broker_transport_options={"confirm_publish": True},
    )
    for _ in range(TASKS):
        app.send_task("analytics.tick", kwargs={"most": 1})
    app.close()


async def count(database: Database, query: str) -> int:
    async with database.connection() as connection:
        found: int = await connection.fetchval(query)
        return found


async def until(condition: Callable[[], Awaitable[bool]], what: str) -> None:
    end = time.monotonic() + SECONDS
    while not await condition():
        assert time.monotonic() < end, what
        await asyncio.sleep(0.05)


@pytest.mark.timeout(300)  # six workers are started
async def test_of_tasks_whose_worker_is_killed_each_is_done_and_none_twice(
    database_url: str, amqp_url: str, tmp_path: Path
) -> None:
    environment = os.environ | {
        "DATABASE_URL": database_url,
        "AMQP_URL": amqp_url,
        "HEARTBEAT_FOLDER": f"{tmp_path}",
        "LOG_LEVEL": "WARNING",
    }
    database = Database(database_url)
    people = await people_with_a_report_due(database)
    send_tasks(amqp_url)
    reports = "SELECT count(*) FROM analytics.reports"

    for reached in KILLED_AFTER:
        with worker(environment) as child:

            async def made_so_many(least: int = reached) -> bool:
                return await count(database, reports) >= least

            await until(made_so_many, f"{reached} reports")
            child.kill()
    with worker(environment), Connection(amqp_url) as broker:

        async def nothing_waits() -> bool:
            declared: Any = Queue("scheduler.ticks", channel=broker.default_channel).queue_declare(
                passive=True
            )
            waiting = declared.message_count
            return not waiting and await count(database, reports) == PEOPLE

        await until(nothing_waits, "all tasks")
        counted = f"SELECT count(*) = {PEOPLE} FROM analytics.daily_totals"

        async def all_counted() -> bool:
            return bool(await count(database, counted))

        await until(all_counted, "all totals")

    for once in (
        "SELECT owner_id FROM analytics.reports WHERE kind = 'daily'",
        "SELECT owner_id FROM analytics.daily_totals",
    ):
        async with database.connection() as connection:
            found = [row["owner_id"] for row in await connection.fetch(once)]
        assert sorted(found) == sorted(people), once
    events = await count(database, "SELECT count(*) FROM analytics.outbox")
    assert events == PEOPLE
    await database.close()
