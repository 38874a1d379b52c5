"""Forked processes are what they would be if they were started by themselves."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import psutil
import pytest

from local.forking import ForkServer, environment_of
from local.process_spec import ProcessSpec
from local.supervisor import Supervisor
from tests.local.test_supervisor import pid_of, until

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="forks are of Linux only")
ROOT = Path(__file__).resolve().parents[2]
PROGRAM = "tests.local.forked_program"


def a_program(folder: Path, *arguments: str, once: bool = False) -> ProcessSpec:
    file = folder / "about.json"
    words: Sequence[str] = (PROGRAM, str(file), *arguments)

    async def is_ready() -> bool:
        return file.exists()

    return ProcessSpec(
        name="program",
        command=[sys.executable, "-m", *words],
        words=words,
        environment={"GREETING": "hello"},
        folder=ROOT,
        ready=is_ready,
        once=once,
    )


@asynccontextmanager
async def forking(folder: Path, reported: list[str]) -> AsyncIterator[Supervisor]:
    modules = ["colorsys"]
    logs = folder / "logs"
    logs.mkdir()
    supervisor = Supervisor(logs, report=reported.append, shared_modules=modules)
    try:
        await supervisor.prepare_forks()
        yield supervisor
    finally:
        await supervisor.stop()


def is_alive(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


async def test_a_fork_has_its_own_arguments_environment_folder_session_and_log(
    tmp_path: Path,
) -> None:
    async with forking(tmp_path, []) as supervisor:
        await supervisor.start([a_program(tmp_path)])
        pid = pid_of(supervisor, "program")
        shown = [word for word in psutil.Process(pid).cmdline() if word]
        assert psutil.Process(pid).ppid() == supervisor.fork_server
        assert environment_of(pid) == {"GREETING": "hello"}
    assert json.loads((tmp_path / "about.json").read_text()) == {
        "arguments": [str(tmp_path / "about.json")],
        "environment": "hello",
        "has_path": False,
        "folder": str(ROOT),
        "session": pid,
        "shared": True,
    }
    assert (tmp_path / "logs/program.log").read_text() == "hello\n"
    assert " ".join(shown).startswith(f"{sys.executable} -m {PROGRAM}"[:40])


async def test_the_environment_of_a_process_that_was_not_forked_is_read_too() -> None:
    assert environment_of(os.getpid())["PATH"] == os.environ["PATH"]


async def test_a_fork_that_dies_is_started_again(tmp_path: Path) -> None:
    reported: list[str] = []
    async with forking(tmp_path, reported) as supervisor:
        await supervisor.start([a_program(tmp_path)])
        os.kill(pid_of(supervisor, "program"), signal.SIGKILL)
        await until(lambda: "program is back" in reported)
    assert "program ended (killed by SIGKILL), starting it again" in reported


async def test_a_fork_that_is_done_says_so_by_its_exit_code(tmp_path: Path) -> None:
    async with forking(tmp_path, []) as supervisor:
        await supervisor.start([a_program(tmp_path, "0", once=True)])
        running = supervisor.children["program"].running
        assert running is not None
        assert await running.wait() == 0


async def test_without_the_fork_server_processes_start_by_themselves(tmp_path: Path) -> None:
    reported: list[str] = []
    async with forking(tmp_path, reported) as supervisor:
        await supervisor.start([a_program(tmp_path)])
        forked = pid_of(supervisor, "program")
        server = supervisor.fork_server
        assert server is not None
        os.kill(server, signal.SIGKILL)
        await until(lambda: "program is back" in reported)
        assert not is_alive(forked)
        assert psutil.Process(pid_of(supervisor, "program")).ppid() == os.getpid()


async def test_no_fork_outlives_the_supervisor(tmp_path: Path) -> None:
    async with forking(tmp_path, []) as supervisor:
        await supervisor.start([a_program(tmp_path)])
        pids = [pid_of(supervisor, "program"), supervisor.fork_server]
    assert [pid for pid in pids if pid is not None and is_alive(pid)] == []


async def test_a_fork_that_nobody_waits_for_any_more_is_stopped_and_others_go_on(
    tmp_path: Path,
) -> None:
    """As when Ctrl-C comes between the request and its answer."""
    server = ForkServer(["colorsys"], tmp_path / "fork-server.log")
    await server.start()
    try:
        asking = asyncio.create_task(server.fork(a_program(tmp_path), tmp_path / "one.log"))
        await asyncio.sleep(0)
        asking.cancel()
        (tmp_path / "two").mkdir()
        forked = await server.fork(a_program(tmp_path / "two"), tmp_path / "two.log")
        assert is_alive(forked.pid)
        assert server.pid is not None
        parent = psutil.Process(server.pid)
        await until(lambda: [it.pid for it in parent.children()] == [forked.pid])
        forked.send_signal(signal.SIGTERM)
        await forked.wait()
    finally:
        await server.close()
