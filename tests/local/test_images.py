"""An image holds what its process imports: each process is imported with only its list there."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[2]
PROCESSES = {
    "auth": ["services.auth.__main__"],
    "habits": ["services.habits.__main__"],
    "analytics": ["services.analytics.__main__"],
    "notifications": [
        "services.notifications.__main__",
        "services.notifications.bot.dispatcher",
    ],
    "scheduler": ["scheduler.__main__", "services.habits.tasks", "services.analytics.tasks"],
    "edge": ["edge.__main__"],
}
IMPORT = """
import importlib, json, sys
from importlib.machinery import PathFinder
hidden, modules = map(json.loads, sys.argv[1:])

class Image(PathFinder):
    @classmethod
    def find_spec(cls, name, path=None, target=None):
        return None if name.partition(".")[0] in hidden else super().find_spec(name, path, target)

sys.meta_path[:] = [Image if finder is PathFinder else finder for finder in sys.meta_path]
for module in modules:
    importlib.import_module(module)
"""


def hidden_from(extra: str) -> set[str]:
    """Return every installed top-level module that an image does not hold."""
    text = (ROOT / f"requirements/{extra}.txt").read_text()
    held = {canonicalize_name(pin) for pin in re.findall(r"^([\w.-]+)(?:\[.*\])?==", text, re.M)}
    return {
        module
        for module, owners in packages_distributions().items()
        if not {canonicalize_name(owner) for owner in owners} & held
    }


def imported(hidden: set[str], modules: list[str]) -> subprocess.CompletedProcess[str]:
    words = [json.dumps(sorted(hidden)), json.dumps(modules)]
    return subprocess.run(
        [sys.executable, "-c", IMPORT, *words], cwd=ROOT, capture_output=True, text=True, timeout=90
    )


@pytest.mark.parametrize("extra", PROCESSES)
def test_a_process_imports_nothing_beside_its_list(extra: str) -> None:
    done = imported(hidden_from(extra), PROCESSES[extra])
    assert done.returncode == 0, done.stderr


def test_what_is_missing_would_be_seen() -> None:
    done = imported(hidden_from("auth"), PROCESSES["edge"])
    assert "ModuleNotFoundError: No module named 'uvicorn'" in done.stderr
