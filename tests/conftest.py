"""What tests may ask for: real servers, each module with its own corner of them."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.servers import (
    VARIABLES,
    TestServers,
    fresh_database,
    fresh_redis,
    fresh_virtual_host,
    migrated_template,
)

if TYPE_CHECKING:
    from tests.telegram import Telegram

TESTS = Path(__file__).parent
STARTED = pytest.StashKey[TestServers]()


def pytest_sessionstart(session: pytest.Session) -> None:
    """Start the servers before xdist's workers, which share them."""
    if session.config.getoption("numprocesses", None):
        _start_servers(session.config)


def pytest_unconfigure(config: pytest.Config) -> None:
    """Stop the servers that this run started."""
    if started := config.stash.get(STARTED, None):
        started.stop()


def _start_servers(config: pytest.Config) -> None:
    """Start the servers, unless they run already or this is a worker that shares them."""
    if not all(os.environ.get(name) for name in VARIABLES):
        config.stash[STARTED] = TestServers()


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Keep a module's tests on one worker; begin with the journeys, which wait most."""
    for item in items:
        if not item.get_closest_marker("xdist_group"):
            item.add_marker(pytest.mark.xdist_group(str(item.path.relative_to(TESTS))))
    items.sort(key=lambda item: TESTS / "journeys" not in item.path.parents)


@pytest.fixture(scope="session")
def servers(pytestconfig: pytest.Config) -> None:
    """See that the servers run; tests that need none do not wait for them."""
    _start_servers(pytestconfig)


@pytest.fixture(scope="module")
def database_url(servers: None) -> Iterator[str]:
    """Lend an empty PostgreSQL database, `postgresql://…`, to one module."""
    with fresh_database() as url:
        yield url


@pytest.fixture(scope="module")
def migrated(servers: None) -> Iterator[Callable[..., str]]:
    """Lend databases with the schemas of the named services: `migrated("auth", "habits")`."""
    with ExitStack() as stack:
        yield lambda *services: stack.enter_context(fresh_database(migrated_template(*services)))


@pytest.fixture(scope="module")
def redis_url(servers: None) -> Iterator[str]:
    """Lend an empty Redis database to one module."""
    with fresh_redis() as url:
        yield url


@pytest.fixture(scope="module")
def amqp_url(servers: None) -> Iterator[str]:
    """Lend an empty RabbitMQ virtual host to one module: no queue, no exchange of ours."""
    with fresh_virtual_host() as url:
        yield url


@pytest.fixture
async def telegram() -> AsyncIterator[Telegram]:
    """Lend a Telegram with no chats yet; `telegram.url` and `telegram.token` are for the bot."""
    from tests.telegram import telegram_stand_in  # only those who ask wait for aiohttp

    async with telegram_stand_in() as stand_in:
        yield stand_in
