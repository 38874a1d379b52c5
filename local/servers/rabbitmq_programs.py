"""RabbitMQ's and Erlang's programs: the machine's, or the distribution's, unpacked in the cache.

`python -m local.servers.rabbitmq_programs` fetches them ahead: `./habits` does so while packages
are installed, because both mostly wait for the network. It needs the standard library only.
"""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from local.errors import ServerMissing
from local.folders import cache_folder
from local.servers.packages import unpack

PACKAGE = "rabbitmq-server"
PREFIXES = ("/", "/usr/local", "/opt/homebrew", "/opt/homebrew/opt/rabbitmq", "/opt/rabbitmq")
INSTALL = (
    "RabbitMQ is missing: install it (Debian, Ubuntu: apt install rabbitmq-server; "
    "macOS: brew install rabbitmq), or set AMQP_URL to a server."
)


@dataclass(frozen=True, slots=True)
class Programs:
    """Where RabbitMQ's and Erlang's programs are."""

    server: Path
    epmd: Path
    erlang: Path


def find_programs(cache: Path, report: Callable[[str], None]) -> Programs:
    """Return the programs, fetched into `cache` where the machine has none.

    Raises:
        ServerMissing: There are none, and none to be had.
    """
    for prefix in PREFIXES:
        if found := _programs_below(Path(prefix)):
            return found
    kept = cache / "rabbitmq"
    if not (kept / "root").exists():
        report("fetching RabbitMQ from the distribution (once, about 30 MB)")
    try:
        root = unpack(kept, PACKAGE)
    except ServerMissing as reason:
        raise ServerMissing(f"{INSTALL} ({reason})") from reason
    if found := _programs_below(root):
        return found
    raise ServerMissing(INSTALL)


def _programs_below(prefix: Path) -> Programs | None:
    """Return RabbitMQ under `prefix`, with the Erlang there or, failing that, the machine's."""
    servers = [
        *prefix.glob("usr/lib/rabbitmq/lib/rabbitmq_server-*/sbin/rabbitmq-server"),
        *prefix.glob("sbin/rabbitmq-server" if prefix != Path("/") else "nowhere"),
    ]
    if not servers:
        return None
    erlangs = [
        *prefix.glob("usr/lib/erlang/erts-*/bin/epmd"),
        *Path("/").glob("usr/lib/erlang/erts-*/bin/epmd"),
        *Path("/opt/homebrew").glob("lib/erlang/erts-*/bin/epmd"),
        *Path("/usr/local").glob("lib/erlang/erts-*/bin/epmd"),
    ]
    if not erlangs and (known := shutil.which("epmd")):
        erlangs = [Path(os.path.realpath(known))]
    if not erlangs:
        return None
    return Programs(server=servers[0], epmd=erlangs[0], erlang=erlangs[0].parents[2] / "bin")


def _ignore(_: str) -> None:
    """Say nothing: whoever runs this ahead is saying something else."""


if __name__ == "__main__":
    try:
        find_programs(cache_folder(), _ignore)
    except ServerMissing:
        sys.exit(1)  # reported when RabbitMQ is needed
