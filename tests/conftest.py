"""Fixtures of all tests: real servers, of which each module gets its own databases and queues."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from xdist.remote import Producer
from xdist.scheduler import LoadScopeScheduling

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
# Where the longest waits are: what starts last must be short, or one worker ends alone.
SLOWEST_FIRST = (
    "scheduler/test_killed_workers.py",
    "journeys",
    "local",
    "services/auth/test_rotation.py",
    "edge/habits/stateful",
    "services/test_grpc_fuzz.py",
    "services/analytics/test_summaries.py",
    "services/habits/test_derived.py",
    "rhythm",
)
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


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the slowest tests: the journeys, and the mesh that is started for real."""
    items.sort(key=lambda item: _rank(item.path.relative_to(TESTS).as_posix()))


def _rank(path: str) -> int:
    ranks = (rank for rank, start in enumerate(SLOWEST_FIRST) if path.startswith(start))
    return next(ranks, len(SLOWEST_FIRST))


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> LoadScopeScheduling:
    """Keep a module's tests on one worker, and all journeys too: they share one mesh.

    The kernel's tests share nothing, so each of its long properties may run beside the others.
    """
    config.option.loadscopereorder = False
    return ModuleScheduling(config, log)


class ModuleScheduling(LoadScopeScheduling):  # type: ignore[misc]  # xdist has no types
    """Schedules tests by module; xdist's own groups do not work with this pytest."""

    def _split_scope(self, nodeid: str) -> str:
        module = nodeid.partition("::")[0]
        if module.startswith("tests/rhythm/"):
            return nodeid
        return "journeys" if module.startswith("tests/journeys/") else module


@pytest.fixture(scope="session")
def servers(pytestconfig: pytest.Config) -> None:
    """Make sure the servers run; tests that need none do not wait for them."""
    _start_servers(pytestconfig)


@pytest.fixture(scope="module")
def database_url(servers: None) -> Iterator[str]:
    """Provide an empty PostgreSQL database, `postgresql://…`, for one module."""
    with fresh_database() as url:
        yield url


@pytest.fixture(scope="module")
def migrated(servers: None) -> Iterator[Callable[..., str]]:
    """Provide databases with the schemas of the named services: `migrated("auth", "habits")`."""
    with ExitStack() as stack:
        yield lambda *services: stack.enter_context(fresh_database(migrated_template(*services)))


@pytest.fixture(scope="module")
def redis_url(servers: None) -> Iterator[str]:
    """Provide an empty Redis database for one module."""
    with fresh_redis() as url:
        yield url


@pytest.fixture(scope="module")
def amqp_url(servers: None) -> Iterator[str]:
    """Provide an empty RabbitMQ virtual host for one module: no queue, no exchange of ours."""
    with fresh_virtual_host() as url:
        yield url


@pytest.fixture
async def telegram() -> AsyncIterator[Telegram]:
    """Provide a Telegram with no chats yet; `telegram.url` and `telegram.token` are for the bot."""
    from tests.telegram import telegram_stand_in  # importing aiohttp takes time

    async with telegram_stand_in() as stand_in:
        yield stand_in
