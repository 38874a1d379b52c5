"""An edge before a real auth."""

from collections.abc import AsyncIterator, Callable
from pathlib import Path

import httpx
import pytest

from tests.edge.servers import running_edge
from tests.services.auth.running import RunningAuth, running_auth


@pytest.fixture(scope="module")
def auth_database_url(migrated: Callable[..., str]) -> str:
    return migrated("auth")


@pytest.fixture
async def auth(
    auth_database_url: str, redis_url: str, tmp_path: Path
) -> AsyncIterator[RunningAuth]:
    async with running_auth(auth_database_url, redis_url, tmp_path) as running:
        yield running


@pytest.fixture
async def edge(auth: RunningAuth) -> AsyncIterator[httpx.AsyncClient]:
    async with running_edge(auth=auth.target) as client:
        yield client
