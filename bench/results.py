"""Figures beside goals: medians over rounds, tables for a terminal, a JSON file."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from typing import Any

type Round = Mapping[str, Mapping[str, float]]
"""The figures of one round: by what was measured, then by the name of the figure."""


@dataclass(frozen=True, slots=True)
class Goal:
    """A figure that a goal is set for.

    Attributes:
        name: What it is, with its unit.
        value: What was measured.
        bound: What it should be at least, or at most.
        at_most: Whether the bound is an upper one.
    """

    name: str
    value: float
    bound: float
    at_most: bool = False

    @property
    def reached(self) -> bool:
        """Whether the goal is reached."""
        return self.value <= self.bound if self.at_most else self.value >= self.bound

    def line(self) -> str:
        """Return it as a line of a report."""
        sign = "≤" if self.at_most else "≥"
        mark = "reached" if self.reached else "not reached"
        return f"{self.name:58}{_short(self.value):>9}   goal {sign} {_short(self.bound):6} {mark}"


def ratio(rounds: Sequence[Round], one: str, other: str, figure: str = "per_second") -> float:
    """Return the median of the ratios of a figure within each round."""
    return median(each[one][figure] / each[other][figure] for each in rounds)


def medians(rounds: Sequence[Round]) -> dict[str, dict[str, float]]:
    """Return the median of each figure over the rounds; a round may lack some figures."""
    names = dict.fromkeys(name for each in rounds for name in each)
    return {
        name: {
            figure: median(each[name][figure] for each in rounds if figure in each.get(name, {}))
            for figure in dict.fromkeys(f for each in rounds for f in each.get(name, {}))
        }
        for name in names
    }


def table(
    rows: Mapping[str, Mapping[str, float]],
    columns: Mapping[str, str],
    *,
    shown: Callable[[float], str] | None = None,
) -> str:
    """Return rows of figures as text.

    Args:
        rows: The figures by the name of the row.
        columns: The heads, by the names of the figures.
        shown: Turns a figure into text; left out, as many digits as its size asks for.
    """
    shown = shown or _short
    first = max((len(name) for name in rows), default=0) + 2
    widths = {name: max(len(head) + 2, 9) for name, head in columns.items()}
    lines = [" " * first + "".join(f"{head:>{widths[name]}}" for name, head in columns.items())]
    for row, figures in rows.items():
        cells = (shown(figures[name]) if name in figures else "" for name in columns)
        line = "".join(
            f"{cell:>{width}}" for cell, width in zip(cells, widths.values(), strict=True)
        )
        lines.append(f"{row:{first}}{line}")
    return "\n".join(lines)


def print_goals(goals: Sequence[Goal]) -> None:
    """Print goals, one a line."""
    print()
    for goal in goals:
        print(goal.line())


def write_json(
    file: Path, command: str, options: Mapping[str, Any], goals: Sequence[Goal], **found: Any
) -> None:
    """Write what was found to a file, with what it depends on: the options, the machine's load."""
    content = {
        "command": command,
        "time": datetime.now(UTC).isoformat(timespec="seconds"),
        "cores": os.cpu_count(),
        "load": os.getloadavg(),
        "options": {key: _plain(value) for key, value in options.items()},
        "goals": [
            {
                "name": goal.name,
                "value": goal.value,
                "at_most" if goal.at_most else "at_least": goal.bound,
                "reached": goal.reached,
            }
            for goal in goals
        ],
        **found,
    }
    file.write_text(json.dumps(content, indent=1) + "\n")


def _plain(value: object) -> object:
    return str(value) if isinstance(value, Path) else value


def _short(value: float) -> str:
    """Return a figure with about three digits."""
    size = abs(value)
    return f"{value:,.0f}" if size >= 100 else f"{value:.1f}" if size >= 10 else f"{value:.2f}"
