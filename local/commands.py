"""The commands of `./habits`: up, status, down, run and test."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import psutil

from local import status_file
from local.errors import NotRunning, StillStopping
from local.folders import known_data_folders
from local.forking import environment_of
from local.mesh import Options, running_mesh
from local.process_table import NOT_INHERITED, ROLES
from local.status_file import MeshStatus
from local.supervisor import Progress
from local.testing import print_to_stderr, servers_for_tests

ROOT = Path(__file__).resolve().parent.parent
DOWN_SECONDS = 60
MEBIBYTE = 1024 * 1024
MOST_TEST_WORKERS = 8


async def up(options: Options, *, demo: bool) -> None:
    """Start everything, print the addresses, and stop on a signal."""
    stop, began = asyncio.Event(), time.monotonic()
    starting = asyncio.current_task()
    ready = False

    def on_signal() -> None:
        stop.set()
        if starting and not ready:
            starting.cancel()

    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, on_signal)

    def report(line: str) -> None:
        print(f"  {time.monotonic() - began:5.1f} s  {line}", flush=True)

    print("Starting the mesh.", flush=True)
    try:
        async with running_mesh(options, report) as mesh:
            ready = True
            if demo:
                await _create_demo(mesh, report)
            print(_welcome(mesh, options, time.monotonic() - began), flush=True)
            await stop.wait()
            print("\nStopping. What was kept stays.", flush=True)
    except asyncio.CancelledError:
        if not stop.is_set():
            raise
    print("Stopped.", flush=True)


async def _create_demo(mesh: MeshStatus, report: Progress) -> None:
    from local.demo import create_demo

    await create_demo(mesh.addresses["api"], mesh.addresses.get("chat"), report)


def _welcome(mesh: MeshStatus, options: Options, seconds: float) -> str:
    api = mesh.addresses["api"]
    chat = mesh.addresses.get("chat")
    lines = [
        "",
        f"The mesh is ready ({seconds:.1f} s).",
        "",
        f"  Web    {api}/",
        f"  API    {api}/v1",
        f"  Docs   {api}/docs",
        f"  Chat   {chat}   (plays Telegram; TELEGRAM_BOT_TOKEN=... makes the bot real)"
        if chat
        else "  Chat   your own Telegram bot",
        f"  Data   {options.data}",
        f"  Logs   {options.data / 'logs'}",
        "",
        "A first account, in another terminal:",
        "",
        f"  curl {api}/v1/auth/register -H 'Content-Type: application/json' \\",
        '    -d \'{"email": "ada@example.com", "password": "correct horse", '
        '"timezone": "Europe/London"}\'',
        "",
        "README.md goes on from there. ./habits status shows what runs; Ctrl-C stops it.",
    ]
    return "\n".join(lines)


def status(options: Options) -> None:
    """Show what runs, where, and how much memory it takes.

    Raises:
        NotRunning: Nothing runs on this data folder.
    """
    mesh = _running(options.data)
    state = "ready" if mesh.ready else "starting"
    print(f"The mesh on {options.data} is {state} (supervisor {mesh.supervisor}).")
    environment = _environment_of(mesh, "habits")
    servers = {
        name: environment[f"{name.upper()}_URL"] for name in ("database", "redis") if environment
    }
    for name, address in (mesh.addresses | servers).items():
        print(f"  {name:9} {address}")
    print(f"\n  {'process':16}{'pid':>8}{'memory':>10}{'restarts':>10}  state")
    total = 0
    for name, pid in (("supervisor", mesh.supervisor), ("fork-server", mesh.fork_server)):
        if pid is not None:
            memory = _memory([pid])
            total += memory
            print(f"  {name:16}{pid:8}{memory / MEBIBYTE:7.0f} MB")
    for child in mesh.children:
        memory = _memory(_process_tree(child["pid"]))
        total += memory
        shown = "ready" if child["ready"] else "not ready"
        print(
            f"  {child['name']:16}{child['pid']:8}{memory / MEBIBYTE:7.0f} MB"
            f"{child['restarts']:10}  {shown}"
        )
    print(f"  {'together':16}{'':8}{total / MEBIBYTE:7.0f} MB")


def run(options: Options, module: str, arguments: Sequence[str]) -> int:
    """Run a Python module with the environment of the mesh that is up; return its exit code.

    Raises:
        NotRunning: Nothing runs on this data folder.
    """
    environment = _environment_of(_running(options.data), module.rpartition(".")[2])
    if not environment:
        raise NotRunning(options.data)
    command = [sys.executable, "-m", module, *arguments]
    return subprocess.run(command, cwd=ROOT, env=environment, check=False).returncode


def _running(data: Path) -> MeshStatus:
    """Return the status of the mesh on a data folder, or refuse and name the folders in use."""
    mesh = status_file.find_status(data)
    if mesh is None:
        others = [one for one in known_data_folders() if status_file.find_status(one)]
        raise NotRunning(data, others)
    return mesh


def _environment_of(mesh: MeshStatus, name: str) -> dict[str, str]:
    """Return the environment of a process of the mesh; of any other when the name is not there."""
    ours = [child for child in mesh.children if child["name"] in ROLES]
    for child in sorted(ours, key=lambda child: child["name"] != name):
        try:
            return environment_of(child["pid"])
        except (psutil.Error, OSError):
            continue
    return {}


def _process_tree(pid: int) -> list[int]:
    """Return the ids of a process and its descendants."""
    try:
        parent = psutil.Process(pid)
        return [pid, *(child.pid for child in parent.children(recursive=True))]
    except psutil.Error:
        return []


def _memory(pids: Sequence[int]) -> int:
    """Return the memory of processes in bytes, what they share counted once where that is known."""
    total = 0
    for pid in pids:
        try:
            memory = psutil.Process(pid).memory_full_info()
        except (psutil.Error, OSError):
            continue
        total += getattr(memory, "pss", memory.rss)
    return total


def down(options: Options) -> None:
    """Stop the mesh that runs on a data folder, and wait until its last process has ended.

    Raises:
        NotRunning: Nothing runs on this data folder.
        StillStopping: It did not stop in time.
    """
    mesh = _running(options.data)
    print("Stopping. What was kept stays.", flush=True)
    os.kill(mesh.supervisor, signal.SIGTERM)
    end = time.monotonic() + DOWN_SECONDS
    while status_file.is_held(options.data):
        if time.monotonic() > end:
            raise StillStopping(options.data)
        time.sleep(0.1)
    print("Stopped.")


async def test(arguments: Sequence[str]) -> int:
    """Run pytest on servers of its own; return its exit code."""
    async with servers_for_tests(print_to_stderr) as addresses:
        environment = dict(os.environ) | addresses.test_environment()
        environment.pop(NOT_INHERITED, None)  # each of some hundred processes would compile it all
        # One more than there are cores: much of a test is waiting for a server.
        workers = str(min((os.cpu_count() or 1) + 1, MOST_TEST_WORKERS))
        spread = [] if _is_spread(arguments) else ["--numprocesses", workers, "--dist", "loadgroup"]
        arguments = ["-m", "pytest", "-q", *spread, *arguments]
        pytest = await asyncio.create_subprocess_exec(
            sys.executable, *arguments, cwd=ROOT, env=environment
        )
        try:
            return await pytest.wait()
        except asyncio.CancelledError:
            pytest.terminate()
            await pytest.wait()
            raise


def _is_spread(arguments: Sequence[str]) -> bool:
    return any(word.startswith(("-n", "--numprocesses", "--collect-only")) for word in arguments)
