"""What processes write: kept in a file each, followed in the terminal, shortened for people."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

LARGEST = 10_000_000  # bytes; a longer log is put aside, once, when its process starts
LAST_LINES = 8
LONGEST_LINE = 300
LOOK_EVERY = timedelta(milliseconds=250)
LONGEST_READ = 1_000_000


def make_room(log: Path) -> None:
    """Put a log aside that has grown too long; the one put aside before goes."""
    if log.exists() and log.stat().st_size > LARGEST:
        log.replace(log.with_suffix(".log.1"))


def last_lines(log: Path) -> list[str]:
    """Return the end of a log as a person can read it."""
    try:
        with log.open("rb") as file:
            file.seek(max(0, log.stat().st_size - LONGEST_READ))
            lines = file.read().decode(errors="replace").splitlines()
    except OSError:
        return []
    return [readable(line) for line in lines[-LAST_LINES:]]


def readable(line: str) -> str:
    """Return a JSON log line as `LEVEL message: last line of the exception`; others as they are."""
    try:
        entry = json.loads(line)
        text = f"{entry['level']} {entry['message']}"
        if exception := str(entry.get("exception", "")).strip():
            text += f": {exception.splitlines()[-1]}"
    except (ValueError, KeyError, TypeError):
        text = line
    return text if len(text) <= LONGEST_LINE else f"{text[:LONGEST_LINE]}…"


async def follow(folder: Path, show: Callable[[str], None]) -> None:
    """Show every line that is written from now on to a log of the folder, until cancelled."""
    follower = Follower(folder)
    while True:
        for line in follower.new_lines():
            show(line)
        await asyncio.sleep(LOOK_EVERY.total_seconds())


class Follower:
    """Knows how far the logs of a folder have been read."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._read = {log: log.stat().st_size for log in folder.glob("*.log")}

    def new_lines(self) -> list[str]:
        """Return the whole lines written since the last call, each after its process's name."""
        lines = []
        for log in sorted(self._folder.glob("*.log")):
            start = self._read.get(log, 0)
            if log.stat().st_size < start:
                start = 0  # put aside, and begun anew
            with log.open("rb") as file:
                file.seek(start)
                whole, newline, _ = file.read(LONGEST_READ).rpartition(b"\n")
            self._read[log] = start + len(whole) + len(newline)
            text = whole.decode(errors="replace")
            lines += [f"{log.stem:13} | {readable(line)}" for line in text.splitlines()]
        return lines
