"""The processes of the mesh: the command, the environment and the dependencies of each."""

from __future__ import annotations

import asyncio
import os
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from local.folders import MeshFolders
from local.grpc_addresses import (
    certificates_command,
    certificates_made,
    grpc_target,
    listens,
    tls_environment,
)
from local.process_spec import Probe, ProcessSpec
from local.servers import Addresses

ROOT = Path(__file__).resolve().parent.parent
SERVICES = ("auth", "habits", "analytics", "notifications")
EVENT_CONSUMERS = ("habits", "analytics", "notifications")
ROLES: Mapping[str, Sequence[str]] = {
    # The slowest to import comes first.
    "notifications": ("serve", "relay", "consume", "send", "bot"),
    "auth": ("serve", "relay"),
    "habits": ("serve", "relay", "consume"),
    "analytics": ("serve", "relay", "consume"),
}
CERTIFICATES = "certificates"
SHARED_MODULES = (
    "anyio",
    "babel.dates",
    "chassis.database",
    "chassis.events.consumer",
    "chassis.events.parked",
    "chassis.events.relay",
    "chassis.housekeeping",
    "chassis.process",
    "chassis.revocation",
    "chassis.rpc.channel",
    "chassis.rpc.idempotency",
    "chassis.rpc.server",
    "celery.app.amqp",
    "celery.app.log",
    "celery.app.routes",
    "celery.apps.beat",
    "celery.apps.worker",
    "celery.backends.base",
    "celery.concurrency.prefork",
    "celery.worker.consumer",
    "cryptography.hazmat.primitives.asymmetric.ed25519",
    "email_validator",
    "kombu.transport.pyamqp",
    "orjson",
    "pydantic",
    "redis.asyncio",
    "sqlalchemy.dialects.postgresql.asyncpg",
    "uvloop",
)
"""What most of our processes import: done once, in the process that forks them."""
PROBE_SECONDS = 2
NOT_INHERITED = "PYTHONDONTWRITEBYTECODE"


@dataclass(frozen=True, slots=True, kw_only=True)
class MeshConfig:
    """The settings of one mesh beside the addresses of its servers.

    Attributes:
        edge_host: Where REST is served.
        edge_port: Its port.
        delegation_secret: Shared by auth and those it trusts to act for people.
        web_push_key: What push services know the mesh by; a variable the person has set is kept.
        telegram: The bot's token and the Bot API server it talks to.
        grpc_ports: The port of each service for gRPC with mutual TLS; empty for unix sockets.
    """

    edge_host: str
    edge_port: int
    delegation_secret: str
    web_push_key: str
    telegram: Mapping[str, str]
    grpc_ports: Mapping[str, int] = field(default_factory=dict)


def setup_processes(folders: MeshFolders, database_url: str) -> list[ProcessSpec]:
    """Return the one-time processes before services start: migrations and keys."""
    environment = {"DATABASE_URL": database_url} | _key_files(folders) | dict(os.environ)
    packages = [f"services.{name}" for name in SERVICES]
    rows = [_one_time_process("migrate", ("chassis.migrate", *packages), environment)]
    if not all(Path(file).exists() for file in _key_files(folders).values()):
        rows.append(_one_time_process("keys", ("services.auth", "keys"), environment))
    return rows


def queue_processes(
    folders: MeshFolders, addresses: Addresses, config: MeshConfig, *, needs: Sequence[str]
) -> list[ProcessSpec]:
    """Return the one-time processes that declare queues on a broker where they are new."""
    shared = _environment(folders, addresses, config)
    return [
        _one_time_process(f"{name}-queues", (f"services.{name}", "migrate"), shared, needs=needs)
        for name in EVENT_CONSUMERS
    ]


