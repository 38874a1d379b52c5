"""An edge before a real habits service, and a person who uses it."""

from collections.abc import AsyncIterator, Callable
from pathlib import Path

import httpx
import pytest

from tests.edge.habits.api_client import ApiClient
from tests.edge.servers import running_edge
from tests.services.habits.habits_server import HabitsServer, run_habits


@pytest.fixture(scope="module")
def habits_url(migrated: Callable[..., str]) -> str:
    return migrated("habits")


@pytest.fixture
async def habits(habits_url: str, tmp_path: Path) -> AsyncIterator[HabitsServer]:
    async with run_habits(habits_url, tmp_path) as running:
        yield running


@pytest.fixture
async def edge(habits: HabitsServer) -> AsyncIterator[httpx.AsyncClient]:
    async with running_edge(habits=habits.target, writes_per_second=0) as client:
        yield client


@pytest.fixture
def ann(edge: httpx.AsyncClient, habits: HabitsServer) -> ApiClient:
    return ApiClient(edge, habits.person().token)
