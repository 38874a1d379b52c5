"""The whole mesh with every event handler running: rates, latencies, and where the CPU goes.

`python -m bench mesh [--rounds 2] [--seconds 3] [--connections 1,8,64] [--reads 0.9]`: the mesh
that `./habits up` starts, people as in `bench/population.py`. A check-in is followed to its answer,
to the read model of analytics, and, by some people with linked chats who check in meanwhile, to the
stand-in for Telegram. The CPU of a check-in includes all that follows it (relay, RabbitMQ, the
handlers of analytics and notifications), less what the idle mesh uses in the same time. With
`--reads` so large a share of the requests is `GET /v1/today` or the progress of a habit, and the
CPU is that of any request.

Two options ask whether the rate holds. `--history 30,365,3650`: habits that began so many days ago,
measured in turn in one mesh. `--habits 100,10000,1000000`: so many habits in one mesh that grows,
of which those of five hundred people at most are checked in. With few habits the load comes in
bursts: when all are checked in for both days, the morning begins again.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import os
import sys
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import httpx

from bench.mesh_report import draw, goals_of, report
from bench.population import HABITS_EACH, Population, create_template, populate
from bench.processes import cpu_while, until_idle
from bench.results import Round, print_goals, write_json
from bench.targets import Sent, first, mixed, percentile, send
from bench.telegram_probe import TelegramProbe
from bench.whole_mesh import WholeMesh, whole_mesh
from chassis.clock import now

PEOPLE = 500
"""Those who check in; fewer where there are fewer."""
PAST_DAYS = 60
GROWING_PAST_DAYS = 2
"""How long ago the habits of a growing mesh began: a million of long ones would not fit."""
SCHEMAS = ("habits", "analytics")
MOST_SETTLE_SECONDS = 30.0
"""How long handlers are given at most to be done with a load, before the CPU is read."""
SHORTEST_BURST_SECONDS = 0.2


@dataclass(frozen=True)
class Options:
    """How much is measured.

    Attributes:
        rounds: How often everything is measured, in turn.
        seconds: Of each load.
        connections: How many, in turn.
        reads: The share of reads.
        people: Who check in.
        history: Days since the habits began, one population each.
        habits: How many there are, growing; empty to leave it at those of the people.
        telegram: Whether cheers are followed.
    """

    rounds: int = 2
    seconds: float = 3
    connections: tuple[int, ...] = (1, 8, 64)
    reads: float = 0
    people: int = PEOPLE
    history: tuple[int, ...] = (PAST_DAYS,)
    habits: tuple[int, ...] = ()
    telegram: bool = True


@dataclass
class Meter:
    """Measures loads on a mesh."""

    whole: WholeMesh
    options: Options
    probe: TelegramProbe | None

    async def measure(self, population: Population, connections: int) -> dict[str, float]:
        """Send requests for so long, in bursts if check-ins run out; return the figures."""
        total = Sent(0, [], {})
        used = dict.fromkeys(self.whole.processes, 0.0)
        lags: list[dict[str, float]] = []
        cheers: list[float] = []
        while total.seconds < self.options.seconds - SHORTEST_BURST_SECONDS:
            left = self.options.seconds - total.seconds
            await population.begin_day()
            probes = await self.probe.prepare(left) if self.probe else []
            await self.settle()
            began, begin = now(), time.monotonic()
            (sent, times), cpu = await cpu_while(
                self.whole.processes, self._load(population, connections, left, probes)
            )
            took = time.monotonic() - begin
            for name, seconds in cpu.items():
                used[name] += max(seconds - self.whole.idle[name] * took, 0.0)
            lags.append(await self.whole.lag_since(began))
            cheers += await self.probe.latencies_ms(times) if self.probe else []
            total = total.followed_by(sent)
        requests = len(total.latencies_ms) + len(cheers)
        each = {f"cpu_{name}": seconds / requests * 1e6 for name, seconds in used.items()}
        return (
            total.figures()
            | {name: max(lag[name] for lag in lags) for name in lags[0]}
            | _cheer_figures(cheers)
            | each
            | {"cpu_all": sum(each.values())}
        )

    async def _load(
        self,
        population: Population,
        connections: int,
        seconds: float,
        probes: list[tuple[str, str, dict[str, str]]],
    ) -> tuple[Sent, dict[str, float]]:
        """Send requests, check in the probes meanwhile, and wait for all that follows."""
        all_requests = mixed(population.check_ins(), population.owned, self.options.reads)
        requests = first(all_requests, seconds)
        probing = asyncio.ensure_future(self.probe.check_in(probes)) if self.probe else None
        port = self.whole.mesh.port
        sent = await asyncio.to_thread(send, port, requests, connections, seconds)
        times = await probing if probing else {}
        await self.settle()
        return sent, times

    async def settle(self) -> None:
        """Wait until every handler is done."""
        whole = self.whole
        await until_idle(whole.processes, whole.idle, most_seconds=MOST_SETTLE_SECONDS)

    async def round(self, populations: Mapping[str, Population]) -> dict[str, dict[str, float]]:
        """Measure each population with each number of connections, in turn."""
        found: dict[str, dict[str, float]] = {}
        for connections in self.options.connections:
            for name, population in populations.items():
                at = f"{name} @{connections}"
                found[at] = await self.measure(population, connections)
                print(f"{at}: {json.dumps(found[at])}", file=sys.stderr)
        return found


def _cheer_figures(cheers: Sequence[float]) -> dict[str, float]:
    if not cheers:
        return {}
    ordered = sorted(cheers)
    shares = {"p50": 0.50, "p95": 0.95, "p99": 0.99}
    return {f"telegram_{name}": percentile(ordered, share) for name, share in shares.items()}


async def by_history(meter: Meter) -> list[Round]:
    """Measure populations with histories of several lengths, in turn in each round."""
    mesh, options = meter.whole.mesh, meter.options
    populations: dict[str, Population] = {}
    for days in options.history:
        template = await create_template(mesh, days)
        await meter.settle()  # nothing of it is on its way any more
        await populate(mesh, template, range(1, options.people + 1), SCHEMAS)
        name = f"{days} days"
        populations[name] = Population(mesh, template, range(1, options.people + 1))
    await warm_up(meter, populations)
    return [await meter.round(populations) for _ in range(options.rounds)]


async def by_size(meter: Meter) -> list[Round]:
    """Measure one mesh with more and more habits."""
    mesh, options = meter.whole.mesh, meter.options
    template = await create_template(mesh, GROWING_PAST_DAYS)
    await meter.settle()
    rounds: list[dict[str, dict[str, float]]] = [{} for _ in range(options.rounds)]
    there = 0
    for habits in sorted(options.habits):
        people = max(habits // HABITS_EACH, 1)
        began = time.monotonic()
        await populate(mesh, template, range(there + 1, people + 1), SCHEMAS)
        there = people
        took = time.monotonic() - began
        print(f"  {people * HABITS_EACH:,} habits are there ({took:.0f} s)", file=sys.stderr)
        step = max(people // options.people, 1)
        numbers = range(1, people + 1, step)[: options.people]
        populations = {f"{habits:,} habits": Population(mesh, template, numbers)}
        await warm_up(meter, populations)
        for found in rounds:
            found |= await meter.round(populations)
    return list(rounds)


async def warm_up(meter: Meter, populations: Mapping[str, Population]) -> None:
    """Send a second of check-ins of each: caches, prepared statements."""
    for population in populations.values():
        await population.begin_day()
        requests = first(population.check_ins(), 1)
        await asyncio.to_thread(send, meter.whole.mesh.port, requests, 8, 1.0)


async def measure(options: Options) -> list[Round]:
    """Start a mesh and measure."""
    async with whole_mesh() as whole, _probe(whole, options) as probe:
        meter = Meter(whole, options, probe)
        return await (by_size(meter) if options.habits else by_history(meter))


@contextlib.asynccontextmanager
async def _probe(whole: WholeMesh, options: Options) -> AsyncIterator[TelegramProbe | None]:
    """Yield the people with chats, if there are to be some."""
    if not options.telegram:
        yield None
        return
    async with (
        httpx.AsyncClient(base_url=whole.addresses["api"], timeout=20) as api,
        httpx.AsyncClient(base_url=whole.addresses["chat"], timeout=20) as chat,
    ):
        yield await TelegramProbe.create(api, chat)


def _numbers(text: str) -> tuple[int, ...]:
    return tuple(int(number) for number in text.split(",") if number)


def main(arguments: list[str]) -> None:
    """Measure and print."""
    usual = Options()
    parser = argparse.ArgumentParser(prog="python -m bench mesh")
    parser.add_argument("--rounds", type=int, default=usual.rounds, help="of everything, in turn")
    parser.add_argument("--seconds", type=float, default=usual.seconds, help="of each load")
    parser.add_argument("--connections", type=_numbers, help="how many, in turn; 256 too")
    parser.add_argument("--reads", type=float, default=0, help="the share of reads, such as 0.9")
    parser.add_argument("--people", type=int, help="who check in, with twenty habits each")
    parser.add_argument(
        "--history", type=_numbers, default=(), help="days since the habits began: 30,365,3650"
    )
    parser.add_argument(
        "--habits", type=_numbers, default=(), help="a mesh that grows: 100,10000,1000000"
    )
    parser.add_argument("--no-telegram", action="store_true", help="follow no cheers")
    parser.add_argument("--json", type=Path, help="a file for every round")
    parser.add_argument("--plot", type=Path, help="a file for a picture: .png, .svg or .pdf")
    given = parser.parse_args(arguments)
    growing = given.history or given.habits
    people = given.people or (20 if max(given.history, default=0) > 1000 else PEOPLE)
    options = Options(
        rounds=given.rounds,
        seconds=given.seconds,
        connections=given.connections or ((64,) if growing else usual.connections),
        reads=given.reads,
        people=people,
        history=given.history or usual.history,
        habits=given.habits,
        telegram=not given.no_telegram,
    )
    rounds = asyncio.run(measure(options))
    report(rounds)
    goals = goals_of(rounds, reads=options.reads)
    print_goals(goals)
    print(f"load {os.getloadavg()[0]:.1f}")
    if given.json:
        write_json(given.json, "mesh", vars(given), goals, rounds=rounds)
    if given.plot:
        draw(given.plot, rounds)
