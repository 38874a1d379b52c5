"""The arithmetic between what was measured and what is printed."""

import json
from pathlib import Path

from bench.mesh_report import goals_of
from bench.pgbench import figures_of
from bench.results import Goal, medians, ratio, table, write_json
from bench.targets import Sent, percentile

SLOW, FAST = {"mesh": {"per_second": 100.0}}, {"mesh": {"per_second": 300.0}}
ROUNDS = [
    SLOW | {"pgbench": {"per_second": 200.0}},
    FAST | {"pgbench": {"per_second": 400.0}},
    FAST | {"pgbench": {"per_second": 900.0, "mean_ms": 2.0}},
]


def test_a_ratio_is_taken_within_each_round() -> None:
    assert ratio(ROUNDS, "mesh", "pgbench") == 0.5


def test_a_median_is_of_the_rounds_that_have_the_figure() -> None:
    assert medians(ROUNDS)["pgbench"] == {"per_second": 400.0, "mean_ms": 2.0}


def test_a_goal_is_an_upper_or_a_lower_bound() -> None:
    assert Goal("rate", 0.9, 0.85).reached
    assert not Goal("latency", 0.9, 0.85, at_most=True).reached
    assert "0.90   goal ≤ 0.85   not reached" in Goal("latency", 0.9, 0.85, at_most=True).line()


def test_a_row_without_a_figure_has_an_empty_cell() -> None:
    columns = {"per_second": "a second", "mean_ms": "mean"}
    head, mesh, pgbench = table(medians(ROUNDS), columns).splitlines()
    assert head.split() == ["a", "second", "mean"]
    assert mesh.split() == ["mesh", "300"]
    assert pgbench.split() == ["pgbench", "400", "2.00"]


def test_percentiles_are_of_all_bursts_together() -> None:
    first = Sent(1.0, [1.0] * 98, {"201": 98})
    both = first.followed_by(Sent(1.0, [50.0, 70.0], {"200": 1, "201": 1}))
    assert both.statuses == {"200": 1, "201": 99}
    assert both.figures() == {
        "per_second": 50.0,
        "p50_ms": 1.0,
        "p95_ms": 1.0,
        "p99_ms": 70.0,
        "sent": 100.0,
    }


def test_a_percentile_of_nothing_is_zero() -> None:
    assert percentile([], 0.5) == 0.0


def test_a_script_of_twenty_check_ins_counts_twenty() -> None:
    said = "latency average = 4.000 ms\ntps = 250.5 (without initial connection time)\n"
    assert figures_of(said) == {"per_second": 250.5, "mean_ms": 4.0}
    assert figures_of(said, batch=20)["per_second"] == 5010.0


def test_longer_histories_and_larger_meshes_are_held_against_the_first() -> None:
    figures = {"analytics_p99": 10.0, "cpu_analytics": 100.0}
    found = {
        "30 days @64": figures | {"per_second": 1000.0},
        "3650 days @64": figures | {"per_second": 500.0},
    }
    goals = {goal.name: goal for goal in goals_of([found], reads=0)}
    assert goals["3650 days @64, × 30 days @64"].value == 0.5
    assert goals["30 days @64, µs of CPU of analytics an event"].value == 50.0


def test_what_is_written_says_what_it_depends_on(tmp_path: Path) -> None:
    goals = [Goal("rate", 0.9, 0.85)]
    file = tmp_path / "found.json"
    write_json(file, "mesh", {"seconds": 3, "plot": Path("a.png")}, goals, rounds=ROUNDS)
    content = json.loads(file.read_text())
    assert content["options"] == {"seconds": 3, "plot": "a.png"}
    assert content["goals"] == [{"name": "rate", "value": 0.9, "at_least": 0.85, "reached": True}]
    assert content["rounds"] == ROUNDS
    assert len(content["load"]) == 3
