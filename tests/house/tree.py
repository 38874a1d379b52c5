"""The files that the house rules check: our own Python, and every tracked file."""

import ast
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
ROOMS = ("chassis", "rhythm", "services", "edge", "scheduler", "local", "bench", "tests")


@cache
def tracked() -> tuple[Path, ...]:
    """Return every file of the tree that git keeps or would keep; a plain folder lists all."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if listed.returncode:
        return tuple(path for path in sorted(ROOT.rglob("*")) if path.is_file())
    return tuple(path for line in listed.stdout.splitlines() if (path := ROOT / line).is_file())


def python_files(*rooms: str) -> Iterator[Path]:
    """Yield our own Python files below the rooms, or below all of them."""
    for path in tracked():
        top = path.relative_to(ROOT).parts[0]
        if path.suffix == ".py" and top in (rooms or ROOMS):
            yield path


@cache
def parsed(path: Path) -> ast.Module:
    """Return the syntax tree of a Python file."""
    return ast.parse(path.read_text())


def shown(path: Path) -> str:
    """Return the path as a person would write it from the root."""
    return path.relative_to(ROOT).as_posix()
