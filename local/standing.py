"""What a running mesh tells of itself: a file beside its data, and the lock that says it is his."""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from local.errors import AlreadyRunning

FILE = "mesh.json"
LOCK = "mesh.lock"
LEFTOVERS_SECONDS = 15


@dataclass(slots=True, kw_only=True)
class Standing:
    """A mesh as `./habits status` shows it.

    Attributes:
        supervisor: The process id of the supervisor.
        addresses: Name to URL, as shown to people.
        ready: Whether all of it has come up.
        children: One entry a process: name, pid, restarts, ready.
    """

    supervisor: int
    addresses: dict[str, str] = field(default_factory=dict)
    ready: bool = False
    children: list[dict[str, Any]] = field(default_factory=list)


@contextlib.contextmanager
def only_one(data: Path) -> Iterator[int]:
    """Hold the data folder for this process, and lend the lock's file.

    A supervisor that was killed may have left processes that are still stopping; their reaper holds
    the lock on, so this waits for them a while.

    Raises:
        AlreadyRunning: Another supervisor holds it.
    """
    file = os.open(data / LOCK, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        end = time.monotonic() + LEFTOVERS_SECONDS
        while not _locked(file):
            holder = _holder(data)
            if _lives(holder) or time.monotonic() > end:
                raise AlreadyRunning(data, str(holder or "unknown"))
            time.sleep(0.1)
        os.truncate(file, 0)
        os.pwrite(file, str(os.getpid()).encode(), 0)
        yield file
    finally:
        os.close(file)


def keep(data: Path, standing: Standing) -> None:
    """Write the standing down, whole or not at all."""
    draft = data / f".{FILE}"
    draft.write_text(json.dumps(asdict(standing)))
    draft.replace(data / FILE)


def forget(data: Path) -> None:
    """Drop the standing: nothing runs."""
    (data / FILE).unlink(missing_ok=True)


def find(data: Path) -> Standing | None:
    """Return the standing of the mesh that runs on a data folder, or None when none does."""
    try:
        standing = Standing(**json.loads((data / FILE).read_text()))
    except (OSError, ValueError, TypeError):
        return None
    return standing if _lives(standing.supervisor) and is_held(data) else None


def _locked(file: int) -> bool:
    """Take the lock if it is free."""
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def is_held(data: Path) -> bool:
    """Tell whether anybody holds the data folder: a number alone may be another process by now."""
    file = os.open(data / LOCK, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        return not _locked(file)
    finally:
        os.close(file)


def _holder(data: Path) -> int:
    """Return the process that took the lock last; 0 if it did not say."""
    try:
        return int((data / LOCK).read_text())
    except (OSError, ValueError):
        return 0


def _lives(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return process > 0
