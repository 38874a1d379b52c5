"""Heartbeat files that worker and beat touch at every task, for health checks.

A beat that waits for another to stop leading touches its file as well.

Asking a worker over the broker would need its remote control, whose queues a modern broker no
longer allows, and would say that it listens, not that ticks get done.
"""

import time
from datetime import timedelta
from pathlib import Path

STALE_AFTER = timedelta(seconds=30)
"""Many periods of the most frequent task."""


def touch(folder: Path, role: str) -> None:
    """Touch the heartbeat file. `role` is `worker` or `beat`."""
    _file(folder, role).touch()


def healthy(folder: Path, role: str) -> bool:
    """Return whether the heartbeat file was touched lately."""
    try:
        age = time.time() - _file(folder, role).stat().st_mtime
    except FileNotFoundError:
        return False
    return age <= STALE_AFTER.total_seconds()


def _file(folder: Path, role: str) -> Path:
    return folder / f"habit-tracker-scheduler-{role}.alive"
