"""One class name has one meaning: a name that two services define says the same thing in both."""

import ast
from collections import defaultdict
from pathlib import Path

from tests.house.tree import parsed, python_files, shown

# name -> the one thing that it means everywhere
SHARED: dict[str, str] = {
    "Chat": "a Telegram chat: as the bot stores it, and as the stand-in plays it",
    "ExportChunk": "a part of habits' export: as it is written, and as analytics reads it",
    "Habit": "a habit: as habits stores it, and as analytics' read model does",
    "Measure": "yes_no or quantity: in the kernel, and in a service that does not import it",
    "NoAnswer": "what a day without a check-in means",
    "Pause": "days that do not count: in the kernel, and as habits stores them",
    "Person": "what a service stores of a person",
    "Server": "a server that is started: of gRPC, and of the local mesh",
    "Session": "a session: of a signed-in person, and the one with the Bot API",
    "State": "met, failed, neutral or open",
    "Streak": "a streak: in the kernel, and in a service that does not import it",
    "TodayItem": "a habit on today's screen: as habits sends it, and as the bot reads it",
    "Webhook": "an address that is posted what happens: a person's, and the bot's at the stand-in",
    "Weekday": "mon to sun: in the kernel, and in a service that does not import it",
}
ROOMS = ("chassis", "rhythm", "services", "scheduler", "local")


def is_namespaced(path: Path) -> bool:
    """Return whether a file's names are read together with their service: refusals and settings."""
    return path.stem in ("errors", "settings") or path.parent.name == "errors"


def test_a_class_name_has_one_meaning() -> None:
    """REST schemas are not looked at: they are named after what they show."""
    places: dict[str, list[str]] = defaultdict(list)
    for path in python_files(*ROOMS):
        if not is_namespaced(path):
            for node in parsed(path).body:
                if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                    places[node.name].append(shown(path))
    twice = {name: where for name, where in places.items() if len(where) > 1}
    assert {name: where for name, where in twice.items() if name not in SHARED} == {}
