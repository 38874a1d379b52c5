"""The report of `python -m bench mesh`: tables, goals, a plot."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from bench.plots import Panel, plot
from bench.results import Goal, Round, medians, ratio, table

COLUMNS = {
    "per_second": "requests/s",
    "p50_ms": "answer p50",
    "p95_ms": "p95",
    "p99_ms": "p99",
    "analytics_p50": "analytics p50",
    "analytics_p95": "p95",
    "analytics_p99": "p99",
    "not_stored": "missing",
    "telegram_p50": "Telegram p50",
    "telegram_p95": "p95",
    "telegram_p99": "p99",
}
LONGEST_LAG_MS = 1000
EVENTS = 2
"""What a check-in of today says: that the day changed, and that the goal was reached."""
MOST_CPU_AN_EVENT = 60
MOST_DRAWN = 8
HOLDS = 0.83
"""As for reads, ten years may cost 1.2 times what a month does; likewise a million habits."""


def report(rounds: Sequence[Round]) -> None:
    """Print the medians: rates and ms first, then µs of CPU, the largest user first."""
    found = medians(rounds)
    print("\nrates, and ms to the answer, to analytics, to Telegram\n" + table(found, COLUMNS))
    print("\nµs of CPU a request\n" + table(found, _cpu_columns(found)))


def goals_of(rounds: Sequence[Round], *, reads: float) -> list[Goal]:
    """Return the goals for which something was measured."""
    found = medians(rounds)
    goals = [
        Goal(f"{at}, p99 to analytics, ms", figures["analytics_p99"], LONGEST_LAG_MS, at_most=True)
        for at, figures in found.items()
    ]
    for at, figures in found.items():
        if at.endswith(" @64") and not reads:
            each = figures["cpu_analytics"] / EVENTS
            name = f"{at}, µs of CPU of analytics an event"
            goals.append(Goal(name, each, MOST_CPU_AN_EVENT, at_most=True))
    for connections in dict.fromkeys(at.rpartition(" @")[2] for at in found):
        least, *others = (at for at in found if at.endswith(f" @{connections}"))
        goals += [
            Goal(f"{other}, × {least}", ratio(rounds, other, least), HOLDS) for other in others
        ]
    return goals


def draw(file: Path, rounds: Sequence[Round]) -> None:
    """Draw the rates, the latencies and the CPU of everything that was measured."""
    found = medians(rounds)
    places = [at.replace(" @", "\n@") for at in found]

    def line(figure: str) -> list[float]:
        return [figures.get(figure, 0.0) for figures in found.values()]

    ways = {"the answer": "p99_ms", "analytics": "analytics_p99", "Telegram": "telegram_p99"}
    used = {head: line(name) for name, head in _cpu_columns(found).items() if name != "cpu_all"}
    goal = {"goal for analytics": float(LONGEST_LAG_MS)}
    plot(
        file,
        "The whole mesh",
        [
            Panel("requests a second", places, {"mesh": line("per_second")}),
            Panel(
                "p99, ms, to",
                places,
                {way: line(figure) for way, figure in ways.items()},
                goal,
                logarithmic=True,
            ),
            Panel("µs of CPU a request", places, used, stacked=True),
        ],
    )


def _cpu_columns(found: dict[str, dict[str, float]]) -> dict[str, str]:
    """Return the columns of CPU, the largest user first, then all together."""
    *_, last = found.values()
    names = [name for name in last if name.startswith("cpu_") and name != "cpu_all"]
    ordered = sorted(names, key=lambda name: -last[name])
    return {name: name.removeprefix("cpu_") for name in (*ordered, "cpu_all")}
