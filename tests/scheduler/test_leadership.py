"""Of two beats one sends; when it dies or stops, the other goes on."""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from kombu import Connection, Exchange, Queue

from scheduler import heartbeat
from scheduler.app import app
from scheduler.leadership import POLL_SECONDS, LeaderLock, LeaderScheduler

TAKEOVER_SECONDS = 15
START_SECONDS = 40


@pytest.fixture(scope="module")
def database_url(migrated: Callable[..., str]) -> str:
    return migrated()


@contextmanager
def beat(database_url: str, amqp_url: str, folder: Path) -> Iterator[subprocess.Popen[bytes]]:
    folder.mkdir()
    environment = os.environ | {
        "DATABASE_URL": database_url,
        "AMQP_URL": amqp_url,
        "HEARTBEAT_FOLDER": f"{folder}",
    }
    child = subprocess.Popen([sys.executable, "-m", "scheduler", "beat"], env=environment)
    try:
        yield child
    finally:
        child.kill()
        child.wait()


class TickReader:
    """Reads the ticks that beats have sent, and from which process each came."""

    def __init__(self, connection: Connection) -> None:
        queue = Queue(
            "scheduler.ticks",
            Exchange("scheduler.ticks", type="topic"),
            routing_key="scheduler.ticks",
            queue_arguments={"x-queue-type": "quorum"},
        )(connection.default_channel)
        queue.declare()
        self._queue = queue

    def next_sender(self, seconds: float) -> int:
        """Return the process id of the beat that sent the next tick."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            message = self._queue.get(no_ack=True)
            if message is not None:
                return int(message.headers["origin"].partition("@")[0].removeprefix("gen"))
            time.sleep(0.05)
        raise AssertionError(f"no tick within {seconds} s")

    def clear(self) -> None:
        self._queue.purge()


def test_one_beat_sends_and_another_takes_over(
    database_url: str, amqp_url: str, tmp_path: Path
) -> None:
    with (
        Connection(amqp_url) as connection,
        beat(database_url, amqp_url, tmp_path / "first") as first,
    ):
        ticks = TickReader(connection)
        assert ticks.next_sender(START_SECONDS) == first.pid
        with beat(database_url, amqp_url, tmp_path / "second") as second:
            end = time.monotonic() + START_SECONDS
            while not heartbeat.healthy(tmp_path / "second", "beat"):
                assert time.monotonic() < end
                time.sleep(0.1)
            assert {ticks.next_sender(START_SECONDS) for _ in range(2)} == {first.pid}
            first.kill()
            first.wait(START_SECONDS)
            ticks.clear()
            assert ticks.next_sender(TAKEOVER_SECONDS) == second.pid


def test_a_lock_is_held_by_one_and_released(database_url: str) -> None:
    first, second = LeaderLock(database_url, "it"), LeaderLock(database_url, "it")
    other = LeaderLock(database_url, "another")
    try:
        assert first.acquire()
        assert first.acquire()
        assert not second.acquire()
        assert other.acquire()
        first.release()
        end = time.monotonic() + TAKEOVER_SECONDS
        while not second.acquire():
            assert time.monotonic() < end
            time.sleep(0.05)
        assert second.held
    finally:
        second.release()
        other.release()


def test_a_beat_that_leads_lives_by_what_it_sends_and_another_by_waiting(
    database_url: str, amqp_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", database_url)
    monkeypatch.setenv("AMQP_URL", amqp_url)
    beats = []
    for name in ("leads", "waits"):
        (tmp_path / name).mkdir()
        monkeypatch.setenv("HEARTBEAT_FOLDER", str(tmp_path / name))
        beats.append(LeaderScheduler(app, schedule={}, lazy=True))
    try:
        assert [it.tick() for it in beats] == [POLL_SECONDS, POLL_SECONDS]
        assert [it._lock.held for it in beats] == [True, False]
        assert not heartbeat.healthy(tmp_path / "leads", "beat")  # it has sent nothing
        assert heartbeat.healthy(tmp_path / "waits", "beat")
    finally:
        for it in beats:
            it._lock.release()


def test_without_a_database_nobody_leads() -> None:
    lock = LeaderLock("postgresql://nobody@127.0.0.1:1/nothing", "it")
    assert not lock.acquire()
    lock.release()
