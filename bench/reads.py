"""`python -m bench reads`: what ten years cost beside one month, and what a rebuild costs.

Two people-of-thirty-habits are read over REST, one lot with ten years of check-ins and one with a
month, in turn with a FastAPI that only says hello: today, the list of habits, a habit's progress,
and where there is an ETag the same asked again. Ratios are taken within a round; medians are
printed, the goals beside them. The rebuild of what is derived is held against a sequential scan of
the rows it reads.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import re
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

import asyncpg
import httpx

from bench.harness import ROOT, BenchHarness, answers, bench_harness, free_port
from bench.results import Goal, Round, medians, print_goals, ratio, table, write_json
from bench.sample_people import OLD_DAYS, YOUNG_DAYS, SamplePerson, create_people, insert_check_ins
from bench.targets import edge_and_habits, get, send

PEOPLE = 4
CONNECTIONS = 8
COLUMNS = {
    "per_second": "requests/s",
    "of_hello": "× hello",
    "p50_ms": "p50 ms",
    "p99_ms": "p99 ms",
}
SCAN = "SELECT count(*), sum(mark), sum(amount), max(day) FROM habits.days"
SIZES = """
    SELECT c.relname AS name, t.relname AS owner, pg_relation_size(c.oid) AS bytes
    FROM pg_class t
    JOIN pg_namespace n ON n.oid = t.relnamespace AND n.nspname = 'habits'
    LEFT JOIN pg_index i ON i.indrelid = t.oid
    JOIN pg_class c ON c.oid IN (t.oid, i.indexrelid)
    WHERE t.relname IN ('days', 'changes', 'progress')
    GROUP BY 1, 2, 3 ORDER BY t.relname, c.relname <> t.relname, c.relname"""


@dataclass(frozen=True)
class Read:
    """A kind of request that is measured."""

    name: str
    port: int
    requests: tuple[str, ...]
    status: str = "200"


def reads_of(name: str, port: int, people: Sequence[SamplePerson]) -> list[Read]:
    """Return the requests of these people: the screens, and the same ones when nothing changed."""
    paths = {
        what: [(path, person.token) for person in people]
        for what, path in (("today", "/v1/today"), ("habits", "/v1/habits"))
    }
    paths["progress"] = [
        (f"/v1/habits/{habit_id}/progress", person.token)
        for person in people
        for habit_id, _ in person.habits
    ]
    reads: list[Read] = []
    for what, asked in paths.items():
        reads.append(Read(f"{what}, {name}", port, tuple(get(*it) for it in asked)))
        unchanged = tuple(again for it in asked if (again := get_again(port, *it)))
        if unchanged:
            reads.append(Read(f"{what}, {name}, unchanged", port, unchanged, "304"))
    return reads


def get_again(port: int, path: str, token: str) -> str | None:
    """Return the request of a client that has the answer already; None if it has no ETag."""
    url = f"http://127.0.0.1:{port}{path}"
    answer = httpx.get(url, headers={"Authorization": f"Bearer {token}"}, timeout=30)
    tag = answer.raise_for_status().headers.get("etag")
    return (
        get(path, token).replace("\r\n\r\n", f"\r\nIf-None-Match: {tag}\r\n\r\n") if tag else None
    )


def load(read: Read, connections: int, seconds: float) -> dict[str, float]:
    """Ask for so long; return the figures."""
    return send(
        read.port, read.requests, connections, seconds, repeat=True, expected=[read.status]
    ).figures()


async def scan_seconds(database_url: str) -> float:
    """Return how long one process needs to read every row of days in order."""
    connection = await asyncpg.connect(database_url)
    try:
        await connection.execute("SET max_parallel_workers_per_gather = 0")
        begin = time.perf_counter()
        await connection.fetch(SCAN)
        return time.perf_counter() - begin
    finally:
        await connection.close()


def rebuild(bench: BenchHarness) -> tuple[int, float]:
    """Count everything anew, as an operator would; return how many habits, and the seconds."""
    done = subprocess.run(
        [sys.executable, "-m", "services.habits", "rebuild"],
        cwd=ROOT,
        env=bench.environment,
        capture_output=True,
        text=True,
        check=True,
    )
    found = re.search(r"(\d+) habits in ([\d.]+) s, (\d+) a second", done.stdout)
    assert found is not None, done.stdout
    return int(found.group(1)), int(found.group(1)) / int(found.group(3))


async def report_rebuild(bench: BenchHarness, check_ins: int, rounds: int) -> float:
    """Rebuild and scan in turn; print both, and the bytes of a check-in; return their ratio."""
    url = bench.environment["DATABASE_URL"]
    seconds: list[float] = []
    ratios: list[float] = []
    habits = 0
    for _ in range(rounds):
        scanned = await scan_seconds(url)
        habits, rebuilt = await asyncio.to_thread(rebuild, bench)
        seconds.append(rebuilt)
        ratios.append(rebuilt / scanned)
    middle = median(seconds)
    print(f"\nrebuild: {habits} habits, {check_ins} days in {middle:.2f} s:")
    print(f"  {habits / middle:.0f} habits/s, {check_ins / middle:.0f} days/s, ", end="")
    print(f"{median(ratios):.1f} × a sequential scan")
    connection = await asyncpg.connect(url)
    rows = await connection.fetch(SIZES)
    await connection.close()
    print("\nbytes:")
    for row in rows:
        each = row["bytes"] / (habits if row["owner"] == "progress" else check_ins)
        what = "a habit" if row["owner"] == "progress" else "a check-in"
        print(f"  {row['name']:24}{each:8.1f} {what}")
    return median(ratios)


async def measure(rounds: int, seconds: float, connections: int) -> tuple[list[Round], float]:
    """Create people, rebuild, read; return what each round found, and rebuild × scan."""
    async with bench_harness() as bench, contextlib.AsyncExitStack() as stack:
        port = await stack.enter_async_context(edge_and_habits(bench))
        old = await create_people(bench, port, PEOPLE, OLD_DAYS)
        young = await create_people(bench, port, PEOPLE, YOUNG_DAYS)
        check_ins = await insert_check_ins(bench.environment["DATABASE_URL"], [*old, *young])
        scans = await report_rebuild(bench, check_ins, rounds)
        hello = free_port()
        words = ("uvicorn", "bench.hello:app", "--port", str(hello), "--no-access-log")
        child = stack.enter_context(bench.running(*words, "--log-level", "warning"))
        await answers(f"http://127.0.0.1:{hello}/hello", child)
        reads = [
            Read("hello", hello, (get("/hello"),)),
            *await asyncio.to_thread(reads_of, "a month", port, young),
            *await asyncio.to_thread(reads_of, "ten years", port, old),
        ]
        found: list[Round] = []
        for number in range(rounds):
            figures = {
                read.name: await asyncio.to_thread(load, read, connections, seconds)
                for read in reads
            }
            found.append(figures)
            print(f"round {number + 1}: {json.dumps(figures)}", file=sys.stderr)
    return found, scans


def report(rounds: Sequence[Round], connections: int) -> None:
    """Print medians, and the medians of the ratios within each round."""
    found = medians(rounds)
    for name, figures in found.items():
        figures["of_hello"] = ratio(rounds, name, "hello")
    print(f"\n{connections} connections\n" + table(found, COLUMNS))


def goals_of(rounds: Sequence[Round], scans: float) -> list[Goal]:
    """Return the goals of the measured reads, and that of the rebuild."""
    goals: list[Goal] = []
    for what in ("today", "progress", "habits"):
        month, years = f"{what}, a month", f"{what}, ten years"
        goals.append(Goal(f"{what} of ten years, × hello", ratio(rounds, years, "hello"), 0.5))
        cost = ratio(rounds, month, years)
        goals.append(Goal(f"{what}: ten years cost × a month", cost, 1.2, at_most=True))
    return [*goals, Goal("rebuild, × a sequential scan", scans, 4.5, at_most=True)]


def main(arguments: list[str]) -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m bench reads")
    parser.add_argument("--rounds", type=int, default=3, help="of every read, in turn")
    parser.add_argument("--seconds", type=float, default=2, help="of each read in a round")
    parser.add_argument("--connections", type=int, default=CONNECTIONS)
    parser.add_argument("--json", type=Path, help="a file for every round")
    options = parser.parse_args(arguments)
    rounds, scans = asyncio.run(measure(options.rounds, options.seconds, options.connections))
    report(rounds, options.connections)
    goals = goals_of(rounds, scans)
    print_goals(goals)
    if options.json:
        write_json(options.json, "reads", vars(options), goals, rounds=rounds)
