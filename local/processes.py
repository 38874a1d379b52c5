"""The processes of the mesh, in one table: what each runs, what it is told, what it waits for."""

from __future__ import annotations

import asyncio
import os
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from local.folders import Ground
from local.process import Probe, Process, answers
from local.servers import Addresses

ROOT = Path(__file__).resolve().parent.parent
SERVICES = ("auth", "habits", "analytics", "notifications")
LISTENERS = ("habits", "analytics", "notifications")
ROLES: Mapping[str, Sequence[str]] = {
    # The slowest to import comes first.
    "notifications": ("serve", "relay", "consume", "send", "bot"),
    "auth": ("serve", "relay"),
    "habits": ("serve", "relay", "consume"),
    "analytics": ("serve", "relay", "consume"),
}
PROBE_SECONDS = 2
UNWANTED = "PYTHONDONTWRITEBYTECODE"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wiring:
    """What the processes of one mesh are told beside where the servers are.

    Attributes:
        edge_host: Where REST is served.
        edge_port: Its port.
        delegation_secret: Shared by auth and those it trusts to act for people.
        telegram: The bot's token and the Bot API server it talks to.
    """

    edge_host: str
    edge_port: int
    delegation_secret: str
    telegram: Mapping[str, str]


def preparations(ground: Ground, database_url: str) -> list[Process]:
    """Return what has to be done once before services start: schemas and keys."""
    environment = {"DATABASE_URL": database_url} | _key_files(ground) | dict(os.environ)
    packages = [f"services.{name}" for name in SERVICES]
    rows = [_once("migrate", ("chassis.migrate", *packages), environment)]
    if not all(Path(file).exists() for file in _key_files(ground).values()):
        rows.append(_once("keys", ("services.auth", "keys"), environment))
    return rows


def queues(
    ground: Ground, addresses: Addresses, wiring: Wiring, *, needs: Sequence[str]
) -> list[Process]:
    """Return what declares the queues of listeners that have never run on this broker."""
    shared = _environment(ground, addresses, wiring)
    return [
        _once(f"{name}-queues", (f"services.{name}", "migrate"), shared, needs=needs)
        for name in LISTENERS
    ]


def table(
    ground: Ground, addresses: Addresses, wiring: Wiring, *, before_edge: Sequence[str] = ()
) -> list[Process]:
    """Return every process of ours; those of the servers are the servers' own.

    The edge waits for `before_edge`: it is the one who lets work in.
    """
    shared = _environment(ground, addresses, wiring)
    services = [
        _python(
            name,
            (f"services.{name}", *roles),
            shared | {"GRPC_LISTEN": _target(ground, name)},
            ready=_listens(_socket(ground, name)),
        )
        for name, roles in ROLES.items()
    ]
    clocks = [
        _python(
            role,
            ("scheduler", role),
            shared,
            ready=_touched(ground.run / f"habit-tracker-scheduler-{role}.alive"),
        )
        for role in ("worker", "beat")
    ]
    healthy = _healthy(_local_url(wiring) + "/health/ready")
    edge = _python("edge", ("edge",), shared, ready=healthy, needs=before_edge)
    return [*services, *clocks, edge]


def _environment(ground: Ground, addresses: Addresses, wiring: Wiring) -> dict[str, str]:
    """Return what every process is told; what the person has set stays set.

    But for one thing: without bytecode kept, every start would compile everything anew.
    """
    inherited = {key: value for key, value in os.environ.items() if key != UNWANTED}
    return (
        {"LOG_LEVEL": "INFO"}
        | inherited
        | addresses.environment()
        | {f"{name.upper()}_TARGET": _target(ground, name) for name in SERVICES}
        | _key_files(ground)
        | {
            "DELEGATION_SECRET": wiring.delegation_secret,
            "HEARTBEAT_FOLDER": str(ground.run),
            "EDGE_HOST": wiring.edge_host,
            "EDGE_PORT": str(wiring.edge_port),
            "DIE_WITH_PARENT": "1",
            "PYTHONUNBUFFERED": "1",
        }
        | dict(wiring.telegram)
    )


def _key_files(ground: Ground) -> dict[str, str]:
    keys = ground.data / "keys"
    return {"SIGNING_KEY_FILE": str(keys / "signing.pem"), "JWKS_FILE": str(keys / "jwks.json")}


def _python(
    name: str,
    words: Sequence[str],
    environment: Mapping[str, str],
    *,
    ready: Probe,
    needs: Sequence[str] = (),
) -> Process:
    return Process(
        name=name,
        command=[sys.executable, "-m", *words],
        environment=environment,
        folder=ROOT,
        ready=ready,
        needs=needs,
        ready_within=timedelta(seconds=60),
    )


def _once(
    name: str,
    words: Sequence[str],
    environment: Mapping[str, str],
    *,
    needs: Sequence[str] = (),
) -> Process:
    return Process(
        name=name,
        command=[sys.executable, "-m", *words],
        environment=environment,
        folder=ROOT,
        needs=needs,
        once=True,
    )


def _socket(ground: Ground, name: str) -> Path:
    return ground.run / f"{name}.sock"


def _target(ground: Ground, name: str) -> str:
    return f"unix:{_socket(ground, name)}"


def _local_url(wiring: Wiring) -> str:
    host = "127.0.0.1" if wiring.edge_host in ("0.0.0.0", "") else wiring.edge_host
    return f"http://{host}:{wiring.edge_port}"


def _listens(socket: Path) -> Probe:
    """Ready when somebody listens there; whether the service is well, the edge asks itself."""

    async def ready() -> bool:
        return await answers(str(socket), say=b"", hear=b"")

    return ready


def _touched(file: Path) -> Probe:
    """Ready when a file was touched since the process was started, that is, first asked about."""
    since: float | None = None

    async def ready() -> bool:
        nonlocal since
        since = since or time.time()
        if await asyncio.to_thread(_touch_time, file) < since:
            return False
        since = None  # the next start is asked about anew
        return True

    return ready


def _touch_time(file: Path) -> float:
    try:
        return file.stat().st_mtime
    except OSError:
        return 0.0


def _healthy(url: str) -> Probe:
    """Ready when a page answers 200."""

    def ask() -> bool:
        try:
            with urllib.request.urlopen(url, timeout=PROBE_SECONDS) as answer:  # noqa: S310
                return bool(answer.status == 200)
        except (OSError, urllib.error.URLError):
            return False

    async def ready() -> bool:
        return await asyncio.to_thread(ask)

    return ready
