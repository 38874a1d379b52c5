"""The script `./habits`: its help, its refusals, and that it takes only a Python that runs."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.servers import ROOT

SCRIPT = ROOT / "habits"


def run(*words: str, folder: Path = ROOT, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(folder / "habits"), *words],
        cwd=folder,
        env=os.environ | environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
    )


@pytest.fixture
def a_copy(tmp_path: Path) -> Path:
    """A checkout with nothing built, and lists so short that nothing is installed."""
    shutil.copy(SCRIPT, tmp_path)
    (tmp_path / "requirements").mkdir()
    for name in ("local", "dev"):
        (tmp_path / f"requirements/{name}.txt").write_text("")
    (tmp_path / "local").mkdir()
    said = "import os, sys; print(sys.argv[1:], os.environ['HABITS_CALLED_FROM'])\n"
    (tmp_path / "local/__main__.py").write_text(said)
    return tmp_path


def a_stand_in(folder: Path, name: str, script: str) -> Path:
    """Write a program into a folder of its own."""
    folder.mkdir(exist_ok=True)
    program = folder / name
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(0o755)
    return program


def test_it_is_posix_sh() -> None:
    shell = shutil.which("dash") or "/bin/sh"
    assert subprocess.run([shell, "-n", str(SCRIPT)], check=False).returncode == 0


def test_it_says_what_it_can_do() -> None:
    helped = run("--help")
    assert helped.returncode == 0
    for command in ("up", "status", "down", "test", "check", "setup"):
        assert f"./habits {command}" in helped.stdout
    assert run().stdout == helped.stdout


def test_an_unknown_command_is_refused_with_the_list() -> None:
    refused = run("fly")
    assert refused.returncode == 1
    assert 'there is no command "fly"' in refused.stderr
    assert "./habits up" in refused.stderr


@pytest.mark.parametrize("words", [("status",), ("down",)])
def test_nothing_running_is_said_in_one_line(tmp_path: Path, words: tuple[str, ...]) -> None:
    said = subprocess.run(
        [sys.executable, "-m", "local", *words, "--data", str(tmp_path)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert said.returncode == 1
    assert said.stderr.startswith("habits: ")
    assert len(said.stderr.splitlines()) == 1


def test_a_python_that_only_seems_to_be_there_is_passed_over(a_copy: Path, tmp_path: Path) -> None:
    """Running it is the only sure test: pyenv leaves shims that exist and fail."""
    shims = tmp_path / "shims"
    a_stand_in(shims, "python3.13", "exit 127")
    a_stand_in(shims, "python3.14", "exit 1")
    a_stand_in(shims, "python3.12", f'exec {sys.executable} "$@"')
    (shims / "uv").symlink_to(_uv())
    built = run("up", "--port", "8080", folder=a_copy, PATH=f"{shims}:{os.environ['PATH']}")
    assert built.returncode == 0, built.stderr
    assert built.stdout == f"['up', '--port', '8080'] {a_copy}\n"
    assert "installing 0 packages into .venv" in built.stderr
    version = subprocess.check_output([a_copy / ".venv/bin/python", "--version"], text=True)
    assert version.split()[1] == ".".join(map(str, sys.version_info[:3]))
    assert run("up", folder=a_copy).stderr == ""  # nothing is built twice


def test_development_s_environment_also_serves_up(a_copy: Path, tmp_path: Path) -> None:
    shims = tmp_path / "shims"
    shims.mkdir()
    (shims / "uv").symlink_to(_uv())
    path = f"{shims}:{os.environ['PATH']}"
    assert "installing" in run("setup", folder=a_copy, PATH=path, PYTHON=sys.executable).stderr
    (a_copy / "requirements/local.txt").write_text("# changed\n")
    assert run("up", folder=a_copy, PATH=path).stderr == ""
    (a_copy / "requirements/dev.txt").write_text("# changed\n")
    assert "installing" in run("test", folder=a_copy, PATH=path, PYTHON=sys.executable).stderr


def _uv() -> str:
    """Return the uv that `./habits` uses here, or skip where it came without one."""
    for name in ("uv", str(ROOT / ".cache/uv/bin/uv"), str(Path.home() / ".local/bin/uv")):
        if found := shutil.which(name):
            return found
    pytest.skip("no uv on this machine: ./habits fetches it when it builds .venv")
