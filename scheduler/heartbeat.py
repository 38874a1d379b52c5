"""Signs of life: a file that worker and beat touch at every tick, for health checks to look at.

Asking a worker over the broker would need its remote control, whose queues a modern broker no
longer allows, and would say that it listens, not that ticks get done.
"""

import time
from datetime import timedelta
from pathlib import Path

STALE_AFTER = timedelta(seconds=30)
"""Six ticks without a sign: something hangs."""


def touch(folder: Path, role: str) -> None:
    """Give a sign of life. `role` is `worker` or `beat`."""
    _file(folder, role).touch()


def healthy(folder: Path, role: str) -> bool:
    """Say whether there was a sign of life lately."""
    try:
        age = time.time() - _file(folder, role).stat().st_mtime
    except FileNotFoundError:
        return False
    return age <= STALE_AFTER.total_seconds()


def _file(folder: Path, role: str) -> Path:
    return folder / f"habit-tracker-scheduler-{role}.alive"
