"""Writes docs/refusals.md from the code: `python -m tests.house.refusals` (or `make refusals`)."""

import importlib
import inspect
import pkgutil
from collections.abc import Iterator

import chassis
import edge
import services
from chassis import errors
from edge import problems
from tests.house.tree import ROOT

PAGE = ROOT / "docs/refusals.md"
HTTP = {
    errors.InvalidArgument: ("INVALID_ARGUMENT", 422),
    errors.Unauthenticated: ("UNAUTHENTICATED", 401),
    errors.PermissionDenied: ("PERMISSION_DENIED", 403),
    errors.NotFound: ("NOT_FOUND", 404),
    errors.AlreadyExists: ("ALREADY_EXISTS", 409),
    errors.FailedPrecondition: ("FAILED_PRECONDITION", 409),
    errors.Aborted: ("ABORTED", 412),
    errors.ResourceExhausted: ("RESOURCE_EXHAUSTED", 429),
}
HEAD = """# Refusals

Every refusal of this product, by reason. A refusal has the same reason in gRPC
(`ErrorInfo.reason`, with the service as its domain) and in REST (`reason`, and `type` in
kebab-case). Reasons never change their meaning. `make refusals` writes this page from the code,
and a test compares the two.

| raised by | reason | gRPC | HTTP | when, and what to do |
| --- | --- | --- | --- | --- |
"""


def import_everything() -> None:
    """Import every module in which a refusal can be defined."""
    for package in (chassis, edge, services):
        for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            if not module.name.endswith("__main__") and ".migrations" not in module.name:
                importlib.import_module(module.name)


def refusals(kind: type[errors.Refusal] = errors.Refusal) -> Iterator[type[errors.Refusal]]:
    """Yield every concrete refusal of ours below a kind."""
    for cls in kind.__subclasses__():
        if cls not in HTTP and cls.__module__.split(".")[0] in ("chassis", "edge", "services"):
            yield cls
        yield from refusals(cls)


def row(cls: type[errors.Refusal]) -> tuple[str, str, str]:
    """Return what sorts and identifies a refusal, and its line of the table."""
    rooms = cls.__module__.split(".")
    raised_by = {"services": rooms[1], "edge": "edge"}.get(rooms[0], "all")
    code, status = next(HTTP[kind] for kind in cls.__mro__ if kind in HTTP)
    when = " ".join((inspect.getdoc(cls) or "").split()).replace("|", "\\|")
    return raised_by, cls.reason, f"| {raised_by} | `{cls.reason}` | {code} | {status} | {when} |"


def edge_rows() -> Iterator[tuple[str, str, str]]:
    """Yield the same for the edge's own reasons, where no service was called."""
    for reason, (status, sentence) in problems.OWN_REASONS.items():
        yield "edge", reason, f"| edge | `{reason}` | – | {status} | {sentence} |"


def page() -> str:
    """Return the whole page as it should be."""
    import_everything()
    rows = sorted({row(cls) for cls in refusals()} | set(edge_rows()))
    return HEAD + "".join(f"{line}\n" for _, _, line in rows)


if __name__ == "__main__":
    PAGE.write_text(page())
