"""`python -m bench rebuilds`: what the rebuilds cost, beside reading every row once.

The database makes habits of many people with their check-ins. What habits derives from them is
computed by `python -m services.habits rebuild`, then compared by its `--check`. After that a habits
service exports everything over gRPC, and analytics makes its read model anew from it, as its own
`rebuild` does. The scan is that of `habits.days` by one process of PostgreSQL.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import subprocess
import sys
import time
import uuid
from datetime import timedelta
from statistics import median

import asyncpg
import jwt

from bench.harness import KEY_ID, ROOT, BenchHarness, bench_harness
from bench.results import Goal, print_goals
from bench.sample_habit_rows import fill_habits
from bench.sample_read_model import HABITS_EACH, SampleReadModel
from chassis.caller import TOKEN_TYPE, Caller
from chassis.clock import now
from chassis.context import RequestContext, use_context
from chassis.database import Database
from chassis.identity import ALGORITHM
from chassis.migrate import upgrade
from chassis.rpc.channel import connect
from contracts.habits.v1 import check_in_service_pb2
from contracts.habits.v1.check_in_service_pb2_grpc import CheckInServiceStub
from services.analytics.__main__ import rebuild_from

SCAN = "SELECT count(*), sum(mark), sum(amount), max(day) FROM habits.days"
SERVED_SECONDS = 30


async def scan(connection: asyncpg.Connection[asyncpg.Record]) -> float:
    """Read every row of days in order, in one process; return how long it took."""
    await connection.execute("SET max_parallel_workers_per_gather = 0")
    began = time.perf_counter()
    await connection.fetch(SCAN, timeout=None)
    return time.perf_counter() - began


def rebuild_habits(bench: BenchHarness, *arguments: str) -> float:
    """Run the command of habits; return how long it took, its start included."""
    began = time.perf_counter()
    command = [sys.executable, "-m", "services.habits", "rebuild", *arguments]
    done = subprocess.run(
        command, cwd=ROOT, env=bench.environment, check=True, capture_output=True, text=True
    )
    took = time.perf_counter() - began
    print(f"  services.habits rebuild {' '.join(arguments)}: {done.stdout.splitlines()}")
    return took


async def rebuild_analytics(bench: BenchHarness, database_url: str) -> float:
    """Make the read model anew from a habits service's export; return how long it took."""
    target = f"unix:{bench.folder}/habits.sock"
    caller = Caller(
        id=uuid.uuid4(),
        session_id=uuid.uuid4(),
        scopes=frozenset({"export"}),
        expire_time=now() + timedelta(hours=6),
    )
    claims = caller.to_claims(issue_time=now())
    token = jwt.encode(claims, bench.key, ALGORITHM, headers={"kid": KEY_ID, "typ": TOKEN_TYPE})
    database = Database(database_url)
    with (
        bench.running("services.habits", "serve", GRPC_LISTEN=target),
        use_context(RequestContext(token=token)),
    ):
        async with connect(target, check_in_service_pb2.DESCRIPTOR) as channel:
            await asyncio.wait_for(channel.channel_ready(), SERVED_SECONDS)
            began, cpu = time.perf_counter(), time.process_time()
            habits, days = await rebuild_from(CheckInServiceStub(channel), database, None)
            took = time.perf_counter() - began
    await database.close()
    print(
        f"  services.analytics rebuild: {habits:,} habits, {days:,} check-ins in {took:.1f} s,"
        f" {time.process_time() - cpu:.1f} s of CPU"
    )
    return took


async def run(check_ins: int, habits: int) -> None:
    """Fill the database and measure."""
    async with bench_harness() as bench:
        database_url = bench.environment["DATABASE_URL"]
        for service in ("habits", "analytics"):
            await upgrade(database_url, f"services.{service}")
        connection = await asyncpg.connect(database_url)
        model = await fill_habits(connection, max(habits // HABITS_EACH, 1), check_ins)
        print(
            f"{model.people:,} people, {model.habits:,} habits, {model.check_ins:,} check-ins"
            f" of {model.days} days; load {os.getloadavg()[0]:.1f}",
            flush=True,
        )
        await scan(connection)  # the first one also sets hint bits
        scans = [await scan(connection)]
        derived = await asyncio.to_thread(rebuild_habits, bench)
        scans.append(await scan(connection))
        compared = await asyncio.to_thread(rebuild_habits, bench, "--check")
        copied = await rebuild_analytics(bench, database_url)
        scans.append(await scan(connection))
        await connection.close()
        report(model, median(scans), derived, compared, copied)


def report(
    model: SampleReadModel, scanned: float, derived: float, compared: float, copied: float
) -> None:
    """Print the figures."""
    print(f"a scan: {scanned:.2f} s")
    for name, took in (("habits rebuild", derived), ("habits rebuild --check", compared)):
        print(f"{name}: {took:.2f} s, {model.habits / took:,.0f} habits/s, {took / scanned:.1f} ×")
    print(f"analytics rebuild: {copied:.1f} s, {model.check_ins / copied:,.0f} check-ins/s")
    print_goals([Goal("habits rebuild, × a sequential scan", derived / scanned, 4.5, at_most=True)])


def main(arguments: list[str]) -> None:
    """Read the command line and measure."""
    parser = argparse.ArgumentParser(prog="python -m bench rebuilds")
    parser.add_argument("--check-ins", type=int, default=500_000)
    parser.add_argument("--habits", type=int, help="one for every 180 check-ins if left out")
    options = parser.parse_args(arguments)
    asyncio.run(run(options.check_ins, options.habits or options.check_ins // 180))
