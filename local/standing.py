"""What a running mesh tells of itself: a file beside its data, and the lock that says it is his."""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from local.errors import AlreadyRunning

FILE = "mesh.json"
LOCK = "mesh.lock"


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
def only_one(data: Path) -> Iterator[None]:
    """Hold the data folder for this process.

    Raises:
        AlreadyRunning: Another supervisor holds it.
    """
    file = os.open(data / LOCK, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            holder = os.read(file, 32).decode().strip() or "unknown"
            raise AlreadyRunning(data, holder) from None
        os.truncate(file, 0)
        os.write(file, str(os.getpid()).encode())
        yield
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
    try:
        os.kill(standing.supervisor, 0)
    except OSError:
        return None
    return standing
