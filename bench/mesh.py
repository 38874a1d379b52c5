"""The CPU of a check-in in the whole mesh, process by process, with every event handler running.

`python -m bench mesh [--rounds 2] [--seconds 3] [--connections 1,8,64] [--reads 0.9] [--json F]`:
the mesh that `./habits up` starts. The CPU of a round includes what follows it (relay, RabbitMQ,
the handlers of analytics and notifications), less what the idle mesh uses in the same time. With
`--reads` so large a share of the requests is `GET /v1/today`, and the CPU is that of any request.
The lag is from a check-in's moment in habits to when analytics has stored it.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import itertools
import json
import os
import random
import sys
import tempfile
import time
import uuid
from collections.abc import AsyncIterator, Iterator, Sequence
from datetime import datetime
from pathlib import Path
from statistics import median

import asyncpg
import httpx

from bench.check_ins import DAYS, each_once, make_habits
from bench.harness import as_json, free_port
from bench.reads import get
from chassis.clock import now
from local.mesh import Options, running_mesh
from local.status_file import MeshStatus

PEOPLE = 20
MOST_PER_SECOND = 4000
LAG = """
    SELECT array_append(percentile_cont(ARRAY[0.5, 0.99, 1]) WITHIN GROUP (
        ORDER BY 1000 * extract(epoch FROM heard.hear_time - told.update_time)::float8),
        count(*) FILTER (WHERE heard.hear_time IS NULL)::float8)
    FROM habits.days AS told
    LEFT JOIN analytics.days AS heard ON heard.habit_id = told.habit_id AND heard.day = told.day
    WHERE told.update_time >= $1"""
LAG_NAMES = ("lag_p50_ms", "lag_p99_ms", "lag_max_ms", "not_heard")
SHOWN = ("per_second", "p50_ms", "p95_ms", "p99_ms", *LAG_NAMES)
"""What is shown besides CPU."""
IDLE_SECONDS = 4.0
SETTLE_SECONDS = 3.0
PASSWORD = "correct horse battery"

type Figures = dict[str, dict[str, float]]
"""By connections: µs of CPU a request for each process, requests/s, and latencies."""


def cpu_seconds(status: MeshStatus) -> dict[str, float]:
    """Return the CPU each process of the mesh has used, its children included."""
    used, parents = _read_processes()
    roots = {int(str(child["pid"])): str(child["name"]) for child in status.children}
    totals = dict.fromkeys(roots.values(), 0.0)
    for pid, seconds in used.items():
        at: int | None = pid
        while at is not None and at not in roots:
            at = parents.get(at)
        if at is not None:
            totals[roots[at]] += seconds
    return totals


def _read_processes() -> tuple[dict[int, float], dict[int, int]]:
    """Return of every process its CPU, that of its ended children included, and its parent."""
    used: dict[int, float] = {}
    parents: dict[int, int] = {}
    ticks = os.sysconf("SC_CLK_TCK")
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            with contextlib.suppress(OSError):
                fields = (folder / "stat").read_text().rpartition(")")[2].split()
                parents[int(folder.name)] = int(fields[1])
                used[int(folder.name)] = sum(map(int, fields[11:15])) / ticks
    return used, parents


async def register_people(port: int) -> list[str]:
    """Register the people of the measurement; return their access tokens."""
    tokens: list[str] = []
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", timeout=30) as api:
        for _ in range(PEOPLE):
            account = {"email": f"{uuid.uuid4()}@example.com", "password": PASSWORD}
            made = await api.post("/v1/auth/register", json=account)
            tokens.append(made.raise_for_status().json()["access_token"])
    return tokens


async def measure_round(
    status: MeshStatus, port: int, requests: Iterator[str], connections: int, seconds: float
) -> tuple[dict[str, float], list[str]]:
    """Send requests for so long; return the figures, and the requests that were not sent."""
    idle = await _cpu_while(status, asyncio.sleep(IDLE_SECONDS))
    began = now()
    plan = {
        "address": f"127.0.0.1:{port}",
        "connections": connections,
        "seconds": seconds,
        "requests": list(itertools.islice(requests, int(seconds * MOST_PER_SECOND))),
    }
    with tempfile.NamedTemporaryFile("w", suffix=".json") as file:
        json.dump(plan, file)
        file.flush()
        command = [sys.executable, "-m", "bench.load", file.name]
        found: dict[str, float] = {}

        async def load() -> None:
            found.update(await asyncio.to_thread(as_json, command, dict(os.environ)))
            await asyncio.sleep(SETTLE_SECONDS)

        begin = time.monotonic()
        busy = await _cpu_while(status, load())
        took = time.monotonic() - begin
    sent = int(found["sent"])
    if not set(found["statuses"]) <= {"200", "201"}:  # type: ignore[call-overload]
        raise RuntimeError(f"@{connections}: {found}")
    each = {
        name: max(busy[name] - idle[name] * took / IDLE_SECONDS, 0.0) / sent * 1e6 for name in busy
    }
    each["all"] = sum(each.values())
    shown = {name: found[name] for name in SHOWN if name in found}
    return each | shown | await lag_since(status, began), plan["requests"][sent:]  # type: ignore[index]


async def lag_since(status: MeshStatus, began: datetime) -> dict[str, float]:
    """Return how long after check-ins since a moment analytics had them, and how many it has not.

    A state of a day that replaced an earlier one may count as heard too early: check in days once.
    """
    connection = await asyncpg.connect(_database_url(status))
    try:
        lags = await connection.fetchval(LAG, began)
    finally:
        await connection.close()
    return dict(zip(LAG_NAMES, lags, strict=True))


def _database_url(status: MeshStatus) -> str:
    """Return the address of the database of a mesh, as its processes were told."""
    name = b"DATABASE_URL="
    for child in status.children:
        for variable in Path(f"/proc/{child['pid']}/environ").read_bytes().split(b"\0"):
            if variable.startswith(name):
                return variable.removeprefix(name).decode()
    raise RuntimeError("no process of the mesh has a database")


async def _cpu_while(status: MeshStatus, work: object) -> dict[str, float]:
    before = cpu_seconds(status)
    await work  # type: ignore[misc]
    return {name: used - before[name] for name, used in cpu_seconds(status).items()}


@contextlib.asynccontextmanager
async def started_mesh() -> AsyncIterator[tuple[MeshStatus, int]]:
    """Run a durable mesh in a new folder; yield its status and port."""
    os.environ |= {"BCRYPT_COST": "4", "WRITES_PER_SECOND": "0", "LOG_LEVEL": "WARNING"}
    port = free_port()
    with tempfile.TemporaryDirectory(prefix="habits-bench-mesh-") as data:
        options = Options(data=Path(data) / "data", port=port)
        async with running_mesh(
            options, lambda line: print(f"  {line}", file=sys.stderr)
        ) as status:
            yield status, port


def mixed(check_ins: Iterator[str], tokens: Sequence[str], reads: float) -> Iterator[str]:
    """Yield check-ins with so large a share of reads among them, in random order."""
    screens = [get("/v1/today", token) for token in tokens]
    while True:
        if random.random() < reads:
            yield random.choice(screens)
        elif check_in := next(check_ins, None):
            yield check_in
        else:
            return


async def measure(
    rounds: int, seconds: float, connections_each: Sequence[int], reads: float
) -> list[Figures]:
    """Measure each number of connections once a round, in turn."""
    results: list[Figures] = []
    async with started_mesh() as (status, port):
        tokens = await register_people(port)
        requests = mixed(each_once(await make_habits(port, tokens)), tokens, reads)
        await measure_round(status, port, requests, 8, 1)  # caches and prepared statements
        for _ in range(rounds):
            figures: Figures = {}
            for connections in connections_each:
                found, unsent = await measure_round(status, port, requests, connections, seconds)
                requests = itertools.chain(unsent, requests)
                figures[str(connections)] = found
            results.append(figures)
    return results


def report(results: list[Figures]) -> None:
    """Print the medians, the largest user of CPU first."""
    medians = {
        connections: {
            name: median(figures[connections][name] for figures in results)
            for name in results[0][connections]
        }
        for connections in results[0]
    }
    *_, last = medians
    names = sorted(medians[last], key=lambda name: -medians[last][name])
    print(f"\n{'µs of CPU a request':24}" + "".join(f"{f'@{it}':>10}" for it in medians))
    for name in [*(it for it in names if it not in SHOWN), *SHOWN]:
        cells = "".join(f"{medians[it][name]:10.{1 if name in SHOWN else 0}f}" for it in medians)
        print(f"{name:24}{cells}")


def main(arguments: list[str]) -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m bench mesh")
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--seconds", type=float, default=3)
    parser.add_argument("--connections", default="1,8,64", help="how many, in turn")
    parser.add_argument("--reads", type=float, default=0, help="the share of GET /v1/today")
    parser.add_argument("--json", type=Path, help="a file to write every round to")
    options = parser.parse_args(arguments)
    connections = [int(number) for number in options.connections.split(",")]
    results = asyncio.run(measure(options.rounds, options.seconds, connections, options.reads))
    if options.json:
        written = {"days": DAYS, "reads": options.reads, "rounds": results}
        options.json.write_text(json.dumps(written, indent=1))
    report(results)
