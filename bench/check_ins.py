"""Check-ins per second through the edge, beside pgbench and three monoliths, in one run.

`python -m bench check-ins [--rounds 3] [--seconds 3] [--connections 1,8,64] [--json F] [--plot F]`.
Each round measures every target once, in turn, so that a machine whose speed drifts drifts for all
of them; ratios are taken within a round and their median is printed, the goals beside them.

Five hundred people have twenty daily habits each that began two months ago. Every measurement of
the mesh begins as a morning does: nothing is done for today and yesterday, and everybody has opened
their board. Then each habit is checked in for today, and once all are, for yesterday. It stays
within those days: only they are cheered, which is an event more, and days long past would need a
checkpoint computed anew, which hardly any real check-in does.

Beside each row of the mesh stands the CPU of a check-in in its processes; events go into a queue
that nobody reads (`python -m bench mesh` has the whole product behind it).
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import sys
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import asyncpg
import httpx

from bench import pgbench
from bench.clones import Template
from bench.harness import BenchHarness, bench_harness
from bench.monoliths.work import SCHEMA
from bench.plots import Panel, plot
from bench.population import HABITS_EACH, Mesh, Population, create_template, each_once, populate
from bench.processes import cpu_while
from bench.results import Goal, Round, medians, print_goals, ratio, table, write_json
from bench.targets import edge_and_habits, first, monolith, send
from chassis.clock import now

PEOPLE = 500
PAST_DAYS = 60
REFERENCE_DAYS = 60
"""How many days of each habit the monoliths can fill; to them one day is like another."""
MONOLITHS = {"plain": "asyncpg", "core": "SQLAlchemy Core", "orm": "SQLAlchemy ORM"}
SMALLEST, SAME_1, SAME_20 = "pgbench smallest", "pgbench same rows", "pgbench same rows by 20"
BATCH = 20
COLUMNS = {"per_second": "check-ins/s", "of_smallest": "× pgbench", "of_same": "× same rows"}
COLUMNS |= {"p50_ms": "p50 ms", "p95_ms": "p95 ms", "p99_ms": "p99 ms"}
CPU_COLUMNS = {"edge": "edge", "habits": "habits", "postgres": "PostgreSQL", "rabbitmq": "RabbitMQ"}


@dataclass(frozen=True)
class Options:
    """How much is measured."""

    rounds: int
    seconds: float
    connections: tuple[int, ...]
    people: int = PEOPLE

    @property
    def habits(self) -> int:
        """How many habits there are."""
        return self.people * HABITS_EACH


def reference_id(number: int) -> uuid.UUID:
    """Return the id that check_in.sql makes of the same number."""
    return uuid.UUID(f"00000000-0000-7000-8000-{number:012x}")


@dataclass
class Subjects:
    """What is measured over HTTP: the mesh, and the monoliths by name."""

    mesh: Mesh
    population: Population
    ports: dict[str, int] = field(default_factory=dict)
    left: dict[str, Iterator[str]] = field(default_factory=dict)
    """The requests that a monolith has not been sent."""

    async def send(self, name: str, connections: int, seconds: float) -> dict[str, float]:
        """Send one of them check-ins for so long; return the figures."""
        port = self.mesh.port if name == "mesh" else self.ports[name]
        requests = self.population.check_ins() if name == "mesh" else self.left[name]
        sending = first(requests, seconds)
        sent = await asyncio.to_thread(send, port, sending, connections, seconds)
        return sent.figures()


async def prepare(bench: BenchHarness, port: int, options: Options) -> Subjects:
    """Make the people and their habits, in the mesh and in the references' tables."""

    def rebuild(owner_id: uuid.UUID) -> None:
        bench.run("services.habits", "rebuild", "--owner", str(owner_id))

    mesh = Mesh(port, bench.environment["DATABASE_URL"], bench.token, rebuild)
    template = await create_template(mesh, PAST_DAYS)
    numbers = range(1, options.people + 1)
    await populate(mesh, template, numbers, ["habits"])
    population = Population(mesh, template, numbers)
    connection = await asyncpg.connect(mesh.database_url)
    try:
        await connection.execute(SCHEMA)
        await pgbench.record_events(connection)
        await check_in_today(mesh, template)
        ids = list(template.habit_ids)
        sampled = await pgbench.prepare_same_rows(connection, ids, options.habits)
        print(f"  same rows: {sampled}", file=sys.stderr)
        rows = [
            (reference_id(number), owner, "Drink water")
            for number, (_, owner) in enumerate(population.habits, 1)
        ]
        await connection.copy_records_to_table("habits", schema_name="bench", records=rows)
    finally:
        await connection.close()
    same = [(reference_id(n), token) for n, (_, token) in enumerate(population.owned, 1)]
    left = {name: each_once(same, now().date(), REFERENCE_DAYS) for name in MONOLITHS}
    return Subjects(mesh, population, left=left)


