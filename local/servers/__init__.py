"""The three servers the mesh stands on: given by a URL, or private to this mesh."""

from __future__ import annotations

import asyncio
import os
from dataclasses import dataclass
from typing import Protocol

from local.folders import Ground
from local.process import Process
from local.servers.postgres import Postgres
from local.servers.rabbitmq import RabbitMQ
from local.servers.valkey import Valkey
from local.supervisor import Supervisor, Tell


class Server(Protocol):
    """A private server: first its folders are prepared, then its processes are started."""

    url: str

    async def prepare(self, tell: Tell) -> None:
        """Make what the server needs before its first start; quick when it is there already."""

    def processes(self) -> list[Process]:
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


async def start_servers(ground: Ground, supervisor: Supervisor, *, tell: Tell) -> Addresses:
    """Start, all at once, each server that no variable replaces; return when all answer.

    Args:
        ground: Where their data, sockets and logs go.
        supervisor: Keeps them running from now on.
        tell: Told about steps that take long.
    """
    rabbitmq = RabbitMQ(ground)
    private: dict[str, Server] = {
        "AMQP_URL": rabbitmq,
        "DATABASE_URL": Postgres(ground),
        "REDIS_URL": Valkey(ground),
    }
    given = {name: os.environ[name] for name in private if os.environ.get(name)}

    async def start(server: Server) -> None:
        await server.prepare(tell)
        await supervisor.start(server.processes())

    async with asyncio.TaskGroup() as group:
        for name, server in private.items():
            if name not in given:
                group.create_task(start(server))
    urls = {name: given.get(name) or server.url for name, server in private.items()}
    return Addresses(
        database_url=urls["DATABASE_URL"],
        redis_url=urls["REDIS_URL"],
        amqp_url=urls["AMQP_URL"],
        amqp_control="" if "AMQP_URL" in given else rabbitmq.control_command(),
    )
