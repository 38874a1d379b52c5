"""Every rpc has a servicer test that calls it by name."""

import re
from pathlib import Path

import pytest

from tests.house.tree import ROOT

RPC = re.compile(r"^\s*rpc (\w+)\(", re.MULTILINE)


def rpcs() -> list[tuple[str, str]]:
    return [
        (path.relative_to(ROOT / "protos/contracts").parts[0], rpc)
        for path in sorted((ROOT / "protos/contracts").rglob("*_service.proto"))
        for rpc in RPC.findall(path.read_text())
    ]


def texts_of(service: str) -> str:
    folder: Path = ROOT / "tests/services" / service
    return "\n".join(path.read_text() for path in sorted(folder.rglob("*.py")))


@pytest.mark.parametrize(("service", "rpc"), rpcs())
def test_rpc_is_called_in_a_test_of_its_service(service: str, rpc: str) -> None:
    assert re.search(rf"\.{rpc}\(", texts_of(service)), f"no test under tests/services/{service}"