async def check_in_today(mesh: Mesh, template: Template) -> None:
    """Check the habits of the template in, so that there is something to sample."""
    headers = {"Authorization": f"Bearer {mesh.token(template.owner_id)}"}
    url = f"http://127.0.0.1:{mesh.port}"
    async with httpx.AsyncClient(base_url=url, headers=headers, timeout=30) as client:
        for habit_id in template.habit_ids:
            done = await client.post(f"/v1/habits/{habit_id}/check-ins", json={})
            done.raise_for_status()


def run_pgbench(bench: BenchHarness, options: Options) -> dict[str, dict[str, float]]:
    """Measure the references in the database."""
    url, habits = bench.environment["DATABASE_URL"], options.habits
    return {
        SMALLEST: pgbench.run(url, pgbench.SMALLEST, options.seconds, {"habits": habits}),
        SAME_1: pgbench.run(
            url, pgbench.SAME_ROWS, options.seconds, {"habits": habits, "batch": 1}
        ),
        SAME_20: pgbench.run(
            url, pgbench.SAME_ROWS, options.seconds, {"habits": habits, "batch": BATCH}
        ),
    }


async def measure_round(
    bench: BenchHarness, subjects: Subjects, options: Options
) -> dict[str, dict[str, float]]:
    """Measure every target once, in turn."""
    found = await asyncio.to_thread(run_pgbench, bench, options)
    for connections in options.connections:
        await subjects.population.begin_day()
        sending = subjects.send("mesh", connections, options.seconds)
        figures, used = await cpu_while(bench.processes, sending)
        each = {f"cpu_{name}": used[name] / figures["sent"] * 1e6 for name in used}
        found[f"mesh @{connections}"] = figures | each | {"cpu_all": sum(each.values())}
        for name in MONOLITHS:
            found[f"{name} @{connections}"] = await subjects.send(
                name, connections, options.seconds
            )
    return found


async def measure(options: Options) -> list[Round]:
    """Measure every target once a round."""
    rounds: list[Round] = []
    async with bench_harness() as bench, contextlib.AsyncExitStack() as stack:
        port = await stack.enter_async_context(edge_and_habits(bench))
        subjects = await prepare(bench, port, options)
        for name in MONOLITHS:
            subjects.ports[name] = await stack.enter_async_context(monolith(bench, name))
        await subjects.population.begin_day()
        for name in ("mesh", *MONOLITHS):  # prepared statements, tokens
            await subjects.send(name, 8, 1)
        for number in range(options.rounds):
            rounds.append(await measure_round(bench, subjects, options))
            print(f"round {number + 1}: {json.dumps(rounds[-1])}", file=sys.stderr)
    return rounds


