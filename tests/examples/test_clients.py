"""The example clients, run as their users run them, against real services."""

import asyncio
import os
import sys
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import httpx
import pytest

from local.ports import free_ports
from tests.builders import a_caller
from tests.edge.test_main import edge_process, until_it_lives
from tests.servers import ROOT
from tests.services.habits.habits_server import HabitsServer, run_habits

SAID = "Drink water: 2 days in a row\n"


@pytest.fixture(scope="module")
def habits_url(migrated: Callable[..., str]) -> str:
    return migrated("habits")


@pytest.fixture
async def habits(habits_url: str, tmp_path: Path) -> AsyncIterator[HabitsServer]:
    async with run_habits(habits_url, tmp_path) as running:
        yield running


async def run(example: str, *arguments: str) -> tuple[int | None, str, str]:
    """Run an example; return its exit code, and what it wrote to stdout and stderr."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        f"examples/{example}",
        *arguments,
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    out, error = await process.communicate()
    return process.returncode, out.decode(), error.decode()


async def test_the_grpc_client_does_a_habit(habits: HabitsServer) -> None:
    token = habits.key.token(a_caller())
    assert await run("grpc_client.py", habits.target, token) == (0, SAID, "")


async def test_the_grpc_client_says_why_it_is_refused(habits: HabitsServer) -> None:
    code, out, error = await run("grpc_client.py", habits.target, "no-token")
    assert (code, out) == (1, "")
    assert error.startswith("ACCESS_TOKEN_INVALID: ")


async def test_the_rest_client_does_a_habit_and_says_why_it_is_refused(
    habits: HabitsServer,
) -> None:
    (port,) = free_ports(1)
    address = f"http://127.0.0.1:{port}"
    async with (
        edge_process(port, HABITS_TARGET=habits.target),
        httpx.AsyncClient(base_url=address) as http,
    ):
        await until_it_lives(http)
        token = habits.key.token(a_caller())
        assert await run("rest_client.py", address, token) == (0, SAID, "")
        code, _, error = await run("rest_client.py", address, "no-token")
        assert (code, error.partition(":")[0]) == (1, "ACCESS_TOKEN_INVALID")
