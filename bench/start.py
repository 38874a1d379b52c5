"""`python -m bench start`: how long `./habits up` takes, and the memory of every process.

A cold start has a new data folder: the database's cluster, the schemas, keys and queues are made.
A warm one finds them. Memory is the proportional set size, in which what processes share counts
once, after the start and after a minute of use: boards, progress, summaries and check-ins of a few
people, as many as eight connections get answered.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import itertools
import os
import re
import signal
import subprocess
import sys
import tempfile
import uuid
from collections.abc import Iterator
from pathlib import Path

import httpx

from bench.harness import ROOT, free_port
from bench.processes import memory
from bench.results import Goal, Round, medians, print_goals, table, write_json
from bench.targets import check_in, get, send
from chassis.clock import now
from local.process_table import ROLES
from local.status_file import find_status

PEOPLE, HABITS_EACH = 3, 12
USE_CONNECTIONS = 8
PYTHON = (*ROLES, "edge", "worker", "beat", "fork-server", "supervisor")
READY = re.compile(rb"The mesh is ready \(([\d.]+) s\)")
MEBIBYTE = 1024 * 1024
PASSWORD = "correct horse battery"
WARM_SECONDS, COLD_SECONDS, MOST_PYTHON_MB = 8.0, 20.0, 420.0


@contextlib.contextmanager
def running(data: Path, port: int) -> Iterator[float]:
    """Run `./habits up` on a data folder; yield the seconds it took, as it says.

    Raises:
        RuntimeError: It ended before it was ready.
    """
    command = [sys.executable, "-m", "local", "up", "--data", str(data), "--port", str(port)]
    environment = os.environ | {"BCRYPT_COST": "4", "WRITES_PER_SECOND": "0"}
    environment["EXPENSIVE_READS_BURST"] = "0"
    with subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE) as child:
        assert child.stdout is not None
        try:
            found = next((it for line in child.stdout if (it := READY.search(line))), None)
            if found is None:
                raise RuntimeError("the mesh did not start")
            yield float(found.group(1))
        finally:
            child.send_signal(signal.SIGTERM)
            child.stdout.read()


def memory_mb(data: Path) -> dict[str, float]:
    """Return the memory of every process of the mesh on a data folder in MB, and sums."""
    status = find_status(data)
    assert status is not None
    roots = {child["name"]: child["pid"] for child in status.children}
    roots["supervisor"] = status.supervisor
    if status.fork_server is not None:
        roots["fork-server"] = status.fork_server
    found = memory(roots)
    each = {name: size / MEBIBYTE for name, size in found.items()}
    python = sum(size for name, size in each.items() if name in PYTHON)
    return each | {"all Python": python, "all": sum(each.values())}


async def requests_of_use(port: int) -> list[str]:
    """Register people with habits; return what they ask, in the order they ask it."""
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", timeout=30) as api:
        found: list[list[str]] = []
        for _ in range(PEOPLE):
            account = {"email": f"{uuid.uuid4()}@example.com", "password": PASSWORD}
            made = (await api.post("/v1/auth/register", json=account)).raise_for_status()
            token = made.json()["access_token"]
            headers = {"Authorization": f"Bearer {token}"}
            for number in range(HABITS_EACH):
                content = {"title": f"Habit {number}"}
                habit = (await api.post("/v1/habits", json=content, headers=headers)).json()["id"]
                found.append(
                    [
                        get("/v1/today", token),
                        check_in(uuid.UUID(habit), token, now().date()),
                        get(f"/v1/habits/{habit}/progress", token),
                        get("/v1/analytics/summary", token),
                    ]
                )
    return list(itertools.chain.from_iterable(zip(*found, strict=True)))


def measure_round(use_seconds: float) -> dict[str, dict[str, float]]:
    """Start cold, use it, start warm; return seconds and memory of each."""
    found: dict[str, dict[str, float]] = {}
    with tempfile.TemporaryDirectory(prefix="habits-bench-start-") as folder:
        data, port = Path(folder) / "data", free_port()
        with running(data, port) as seconds:
            found["cold"] = {"seconds": seconds} | memory_mb(data)
            requests = asyncio.run(requests_of_use(port))
            send(port, requests, USE_CONNECTIONS, use_seconds, repeat=True)
            found["in use"] = memory_mb(data)
        with running(data, port) as seconds:
            found["warm"] = {"seconds": seconds} | memory_mb(data)
    return found


def report(rounds: list[Round]) -> None:
    """Print the medians."""
    found = medians(rounds)
    names = sorted(found["in use"], key=lambda name: -found["in use"][name])
    sizes = {name: {column: found[column][name] for column in found} for name in names}
    print("\nMB\n" + table(sizes, {"cold": "after cold", "warm": "after warm", "in use": "in use"}))


def goals_of(rounds: list[Round]) -> list[Goal]:
    """Return the goals of start and memory."""
    found = medians(rounds)
    return [
        Goal("cold start, s", found["cold"]["seconds"], COLD_SECONDS, at_most=True),
        Goal("warm start, s", found["warm"]["seconds"], WARM_SECONDS, at_most=True),
        Goal("Python after a warm start, MB", found["warm"]["all Python"], MOST_PYTHON_MB, True),
        Goal("Python in use, MB", found["in use"]["all Python"], MOST_PYTHON_MB, at_most=True),
    ]


def main(arguments: list[str]) -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m bench start")
    parser.add_argument("--rounds", type=int, default=1, help="a cold and a warm start each")
    parser.add_argument("--use", type=float, default=60, help="seconds of use between them")
    parser.add_argument("--json", type=Path, help="a file for every round")
    options = parser.parse_args(arguments)
    rounds: list[Round] = []
    for _ in range(options.rounds):
        rounds.append(measure_round(options.use))
    report(rounds)
    goals = goals_of(rounds)
    print_goals(goals)
    print(f"load {os.getloadavg()[0]:.1f}")
    if options.json:
        write_json(options.json, "start", vars(options), goals, rounds=rounds)