def goals_of(rounds: Sequence[Round], connections: Sequence[int]) -> list[Goal]:
    """Return the goals for which something was measured."""
    goals: list[Goal] = []
    if 64 in connections:
        mesh, plain = "mesh @64", "plain @64"
        goals += [
            Goal("@64, × pgbench smallest", ratio(rounds, mesh, SMALLEST), 0.85),
            Goal("@64, × asyncpg monolith", ratio(rounds, mesh, plain), 2.5),
            Goal("@64, × SQLAlchemy Core monolith", ratio(rounds, mesh, "core @64"), 7),
            Goal("@64, × SQLAlchemy ORM monolith", ratio(rounds, mesh, "orm @64"), 15),
            Goal(
                "@64, p99 × asyncpg monolith's",
                ratio(rounds, mesh, plain, "p99_ms"),
                0.35,
                at_most=True,
            ),
        ]
    if 8 in connections:
        goals += [
            Goal("@8, × pgbench smallest", ratio(rounds, "mesh @8", SMALLEST), 0.25),
            Goal("@8, × asyncpg monolith", ratio(rounds, "mesh @8", "plain @8"), 0.9),
        ]
    if 1 in connections:
        found = medians(rounds)
        p50 = found["mesh @1"]["p50_ms"]
        goals += [
            Goal("@1, p50 × pgbench smallest's mean", p50 / found[SMALLEST]["mean_ms"], 3, True),
            Goal(
                "@1, p50 × asyncpg monolith's",
                ratio(rounds, "mesh @1", "plain @1", "p50_ms"),
                1.5,
                at_most=True,
            ),
        ]
    return goals


def report(rounds: Sequence[Round], connections: Sequence[int]) -> None:
    """Print the medians, and the ratios within the rounds."""
    found = medians(rounds)
    for name, figures in found.items():
        figures["of_smallest"] = ratio(rounds, name, SMALLEST)
        figures["of_same"] = ratio(rounds, name, SAME_20)
        figures.setdefault("p50_ms", figures.get("mean_ms", 0.0))
    print("\n" + table(found, COLUMNS))
    print("\n× same rows is of pgbench same rows by 20; of pgbench, p50 is the mean.")
    mine = {name: figures for name, figures in found.items() if "cpu_all" in figures}
    used = {f"cpu_{name}": head for name, head in (CPU_COLUMNS | {"all": "all"}).items()}
    print("\nµs of CPU a check-in\n" + table(mine, used))
    for other, head in MONOLITHS.items():
        ratios = {f"@{n}": ratio(rounds, f"mesh @{n}", f"{other} @{n}") for n in connections}
        print(f"mesh / {head:16}" + "".join(f"{at:>8} {it:.2f} ×" for at, it in ratios.items()))


def draw(file: Path, rounds: Sequence[Round], connections: Sequence[int]) -> None:
    """Draw the rates and latencies over the number of connections."""
    found = medians(rounds)

    def line(target: str, figure: str) -> list[float]:
        return [found[f"{target} @{n}"][figure] for n in connections]

    names = {"mesh": "mesh"} | MONOLITHS
    places = [str(n) for n in connections]
    same = {f"{name}": found[name]["per_second"] for name in (SMALLEST, SAME_1, SAME_20)}
    rates = {head: line(name, "per_second") for name, head in names.items()}
    tails = {head: line(name, "p99_ms") for name, head in names.items()}
    used = {head: line("mesh", f"cpu_{name}") for name, head in CPU_COLUMNS.items()}
    plot(
        file,
        "Check-ins over REST, by connections",
        [
            Panel("check-ins a second", places, rates, same, logarithmic=True),
            Panel("p99, ms", places, tails, logarithmic=True),
            Panel("mesh: µs of CPU a check-in", places, used, stacked=True),
        ],
    )


def main(arguments: list[str]) -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m bench check-ins")
    parser.add_argument("--rounds", type=int, default=3, help="of every target, in turn")
    parser.add_argument("--seconds", type=float, default=3, help="of each target in a round")
    parser.add_argument("--connections", default="1,8,64", help="how many, in turn; 256 too")
    parser.add_argument("--people", type=int, default=PEOPLE, help="of twenty habits each")
    parser.add_argument("--json", type=Path, help="a file for every round")
    parser.add_argument("--plot", type=Path, help="a file for a picture: .png, .svg or .pdf")
    given = parser.parse_args(arguments)
    connections = tuple(int(number) for number in given.connections.split(","))
    options = Options(given.rounds, given.seconds, connections, given.people)
    rounds = asyncio.run(measure(options))
    goals = goals_of(rounds, connections)
    report(rounds, connections)
    print_goals(goals)
    if given.json:
        write_json(given.json, "check-ins", vars(given), goals, rounds=rounds)
    if given.plot:
        draw(given.plot, rounds, connections)
