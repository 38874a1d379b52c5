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


def table(ground: Ground, addresses: Addresses, wiring: Wiring) -> list[Process]:
    """Return every process of ours; those of the servers are the servers' own."""
    shared = _environment(ground, addresses, wiring)
    keys = _once("keys", ("services.auth", "keys"), shared)
    migrations = [
        _once(f"{name}-migrate", (f"services.{name}", "migrate"), shared) for name in SERVICES
    ]
    before = ["keys", *(one.name for one in migrations)]
    services = [
        _python(
            name,
            (f"services.{name}", *roles),
            shared | {"GRPC_LISTEN": _target(ground, name)},
            needs=before,
            ready=_listens(_socket(ground, name)),
        )
        for name, roles in ROLES.items()
    ]
    clocks = [
        _python(
            role,
            ("scheduler", role),
            shared,
            needs=["habits-migrate", "analytics-migrate", *(["worker"] if role == "beat" else [])],
            ready=_touched(ground.run / f"habit-tracker-scheduler-{role}.alive"),
        )
        for role in ("worker", "beat")
    ]
    edge = _python("edge", ("edge",), shared, ready=_healthy(_local_url(wiring) + "/health/ready"))
    return [keys, *migrations, *services, *clocks, edge]


def _environment(ground: Ground, addresses: Addresses, wiring: Wiring) -> dict[str, str]:
    """Return what every process is told; what the person has set stays set."""
    keys = ground.data / "keys"
    return (
        {"LOG_LEVEL": "INFO"}
        | dict(os.environ)
        | addresses.environment()
        | {f"{name.upper()}_TARGET": _target(ground, name) for name in SERVICES}
        | {
            "SIGNING_KEY_FILE": str(keys / "signing.pem"),
            "JWKS_FILE": str(keys / "jwks.json"),
            "DELEGATION_SECRET": wiring.delegation_secret,
            "HEARTBEAT_FOLDER": str(ground.run),
            "EDGE_HOST": wiring.edge_host,
            "EDGE_PORT": str(wiring.edge_port),
            "DIE_WITH_PARENT": "1",
            "PYTHONUNBUFFERED": "1",
        }
        | dict(wiring.telegram)
    )


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


def _once(name: str, words: Sequence[str], environment: Mapping[str, str]) -> Process:
    return Process(
        name=name,
        command=[sys.executable, "-m", *words],
        environment=environment,
        folder=ROOT,
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
    """Ready when a file was touched after now."""
    since = time.time()

    async def ready() -> bool:
        return await asyncio.to_thread(_touch_time, file) >= since

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
