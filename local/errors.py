"""Errors that a person can fix, each with one sentence that says how."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from local.logs import last_lines


class UserError(Exception):
    """An error a person can fix; its text is printed without a traceback."""


class AlreadyRunning(UserError):
    """Another supervisor holds the same data folder."""

    def __init__(self, data: Path, holder: str) -> None:
        super().__init__(
            f"The mesh already runs on {data} (process {holder}). "
            "Stop it first, or choose another folder with --data DIR."
        )


class PortTaken(UserError):
    """Another process listens on the port the edge should use."""

    def __init__(self, port: int) -> None:
        super().__init__(f"Port {port} is taken. Choose another one with --port, e.g. --port 8080.")


class NotReady(UserError):
    """A process ended, or did not become ready in time."""

    def __init__(self, name: str, why: str, log: Path) -> None:
        lines = last_lines(log)
        end = "".join(f"\n    {line}" for line in lines) or "\n    (it wrote nothing)"
        super().__init__(f"{name} {why}. The end of {log}:{end}")


class ServerMissing(UserError):
    """A server is neither configured by URL, nor installed, nor installable without root."""


class NotRunning(UserError):
    """No mesh runs on this data folder."""

    def __init__(self, data: Path, others: Sequence[Path] = ()) -> None:
        advice = "Start one with ./habits up."
        if others:
            names = ", ".join(f"--data {other}" for other in others)
            advice = f"One runs on another folder: add {names}."
        super().__init__(f"No mesh runs on {data}. {advice}")


class StillStopping(UserError):
    """The mesh did not stop in time."""

    def __init__(self, data: Path) -> None:
        super().__init__(f"The mesh on {data} is still stopping; its terminal and logs say why.")
