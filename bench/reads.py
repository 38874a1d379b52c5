"""`python -m bench reads`: what ten years cost beside one month, and what a rebuild costs.

Two people-of-thirty-habits are read over REST, one lot with ten years of check-ins and one with a
month, in turn with a FastAPI that only says hello. Ratios are taken within a round; medians are
printed. The rebuild of what is derived is held against a sequential scan of the rows it reads.
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
from statistics import median

import asyncpg

from bench.check_ins import mesh
from bench.harness import ROOT, BenchHarness, answers, as_json, bench_harness, free_port
from bench.sample_people import OLD_DAYS, YOUNG_DAYS, SamplePerson, create_people, insert_check_ins

PEOPLE = 4
CONNECTIONS = 8
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


def get(path: str, token: str = "") -> str:
    """Return a GET as it goes over the wire."""
    authorization = f"Authorization: Bearer {token}\r\n" if token else ""
    return f"GET {path} HTTP/1.1\r\nHost: bench\r\n{authorization}\r\n"


def reads_of(name: str, port: int, people: Sequence[SamplePerson]) -> list[Read]:
    """Return the requests of these people: today's list, and the progress of each habit."""
    screens = tuple(get("/v1/today", person.token) for person in people)
    numbers = tuple(
        get(f"/v1/habits/{habit_id}/progress", person.token)
        for person in people
        for habit_id, _ in person.habits
    )
    return [Read(f"today, {name}", port, screens), Read(f"progress, {name}", port, numbers)]


def load(bench: BenchHarness, read: Read, connections: int, seconds: float) -> dict[str, float]:
    """Ask for so long; return the figures."""
    plan = {
        "address": f"127.0.0.1:{read.port}",
        "connections": connections,
        "seconds": seconds,
        "requests": read.requests,
        "repeat": True,
    }
    file = bench.folder / "reads.json"
    file.write_text(json.dumps(plan))
    figures = as_json([sys.executable, "-m", "bench.load", str(file)], bench.environment)
    if set(figures["statuses"]) != {"200"}:  # type: ignore[call-overload]
        raise RuntimeError(f"{read.name}: {figures}")
    return figures


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


async def report_rebuild(bench: BenchHarness, check_ins: int, rounds: int) -> None:
    """Rebuild and scan in turn; print both, and the bytes of a check-in."""
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


async def measure(rounds: int, seconds: float, connections: int) -> None:
    """Create people, rebuild, read; print the figures."""
    async with bench_harness() as bench, contextlib.AsyncExitStack() as stack:
        port = await stack.enter_async_context(mesh(bench))
        old = await create_people(bench, port, PEOPLE, OLD_DAYS)
        young = await create_people(bench, port, PEOPLE, YOUNG_DAYS)
        check_ins = await insert_check_ins(bench.environment["DATABASE_URL"], [*old, *young])
        await report_rebuild(bench, check_ins, rounds)
        hello = free_port()
        words = ("uvicorn", "bench.hello:app", "--port", str(hello), "--no-access-log")
        child = stack.enter_context(bench.running(*words, "--log-level", "warning"))
        await answers(f"http://127.0.0.1:{hello}/hello", child)
        reads = [
            Read("hello", hello, (get("/hello"),)),
            *reads_of("a month", port, young),
            *reads_of("ten years", port, old),
        ]
        found: list[dict[str, dict[str, float]]] = []
        for number in range(rounds):
            figures = {
                read.name: await asyncio.to_thread(load, bench, read, connections, seconds)
                for read in reads
            }
            found.append(figures)
            print(f"round {number + 1}: {json.dumps(figures)}", file=sys.stderr)
    report_reads(found, connections)


def report_reads(rounds: Sequence[dict[str, dict[str, float]]], connections: int) -> None:
    """Print medians, and the medians of the ratios within each round."""

    def ratio(one: str, other: str) -> float:
        return median(it[one]["per_second"] / it[other]["per_second"] for it in rounds)

    print(f"\n{f'{connections} connections':24}{'requests/s':>12}{'× hello':>9}{'p50 ms':>9}")
    for name in rounds[0]:
        per_second = median(figures[name]["per_second"] for figures in rounds)
        p50 = median(figures[name]["p50_ms"] for figures in rounds)
        print(f"{name:24}{per_second:12.0f}{ratio(name, 'hello'):9.2f}{p50:9.2f}")
    for what in ("today", "progress"):
        cost = ratio(f"{what}, a month", f"{what}, ten years")
        print(f"{what}: ten years cost {cost:.2f} × a month")


def main(arguments: list[str]) -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m bench reads")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=3)
    parser.add_argument("--connections", type=int, default=CONNECTIONS)
    options = parser.parse_args(arguments)
    asyncio.run(measure(options.rounds, options.seconds, options.connections))
