"""Fixtures of the end-to-end tests: one shared mesh, and clients of it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator

import pytest

from tests.journeys.mesh import Mesh, running_mesh
from tests.journeys.people import Clients, open_clients
from tests.journeys.scheduled import ScheduledMessages, schedule_messages


@pytest.fixture(scope="session")
def mesh(servers: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mesh]:
    """Run the whole mesh; stories share it and have people of their own."""
    with running_mesh(tmp_path_factory.mktemp("mesh")) as mesh:
        yield mesh


@pytest.fixture(scope="session")
def scheduled(mesh: Mesh) -> ScheduledMessages:
    """Schedule reminders and reports early, so that tests need not wait for them."""

    async def arranged() -> ScheduledMessages:
        async with open_clients(mesh) as clients:
            return await schedule_messages(clients)

    return asyncio.run(arranged())


@pytest.fixture
async def clients(mesh: Mesh, scheduled: ScheduledMessages) -> AsyncIterator[Clients]:
    """Yield a REST client and Telegram."""
    async with open_clients(mesh) as clients:
        yield clients
