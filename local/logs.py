"""Log files: one per process, rotated, tailed in the terminal, shortened for people."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

MAX_LOG_BYTES = 10_000_000  # a longer log is renamed when its process starts
LAST_LINE_COUNT = 8
MAX_LINE_LENGTH = 300
POLL_INTERVAL = timedelta(milliseconds=250)
MAX_READ_BYTES = 1_000_000


def rotate(log: Path) -> None:
    """Rename a log that has grown too long; the one renamed before is deleted."""
    if log.exists() and log.stat().st_size > MAX_LOG_BYTES:
        log.replace(log.with_suffix(".log.1"))


def last_lines(log: Path) -> list[str]:
    """Return the end of a log as a person can read it."""
    try:
        with log.open("rb") as file:
            file.seek(max(0, log.stat().st_size - MAX_READ_BYTES))
            lines = file.read().decode(errors="replace").splitlines()
    except OSError:
        return []
    return [readable(line) for line in lines[-LAST_LINE_COUNT:]]


def readable(line: str) -> str:
    """Return a JSON log line as `LEVEL message: last line of the exception`; others as they are."""
    try:
        entry = json.loads(line)
        text = f"{entry['level']} {entry['message']}"
        if exception := str(entry.get("exception", "")).strip():
            text += f": {exception.splitlines()[-1]}"
    except (ValueError, KeyError, TypeError):
        text = line
    return text if len(text) <= MAX_LINE_LENGTH else f"{text[:MAX_LINE_LENGTH]}…"


async def tail_logs(folder: Path, show: Callable[[str], None]) -> None:
    """Show every line that is written from now on to a log of the folder, until cancelled."""
    tail = LogTail(folder)
    while True:
        for line in tail.new_lines():
            show(line)
        await asyncio.sleep(POLL_INTERVAL.total_seconds())


class LogTail:
    """Reads the lines that were added to the logs of a folder since the last look."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._read = {log: log.stat().st_size for log in folder.glob("*.log")}

    def new_lines(self) -> list[str]:
        """Return the whole lines written since the last call, each after its process's name."""
        lines = []
        for log in sorted(self._folder.glob("*.log")):
            start = self._read.get(log, 0)
            if log.stat().st_size < start:
                start = 0  # rotated
            with log.open("rb") as file:
                file.seek(start)
                whole, newline, _ = file.read(MAX_READ_BYTES).rpartition(b"\n")
            self._read[log] = start + len(whole) + len(newline)
            text = whole.decode(errors="replace")
            lines += [f"{log.stem:13} | {readable(line)}" for line in text.splitlines()]
        return lines
