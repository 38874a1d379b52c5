"""Plots of a benchmark: one panel a subject, a line or bars a target, goals as dashed lines."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

COLORS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#000000", "#999999")
"""Told apart by color-blind people too (Okabe and Ito)."""

STYLES = ("--", ":", "-.")


@dataclass(frozen=True)
class Panel:
    """One panel.

    Attributes:
        title: What is shown, with its unit.
        x: The places on the horizontal axis, in order; all lines have a value for each, or none.
        lines: The values by name.
        goals: Horizontal lines by name, three at most.
        stacked: Whether values are bars upon each other instead of lines.
        logarithmic: Whether the vertical axis is.
    """

    title: str
    x: Sequence[str]
    lines: Mapping[str, Sequence[float]]
    goals: Mapping[str, float] = field(default_factory=dict)
    stacked: bool = False
    logarithmic: bool = False


def plot(file: Path, title: str, panels: Sequence[Panel]) -> None:
    """Draw panels side by side into a file; its suffix (.png, .svg, .pdf) says in which format."""
    from matplotlib.figure import Figure  # a second to import, and not every run draws

    figure = Figure(figsize=(6 * len(panels), 4.5), layout="constrained")
    figure.suptitle(title)
    for axes, panel in zip(figure.subplots(1, len(panels), squeeze=False)[0], panels, strict=True):
        places = range(len(panel.x))
        below = [0.0] * len(panel.x)
        for number, (name, values) in enumerate(panel.lines.items()):
            color = COLORS[number % len(COLORS)]
            if panel.stacked:
                axes.bar(places, values, bottom=below, label=name, color=color)
                below = [one + other for one, other in zip(below, values, strict=True)]
            else:
                axes.plot(places, values, marker="o", label=name, color=color)
        for style, (name, value) in zip(STYLES, panel.goals.items(), strict=False):
            axes.axhline(value, linestyle=style, linewidth=1, color="#666666", label=name)
        axes.set_xticks(places, panel.x)
        axes.set_title(panel.title, fontsize=10)
        if panel.logarithmic:
            axes.set_yscale("log")
        else:
            axes.set_ylim(bottom=0)
        axes.legend(fontsize=8)
    figure.savefig(file, dpi=150)
