"""Analytics beside a real habits service: two servers, one database, one signing key each."""

from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from tests.services.analytics.running import RunningAnalytics, running_analytics
from tests.services.habits.habits_server import HabitsServer, run_habits


@pytest.fixture(scope="module")
def mesh_database_url(migrated: Callable[..., str]) -> str:
    return migrated("auth", "habits", "analytics")


@pytest.fixture
async def habits(mesh_database_url: str, tmp_path: Path) -> AsyncIterator[HabitsServer]:
    (tmp_path / "habits").mkdir()
    async with run_habits(mesh_database_url, tmp_path / "habits") as running:
        yield running


@pytest.fixture
async def analytics(
    mesh_database_url: str, tmp_path: Path, habits: HabitsServer
) -> AsyncIterator[RunningAnalytics]:
    async with running_analytics(mesh_database_url, tmp_path) as running:
        running.clock.set(habits.clock())
        yield running
