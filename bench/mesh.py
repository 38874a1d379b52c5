"""The CPU of a check-in in the whole mesh, process by process, with every event handler running.

`python -m bench mesh [--rounds 2] [--seconds 3] [--connections 1,8,64] [--reads 0.9] [--json F]`:
the mesh that `./habits up` starts. The CPU of a round includes what follows it (relay, RabbitMQ,
the handlers of analytics and notifications), less what the idle mesh uses in the same time. With
`--reads` so large a share of the requests is `GET /v1/today`, and the CPU is that of any request.
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
from pathlib import Path
from statistics import median

import httpx

from bench.check_ins import DAYS, each_once, make_habits
from bench.harness import as_json, free_port
from bench.reads import get
from local.mesh import Options, running_mesh
from local.status_file import MeshStatus

PEOPLE = 20
MOST_PER_SECOND = 4000
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
    shown = {name: found[name] for name in ("per_second", "p50_ms", "p95_ms", "p99_ms")}
    return each | shown, plan["requests"][sent:]  # type: ignore[index]


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
        async with running_mesh(options, lambda line: print(f"  {line}", file=sys.stderr)) as now:
            yield now, port


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
    shown = ("per_second", "p50_ms", "p95_ms", "p99_ms")
    for name in [*(it for it in names if it not in shown), *shown]:
        cells = "".join(f"{medians[it][name]:10.{1 if name in shown else 0}f}" for it in medians)
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
