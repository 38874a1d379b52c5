"""What tests may ask for: real servers, each module with its own corner of them."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest

from tests.servers import (
    VARIABLES,
    TestServers,
    fresh_database,
    fresh_redis,
    fresh_virtual_host,
    migrated_template,
)

STARTED = pytest.StashKey[TestServers]()


def pytest_sessionstart(session: pytest.Session) -> None:
    """Start the servers once, before any xdist worker does, unless they run already."""
    wanted = not session.config.option.collectonly and not hasattr(session.config, "workerinput")
    if wanted and not all(os.environ.get(name) for name in VARIABLES):
        session.config.stash[STARTED] = TestServers()


def pytest_unconfigure(config: pytest.Config) -> None:
    """Stop the servers that this run started."""
    if started := config.stash.get(STARTED, None):
        started.stop()


@pytest.fixture(scope="module")
def database_url() -> Iterator[str]:
    """Lend an empty PostgreSQL database, `postgresql://…`, to one module."""
    with fresh_database() as url:
        yield url


@pytest.fixture(scope="module")
def migrated() -> Iterator[Callable[..., str]]:
    """Lend databases with the schemas of the named services: `migrated("auth", "habits")`."""
    with ExitStack() as stack:
        yield lambda *services: stack.enter_context(fresh_database(migrated_template(*services)))


@pytest.fixture(scope="module")
def redis_url() -> Iterator[str]:
    """Lend an empty Redis database to one module."""
    with fresh_redis() as url:
        yield url


@pytest.fixture(scope="module")
def amqp_url() -> Iterator[str]:
    """Lend an empty RabbitMQ virtual host to one module: no queue, no exchange of ours."""
    with fresh_virtual_host() as url:
        yield url
