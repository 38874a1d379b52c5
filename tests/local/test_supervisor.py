"""The supervisor, with small programs in place of the mesh's processes."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

import psutil
import pytest

from local.errors import AlreadyRunning, NotReady
from local.logs import LogTail, last_lines, readable, rotate
from local.process_spec import ProcessSpec
from local.status_file import MeshStatus, find_status, locked_data_folder, write_status
from local.supervisor import Supervisor

PATIENCE_SECONDS = 60.0
# Ready when the file it is given exists; on SIGTERM it writes its name to the second file.
PROGRAM = """
import pathlib, signal, sys, time
ready, said, name = sys.argv[1:]
def stop(*_):
    with open(said, "a") as file: file.write(name + "\\n")
    sys.exit(0)
signal.signal(signal.SIGTERM, stop)
print("hello from", name, flush=True)
pathlib.Path(ready).touch()
time.sleep(60)
"""


def a_process(folder: Path, name: str, *, needs: Sequence[str] = ()) -> ProcessSpec:
    ready = folder / f"{name}.ready"
    words = [sys.executable, "-c", PROGRAM, str(ready), str(folder / "stopped"), name]

    async def is_ready() -> bool:
        return ready.exists()

    return ProcessSpec(
        name=name, command=words, environment=dict(os.environ), ready=is_ready, needs=needs
    )


@asynccontextmanager
async def supervising(
    folder: Path, *, reported: list[str] | None = None
) -> AsyncIterator[Supervisor]:
    lines = [] if reported is None else reported
    supervisor = Supervisor(folder / "logs", report=lines.append)
    try:
        yield supervisor
    finally:
        await supervisor.stop()


async def until(condition: Callable[[], bool]) -> None:
    end = time.monotonic() + PATIENCE_SECONDS
    while not condition():
        assert time.monotonic() < end, "it never came true"
        await asyncio.sleep(0.02)


def pid_of(supervisor: Supervisor, name: str) -> int:
    running = supervisor.children[name].running
    assert running is not None
    return running.pid


async def test_what_is_needed_starts_first_and_stops_last(tmp_path: Path) -> None:
    reported: list[str] = []
    async with supervising(tmp_path, reported=reported) as supervisor:
        await supervisor.start(
            [
                a_process(tmp_path, "edge", needs=["service"]),
                a_process(tmp_path, "service", needs=["database"]),
                a_process(tmp_path, "database"),
            ]
        )
        assert supervisor.waiting_for() == []
        assert (tmp_path / "logs/edge.log").read_text() == "hello from edge\n"
    ready = [line.split()[0] for line in reported]
    assert ready == ["database", "service", "edge"]
    assert (tmp_path / "stopped").read_text().split() == ["edge", "service", "database"]


async def test_a_child_that_dies_is_started_again(tmp_path: Path) -> None:
    reported: list[str] = []
    async with supervising(tmp_path, reported=reported) as supervisor:
        await supervisor.start([a_process(tmp_path, "service")])
        first = pid_of(supervisor, "service")
        (tmp_path / "service.ready").unlink()
        os.kill(first, signal.SIGKILL)
        await until(lambda: "service is back" in reported)
        assert pid_of(supervisor, "service") != first
        assert supervisor.children["service"].restarts == 1
    assert "service ended (killed by SIGKILL), starting it again" in reported


async def test_one_that_cannot_start_says_why_in_its_own_words(tmp_path: Path) -> None:
    async def never() -> bool:
        return False

    broken = ProcessSpec(
        name="broken",
        command=[sys.executable, "-c", "import sys; sys.exit('DATABASE_URL is missing.')"],
        environment=dict(os.environ),
        ready=never,
    )
    async with supervising(tmp_path) as supervisor:
        with pytest.raises(ExceptionGroup) as group:
            await supervisor.start([broken])
    [error] = group.value.exceptions
    assert isinstance(error, NotReady)
    assert "broken could not start (exit code 1)" in str(error)
    assert "DATABASE_URL is missing." in str(error)


async def test_one_that_does_not_stop_is_killed_with_all_it_started(tmp_path: Path) -> None:
    stubborn = (
        "import signal, subprocess, sys, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); "
        "print(subprocess.Popen(['sleep', '60']).pid, flush=True); time.sleep(60)"
    )
    log = tmp_path / "logs/stubborn.log"

    async def is_ready() -> bool:
        return log.read_text().strip() != ""

    async with supervising(tmp_path) as supervisor:
        process = ProcessSpec(
            name="stubborn",
            command=[sys.executable, "-c", stubborn],
            environment=dict(os.environ),
            ready=is_ready,
            stop_within=timedelta(seconds=0.3),
        )
        await supervisor.start([process])
        pids = [pid_of(supervisor, "stubborn"), int(log.read_text())]
    await until(lambda: not any(is_alive(pid) for pid in pids))


KILLED = """
import asyncio, sys, time
from pathlib import Path
from local.status_file import locked_data_folder
from local.supervisor import Supervisor
from tests.local.test_supervisor import a_process, pid_of

