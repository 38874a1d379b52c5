"""CPU and memory are those of a process and its descendants."""

import os
from pathlib import Path

import pytest

from bench.processes import cpu_seconds, memory


def add_process(proc: Path, pid: int, parent: int, *, ticks: int, pss_kb: int) -> None:
    """Write what the system shows of a process; its name has a space and a bracket."""
    folder = proc / str(pid)
    folder.mkdir()
    times = f"{ticks} 0 0 0"  # its own in user mode and in the kernel, then of its ended children
    (folder / "stat").write_text(f"{pid} (a) b) S {parent} 1 1 0 -1 0 0 0 0 0 {times} 20 0\n")
    (folder / "smaps_rollup").write_text(f"55 ---p [rollup]\nRss: 900 kB\nPss: {pss_kb} kB\n")


@pytest.fixture
def proc(tmp_path: Path) -> Path:
    """Lend a system of a supervisor, a service with a helper, and a stranger."""
    add_process(tmp_path, 1, 0, ticks=1, pss_kb=1)
    add_process(tmp_path, 10, 1, ticks=100, pss_kb=10)
    add_process(tmp_path, 11, 10, ticks=200, pss_kb=20)
    add_process(tmp_path, 12, 11, ticks=400, pss_kb=40)
    add_process(tmp_path, 99, 1, ticks=800, pss_kb=80)
    (tmp_path / "meminfo").write_text("")
    return tmp_path


def test_the_cpu_of_descendants_counts(proc: Path) -> None:
    tick = 1 / os.sysconf("SC_CLK_TCK")
    found = cpu_seconds({"habits": 10}, proc)
    assert found == {"habits": pytest.approx(700 * tick)}


def test_a_process_with_a_name_of_its_own_is_not_counted_twice(proc: Path) -> None:
    found = memory({"supervisor": 10, "habits": 11}, proc)
    assert found == {"supervisor": 10 * 1024, "habits": 60 * 1024}


def test_a_process_that_has_ended_uses_nothing(proc: Path) -> None:
    assert cpu_seconds({"edge": 500}, proc) == {"edge": 0.0}
    assert memory({"edge": 500}, proc) == {"edge": 0}


def test_what_runs_this_test_has_memory() -> None:
    if not Path("/proc/self/smaps_rollup").exists():
        pytest.skip("the system does not show it")
    assert memory({"this": os.getpid()})["this"] > 1_000_000
