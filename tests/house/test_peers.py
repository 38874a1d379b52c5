"""Every rpc says which processes may call it: exactly those whose code does, and the operator."""

import ast
from collections import defaultdict
from collections.abc import Iterator

from google.protobuf import descriptor_pool
from google.protobuf.descriptor import FileDescriptor

from chassis.rpc.peers import (
    ANALYTICS,
    EDGE,
    NOTIFICATIONS,
    OPERATOR,
    allowed_peers,
    listed_methods,
)
from tests.house.tree import ROOT

ROOMS = {
    EDGE: "edge",
    NOTIFICATIONS: "services/notifications",
    ANALYTICS: "services/analytics",
    "auth": "services/auth",
    "habits": "services/habits",
    "scheduler": "scheduler",
}
NEVER_BY_OPERATORS = {
    "ExchangeToken",
    "CreateChatAccount",
    "ExchangePersonalToken",
    "SignInWithCode",
}
"""What makes a caller out of a secret: for the one process that each is made for."""


def protos() -> Iterator[FileDescriptor]:
    for path in sorted((ROOT / "protos").rglob("*.proto")):
        module = path.relative_to(ROOT / "protos").with_suffix("")
        __import__(".".join(module.parts) + "_pb2")
        yield descriptor_pool.Default().FindFileByName(f"{module}.proto")


def methods() -> dict[str, str]:
    """Return every method of every proto, and the service that serves it."""
    return {
        f"/{service.full_name}/{method.name}": file.package.split(".")[1]
        for file in protos()
        for service in file.services_by_name.values()
        for method in service.methods
    }


def test_every_method_of_every_proto_is_on_the_list() -> None:
    """Without an entry a server does not start: `test_a_method_without_peers_is_not_served`."""
    known = set(methods())
    assert len(known) > 60
    assert known - listed_methods() == set(), "add these to chassis/rpc/peers.py"
    assert listed_methods() - known == set(), "remove these from chassis/rpc/peers.py"


def calls_in(room: str) -> set[str]:
    """Return the names of attributes in a room's code; a call of an rpc is `stub.NameOfIt(…)`."""
    return {
        node.attr
        for path in (ROOT / room).rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Attribute)
    }


def test_a_process_may_call_what_its_code_calls_and_nothing_else() -> None:
    attributes = {peer: calls_in(room) for peer, room in ROOMS.items()}
    wrong: dict[str, list[str]] = defaultdict(list)
    for method, own_service in methods().items():
        name = method.rpartition("/")[2]
        calling = {it for it, names in attributes.items() if name in names and it != own_service}
        allowed = allowed_peers(method) - {OPERATOR}
        for peer in sorted(calling - allowed):
            wrong[method].append(f"{peer} calls it and may not")
        for peer in sorted(allowed - calling):
            wrong[method].append(f"{peer} may call it and does not")
    assert dict(wrong) == {}


def test_an_operator_cannot_become_somebody_else() -> None:
    open_to_operators = {
        method.rpartition("/")[2] for method in methods() if OPERATOR in allowed_peers(method)
    }
    assert open_to_operators & NEVER_BY_OPERATORS == set()
