"""Heartbeat files, as a health check sees them."""

import os
from datetime import timedelta
from pathlib import Path

from scheduler import heartbeat


def test_without_a_heartbeat_a_process_is_not_healthy(tmp_path: Path) -> None:
    assert not heartbeat.healthy(tmp_path, "worker")


def test_a_recent_heartbeat_is_healthy(tmp_path: Path) -> None:
    heartbeat.touch(tmp_path, "worker")
    assert heartbeat.healthy(tmp_path, "worker")
    assert not heartbeat.healthy(tmp_path, "beat")


def test_an_old_heartbeat_is_not_healthy(tmp_path: Path) -> None:
    heartbeat.touch(tmp_path, "beat")
    [file] = tmp_path.iterdir()
    long_ago = file.stat().st_mtime - (heartbeat.STALE_AFTER + timedelta(seconds=1)).total_seconds()
    os.utime(file, (long_ago, long_ago))
    assert not heartbeat.healthy(tmp_path, "beat")
