"""A client that a generator makes of `/openapi.json`: it is whole, type-checks and works."""

import asyncio
import os
import subprocess
import sys
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import httpx
import pytest

from local.ports import free_ports
from tests.builders import a_caller
from tests.edge.test_main import edge_process, until_it_lives
from tests.services.habits.habits_server import HabitsServer, run_habits

PROGRAM = """\
import sys
from habit_client import AuthenticatedClient
from habit_client.api.check_ins import check_in
from habit_client.api.habits import create_habit, get_habit
from habit_client.api.progress import get_today
from habit_client.models import CheckInWritten, Habit, NewCheckIn, NewHabit, Problem, Today

client = AuthenticatedClient(base_url=sys.argv[1], token=sys.argv[2])
habit = create_habit.sync(client=client, body=NewHabit(title="Run"))
assert isinstance(habit, Habit), habit
done = check_in.sync(habit.id, client=client, body=NewCheckIn())
assert isinstance(done, CheckInWritten), done
today = get_today.sync(client=client, date=done.date)
assert isinstance(today, Today), today
[item] = today.items
unknown = get_habit.sync("0197d1c8-0000-7000-8000-000000000000", client=client)
assert isinstance(unknown, Problem), unknown
print(item.habit.title, item.progress.current_streak.length, unknown.reason)
"""


@pytest.fixture(scope="module")
def habits_url(migrated: Callable[..., str]) -> str:
    return migrated("habits")


@pytest.fixture
async def habits(habits_url: str, tmp_path: Path) -> AsyncIterator[HabitsServer]:
    async with run_habits(habits_url, tmp_path) as running:
        yield running


def run(folder: Path, *command: str) -> subprocess.CompletedProcess[str]:
    """Run a Python module or program in a folder."""
    tools = os.pathsep.join((str(Path(sys.executable).parent), os.environ["PATH"]))
    return subprocess.run(
        [sys.executable, *command],
        cwd=folder,
        env=os.environ | {"PATH": tools},
        capture_output=True,
        text=True,
        check=False,
    )


async def test_a_generated_client_type_checks_and_works(
    habits: HabitsServer, tmp_path: Path
) -> None:
    (port,) = free_ports(1)
    address = f"http://127.0.0.1:{port}"
    async with (
        edge_process(port, HABITS_TARGET=habits.target),
        httpx.AsyncClient(base_url=address) as http,
    ):
        await until_it_lives(http)
        schema = await http.get("/openapi.json")
        (tmp_path / "openapi.json").write_bytes(schema.content)
        generate(tmp_path)
        (tmp_path / "program.py").write_text(PROGRAM)
        checked = run(tmp_path, "-m", "mypy", "--strict", "--cache-dir=cache", ".")
        assert checked.stdout.startswith("Success"), checked.stdout
        token = habits.key.token(a_caller())
        worked = await asyncio.to_thread(run, tmp_path, "program.py", address, token)
        assert worked.stdout == "Run 1 HABIT_NOT_FOUND\n", worked.stderr


def generate(folder: Path) -> None:
    """Generate the package `habit_client`, which has to have every operation."""
    (folder / "config.yaml").write_text("post_hooks: []\n")  # it need not be beautiful
    generated = run(
        folder,
        *("-m", "openapi_python_client", "generate", "--path", "openapi.json"),
        *("--config", "config.yaml", "--meta", "none", "--output-path", "habit_client"),
    )
    assert generated.returncode == 0, generated.stdout + generated.stderr
    assert "will not be generated" not in generated.stdout + generated.stderr
