"""What stories may ask for: one mesh for all of them, and means to live with it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator

import pytest

from tests.journeys.appointments import Appointments, arrange
from tests.journeys.mesh import Mesh, running_mesh
from tests.journeys.people import World, world_of


@pytest.fixture(scope="session")
def mesh(servers: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mesh]:
    """Run the whole mesh; stories share it and have people of their own."""
    with running_mesh(tmp_path_factory.mktemp("mesh")) as mesh:
        yield mesh


@pytest.fixture(scope="session")
def appointments(mesh: Mesh) -> Appointments:
    """Have set early what the clock brings later."""

    async def arranged() -> Appointments:
        async with world_of(mesh) as world:
            return await arrange(world)

    return asyncio.run(arranged())


@pytest.fixture
async def world(mesh: Mesh, appointments: Appointments) -> AsyncIterator[World]:
    """Lend a REST client and Telegram."""
    async with world_of(mesh) as world:
        yield world
