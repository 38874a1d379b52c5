"""CPU and memory of processes and their descendants, as the system counts them."""

from __future__ import annotations

import asyncio
import contextlib
import os
import re
import time
from collections.abc import Awaitable, Mapping
from pathlib import Path

_PROC = Path("/proc")
_IDLE_LOOK_SECONDS = 0.5
_IDLE_MARGIN = 0.1
"""Of one core."""
_PSS = re.compile(r"^Pss:\s+(\d+) kB", re.MULTILINE)


def cpu_seconds(roots: Mapping[str, int], proc: Path = _PROC) -> dict[str, float]:
    """Return the CPU of processes, that of their descendants included, even ended ones.

    Args:
        roots: The ids of the processes by name.
        proc: Where the system shows its processes.
    """
    used, parents = _read_stats(proc)
    totals = dict.fromkeys(roots, 0.0)
    for pid, name in _owners(roots, parents).items():
        totals[name] += used[pid]
    return totals


async def cpu_while[T](roots: Mapping[str, int], work: Awaitable[T]) -> tuple[T, dict[str, float]]:
    """Await something; return its result, and the CPU seconds that processes used meanwhile."""
    before = cpu_seconds(roots)
    result = await work
    return result, {name: used - before[name] for name, used in cpu_seconds(roots).items()}


async def until_idle(
    roots: Mapping[str, int], idle: Mapping[str, float], *, most_seconds: float
) -> float:
    """Wait until processes use hardly more CPU than they do idle; return how long it took.

    Args:
        roots: The ids of the processes by name.
        idle: The CPU seconds a second that each uses when nothing is asked.
        most_seconds: Wait no longer than this.
    """
    begin = time.monotonic()
    most = sum(idle.values()) + _IDLE_MARGIN
    while time.monotonic() - begin < most_seconds:
        since = time.monotonic()
        _, used = await cpu_while(roots, asyncio.sleep(_IDLE_LOOK_SECONDS))
        if sum(used.values()) / (time.monotonic() - since) <= most:
            break
    return time.monotonic() - begin


def memory(roots: Mapping[str, int], proc: Path = _PROC) -> dict[str, int]:
    """Return the memory of processes and their descendants in bytes.

    It is the proportional set size: what several processes share is divided among them.
    """
    _, parents = _read_stats(proc)
    totals = dict.fromkeys(roots, 0)
    for pid, name in _owners(roots, parents).items():
        with contextlib.suppress(OSError):
            found = _PSS.search((proc / str(pid) / "smaps_rollup").read_text())
            totals[name] += int(found.group(1)) * 1024 if found else 0
    return totals


def _owners(roots: Mapping[str, int], parents: Mapping[int, int]) -> dict[int, str]:
    """Return of each process that descends from one of the roots, or is one, the name of it."""
    names = {pid: name for name, pid in roots.items()}
    owners: dict[int, str] = {}
    for pid in parents:
        at: int | None = pid
        while at is not None and at not in names:
            at = parents.get(at)
        if at is not None:
            owners[pid] = names[at]
    return owners


def _read_stats(proc: Path) -> tuple[dict[int, float], dict[int, int]]:
    """Return of every process its CPU, that of its ended children included, and its parent."""
    used: dict[int, float] = {}
    parents: dict[int, int] = {}
    ticks = os.sysconf("SC_CLK_TCK")
    for folder in proc.iterdir():
        if folder.name.isdigit():
            with contextlib.suppress(OSError):
                fields = (folder / "stat").read_text().rpartition(")")[2].split()
                parents[int(folder.name)] = int(fields[1])
                used[int(folder.name)] = sum(map(int, fields[11:15])) / ticks
    return used, parents
