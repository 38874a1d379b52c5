"""A load generator lean enough to leave the machine to what it measures.

`python -m bench.load FILE` reads a plan (JSON: address, connections, seconds, requests) and prints
its figures as JSON. A process of its own: the measured and the measuring share no loop.
"""

import asyncio
import itertools
import json
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import uvloop

_HEAD_END = b"\r\n\r\n"


@dataclass
class Figures:
    """The latencies and statuses of a load."""

    latencies: list[float] = field(default_factory=list)
    statuses: dict[str, int] = field(default_factory=dict)

    def count(self, status: str, seconds: float) -> None:
        self.latencies.append(seconds)
        self.statuses[status] = self.statuses.get(status, 0) + 1

    def as_json(self, seconds: float) -> dict[str, object]:
        ordered = sorted(self.latencies) or [0.0]

        def at(share: float) -> float:
            return ordered[min(len(ordered) - 1, int(len(ordered) * share))] * 1e3

        return {
            "per_second": len(self.latencies) / seconds,
            "p50_ms": at(0.50),
            "p95_ms": at(0.95),
            "p99_ms": at(0.99),
            "statuses": self.statuses,
        }


async def _one_connection(
    host: str, port: int, requests: Iterator[bytes], end: float, figures: Figures
) -> None:
    reader, writer = await asyncio.open_connection(host, port)
    try:
        for request in requests:
            begin = time.perf_counter()
            if begin >= end:
                break
            writer.write(request)
            head = await reader.readuntil(_HEAD_END)
            lower = head.lower()
            mark = lower.find(b"content-length:")
            if mark >= 0:
                await reader.readexactly(int(lower[mark + 15 : lower.index(b"\r\n", mark)]))
            figures.count(head[9:12].decode(), time.perf_counter() - begin)
    finally:
        writer.close()


async def _run(plan: dict[str, object]) -> dict[str, object]:
    host, _, port = str(plan["address"]).rpartition(":")
    wanted = plan["requests"]
    assert isinstance(wanted, list)
    requests = iter([str(text).encode() for text in wanted])
    if plan.get("repeat"):
        requests = itertools.cycle(list(requests))
    seconds = float(str(plan["seconds"]))
    figures = Figures()
    begin = time.perf_counter()
    await asyncio.gather(
        *(
            _one_connection(host, int(port), requests, begin + seconds, figures)
            for _ in range(int(str(plan["connections"])))
        )
    )
    return figures.as_json(time.perf_counter() - begin) | {"sent": len(figures.latencies)}


def main() -> None:
    """Run the plan of the file named on the command line."""
    plan = json.loads(Path(sys.argv[1]).read_text())
    print(json.dumps(uvloop.run(_run(plan))))


if __name__ == "__main__":
    main()
