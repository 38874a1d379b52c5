"""An edge before a real analytics service."""

from collections.abc import AsyncIterator, Callable
from pathlib import Path

import httpx
import pytest

from tests.edge.servers import running_edge
from tests.services.analytics.running import RunningAnalytics, running_analytics


@pytest.fixture(scope="module")
def analytics_database_url(migrated: Callable[..., str]) -> str:
    return migrated("analytics")


@pytest.fixture
async def analytics(analytics_database_url: str, tmp_path: Path) -> AsyncIterator[RunningAnalytics]:
    async with running_analytics(analytics_database_url, tmp_path) as running:
        yield running


@pytest.fixture
async def edge(analytics: RunningAnalytics) -> AsyncIterator[httpx.AsyncClient]:
    async with running_edge(analytics=analytics.target) as client:
        yield client
