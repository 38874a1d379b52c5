"""What health checks answer."""

from typing import Literal

from edge.schemas import Answer


class Live(Answer):
    """The process answers."""

    state: Literal["live"] = "live"


class Dependency(Answer):
    """One thing the edge stands on."""

    state: Literal["ready", "not_ready", "unreachable"]
    """`not_ready`: it answers, but something it stands on itself does not."""


class Readiness(Answer):
    """Whether every part answers."""

    state: Literal["ready", "not_ready"]
    dependencies: dict[str, Dependency]
