"""`./habits up`: the whole mesh, started once for this module, killed, and started again.

The tests depend on each other and run in their order, so one worker has them all.
"""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import signal
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from local import demo, status_file
from local.status_file import MeshStatus
from tests.local.terminal import Terminal, run, still_running, two_free_ports

pytestmark = [pytest.mark.xdist_group("up"), pytest.mark.timeout(240)]
PROCESSES = {"postgres", "valkey", "epmd", "rabbitmq", "auth", "habits", "analytics"} | {
    "notifications",
    "worker",
    "beat",
    "edge",
}


@dataclass
class LocalMesh:
    """This module's mesh: its data folder, its port, and the terminal it was started in last."""

    data: Path
    screens: Path
    port: int
    terminal: Terminal | None = None

    @property
    def api(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def up(self, *words: str) -> Terminal:
        """Start the mesh, and wait until it says that it is ready."""
        screen = self.screens / f"{time.monotonic_ns()}.txt"
        where = ("--data", str(self.data), "--port", str(self.port))
        self.terminal = Terminal(screen, "up", *where, *words)
        self.terminal.until("The mesh is ready")
        return self.terminal

    def status(self) -> MeshStatus:
        found = status_file.find_status(self.data)
        assert found is not None
        return found


@pytest.fixture(scope="module")
def mesh(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalMesh]:
    here = LocalMesh(tmp_path_factory.mktemp("data"), tmp_path_factory.mktemp("screens"), 0)
    here.port = two_free_ports()
    yield here
    if here.terminal and here.terminal.process.poll() is None:
        here.terminal.send(signal.SIGTERM)
        here.terminal.wait()
    drop_cluster(here.data)


def drop_cluster(data: Path) -> None:
    """Drop PostgreSQL's files: for root they may lie outside, where `nobody` can enter."""
    shutil.rmtree((data / "postgres").resolve(), ignore_errors=True)


def ask(
    url: str, body: dict[str, Any] | None = None, *, token: str = "", method: str | None = None
) -> dict[str, Any]:
    data = None if body is None else json.dumps(body).encode()
    bearer = {"Authorization": f"Bearer {token}"} if token else {}
    request = urllib.request.Request(
        url, data, {"Content-Type": "application/json"} | bearer, method=method
    )
    with urllib.request.urlopen(request, timeout=10) as answer:
        return dict(json.loads(answer.read() or b"{}"))


def sign_in(mesh: LocalMesh) -> str:
    account = {"email": demo.EMAIL, "password": demo.PASSWORD}
    return str(ask(f"{mesh.api}/v1/auth/login", account)["access_token"])


def test_the_first_up_says_where_everything_is_and_creates_the_demo(mesh: LocalMesh) -> None:
    shown = mesh.up("--demo").shown
    assert f"Web    http://localhost:{mesh.port}/" in shown
    assert f"API    http://localhost:{mesh.port}/v1" in shown
    assert f"Chat   http://127.0.0.1:{mesh.port + 1}" in shown
    assert f"{demo.EMAIL}, password: {demo.PASSWORD}" in shown
    assert "11 habits" in shown
    token = sign_in(mesh)
    today = ask(f"{mesh.api}/v1/today", token=token)
    assert {"Drink water", "Meditate"} <= {item["habit"]["title"] for item in today["items"]}
    habits = ask(f"{mesh.api}/v1/habits", token=token)["items"]
    progress = {
        habit["title"]: ask(f"{mesh.api}/v1/habits/{habit['id']}/progress", token=token)
        for habit in habits
    }
    assert progress["Read before sleep"]["current_streak"]["length"] >= 23
    assert progress["Cold shower"]["completion"]["30d"] == 0
    assert progress["Drink water"]["total_check_ins"] > 120


def test_the_demos_chat_is_linked_and_nothing_old_was_cheered(mesh: LocalMesh) -> None:
    state = ask(f"http://127.0.0.1:{mesh.port + 1}/control/state")
    (chat,) = state["chats"]
    said = [message["text"] for message in chat["messages"] if message["from"] == "bot"]
    assert "Linked" in said[0]
    assert not [text for text in said if "Keep it up" in text]


def test_status_shows_every_process_with_its_memory(mesh: LocalMesh) -> None:
    code, shown = run("status", "--data", str(mesh.data))
    assert code == 0
    assert {line.split()[0] for line in shown.splitlines() if "  ready" in line} == PROCESSES
    together = next(line for line in shown.splitlines() if line.strip().startswith("together"))
    assert 300 < int(together.split()[1]) < 1000, shown


def test_a_command_runs_on_the_mesh_that_is_up(mesh: LocalMesh) -> None:
    code, shown = run("run", "--data", str(mesh.data), "services.habits", "parked", "list")
    assert (code, shown) == (0, "Nothing is parked.\n")
    code, shown = run("run", "--data", str(mesh.data), "services.habits", "rebuild", "--check")
    assert (code, shown.splitlines()[0].split()[:2]) == (0, ["11", "habits"]), shown
    assert "0 differ from their rows" in shown


def test_one_data_folder_has_one_mesh(mesh: LocalMesh) -> None:
    code, shown = run("up", "--data", str(mesh.data), "--port", str(two_free_ports()))
    assert code == 1
    assert f"The mesh already runs on {mesh.data}" in shown
    assert str(mesh.status().supervisor) in shown


def test_starting_the_same_mesh_again_says_that_it_runs(mesh: LocalMesh) -> None:
    """It has the port already: naming another port would be the wrong advice."""
    code, shown = run("up", "--data", str(mesh.data), "--port", str(mesh.port))
    assert code == 1
    assert f"The mesh already runs on {mesh.data}" in shown


def test_a_taken_port_is_told_before_anything_starts(mesh: LocalMesh, tmp_path: Path) -> None:
    code, shown = run("up", "--data", str(tmp_path / "other"), "--port", str(mesh.port))
    assert code == 1
    assert f"Port {mesh.port} is taken" in shown
    assert not (tmp_path / "other").exists()


def test_a_process_that_dies_comes_back(mesh: LocalMesh) -> None:
    before = next(one for one in mesh.status().children if one["name"] == "habits")
    os.kill(before["pid"], signal.SIGKILL)
    assert mesh.terminal is not None
    mesh.terminal.until("habits is back", within=60)
    token = sign_in(mesh)
    assert ask(f"{mesh.api}/v1/habits", token=token)["items"]
    after = next(one for one in mesh.status().children if one["name"] == "habits")
    assert (after["restarts"], after["pid"] != before["pid"]) == (before["restarts"] + 1, True)


def test_a_killed_supervisor_leaves_nothing_behind(mesh: LocalMesh) -> None:
    assert mesh.terminal is not None
    processes = mesh.terminal.processes()
    assert len(processes) > len(PROCESSES)
    mesh.terminal.send(signal.SIGKILL)
    mesh.terminal.wait()
    assert still_running(processes) == []
    code, shown = run("status", "--data", str(mesh.data))
    assert (code, "No mesh runs on" in shown) == (1, True)


def test_what_was_kept_is_there_after_the_kill(mesh: LocalMesh) -> None:
    shown = mesh.up("--demo").shown
    assert "is here already" in shown
    token = sign_in(mesh)
    assert len(ask(f"{mesh.api}/v1/habits", token=token)["items"]) == 11


def test_a_demo_that_was_stopped_half_way_is_completed(mesh: LocalMesh) -> None:
    token = sign_in(mesh)
    habits = {one["title"]: one for one in ask(f"{mesh.api}/v1/habits", token=token)["items"]}
    ask(f"{mesh.api}/v1/me", {"display_name": ""}, token=token, method="PATCH")
    ask(f"{mesh.api}/v1/habits/{habits['Meditate']['id']}", token=token, method="DELETE")
    said: list[str] = []
    asyncio.run(demo.create_demo(mesh.api, None, said.append))
    assert "half a year is filled in" in said[0]
    again = {one["title"]: one for one in ask(f"{mesh.api}/v1/habits", token=token)["items"]}
    assert set(again) == set(habits)
    assert again.pop("Meditate")["id"] != habits.pop("Meditate")["id"]
    assert {title: one["versions"] for title, one in again.items()} == {
        title: one["versions"] for title, one in habits.items()
    }
    assert len(ask(f"{mesh.api}/v1/pauses", token=token)["items"]) == 2


def test_a_demo_person_with_a_password_of_their_own_is_left_alone(mesh: LocalMesh) -> None:
    ask(f"{mesh.api}/v1/me", {"password": demo.PASSWORD}, token=sign_in(mesh), method="DELETE")
    account = {"email": demo.EMAIL, "password": "nobody's business"}
    ask(f"{mesh.api}/v1/auth/register", account)
    said: list[str] = []
    asyncio.run(demo.create_demo(mesh.api, None, said.append))
    assert said == [f"{demo.EMAIL} has a password of its own by now, and was left as it is"]


def test_down_stops_it_all(mesh: LocalMesh) -> None:
    assert mesh.terminal is not None
    processes = mesh.terminal.processes()
    _, shown = run("status", "--data", str(mesh.data))
    sockets = Path(shown.split("unix://")[1].split("/valkey.sock")[0])
    assert sockets.is_dir()
    code, shown = run("down", "--data", str(mesh.data), within=70)
    assert (code, "Stopped." in shown) == (0, True)
    assert mesh.terminal.wait() == 0
    assert mesh.terminal.shown.rstrip().endswith("Stopped.")
    assert "was killed" not in mesh.terminal.shown, "every process stops when asked to"
    assert still_running(processes) == []
    assert not sockets.exists()


def test_ctrl_c_while_it_starts_stops_cleanly(mesh: LocalMesh, tmp_path: Path) -> None:
    words = ("up", "--data", str(tmp_path / "data"), "--port", str(two_free_ports()))
    terminal = Terminal(tmp_path / "screen.txt", *words)
    terminal.until("postgres ready")
    processes = terminal.processes()
    for _ in range(2):  # people press it more than once
        terminal.send(signal.SIGINT)
        time.sleep(0.05)
    assert terminal.wait() == 0
    assert terminal.shown.rstrip().endswith("Stopped.")
    assert "Traceback" not in terminal.shown
    assert still_running(processes) == []
    drop_cluster(tmp_path / "data")
