"""What is measured over HTTP: requests as they go over the wire, servers to send them to, the load.

Every target is sent the same requests by the same lean client (`bench.load`).
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import json
import random
import subprocess
import sys
import tempfile
import uuid
from collections import Counter
from collections.abc import AsyncIterator, Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from bench.harness import BenchHarness, answers, bind_sink_queue, free_port

MOST_PER_SECOND = 12_000
"""More requests than this are not prepared; no target takes so many on two cores."""


@dataclass(frozen=True)
class Sent:
    """What became of the requests of a load.

    Attributes:
        seconds: How long it took.
        latencies_ms: Of every request that was answered, in no order.
        statuses: How often each HTTP status came.
    """

    seconds: float
    latencies_ms: list[float]
    statuses: dict[str, int]

    def figures(self) -> dict[str, float]:
        """Return `per_second`, `p50_ms`, `p95_ms`, `p99_ms` and `sent`."""
        ordered = sorted(self.latencies_ms)
        return {
            "per_second": len(ordered) / self.seconds,
            "p50_ms": percentile(ordered, 0.50),
            "p95_ms": percentile(ordered, 0.95),
            "p99_ms": percentile(ordered, 0.99),
            "sent": float(len(ordered)),
        }

    def followed_by(self, other: Sent) -> Sent:
        """Return this load and another one after it as one."""
        counts = Counter(self.statuses) + Counter(other.statuses)
        latencies = self.latencies_ms + other.latencies_ms
        return Sent(self.seconds + other.seconds, latencies, dict(counts))


def percentile(ordered: Sequence[float], share: float) -> float:
    """Return the value below which so large a share of some ordered values lies; 0 of none."""
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))] if ordered else 0.0


def send(
    port: int,
    requests: Sequence[str],
    connections: int,
    seconds: float,
    *,
    repeat: bool = False,
    expected: Collection[str] = ("200", "201"),
) -> Sent:
    """Send requests from a process of its own, until all have been sent or the time is up.

    Args:
        port: Of loopback.
        requests: Whole HTTP/1.1 requests.
        connections: Each has one request in flight.
        seconds: The longest it takes.
        repeat: Whether to begin again after the last request.
        expected: The statuses of success.

    Raises:
        RuntimeError: Something else was answered, or nothing.
    """
    plan = {
        "address": f"127.0.0.1:{port}",
        "connections": connections,
        "seconds": seconds,
        "requests": requests,
        "repeat": repeat,
    }
    with tempfile.NamedTemporaryFile("w", suffix=".json") as file:
        json.dump(plan, file)
        file.flush()
        command = [sys.executable, "-m", "bench.load", file.name]
        sent = Sent(**json.loads(subprocess.run(command, capture_output=True, check=True).stdout))
    if not sent.latencies_ms or not set(sent.statuses) <= set(expected):
        raise RuntimeError(f"{connections} connections: {sent.statuses}")
    return sent


def first(requests: Iterator[str], seconds: float) -> list[str]:
    """Return as many of the next requests as any target can be sent in so many seconds."""
    return list(itertools.islice(requests, int(seconds * MOST_PER_SECOND)))


def check_in(habit: uuid.UUID, token: str, day: date) -> str:
    """Return a check-in as it goes over the wire."""
    body = f'{{"date": "{day}"}}'
    return (
        f"POST /v1/habits/{habit}/check-ins HTTP/1.1\r\nHost: bench\r\n"
        f"Authorization: Bearer {token}\r\nContent-Type: application/json\r\n"
        f"Content-Length: {len(body)}\r\n\r\n{body}"
    )


def get(path: str, token: str = "") -> str:
    """Return a GET as it goes over the wire."""
    authorization = f"Authorization: Bearer {token}\r\n" if token else ""
    return f"GET {path} HTTP/1.1\r\nHost: bench\r\n{authorization}\r\n"


def mixed(
    check_ins: Iterator[str], owned: Sequence[tuple[uuid.UUID, str]], reads: float
) -> Iterator[str]:
    """Yield check-ins with so large a share of reads among them, in random order.

    Half of the reads are `GET /v1/today`, half the progress of a habit.
    """
    while True:
        if random.random() < reads:
            habit, token = random.choice(owned)
            path = random.choice(("/v1/today", f"/v1/habits/{habit}/progress"))
            yield get(path, token)
        elif (one := next(check_ins, None)) is not None:
            yield one
        else:
            return


@contextlib.asynccontextmanager
async def edge_and_habits(bench: BenchHarness) -> AsyncIterator[int]:
    """Run the processes a check-in passes through: edge, habits with its relay; yield the port.

    Events go into a queue that nobody reads.
    """
    bench.run("services.habits", "migrate")
    await bind_sink_queue(bench.environment["AMQP_URL"])
    target = f"unix:{bench.folder}/habits.sock"
    others = {
        f"{name}_TARGET": f"unix:{bench.folder}/nobody.sock"
        for name in ("AUTH", "ANALYTICS", "NOTIFICATIONS")
    }
    port = free_port()
    edge = {"HABITS_TARGET": target, "EDGE_PORT": str(port), "ACCESS_LOG": "false"}
    edge["WRITES_PER_SECOND"] = "0"  # a thousand people do the work of many more
    edge["EXPENSIVE_READS_BURST"] = "0"
    with (
        bench.running("services.habits", "serve", "relay", GRPC_LISTEN=target) as habits,
        bench.running("edge", **others, **edge) as child,
    ):
        bench.processes |= {"habits": habits.pid, "edge": child.pid}
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
