"""Real servers for tests: found in the environment, or started once for the whole run.

`./habits test` starts them and sets `TEST_…`; a plain `pytest` starts them here. Each test module
gets a database, a Redis database and a virtual host of its own, so that modules, xdist workers
and several runs at once do not affect each other.
"""

from __future__ import annotations

import asyncio
import hashlib
import os
import shlex
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote, urlsplit, urlunsplit
from uuid import uuid4

import asyncpg
import redis

ROOT = Path(__file__).resolve().parent.parent
VARIABLES = ("TEST_DATABASE_URL", "TEST_REDIS_URL", "TEST_AMQP_URL")
START_SECONDS = 180
SLOT_LOCKS = 7_000  # the first number of the advisory locks that hand out Redis databases
TEMPLATE_LOCK = 6_999
AMQP_LOCK = 6_998
STEP_SECONDS = 60


class TestServers:
    """The process that runs the servers, where the environment names none."""

    __test__ = False

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "local", "servers", "--for-tests"],
            cwd=ROOT,
            env=os.environ | {"DIE_WITH_PARENT": "1"},
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self._process.stdout is not None
        for line in self._process.stdout:
            if line.startswith("# ready"):
                return
            name, _, value = shlex.split(line)[1].partition("=")
            os.environ[name] = value
        raise RuntimeError("the test servers did not start; their log is above")

    def stop(self) -> None:
        """Stop the servers and delete their data."""
        self._process.terminate()
        self._process.wait(STEP_SECONDS)
        if self._process.stdout:
            self._process.stdout.close()


def sql(statement: str, *, database: str | None = None) -> None:
    """Run one statement on the test server, in its own database unless another is named."""

    async def run() -> None:
        connection = await asyncpg.connect(_url(database), timeout=STEP_SECONDS)
        try:
            await connection.execute(statement, timeout=STEP_SECONDS)
        finally:
            await connection.close()

    asyncio.run(run())


@contextmanager
def fresh_database(template: str | None = None) -> Iterator[str]:
    """Provide the URL of a new database, empty or a copy of `template`; drop it afterwards."""
    name = f"test_{uuid4().hex[:12]}"
    copied = f" TEMPLATE {template} STRATEGY FILE_COPY" if template else ""
    sql(f"CREATE DATABASE {name}{copied}")
    try:
        yield _url(name)
    finally:
        sql(f"DROP DATABASE {name} WITH (FORCE)")


def migrated_template(*services: str) -> str:
    """Return a database that the services' migrations have been run in, made once per content."""
    digest = hashlib.sha256()
    for service in services:
        files = sorted((ROOT / "services" / service).rglob("migrations/**/*.py"))
        for file in [*files, *sorted((ROOT / "chassis").glob("*.py"))]:
            digest.update(str(file).encode() + file.read_bytes())
    name = f"template_{'_'.join(services)}_{digest.hexdigest()[:10]}"

    async def make() -> None:
        connection = await asyncpg.connect(_url(None), timeout=STEP_SECONDS)
        try:
            await connection.execute("SELECT pg_advisory_lock($1)", TEMPLATE_LOCK)
            exists = "SELECT 1 FROM pg_database WHERE datname = $1"
            if not await connection.fetchval(exists, name):
                draft = f"{name}_{uuid4().hex[:6]}"
                await connection.execute(f"CREATE DATABASE {draft}")
                for service in services:
                    _migrate(service, _url(draft))
                await connection.execute(f"ALTER DATABASE {draft} RENAME TO {name}")
        finally:
            await connection.close()

    asyncio.run(make())
    return name


def _migrate(service: str, database_url: str) -> None:
    command = [sys.executable, "-m", f"services.{service}", "migrate"]
    environment = os.environ | {
        "DATABASE_URL": database_url,
        "REDIS_URL": os.environ["TEST_REDIS_URL"],
        "AMQP_URL": os.environ["TEST_AMQP_URL"],
        "JWKS_FILE": os.devnull,
    }
    done = subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=STEP_SECONDS
    )
    assert done.returncode == 0, f"{service} could not migrate:\n{done.stdout}\n{done.stderr}"


@contextmanager
def fresh_redis() -> Iterator[str]:
    """Provide the URL of an empty Redis database, for exclusive use."""
    parts = urlsplit(os.environ["TEST_REDIS_URL"])
    with redis.Redis.from_url(os.environ["TEST_REDIS_URL"]) as server:
        count = int(server.config_get("databases")["databases"])
    with _one_of(range(SLOT_LOCKS, SLOT_LOCKS + count)) as lock:
        number = lock - SLOT_LOCKS
        if parts.scheme == "unix":
            url = urlunsplit(parts._replace(query=f"db={number}"))
            url = url if url.startswith("unix://") else url.replace("unix:", "unix://", 1)
        else:
            url = urlunsplit(parts._replace(path=f"/{number}"))
        with redis.Redis.from_url(url) as server:
            server.flushdb()
        yield url


@contextmanager
def fresh_virtual_host() -> Iterator[str]:
    """Provide the URL of an empty virtual host.

    A broker given only by its URL has one virtual host: there, one module at a time uses it.
    """
    given = os.environ["TEST_AMQP_URL"]
    if not os.environ.get("TEST_AMQP_CONTROL"):
        with _one_of(range(AMQP_LOCK, AMQP_LOCK + 1)):
            yield given
        return
    name = f"t{uuid4().hex[:12]}"
    parts = urlsplit(given)
    everything = '<<".*">>, <<".*">>, <<".*">>'
    _in_rabbitmq(
        f'rabbit_vhost:add(<<"{name}">>, <<"tests">>), '
        f'rabbit_auth_backend_internal:set_permissions(<<"{parts.username}">>, <<"{name}">>, '
        f'{everything}, <<"tests">>).'
    )
    try:
        yield urlunsplit(parts._replace(path=f"/{quote(name, safe='')}"))
    finally:
        _in_rabbitmq(f'rabbit_vhost:delete(<<"{name}">>, <<"tests">>).')


def _in_rabbitmq(expression: str) -> None:
    command = shlex.split(os.environ["TEST_AMQP_CONTROL"])
    for pause in (0.2, 0.5, 1, 2, 0):
        done = subprocess.run(
            command, input=f"{expression}\n", text=True, capture_output=True, timeout=STEP_SECONDS
        )
        if done.returncode == 0:
            break
        time.sleep(pause)  # a busy machine: the node did not take the connection
    assert done.stdout == "{ok, ok}", f"RabbitMQ said: {done.stdout} {done.stderr}"


@contextmanager
def _one_of(locks: range) -> Iterator[int]:
    """Hold the first advisory lock of `locks` that is free, waiting for one if need be."""
    with asyncio.Runner() as runner:
        connection = runner.run(asyncpg.connect(_url(None), timeout=STEP_SECONDS))
        try:
            end = time.monotonic() + START_SECONDS
            while True:
                for lock in locks:
                    attempt = connection.fetchval("SELECT pg_try_advisory_lock($1)", lock)
                    if runner.run(attempt):
                        yield lock
                        return
                assert time.monotonic() < end, "no free slot on the test servers"
                time.sleep(0.1)
        finally:
            runner.run(connection.close())


def _url(database: str | None) -> str:
    parts = urlsplit(os.environ["TEST_DATABASE_URL"])
    if database is None:
        return urlunsplit(parts)
    path = f"{parts.scheme}://{parts.netloc}/{database}"
    return f"{path}?{parts.query}" if parts.query else path
