"""What can go wrong on a person's machine, said in one line that helps."""

from __future__ import annotations

from pathlib import Path

from local.logs import last_lines


class Trouble(Exception):
    """Something a person can mend; its text is all they need to see."""


class AlreadyRunning(Trouble):
    """Another supervisor holds the same data folder."""

    def __init__(self, data: Path, holder: str) -> None:
        super().__init__(
            f"The mesh already runs on {data} (process {holder}). "
            "Stop it first, or choose another folder with --data DIR."
        )


class PortTaken(Trouble):
    """Something else listens where the edge would."""

    def __init__(self, port: int) -> None:
        super().__init__(f"Port {port} is taken. Choose another one with --port, e.g. --port 8080.")


class NotReady(Trouble):
    """A process stopped, or stayed silent, before it was ready."""

    def __init__(self, name: str, why: str, log: Path) -> None:
        lines = last_lines(log)
        end = "".join(f"\n    {line}" for line in lines) or "\n    (it wrote nothing)"
        super().__init__(f"{name} {why}. The end of {log}:{end}")


class ServerMissing(Trouble):
    """A server is neither given, nor installed, nor to be had without root."""


class NotRunning(Trouble):
    """There is nothing to show or to stop."""

    def __init__(self, data: Path) -> None:
        super().__init__(f"No mesh runs on {data}. Start one with ./habits up.")


class StillStopping(Trouble):
    """It was told to stop, and has not yet."""

    def __init__(self, data: Path) -> None:
        super().__init__(f"The mesh on {data} is still stopping; its terminal and logs say why.")
