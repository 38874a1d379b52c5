"""PostgreSQL, Valkey and RabbitMQ: external by URL, or private to this mesh."""

from __future__ import annotations

import asyncio
import os
from dataclasses import dataclass, replace
from typing import Protocol

from local.folders import MeshFolders
from local.process_spec import ProcessSpec
from local.servers.postgres import Postgres
from local.servers.rabbitmq import RabbitMQ
from local.servers.valkey import Valkey
from local.supervisor import Progress, Supervisor


class Server(Protocol):
    """A private server: first its folders are prepared, then its processes are started."""

    url: str

    async def prepare(self, report: Progress) -> None:
        """Make what the server needs before its first start; quick when it is there already."""

    def processes(self) -> list[ProcessSpec]:
        """Return its rows for the table of processes, the server itself last."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Addresses:
    """Where the servers are.

    Attributes:
        database_url: A libpq URL.
        redis_url: A unix socket or a TCP one.
        amqp_url: With user, password and virtual host.
        amqp_control: A command that takes an Erlang expression for a private RabbitMQ, or empty.
    """

    database_url: str
    redis_url: str
    amqp_url: str
    amqp_control: str = ""

    def environment(self) -> dict[str, str]:
        """Return what every service reads."""
        return {
            "DATABASE_URL": self.database_url,
            "REDIS_URL": self.redis_url,
            "AMQP_URL": self.amqp_url,
        }

    def test_environment(self) -> dict[str, str]:
        """Return what `tests/conftest.py` reads."""
        everything = self.environment() | {"AMQP_CONTROL": self.amqp_control}
        return {f"TEST_{name}": value for name, value in everything.items()}


class Servers:
    """The servers of one mesh: private, but for those that a variable replaces."""

    def __init__(self, folders: MeshFolders, supervisor: Supervisor, *, report: Progress) -> None:
        self._supervisor = supervisor
        self._report = report
        self._rabbitmq = RabbitMQ(folders)
        everything: dict[str, Server] = {
            "DATABASE_URL": Postgres(folders),
            "REDIS_URL": Valkey(folders),
            "AMQP_URL": self._rabbitmq,
        }
        self._external = {name: os.environ[name] for name in everything if os.environ.get(name)}
        self._private = {
            name: server for name, server in everything.items() if name not in self._external
        }

    async def prepare(self, *names: str) -> None:
        """Get servers ready to be started; slow at first, when programs are fetched."""
        private = [self._private[name] for name in names if name in self._private]
        await asyncio.gather(*(server.prepare(self._report) for server in private))

    async def start(self, *names: str) -> None:
        """Start servers that were prepared, and return when they answer."""
        private = [self._private[name] for name in names if name in self._private]
        await self._supervisor.start([row for server in private for row in server.processes()])

    def url(self, name: str) -> str:
        """Return the address of a server that was prepared."""
        return self._external.get(name) or self._private[name].url

    def addresses(self) -> Addresses:
        """Return where all of them are, once they were prepared."""
        return Addresses(
            database_url=self.url("DATABASE_URL"),
            redis_url=self.url("REDIS_URL"),
            amqp_url=self.url("AMQP_URL"),
        )

    def amqp_control(self) -> str:
        """Return what controls a private RabbitMQ that has started; empty for another."""
        return self._rabbitmq.control_command() if "AMQP_URL" in self._private else ""


async def start_servers(
    folders: MeshFolders, supervisor: Supervisor, *, report: Progress
) -> Addresses:
    """Start, all at once, each server that no variable replaces; return when all answer.

    Args:
        folders: Where their data, sockets and logs go.
        supervisor: Keeps them running from now on.
        report: Gets a line for each step that takes long.
    """
    servers = Servers(folders, supervisor, report=report)

    async def bring_up(name: str) -> None:
        await servers.prepare(name)
        await servers.start(name)

    async with asyncio.TaskGroup() as group:
        for name in ("AMQP_URL", "DATABASE_URL", "REDIS_URL"):
            group.create_task(bring_up(name))
    return replace(servers.addresses(), amqp_control=servers.amqp_control())
