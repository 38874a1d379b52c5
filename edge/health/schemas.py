"""Responses of the health checks."""

from typing import Literal

from edge.schemas import ResponseBody


class Live(ResponseBody):
    """The process is alive."""

    state: Literal["live"] = "live"


class Dependency(ResponseBody):
    """The state of one dependency."""

    state: Literal["ready", "not_ready", "unreachable"]
    """`not_ready`: it responds, but one of its own dependencies does not."""


class Readiness(ResponseBody):
    """Whether every dependency is ready."""

    state: Literal["ready", "not_ready"]
    dependencies: dict[str, Dependency]
