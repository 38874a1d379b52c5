"""The README's five minutes, command by command as they stand there."""

import asyncio
import json
import re
import shutil

import pytest

from tests.journeys.mesh import Mesh
from tests.journeys.people import Clients, Json
from tests.servers import ROOT

pytestmark = pytest.mark.timeout(240)

SHELL_SECONDS = 60


@pytest.mark.parametrize("shell", ["sh", "bash", "zsh"])
async def test_the_readmes_five_minutes(mesh: Mesh, clients: Clients, shell: str) -> None:
    """Whoever copies the block into a terminal ends with a streak of one day."""
    if shutil.which(shell) is None:
        pytest.skip(f"no {shell} on this machine")
    answers = await _run(shell, _five_minutes(mesh, email=f"grace.{shell}@example.com"))
    link, water, run, call_home, today, check_in, again, progress = answers
    assert "?start=" in link["url"]
    assert [it["title"] for it in (water, run, call_home)] == ["Drink water", "Run", "Call home"]
    assert run["goal"]["amount"] == 20
    assert [it["habit_id"] for it in today["items"]] == [it["id"] for it in (water, run, call_home)]
    assert (check_in["habit_id"], check_in["changed"]) == (water["id"], True)
    assert again["changed"] is False
    assert progress["current_streak"]["length"] == 1


def _five_minutes(mesh: Mesh, *, email: str) -> str:
    """Return the commands with this mesh's address and a person who is not there yet."""
    section = (ROOT / "README.md").read_text().split("## Five minutes")[1]
    [block] = re.findall(r"```sh\n(.*?)```", section.split("\n## ")[0], re.DOTALL)
    assert "http://localhost:8000" in block
    assert "grace@example.com" in block
    return str(block).replace("http://localhost:8000", mesh.api).replace("grace@example.com", email)


async def _run(shell: str, commands: str) -> list[Json]:
    """Return the JSON that the commands print, in order."""
    running = await asyncio.create_subprocess_exec(
        shell,
        "-eu",
        "-c",
        commands,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    out, errors = await asyncio.wait_for(running.communicate(), SHELL_SECONDS)
    assert running.returncode == 0, errors.decode()
    text, answers, decoder = out.decode(), [], json.JSONDecoder()
    while text := text.lstrip():
        answer, end = decoder.raw_decode(text)
        answers.append(answer)
        text = text[end:]
    return answers
