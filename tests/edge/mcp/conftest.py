"""An edge with MCP before a real habits service, and clients of the official SDK."""

from collections.abc import AsyncIterator
from pathlib import Path

import httpx2
import pytest

from edge.app import create_app
from edge.clients import open_clients
from edge.pipeline import Pipeline
from edge.settings import EdgeSettings
from tests.edge.data.conftest import habits, habits_url
from tests.edge.servers import UNREACHABLE
from tests.services.habits.habits_server import HabitsServer

__all__ = ["habits", "habits_url"]


@pytest.fixture
async def app(habits: HabitsServer, tmp_path: Path) -> AsyncIterator[Pipeline]:
    settings = EdgeSettings(
        auth_target=UNREACHABLE,
        habits_target=habits.target,
        analytics_target=UNREACHABLE,
        notifications_target=UNREACHABLE,
        jwks_file=tmp_path / "jwks.json",
    )
    async with open_clients(settings) as clients:
        yield create_app(clients, settings)


@pytest.fixture
async def http(app: Pipeline) -> AsyncIterator[httpx2.AsyncClient]:
    transport = httpx2.ASGITransport(app)
    async with httpx2.AsyncClient(transport=transport, base_url="http://habits.example") as client:
        yield client


@pytest.fixture
def token(habits: HabitsServer) -> str:
    return habits.person().token
