"""The generated contracts are those of the protos, and the protos are clean."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from tests.house.tree import ROOT

TOOLS = {**os.environ, "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"}


def run(*command: str, cwd: Path = ROOT) -> None:
    done = subprocess.run(command, cwd=cwd, env=TOOLS, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def files(folder: Path) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): path.read_text()
        for path in sorted((folder / "contracts").rglob("*.py*"))
        if path.suffix in (".py", ".pyi")
    }


def test_contracts_are_fresh(tmp_path: Path) -> None:
    """What `make contracts` would write is what is committed."""
    shutil.copytree(ROOT / "protos", tmp_path / "protos")
    for name in ("buf.yaml", "buf.gen.yaml"):
        shutil.copy(ROOT / name, tmp_path / name)
    run("buf", "generate", cwd=tmp_path)
    assert files(tmp_path) == files(ROOT)


def test_protos_pass_the_linter() -> None:
    run("buf", "lint")


def test_protos_are_formatted() -> None:
    run("buf", "format", "--diff", "--exit-code")


def test_protos_break_nobody() -> None:
    """What was released can still be read; `protos/baseline.binpb` is the last release."""
    run("buf", "breaking", "--against", "protos/baseline.binpb")