async def main(folder):
    with locked_data_folder(folder) as lock:
        supervisor = Supervisor(folder / "logs", report=print, inherited_files=[lock])
        await supervisor.start([a_process(folder, "one"), a_process(folder, "two")])
        print("pids", pid_of(supervisor, "one"), pid_of(supervisor, "two"), flush=True)
        await asyncio.sleep(60)

asyncio.run(main(Path(sys.argv[1])))
"""


async def test_nothing_outlives_a_supervisor_that_was_killed(tmp_path: Path) -> None:
    """The orphan cleaner stops the children; until they have, nobody else gets the data folder."""
    supervisor = await asyncio.create_subprocess_exec(
        sys.executable, "-c", KILLED, str(tmp_path), stdout=subprocess.PIPE
    )
    assert supervisor.stdout is not None
    line = ""
    while not line.startswith("pids"):
        line = (await asyncio.wait_for(supervisor.stdout.readline(), 20)).decode()
    pids = [int(word) for word in line.split()[1:]]
    with pytest.raises(AlreadyRunning, match=str(supervisor.pid)), locked_data_folder(tmp_path):
        pass
    supervisor.kill()
    await supervisor.wait()
    with locked_data_folder(tmp_path):  # waits for the orphan cleaner
        assert not any(is_alive(pid) for pid in pids)
    assert sorted((tmp_path / "stopped").read_text().split()) == ["one", "two"]


def is_alive(pid: int) -> bool:
    try:
        return bool(psutil.Process(pid).status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False


def test_the_status_file_of_a_mesh_that_is_gone_is_ignored(tmp_path: Path) -> None:
    """Its process number may belong to somebody else by now: only the lock tells."""
    write_status(
        tmp_path, MeshStatus(supervisor=os.getpid(), addresses={"api": "http://localhost"})
    )
    assert find_status(tmp_path) is None
    with locked_data_folder(tmp_path):
        found = find_status(tmp_path)
        assert found is not None
        assert found.addresses == {"api": "http://localhost"}


def test_logs_are_tailed_line_by_line_and_shortened_for_people(tmp_path: Path) -> None:
    log = tmp_path / "edge.log"
    log.write_text("before\n")
    tail = LogTail(tmp_path)
    with log.open("a") as file:
        file.write('{"level": "ERROR", "message": "fell", "exception": "Trace\\nKeyError: 1"}\nhal')
    assert tail.new_lines() == ["edge          | ERROR fell: KeyError: 1"]
    with log.open("a") as file:
        file.write("f\n")
    assert tail.new_lines() == ["edge          | half"]
    assert readable("x" * 1000) == "x" * 300 + "…"
    assert last_lines(tmp_path / "none.log") == []


def test_a_long_log_is_rotated(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    log = tmp_path / "edge.log"
    log.write_text("x" * 100)
    rotate(log)
    assert log.exists()
    monkeypatch.setattr("local.logs.MAX_LOG_BYTES", 50)
    rotate(log)
    assert not log.exists()
    assert log.with_suffix(".log.1").read_text() == "x" * 100
