"""Copies of a person are as valid as the person."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from uuid import UUID

import asyncpg
import pytest

from bench.clones import Template, clone, clone_id
from tests.services.habits.habits_server import Person, ago, run_habits


async def a_template(ann: Person) -> Template:
    """Make a person with a long and a short habit."""
    ids: list[UUID] = []
    for days in (120, 5):
        habit = await ann.makes(start_date=str(ago(days)))
        for day in range(days, 1, -2):
            await ann.does(habit, ago(day))
        ids.append(UUID(habit.id))
    return Template(ann.caller.id, tuple(ids))


@pytest.fixture(scope="module")
def url(migrated: Callable[..., str]) -> str:
    """Lend a database with the schema of habits."""
    return migrated("habits")


def check(url: str) -> tuple[int, str]:
    """Compare all that is derived with its rows, as an operator does."""
    command = [sys.executable, "-m", "services.habits", "rebuild", "--check"]
    environment = os.environ | {"DATABASE_URL": url}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60)
    return done.returncode, done.stdout


async def test_what_is_derived_of_a_copy_agrees_with_its_rows(url: str, tmp_path: Path) -> None:
    async with run_habits(url, tmp_path) as habits:
        template = await a_template(habits.person())
        connection = await asyncpg.connect(url)
        await clone(connection, template, range(1, 4), schemas=["habits"])
        rows = await connection.fetch("SELECT habit_id, count(*) FROM habits.days GROUP BY 1")
        await connection.close()
    days = dict(map(tuple, rows))
    assert len(days) == 8
    for habit_id in template.habit_ids:
        assert {days[clone_id(habit_id, n)] for n in (1, 2, 3)} == {days[habit_id]}
    code, printed = check(url)
    assert code == 0, printed
    assert "8 habits" in printed
