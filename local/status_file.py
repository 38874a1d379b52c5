"""The status file of a running mesh, and the lock on its data folder."""

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
ORPHAN_SECONDS = 15


@dataclass(slots=True, kw_only=True)
class MeshStatus:
    """A mesh as `./habits status` shows it.

    Attributes:
        supervisor: The process id of the supervisor.
        fork_server: The process id of the parent of most of them; None where there is none.
        addresses: Name to URL, as shown to people.
        ready: Whether all of it has come up.
        children: One entry a process: name, pid, restarts, ready.
    """

    supervisor: int
    fork_server: int | None = None
    addresses: dict[str, str] = field(default_factory=dict)
    ready: bool = False
    children: list[dict[str, Any]] = field(default_factory=list)


@contextlib.contextmanager
def locked_data_folder(data: Path) -> Iterator[int]:
    """Lock the data folder for this process, and yield the lock's file descriptor.

    A supervisor that was killed may have left processes that are still stopping; their orphan
    cleaner holds the lock meanwhile, so this waits for them a while.

    Raises:
        AlreadyRunning: Another supervisor holds it.
    """
    file = os.open(data / LOCK, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        end = time.monotonic() + ORPHAN_SECONDS
        while not _try_lock(file):
            holder = _lock_owner(data)
            if _is_alive(holder) or time.monotonic() > end:
                raise AlreadyRunning(data, str(holder or "unknown"))
            time.sleep(0.1)
        os.truncate(file, 0)
        os.pwrite(file, str(os.getpid()).encode(), 0)
        yield file
    finally:
        os.close(file)


def write_status(data: Path, status: MeshStatus) -> None:
    """Write the status file atomically."""
    draft = data / f".{FILE}"
    draft.write_text(json.dumps(asdict(status)))
    draft.replace(data / FILE)


def delete_status(data: Path) -> None:
    """Delete the status file."""
    (data / FILE).unlink(missing_ok=True)


def find_status(data: Path) -> MeshStatus | None:
    """Return the status of the mesh that runs on a data folder, or None when none does."""
    try:
        status = MeshStatus(**json.loads((data / FILE).read_text()))
    except (OSError, ValueError, TypeError):
        return None
    return status if _is_alive(status.supervisor) and is_held(data) else None


def _try_lock(file: int) -> bool:
    """Take the lock if it is free; return whether it was."""
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def is_held(data: Path) -> bool:
    """Return whether a process holds the lock: a process id alone may be reused by now."""
    file = os.open(data / LOCK, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        return not _try_lock(file)
    finally:
        os.close(file)


def _lock_owner(data: Path) -> int:
    """Return the process id written in the lock file; 0 if there is none."""
    try:
        return int((data / LOCK).read_text())
    except (OSError, ValueError):
        return 0


def _is_alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return process > 0
