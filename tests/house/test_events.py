"""Every event with a routing key has a handler, or a line here saying why not."""

import importlib
import pkgutil
from pathlib import Path

import pytest
from google.protobuf.message import Message

import contracts
from contracts.events.v1 import routing_pb2
from tests.house.tree import ROOT

# full name -> why no service handles it
NOT_HANDLED: dict[str, str] = {}


def events() -> list[str]:
    """Import every contract and return the full names of the messages that have a routing key."""
    names = []
    for module in pkgutil.walk_packages(contracts.__path__, "contracts."):
        if module.name.endswith("_events_pb2"):
            file = importlib.import_module(module.name).DESCRIPTOR
            names += [
                message.full_name
                for message in file.message_types_by_name.values()
                if message.GetOptions().Extensions[routing_pb2.routing_key]
            ]
    return sorted(names)


def handled_events() -> set[str]:
    """Return the full names of the events that some service's consumers handle."""
    found: set[str] = set()
    for path in sorted((ROOT / "services").glob("*/consumers.py")):
        consumers = importlib.import_module(f"services.{Path(path).parent.name}.consumers")
        found |= {event.DESCRIPTOR.full_name for event in consumers.handlers.events()}
    return found


@pytest.mark.parametrize("name", events())
def test_event_is_heard(name: str) -> None:
    assert name in handled_events() or name in NOT_HANDLED


def test_routing_keys_are_unique() -> None:
    keys: dict[str, str] = {}
    for name in events():
        package, _, message = name.rpartition(".")
        folder = package.replace(".", "/")
        for path in sorted((ROOT / folder).glob("*_events_pb2.py")):
            module = importlib.import_module(f"{package}.{path.stem}")
            event: type[Message] | None = getattr(module, message, None)
            if event is not None:
                key = event.DESCRIPTOR.GetOptions().Extensions[routing_pb2.routing_key]
                assert keys.setdefault(key, name) == name
