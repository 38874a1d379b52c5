"""What a storm of sign-ins costs everybody else, and what the time of a failed one tells.

`python -m bench logins [--rounds 3] [--seconds 10] [--logins 100] [--failures 60]`: the whole mesh
with bcrypt as in production. Calm and storm take turns. In a storm as many sign-ins as said are
under way at any time; one that is shed comes again after its `Retry-After`. Then failed sign-ins
for an address that has an account and for one that has none take turns.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import os
import shutil
import statistics
import sys
import tempfile
import time
from collections import Counter
from collections.abc import AsyncIterator
from pathlib import Path

import httpx

from bench.harness import free_port
from bench.latency import PASSWORD, habit_of
from local.mesh import Options, running_mesh

PEOPLE = 20
PROBES = 4
PAUSE_SECONDS = 0.02
NO_LIMITS = {
    "REGISTRATIONS_PER_ADDRESS": "1000000",
    "FAILURES_PER_ACCOUNT": "1000000",
    "FAILURES_PER_KNOWN_ADDRESS": "1000000",
    "FAILURES_PER_ADDRESS": "1000000",
    "WRITES_PER_SECOND": "0",
}


@contextlib.asynccontextmanager
async def mesh() -> AsyncIterator[httpx.AsyncClient]:
    """Run a mesh without limits on failures, and return a client of its API."""
    os.environ.update(NO_LIMITS)
    data = Path(tempfile.mkdtemp(prefix="habits-logins-"))
    options = Options(data=data, port=free_port())
    limits = httpx.Limits(max_connections=None)
    try:
        async with (
            running_mesh(options, lambda line: print(f"  {line}", file=sys.stderr)) as running,
            httpx.AsyncClient(base_url=running.addresses["api"], timeout=60, limits=limits) as api,
        ):
            yield api
    finally:
        shutil.rmtree(data, ignore_errors=True)


async def register(api: httpx.AsyncClient, number: int) -> dict[str, str]:
    """Register a person; return their headers."""
    body = {"email": f"person{number}@example.com", "password": PASSWORD}
    made = (await api.post("/v1/auth/register", json=body)).raise_for_status().json()
    return {"Authorization": f"Bearer {made['access_token']}"}


async def probe(
    api: httpx.AsyncClient, headers: dict[str, str], habit_id: str, end: float
) -> list[float]:
    """Look at today and check in, in turn, until the end; return the seconds of each request."""
    seconds = []
    while time.perf_counter() < end:
        for method, path in (("GET", "/v1/today"), ("POST", f"/v1/habits/{habit_id}/check-ins")):
            started = time.perf_counter()
            answer = await api.request(
                method, path, headers=headers, json={} if method == "POST" else None
            )
            answer.raise_for_status()
            seconds.append(time.perf_counter() - started)
            await asyncio.sleep(PAUSE_SECONDS)
    return seconds


async def sign_in_again_and_again(
    api: httpx.AsyncClient, number: int, end: float, outcomes: Counter[str]
) -> None:
    """Sign a person in until the end; wait as `Retry-After` says when that is shed."""
    body = {"email": f"person{number % PEOPLE}@example.com", "password": PASSWORD}
    while time.perf_counter() < end:
        answer = await api.post("/v1/auth/login", json=body)
        shed = answer.status_code == 429
        outcomes["shed with Retry-After" if shed else str(answer.status_code)] += 1
        if shed:
            wait = float(answer.headers["Retry-After"])
            await asyncio.sleep(min(wait, max(0.0, end - time.perf_counter())))


async def storm(url: str, seconds: float, logins: int) -> None:
    """Sign in as many at once as said; print the outcomes. It is a process of its own."""
    outcomes = Counter[str]()
    limits = httpx.Limits(max_connections=None)
    async with httpx.AsyncClient(base_url=url, timeout=60, limits=limits) as api:
        end = time.perf_counter() + seconds
        async with asyncio.TaskGroup() as group:
            for number in range(logins):
                group.create_task(sign_in_again_and_again(api, number, end, outcomes))
    print(", ".join(f"{count} {what}" for what, count in outcomes.items()))


@contextlib.asynccontextmanager
async def storm_beside(url: str, seconds: float, logins: int) -> AsyncIterator[list[str]]:
    """Run a storm beside the block: what it costs its own process delays no probe."""
    words = ["--storm", url, "--seconds", str(seconds), "--logins", str(logins)]
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bench", "logins", *words, stdout=asyncio.subprocess.PIPE
    )
    said: list[str] = []
    yield said
    printed, _ = await process.communicate()
    said.append(printed.decode().strip())


async def period(
    others: httpx.AsyncClient,
    people: list[tuple[dict[str, str], str]],
    seconds: float,
    logins: int,
) -> tuple[list[float], str]:
    """Probe for some time beside as many sign-ins; return the times, and what the logins got."""
    end = time.perf_counter() + seconds
    url = str(others.base_url)
    beside = storm_beside(url, seconds, logins) if logins else contextlib.nullcontext([""])
    async with beside as outcomes, asyncio.TaskGroup() as group:
        probes = [
            group.create_task(probe(others, headers, habit_id, end)) for headers, habit_id in people
        ]
    return sorted(one for task in probes for one in task.result()), outcomes[0]


async def failures(api: httpx.AsyncClient, count: int) -> dict[str, list[float]]:
    """Fail to sign in, for a known and an unknown address in turn; return the seconds of each."""
    seconds: dict[str, list[float]] = {"person0@example.com": [], "nobody@example.com": []}
    for _ in range(count):
        for email, times in seconds.items():
            started = time.perf_counter()
            answer = await api.post(
                "/v1/auth/login", json={"email": email, "password": "wrong password"}
            )
            assert answer.status_code == 401, answer.text
            times.append(time.perf_counter() - started)
    known, unknown = (sorted(times) for times in seconds.values())
    return {"known": known, "unknown": unknown}


def quantile(times: list[float], share: float) -> float:
    """Return a quantile of sorted times, in milliseconds."""
    return times[min(len(times) - 1, int(len(times) * share))] * 1000


def show(what: str, times: list[float], more: str = "") -> None:
    """Print one line of figures."""
    print(
        f"{what:<8} {len(times):>6} requests  p50 {quantile(times, 0.5):7.1f} ms"
        f"  p99 {quantile(times, 0.99):7.1f} ms  {more}"
    )


async def measure(rounds: int, seconds: float, logins: int, count: int) -> None:
    """Measure, and print as it goes."""
    async with (
        mesh() as api,
        httpx.AsyncClient(base_url=api.base_url, timeout=60) as others,
    ):
        made = [await register(api, number) for number in range(PEOPLE)]
        people = [(headers, await habit_of(api, headers, "Read")) for headers in made[:PROBES]]
        for _ in range(rounds):
            times, _ = await period(others, people, seconds, 0)
            show("calm", times)
            times, outcomes = await period(others, people, seconds, logins)
            show("storm", times, outcomes)
        found = await failures(api, count)
        for what, times in found.items():
            show(what, times, f"mean {statistics.fmean(times) * 1000:.1f} ms")


def main(arguments: list[str]) -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser("python -m bench logins", description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=10)
    parser.add_argument("--logins", type=int, default=100, help="under way at any time")
    parser.add_argument("--failures", type=int, default=60, help="of each kind")
    parser.add_argument("--storm", metavar="URL", help="only sign in, at this address")
    chosen = parser.parse_args(arguments)
    if chosen.storm:
        asyncio.run(storm(chosen.storm, chosen.seconds, chosen.logins))
        return
    asyncio.run(measure(chosen.rounds, chosen.seconds, chosen.logins, chosen.failures))
