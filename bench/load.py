"""A load generator lean enough to leave the machine to what it measures.

`python -m bench.load FILE` reads a plan (JSON: address, connections, seconds, requests, repeat) and
prints as JSON how long it took, every latency, and how often each status came. A process of its
own: the measured and the measuring share no loop.
"""

import asyncio
import itertools
import json
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import cast

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


class _Connection(asyncio.Protocol):
    """One connection: sends a request when the answer to the one before has come."""

    def __init__(self, requests: Iterator[bytes], end: float, figures: Figures) -> None:
        self._requests = requests
        self._end = end
        self._figures = figures
        self._received = b""
        self._begin = 0.0
        self._transport: asyncio.Transport | None = None
        self.done = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)  # uvloop's is no subclass
        self._send()

    def data_received(self, data: bytes) -> None:
        self._received = data = self._received + data if self._received else data
        head = data.find(_HEAD_END)
        if head < 0 or len(data) < head + len(_HEAD_END) + _content_length(data, head):
            return
        self._received = b""
        self._figures.count(data[9:12].decode(), time.perf_counter() - self._begin)
        self._send()

    def connection_lost(self, error: Exception | None) -> None:
        if not self.done.done():
            self.done.set_exception(error or ConnectionError("The server closed the connection."))

    def _send(self) -> None:
        assert self._transport is not None
        self._begin = time.perf_counter()
        request = next(self._requests, None) if self._begin < self._end else None
        if request is None:
            self.done.set_result(None)
            self._transport.close()
        else:
            self._transport.write(request)


def _content_length(data: bytes, head: int) -> int:
    """Return the length of the body that follows a head which ends at `head`."""
    lower = data[:head].lower() + b"\r\n"
    mark = lower.find(b"content-length:")
    return int(lower[mark + 15 : lower.index(b"\r\n", mark)]) if mark >= 0 else 0


async def _run(plan: dict[str, object]) -> dict[str, object]:
    host, _, port = str(plan["address"]).rpartition(":")
    wanted = plan["requests"]
    assert isinstance(wanted, list)
    requests = iter([str(text).encode() for text in wanted])
    if plan.get("repeat"):
        requests = itertools.cycle(list(requests))
    seconds = float(str(plan["seconds"]))
    figures = Figures()
    loop = asyncio.get_running_loop()
    begin = time.perf_counter()
    opened = await asyncio.gather(
        *(
            loop.create_connection(
                lambda: _Connection(requests, begin + seconds, figures), host, int(port)
            )
            for _ in range(int(str(plan["connections"])))
        )
    )
    await asyncio.gather(*(connection.done for _, connection in opened))
    return {
        "seconds": time.perf_counter() - begin,
        "latencies_ms": [round(it * 1e3, 3) for it in figures.latencies],
        "statuses": figures.statuses,
    }


def main() -> None:
    """Run the plan of the file named on the command line."""
    plan = json.loads(Path(sys.argv[1]).read_text())
    print(json.dumps(uvloop.run(_run(plan))))


if __name__ == "__main__":
    main()
