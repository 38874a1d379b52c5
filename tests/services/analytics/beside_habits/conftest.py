"""Analytics beside a real habits service: two servers, one database, one signing key each."""

from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from tests.edge.servers import running_edge
from tests.services.analytics.beside_habits.recommending import Home
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
    async with running_analytics(
        mesh_database_url, tmp_path, habits_target=habits.target
    ) as running:
        running.clock.set(habits.clock())
        yield running


@pytest.fixture
async def home(habits: HabitsServer, analytics: RunningAnalytics) -> AsyncIterator[Home]:
    habits.key.key_id = "habits"
    habits.key.publish()
    analytics.key.publish(habits.key)
    ann = habits.person()
    bearer = {"Authorization": f"Bearer {habits.key.token(ann.caller)}"}
    async with running_edge(habits=habits.target, analytics=analytics.target) as edge:
        yield Home(ann, analytics, edge, bearer)
