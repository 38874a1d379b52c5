"""Writes docs/settings.md from the code: `python -m tests.house.settings` (or `make settings`)."""

import ast
import inspect
import re
import textwrap
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Any, get_args, get_origin

import msgspec
from msgspec import NODEFAULT

from chassis.background import BackgroundSettings
from chassis.settings import ProcessSettings, ServiceSettings
from edge.mcp.settings import McpSettings
from edge.settings import EdgeSettings
from scheduler.settings import BeatSettings, SchedulerSettings
from services.analytics import settings as analytics
from services.auth import settings as auth
from services.habits import settings as habits
from services.notifications import settings as notifications
from tests.house.tree import ROOT

type Settings = type[ProcessSettings]

PAGE = ROOT / "docs/settings.md"
SECTIONS: tuple[tuple[str, str, Settings], ...] = (
    ("Every process", "", ProcessSettings),
    ("Every service", "`python -m services.X serve`, `relay`, `consume`, …", ServiceSettings),
    ("auth", "`python -m services.auth serve|relay`", auth.AuthSettings),
    ("auth: making keys", "`python -m services.auth keys`", auth.KeySettings),
    ("auth: migrating", "`python -m services.auth migrate`", auth.MigrateSettings),
    ("habits", "`python -m services.habits serve|relay|consume`", habits.HabitsSettings),
    (
        "habits: migrating and rebuilding",
        "`python -m services.habits migrate|rebuild`",
        habits.MaintenanceSettings,
    ),
    (
        "analytics",
        "`python -m services.analytics serve|relay|consume`",
        analytics.AnalyticsSettings,
    ),
    (
        "analytics: migrating",
        "`python -m services.analytics migrate`",
        analytics.MigrateSettings,
    ),
    (
        "analytics: the nightly check",
        "`python -m scheduler worker`",
        analytics.CheckSettings,
    ),
    (
        "analytics: rebuilding",
        "`python -m services.analytics rebuild`",
        analytics.RebuildSettings,
    ),
    (
        "notifications",
        "`python -m services.notifications serve|relay|consume|send|bot`",
        notifications.NotificationsSettings,
    ),
    (
        "notifications: migrating",
        "`python -m services.notifications migrate`",
        notifications.MaintenanceSettings,
    ),
    ("scheduler", "`python -m scheduler worker|beat|healthy`", SchedulerSettings),
    ("scheduler: what beat's lock needs", "`python -m scheduler beat`", BeatSettings),
    ("scheduler: what tasks need", "`python -m scheduler worker`", BackgroundSettings),
    ("edge", "`python -m edge`", EdgeSettings),
    ("edge: an assistant's tools", "`python -m edge.mcp`", McpSettings),
)
HEAD = """# Settings

Every variable of every process. A process reads its own at the start and ends with exit code 78,
naming each variable that is missing or unreadable; an empty one counts as unset. Spans are written
`15m`, `1h30m`, `250ms`, or as seconds. Secrets and the passwords in URLs never reach a log.

`make settings` writes this page from the code, and a test compares the two. What to do with them
is in [operations](operations.md).
"""
WORDS: dict[Any, str] = {
    str: "text",
    int: "whole number",
    float: "number",
    bool: "`true` or `false`",
    timedelta: "span",
    Path: "path",
}


def every_class(cls: Settings = ProcessSettings) -> Iterator[Settings]:
    """Yield every settings class below one, without those that tests define."""
    if not cls.__module__.startswith("tests."):
        yield cls
    for inner in cls.__subclasses__():
        yield from every_class(inner)


def own_fields(cls: Settings) -> list[msgspec.structs.FieldInfo]:
    """Return the fields that a class adds to those of the sections before it."""
    shared: set[str] = set()
    for base in (ProcessSettings, ServiceSettings):
        if base is not cls and issubclass(cls, base):
            shared |= set(base.__struct_fields__)
    return [field for field in msgspec.structs.fields(cls) if field.name not in shared]


def sentences(cls: Settings) -> dict[str, str]:
    """Return each field's docstring: the text below it."""
    (body,) = ast.parse(textwrap.dedent(inspect.getsource(cls))).body
    assert isinstance(body, ast.ClassDef)
    docstrings: dict[str, str] = {}
    for field, below in zip(body.body, body.body[1:], strict=False):
        if (
            isinstance(field, ast.AnnAssign)
            and isinstance(field.target, ast.Name)
            and isinstance(below, ast.Expr)
            and isinstance(below.value, ast.Constant)
        ):
            docstrings[field.target.id] = " ".join(str(below.value.value).split())
    return docstrings


def page() -> str:
    """Return the whole page as it should be."""
    parts = [HEAD]
    for heading, command, cls in SECTIONS:
        fields = own_fields(cls)
        parts.append(f"\n## {heading}\n")
        parts.append(f"\n{command}{_beside(cls)}\n" if command else "")
        if not fields:
            continue
        parts.append("\n| variable | is | unless set | what for |\n| --- | --- | --- | --- |\n")
        docstrings = sentences(cls)
        parts += [_row(field, docstrings.get(field.name, "")) for field in fields]
    return "".join(parts)


def _beside(cls: Settings) -> str:
    if cls is ServiceSettings or not issubclass(cls, ServiceSettings):
        return "."
    nothing = "" if own_fields(cls) else "; none of its own"
    return f"; besides the settings of every service{nothing}."


def _row(field: msgspec.structs.FieldInfo, sentence: str) -> str:
    cells = (f"`{field.name.upper()}`", _kind(field.type), _default(field), sentence)
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |\n"


def _kind(kind: Any) -> str:
    if get_origin(kind) is Annotated:
        return _kind(get_args(kind)[0])
    members = [member for member in get_args(kind) if member is not type(None)]
    return _kind(members[0]) if members else WORDS[kind]


def _default(field: msgspec.structs.FieldInfo) -> str:
    default = field.default
    if default is NODEFAULT:
        return "**required**"
    if default is None or default == "":
        return "none"
    if isinstance(default, timedelta):
        return f"`{_span(default)}`"
    if isinstance(default, bool):
        return f"`{str(default).lower()}`"
    if field.type is Path:
        return "the machine's folder for temporary files"
    return f"`{default}`"


def _span(span: timedelta) -> str:
    """Write a span as a person would set it."""
    parts = ((86_400, "d"), (3_600, "h"), (60, "m"), (1, "s"))
    left, text = int(span.total_seconds()), ""
    for seconds, letter in parts:
        if left >= seconds:
            text += f"{left // seconds}{letter}"
            left %= seconds
    return re.sub(r"^$", f"{int(span.total_seconds() * 1000)}ms", text)


if __name__ == "__main__":
    PAGE.write_text(page())
