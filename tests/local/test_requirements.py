"""The lists hold what pyproject.toml asks for: exact, hashed, naming no registry."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

from tests.servers import ROOT

LISTS = sorted((ROOT / "requirements").glob("*.txt"))
PROJECT = "habit-tracker"
PROCESSES = ("auth", "habits", "analytics", "notifications", "scheduler", "edge", "local")
PIN = re.compile(r"^([A-Za-z0-9._-]+)(?:\[[^\]]*\])?==([^ ;\\]+)")

pyproject: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text())
extras: dict[str, list[str]] = pyproject["project"]["optional-dependencies"]


def pins(file: Path) -> dict[str, list[Version]]:
    """Return the versions of each package; there are several where platforms differ."""
    found: dict[str, list[Version]] = {}
    for line in file.read_text().splitlines():
        if pin := PIN.match(line):
            found.setdefault(canonicalize_name(pin[1]), []).append(Version(pin[2]))
    return found


def asked(extra: str) -> list[Requirement]:
    """Return what an extra asks for, with what its own extras of ours ask for."""
    requirements = []
    for line in extras[extra]:
        requirement = Requirement(line)
        if requirement.name == PROJECT:
            requirements += [one for inner in requirement.extras for one in asked(inner)]
        else:
            requirements.append(requirement)
    return requirements


def asked_in(name: str) -> list[Requirement]:
    lines = [Requirement(line) for line in pyproject["project"]["dependencies"]]
    if name == "dev":
        lines += [Requirement(line) for line in pyproject["dependency-groups"]["dev"]]
        return [*lines, *asked("local"), *asked("tracing")]
    return [*lines, *asked(name)]


@pytest.mark.parametrize("name", [*PROCESSES, "dev"])
def test_a_list_holds_what_its_process_asks_for(name: str) -> None:
    held = pins(ROOT / f"requirements/{name}.txt")
    lacking = [
        str(one)
        for one in asked_in(name)
        if not any(one.specifier.contains(version) for version in held.get(_key(one), []))
    ]
    assert lacking == [], "run make lock"


@pytest.mark.parametrize("name", ["auth", "habits", "analytics", "edge", "scheduler"])
def test_only_what_sends_messages_carries_the_bot(name: str) -> None:
    assert "aiogram" not in pins(ROOT / f"requirements/{name}.txt")


@pytest.mark.parametrize("file", LISTS, ids=lambda file: file.stem)
def test_every_package_is_hashed_and_none_is_named_after_us(file: Path) -> None:
    text = file.read_text()
    assert "://" not in text
    assert PROJECT not in pins(file), "a stranger's package has that name"
    entries = re.split(r"\n(?=\S)", text.strip())
    assert [entry.split()[0] for entry in entries if "--hash=sha256:" not in entry] == []


def _key(requirement: Requirement) -> str:
    return canonicalize_name(requirement.name)
