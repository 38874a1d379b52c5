"""The whole mesh on this machine: servers, services, chat; started, watched and stopped as one."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import os
import secrets
import shutil
import socket
from collections.abc import AsyncIterator, Coroutine, Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from local import standing
from local.errors import PortTaken
from local.folders import Ground, lay_ground
from local.logs import follow
from local.processes import Wiring, preparations, queues, table
from local.servers import Servers
from local.standing import Standing, keep, only_one
from local.supervisor import Supervisor, Tell

SILENCE = timedelta(seconds=1)  # seen twice unchanged, it is broken
MOST_NAMES = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What a person can choose.

    Attributes:
        data: What survives restarts.
        host: Where REST is served.
        port: Its port.
        durable: Whether a committed write survives a power cut; tests say no.
        verbose: Whether what processes write shows in the terminal too.
    """

    data: Path
    host: str = "127.0.0.1"
    port: int = 8000
    durable: bool = True
    verbose: bool = False


@contextlib.asynccontextmanager
async def running_mesh(options: Options, tell: Tell) -> AsyncIterator[Standing]:
    """Run the mesh for as long as the context lasts; everything is ready when it begins.

    Raises:
        Trouble: Something a person can mend.
    """
    if not _is_free(options.host, options.port):
        raise PortTaken(options.port)
    ground = lay_ground(options.data, durable=options.durable)
    with only_one(ground.data) as lock:
        now = Standing(supervisor=os.getpid())
        supervisor = Supervisor(
            ground.logs,
            tell=tell,
            changed=lambda: _note(ground, now, supervisor),
            hold=[lock],
        )
        async with contextlib.AsyncExitStack() as stack:
            stack.callback(shutil.rmtree, ground.run, ignore_errors=True)
            stack.callback(standing.forget, ground.data)
            # Telegram outlives the bot, which tells it on the way out what has been handled.
            telegram = await stack.enter_async_context(_telegram(ground, options, now))
            stack.push_async_callback(supervisor.stop)
            if options.verbose:
                await stack.enter_async_context(_beside(follow(ground.logs, tell)))
            async with _beside(_say_what_is_waited_for(supervisor, tell)):
                await _start(ground, supervisor, options, telegram, tell)
            now.ready = True
            host = "localhost" if options.host in ("127.0.0.1", "0.0.0.0") else options.host
            now.addresses |= {"api": f"http://{host}:{options.port}"}
            _note(ground, now, supervisor)
            yield now


async def _start(
    ground: Ground,
    supervisor: Supervisor,
    options: Options,
    telegram: Mapping[str, str],
    tell: Tell,
) -> None:
    """Start everything, each part as early as it can: RabbitMQ takes longest, so all else overlaps.

    Services come up before RabbitMQ answers and find it when it does. Only queues that were never
    declared are waited for: what is said before they are there would be heard by nobody.
    """
    servers = Servers(ground, supervisor, tell=tell)
    async with asyncio.TaskGroup() as group:
        stores = group.create_task(_open_stores(ground, supervisor, servers))
        await servers.prepare("AMQP_URL")
        group.create_task(servers.start("AMQP_URL"))
        await stores
        wiring = Wiring(
            edge_host=options.host,
            edge_port=options.port,
            delegation_secret=_delegation_secret(ground),
            telegram=telegram,
        )
        declared = ground.data / "queues-declared"
        where = hashlib.sha256(servers.url("AMQP_URL").encode()).hexdigest()
        is_new = not declared.exists() or declared.read_text() != where
        needs = [name for name in ("rabbitmq",) if name in supervisor.children]
        rows = queues(ground, servers.addresses(), wiring, needs=needs) if is_new else []
        await supervisor.start(
            [*rows, *table(ground, servers.addresses(), wiring, before_edge=[r.name for r in rows])]
        )
    declared.write_text(where)


async def _open_stores(ground: Ground, supervisor: Supervisor, servers: Servers) -> None:
    """Start PostgreSQL and Valkey, bring the schemas up to date, make what is signed with."""
    stores = ("DATABASE_URL", "REDIS_URL")
    await servers.prepare(*stores)
    await servers.start(*stores)
    await supervisor.start(preparations(ground, servers.url("DATABASE_URL")))


@contextlib.asynccontextmanager
async def _telegram(
    ground: Ground, options: Options, now: Standing
) -> AsyncIterator[Mapping[str, str]]:
    """Lend what the bot is told: the person's own bot, or one that lives on a page here."""
    if os.environ.get("TELEGRAM_BOT_TOKEN"):
        yield {}
        return
    from local.telegram.server import BOT_TOKEN, BOT_USERNAME, serving
    from local.telegram.world import World

    world = World(username=BOT_USERNAME, file=ground.data / "telegram.json")
    port = options.port + 1 if _is_free("127.0.0.1", options.port + 1) else 0
    async with serving(world, port=port) as url:
        now.addresses["chat"] = url
        yield {"TELEGRAM_BOT_TOKEN": BOT_TOKEN, "TELEGRAM_API_URL": url}


@contextlib.asynccontextmanager
async def _beside(work: Coroutine[Any, Any, None]) -> AsyncIterator[None]:
    """Let work go on for as long as the context lasts."""
    task = asyncio.create_task(work)
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def _say_what_is_waited_for(supervisor: Supervisor, tell: Tell) -> None:
    """Break a long silence with the names of those it is for."""
    before: list[str] = []
    while True:
        await asyncio.sleep(SILENCE.total_seconds())
        waiting = supervisor.waiting_for()
        if waiting and waiting == before:
            more = f" and {len(waiting) - MOST_NAMES} more" if len(waiting) > MOST_NAMES else ""
            tell(f"… waiting for {', '.join(waiting[:MOST_NAMES])}{more}")
            before = []
        else:
            before = waiting


def _note(ground: Ground, now: Standing, supervisor: Supervisor) -> None:
    """Write down how everything stands."""
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
    keep(ground.data, now)


def _delegation_secret(ground: Ground) -> str:
    """Return the secret that auth shares with whom it trusts; made once, kept with the keys."""
    keys = ground.data / "keys"
    keys.mkdir(mode=0o700, exist_ok=True)
    file = keys / "delegation-secret"
    if not file.exists():
        file.touch(mode=0o600)
        file.write_text(secrets.token_hex(32))
    return file.read_text()


def _is_free(host: str, port: int) -> bool:
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as taken:
        taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            taken.bind((host, port))
        except OSError:
            return False
    return True
