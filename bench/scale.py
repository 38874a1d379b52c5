"""`python -m bench scale`: what counting everybody costs, beside reading every row once.

A read model of many people is made by the database. Everybody's totals and checkpoints are then
counted from all their days, as after a rebuild. Four weeks of nights follow: a day's check-ins
arrive, and whose turn it is are counted; after four weeks that was everybody, once. Before, between
and after, every check-in is read by one sequential scan in one process of PostgreSQL; the other
figures are held against it. Beside each count stands its floor: the same rows read and written by
plain SQL, without counting anything. `--database-url` names an empty database; otherwise a durable
private one is started.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import time
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from datetime import UTC, date, datetime, timedelta
from statistics import mean, median
from uuid import UUID

import asyncpg

from bench.harness import bench_harness
from bench.sample_read_model import HABITS_EACH, LAST_DAY, SampleReadModel, add_day, fill
from chassis.database import Database
from chassis.migrate import upgrade
from services.analytics.tasks import count_due
from services.analytics.use_cases.daily_totals import CHECKPOINT_DISTANCE, COUNT_EVERY_DAYS

CHECK_INS_A_HABIT = 180
NOON = datetime(LAST_DAY.year, LAST_DAY.month, LAST_DAY.day, 12, tzinfo=UTC)
NIGHT = timedelta(hours=12, minutes=1)
"""After noon."""
SCAN = "SELECT count(*), count(mark), sum(amount_thousandths), max(day) FROM analytics.days"
GOALS = {"full count": 4.5, "nightly count": 0.25}
_READ_HABITS = """
    SELECT habit_id, owner_id, measure, start_date, versions::text FROM analytics.habits
    WHERE NOT deleted AND owner_id = ANY($1)"""
_READ_DAYS = """
    SELECT sum(read.days), sum(read.marks), sum(read.amount) FROM analytics.habits AS h
    CROSS JOIN LATERAL (SELECT count(d.day) AS days, count(d.mark) AS marks,
            sum(d.amount_thousandths) AS amount
        FROM analytics.days AS d WHERE d.habit_id = h.habit_id AND d.day >= $2) AS read
    WHERE h.owner_id = ANY($1)"""
_WRITE_PEOPLE = "UPDATE analytics.people SET stale_from = stale_from WHERE owner_id = ANY($1)"
_WRITE_HABITS = """
    UPDATE analytics.habits SET checkpoint = checkpoint || '[]' WHERE owner_id = ANY($1)"""
_WRITE_ALL_MONTHS = """
    CREATE TABLE analytics.copied (LIKE analytics.monthly_totals INCLUDING ALL);
    INSERT INTO analytics.copied SELECT * FROM analytics.monthly_totals"""
_WRITE_LAST_MONTHS = """
    UPDATE analytics.monthly_totals SET due_counts = due_counts, met_counts = met_counts,
        check_in_counts = check_in_counts
    WHERE owner_id = ANY($1) AND month >= date_trunc('month', $2::date)"""


async def scan(connection: asyncpg.Connection[asyncpg.Record]) -> None:
    """Read every row of days in order, in one process."""
    await connection.execute("SET max_parallel_workers_per_gather = 0")
    await connection.fetch(SCAN, timeout=None)


async def same_rows(
    connection: asyncpg.Connection[asyncpg.Record], owner_ids: list[UUID], since: date | None
) -> None:
    """Read and write the rows of a count in plain SQL, and take it back.

    Args:
        connection: The database.
        owner_ids: Who is counted.
        since: The first day that the count reads; None for all.
    """
    transaction = connection.transaction()
    await transaction.start()
    await connection.fetch(_READ_HABITS, owner_ids, timeout=None)
    await connection.fetch(_READ_DAYS, owner_ids, since or date.min, timeout=None)
    if since is None:
        await connection.execute(_WRITE_ALL_MONTHS, timeout=None)
    else:
        await connection.execute(_WRITE_LAST_MONTHS, owner_ids, since, timeout=None)
    await connection.execute(_WRITE_HABITS, owner_ids, timeout=None)
    await connection.execute(_WRITE_PEOPLE, owner_ids, timeout=None)
    await transaction.rollback()


async def timed(name: str, work: Callable[[], Awaitable[object]]) -> float:
    """Run something; print how long it took and the CPU of this process, and return the former."""
    wall, cpu = time.perf_counter(), time.process_time()
    await work()
    took = time.perf_counter() - wall
    print(f"  {name:16}{took:9.2f} s   {time.process_time() - cpu:8.2f} s CPU here", flush=True)
    return took


async def measure(database_url: str, model: SampleReadModel) -> None:
    """Print the figures."""
    connection = await asyncpg.connect(database_url)
    database = Database(database_url)
    everybody = [row[0] for row in await connection.fetch("SELECT owner_id FROM analytics.people")]
    try:
        await scan(connection)  # the first one also reads from the disk and sets hint bits
        scans = [await timed("scan", lambda: scan(connection))]
        full = await timed("full count", lambda: count_due(database, now=NOON))
        scans.append(await timed("scan", lambda: scan(connection)))
        nights, counted = await four_weeks(connection, database)
        if counted != model.people:
            raise RuntimeError(f"{counted} of {model.people} people were counted")
        scans.append(await timed("scan", lambda: scan(connection)))
        some = everybody[: model.people // COUNT_EVERY_DAYS]
        since = LAST_DAY - CHECKPOINT_DISTANCE
        floors = [
            await timed("its rows", lambda: same_rows(connection, everybody, None)),
            await timed("its rows", lambda: same_rows(connection, some, since)),
        ]
    finally:
        await connection.close()
        await database.close()
    scanned = median(scans)
    print(f"{model.habits / full:,.0f} habits/s in the full count")
    print(f"the longest night {max(nights):.2f} s, {max(nights) / scanned:.2f} × a scan")
    for name, took, floor in zip(GOALS, (full, mean(nights)), floors, strict=True):
        print(
            f"{name}: {took / scanned:.2f} × a scan (goal ≤ {GOALS[name]});"
            f" the same rows in plain SQL {floor / scanned:.2f} × a scan"
        )


async def four_weeks(
    connection: asyncpg.Connection[asyncpg.Record], database: Database
) -> tuple[list[float], int]:
    """Count for four weeks of nights; return how long each took, and how many were counted."""
    nights: list[float] = []
    counted = 0
    for number in range(COUNT_EVERY_DAYS):
        day = LAST_DAY + timedelta(days=number)
        if number:
            await add_day(connection, day)
        wall = time.perf_counter()
        counted += await count_due(database, now=NOON + NIGHT + timedelta(days=number))
        nights.append(time.perf_counter() - wall)
    print(f"  {len(nights)} nights       {sum(nights):9.2f} s", flush=True)
    return nights, counted


async def run(check_ins: int, habits: int, database_url: str) -> None:
    """Find or start a database, fill it, and measure."""
    async with AsyncExitStack() as stack:
        if not database_url:
            bench = await stack.enter_async_context(bench_harness())
            database_url = bench.environment["DATABASE_URL"]
        await upgrade(database_url, "services.analytics")
        connection = await asyncpg.connect(database_url)
        model = await fill(connection, max(habits // HABITS_EACH, 1), check_ins)
        await connection.close()
        print(
            f"{model.people:,} people, {model.habits:,} habits, {model.check_ins:,} check-ins"
            f" of {model.days} days; load {os.getloadavg()[0]:.1f}",
            flush=True,
        )
        await measure(database_url, model)


def main(arguments: list[str]) -> None:
    """Read the command line and measure."""
    parser = argparse.ArgumentParser(prog="python -m bench scale")
    parser.add_argument("--check-ins", type=int, default=9_000_000)
    parser.add_argument("--habits", type=int, help="one for every 180 check-ins if left out")
    parser.add_argument("--database-url", default="")
    options = parser.parse_args(arguments)
    habits = options.habits or options.check_ins // CHECK_INS_A_HABIT
    asyncio.run(run(options.check_ins, habits, options.database_url))
