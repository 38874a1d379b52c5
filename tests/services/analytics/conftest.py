"""The service under test."""

from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from chassis.database import Database
from tests.services.analytics.running import RunningAnalytics, running_analytics


@pytest.fixture(scope="module")
def analytics_database_url(migrated: Callable[..., str]) -> str:
    return migrated("analytics")


@pytest.fixture
async def database(analytics_database_url: str) -> AsyncIterator[Database]:
    opened = Database(analytics_database_url)
    yield opened
    await opened.close()


@pytest.fixture
async def analytics(analytics_database_url: str, tmp_path: Path) -> AsyncIterator[RunningAnalytics]:
    async with running_analytics(analytics_database_url, tmp_path) as running:
        yield running
