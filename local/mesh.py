"""The whole mesh on this machine: servers, services and chat, started and stopped together."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import os
import secrets
import shutil
from collections.abc import AsyncIterator, Coroutine, Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from chassis.vapid import create_vapid_key
from local import status_file
from local.errors import AlreadyRunning, PortTaken
from local.folders import MeshFolders, create_folders
from local.logs import tail_logs
from local.ports import free_ports, is_free
from local.process_table import (
    SERVICES,
    SHARED_MODULES,
    MeshConfig,
    process_table,
    queue_processes,
    setup_processes,
)
from local.servers import Servers
from local.status_file import MeshStatus, locked_data_folder, write_status
from local.supervisor import Progress, Supervisor

WAITING_INTERVAL = timedelta(seconds=1)  # seen twice unchanged, it is broken
MOST_NAMES = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """The options of `./habits up`.

    Attributes:
        data: What survives restarts.
        host: Where REST is served.
        port: Its port.
        durable: Whether a committed write survives a power cut; tests turn it off.
        verbose: Whether logs are shown in the terminal too.
        tls: Whether gRPC goes over TCP with mutual TLS, instead of over unix sockets.
    """

    data: Path
    host: str = "127.0.0.1"
    port: int = 8000
    durable: bool = True
    verbose: bool = False
    tls: bool = False


@contextlib.asynccontextmanager
async def running_mesh(options: Options, report: Progress) -> AsyncIterator[MeshStatus]:
    """Run the mesh for as long as the context lasts; everything is ready when it begins.

    Raises:
        UserError: Something a person can fix.
    """
    if not is_free(options.port, options.host):
        running = status_file.find_status(options.data)
        if running is not None:  # it is most likely this very mesh that has the port
            raise AlreadyRunning(options.data, str(running.supervisor))
        raise PortTaken(options.port)
    folders = create_folders(options.data, durable=options.durable)
    with locked_data_folder(folders.data) as lock:
        now = MeshStatus(supervisor=os.getpid())
        supervisor = Supervisor(
            folders.logs,
            report=report,
            changed=lambda: _write_status(folders, now, supervisor),
            inherited_files=[lock],
            shared_modules=SHARED_MODULES,
        )
        async with contextlib.AsyncExitStack() as stack:
            stack.callback(shutil.rmtree, folders.run, ignore_errors=True)
            stack.callback(status_file.delete_status, folders.data)
            # Telegram stops after the bot, which confirms its last updates while it stops.
            telegram = await stack.enter_async_context(_telegram(folders, options, now))
            stack.push_async_callback(supervisor.stop)
            await supervisor.prepare_forks()
            if options.verbose:
                await stack.enter_async_context(_background(tail_logs(folders.logs, report)))
            ports = _grpc_ports(options) if options.tls else {}
            async with _background(_report_waiting(supervisor, report)):
                await _start(folders, supervisor, options, telegram, ports, report)
            now.ready = True
            host = "localhost" if options.host in ("127.0.0.1", "0.0.0.0") else options.host
            now.addresses |= {"api": f"http://{host}:{options.port}"}
            now.addresses |= {name: f"127.0.0.1:{port}" for name, port in ports.items()}
            _write_status(folders, now, supervisor)
            yield now


async def _start(
    folders: MeshFolders,
    supervisor: Supervisor,
    options: Options,
    telegram: Mapping[str, str],
    grpc_ports: Mapping[str, int],
    report: Progress,
) -> None:
    """Start everything, each part as early as it can: RabbitMQ takes longest, so all else overlaps.

    Services start before RabbitMQ answers and connect when it does. Only queues that were never
    declared are waited for: an event published before its queue exists would be lost.
    """
    servers = Servers(folders, supervisor, report=report)
    async with asyncio.TaskGroup() as group:
        stores = group.create_task(_open_stores(folders, supervisor, servers))
        await servers.prepare("AMQP_URL")
        group.create_task(servers.start("AMQP_URL"))
        await stores
        config = MeshConfig(
            edge_host=options.host,
            edge_port=options.port,
            delegation_secret=_delegation_secret(folders),
            web_push_key=_web_push_key(folders),
            telegram=telegram,
            grpc_ports=grpc_ports,
        )
        declared = folders.data / "queues-declared"
        where = hashlib.sha256(servers.url("AMQP_URL").encode()).hexdigest()
        is_new = not declared.exists() or declared.read_text() != where
        needs = [name for name in ("rabbitmq",) if name in supervisor.children]
        rows = queue_processes(folders, servers.addresses(), config, needs=needs) if is_new else []
        await supervisor.start(
            [
                *rows,
                *process_table(
                    folders, servers.addresses(), config, before_edge=[r.name for r in rows]
                ),
            ]
        )
    declared.write_text(where)


async def _open_stores(folders: MeshFolders, supervisor: Supervisor, servers: Servers) -> None:
    """Start PostgreSQL and Valkey, migrate the schemas, make the signing keys."""
    stores = ("DATABASE_URL", "REDIS_URL")
    await servers.prepare(*stores)
    await servers.start(*stores)
    await supervisor.start(setup_processes(folders, servers.url("DATABASE_URL")))


@contextlib.asynccontextmanager
async def _telegram(
    folders: MeshFolders, options: Options, now: MeshStatus
) -> AsyncIterator[Mapping[str, str]]:
    """Yield the bot's settings: none for the person's own bot, else those of the local stand-in."""
    if os.environ.get("TELEGRAM_BOT_TOKEN"):
        yield {}
        return
    from local.telegram.server import BOT_TOKEN, BOT_USERNAME, serving
    from local.telegram.state import TelegramState

    state = TelegramState(username=BOT_USERNAME, file=folders.data / "telegram.json")
    port = options.port + 1 if is_free(options.port + 1) else 0
    async with serving(state, port=port) as url:
        now.addresses["chat"] = url
        yield {"TELEGRAM_BOT_TOKEN": BOT_TOKEN, "TELEGRAM_API_URL": url}


@contextlib.asynccontextmanager
async def _background(work: Coroutine[Any, Any, None]) -> AsyncIterator[None]:
    """Run a coroutine in the background for as long as the context lasts."""
    task = asyncio.create_task(work)
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def _report_waiting(supervisor: Supervisor, report: Progress) -> None:
    """Report which processes are still starting when nothing else was reported for a while."""
    before: list[str] = []
    while True:
        await asyncio.sleep(WAITING_INTERVAL.total_seconds())
        waiting = supervisor.waiting_for()
        if waiting and waiting == before:
            more = f" and {len(waiting) - MOST_NAMES} more" if len(waiting) > MOST_NAMES else ""
            report(f"… waiting for {', '.join(waiting[:MOST_NAMES])}{more}")
            before = []
        else:
            before = waiting


def _write_status(folders: MeshFolders, now: MeshStatus, supervisor: Supervisor) -> None:
    """Write the status file."""
    now.children = [
        {
            "name": name,
            "pid": child.running.pid,
            "ready": child.ready.is_set(),
            "restarts": child.restarts,
        }
        for name, child in supervisor.children.items()
        if child.running is not None and not child.process.once
    ]
    now.fork_server = supervisor.fork_server
    write_status(folders.data, now)


def _delegation_secret(folders: MeshFolders) -> str:
    """Return the secret with which services ask auth for tokens; made once, kept with the keys."""
    keys = folders.data / "keys"
    keys.mkdir(mode=0o700, exist_ok=True)
    file = keys / "delegation-secret"
    if not file.exists():
        file.touch(mode=0o600)
        file.write_text(secrets.token_hex(32))
    return file.read_text()


def _web_push_key(folders: MeshFolders) -> str:
    """Return the key that push services know this mesh by; made once, kept with the keys."""
    file = folders.data / "keys" / "web-push-key"
    if not file.exists():
        file.touch(mode=0o600)
        file.write_text(create_vapid_key())
    return file.read_text()


def _grpc_ports(options: Options) -> dict[str, int]:
    """Return a port for each service; the API and the chat page take theirs later."""
    ports = free_ports(len(SERVICES), but=(options.port, options.port + 1))
    return dict(zip(SERVICES, ports, strict=True))