def process_table(
    folders: MeshFolders,
    addresses: Addresses,
    config: MeshConfig,
    *,
    before_edge: Sequence[str] = (),
) -> list[ProcessSpec]:
    """Return the long-running processes of the product, without those of the servers.

    The edge starts after the processes of `before_edge`.
    """
    shared = _environment(folders, addresses, config)
    ports = config.grpc_ports
    services = [
        _long_process(
            name,
            (f"services.{name}", *roles),
            shared
            | {"GRPC_LISTEN": grpc_target(folders, ports, name)}
            | tls_environment(folders, ports, name),
            ready=listens(folders, ports, name),
            needs=[CERTIFICATES] if ports else [],
        )
        for name, roles in ROLES.items()
    ]
    schedulers = [
        _long_process(
            role,
            ("scheduler", role),
            shared,
            ready=_was_touched(folders.run / f"habit-tracker-scheduler-{role}.alive"),
        )
        for role in ("worker", "beat")
    ]
    healthy = _healthy(_local_url(config) + "/health/ready")
    edge = _long_process(
        "edge",
        ("edge",),
        shared | tls_environment(folders, ports, "edge"),
        ready=healthy,
        needs=[*before_edge, *([CERTIFICATES] if ports else [])],
    )
    return [*_certificates(folders, ports), *services, *schedulers, edge]


def _certificates(folders: MeshFolders, ports: Mapping[str, int]) -> list[ProcessSpec]:
    """Return the process that makes and renews certificates, where there is TLS."""
    if not ports:
        return []
    return [
        ProcessSpec(
            name=CERTIFICATES,
            command=certificates_command(folders),
            environment=dict(os.environ),
            folder=ROOT,
            ready=certificates_made(folders),
        )
    ]


def _environment(folders: MeshFolders, addresses: Addresses, config: MeshConfig) -> dict[str, str]:
    """Return the environment of every process; variables the person has set are kept.

    PYTHONDONTWRITEBYTECODE is not: without bytecode files every start would compile everything.
    """
    inherited = {key: value for key, value in os.environ.items() if key != NOT_INHERITED}
    return (
        {"LOG_LEVEL": "INFO", "WEB_PUSH_PRIVATE_KEY": config.web_push_key}
        | inherited
        | addresses.environment()
        | {
            f"{name.upper()}_TARGET": grpc_target(folders, config.grpc_ports, name)
            for name in SERVICES
        }
        | _key_files(folders)
        | {
            "DELEGATION_SECRET": config.delegation_secret,
            "HEARTBEAT_FOLDER": str(folders.run),
            "EDGE_HOST": config.edge_host,
            "EDGE_PORT": str(config.edge_port),
            "DIE_WITH_PARENT": "1",
            "PYTHONUNBUFFERED": "1",
        }
        | dict(config.telegram)
    )


def _key_files(folders: MeshFolders) -> dict[str, str]:
    keys = folders.data / "keys"
    return {"SIGNING_KEY_FILE": str(keys / "signing.pem"), "JWKS_FILE": str(keys / "jwks.json")}


def _long_process(
    name: str,
    words: Sequence[str],
    environment: Mapping[str, str],
    *,
    ready: Probe,
    needs: Sequence[str] = (),
) -> ProcessSpec:
    return ProcessSpec(
        name=name,
        command=[sys.executable, "-m", *words],
        words=words,
        environment=environment,
        folder=ROOT,
        ready=ready,
        needs=needs,
        ready_within=timedelta(seconds=60),
    )


def _one_time_process(
    name: str,
    words: Sequence[str],
    environment: Mapping[str, str],
    *,
    needs: Sequence[str] = (),
) -> ProcessSpec:
    return ProcessSpec(
        name=name,
        command=[sys.executable, "-m", *words],
        words=words,
        environment=environment,
        folder=ROOT,
        needs=needs,
        once=True,
    )


def _local_url(config: MeshConfig) -> str:
    host = "127.0.0.1" if config.edge_host in ("0.0.0.0", "") else config.edge_host
    return f"http://{host}:{config.edge_port}"


def _was_touched(file: Path) -> Probe:
    """Ready when a file was touched since the process was started, that is, first probed."""
    since: float | None = None

    async def ready() -> bool:
        nonlocal since
        since = since or time.time()
        if await asyncio.to_thread(_touch_time, file) < since:
            return False
        since = None  # the next start is probed from scratch
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
