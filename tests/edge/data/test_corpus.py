"""Damaged files over REST: each is imported or refused with a problem, and leaves nothing behind.

All two thousand are parsed in `tests/services/habits/formats/test_corpus.py`; here each costs a
process. `CORPUS_FILES=400` sends more of them.
"""

import asyncio
import os
import tempfile
from collections import Counter
from pathlib import Path

import httpx
import pytest

from tests.edge.data.test_import import send
from tests.edge.servers import expect_problem
from tests.services.habits.formats.mutations import corpus
from tests.services.habits.habits_server import HabitsServer

COUNT = int(os.environ.get("CORPUS_FILES", "24"))
ALL = 2_100
TOGETHER = 2


@pytest.fixture(scope="module")
def chosen() -> list[tuple[str, bytes]]:
    """Return every so-maniest file of the corpus; made before the loop that it would stop."""
    return [it for place, it in enumerate(corpus(ALL)) if place % (ALL // COUNT) == 0]


def left_behind() -> list[Path]:
    """Return the folders of imports of this process."""
    return list(Path(tempfile.gettempdir()).glob(f"import-{os.getpid()}-*"))


async def test_damaged_files_are_imported_or_refused(
    edge: httpx.AsyncClient, habits: HabitsServer, chosen: list[tuple[str, bytes]]
) -> None:
    found: Counter[str] = Counter()
    free = asyncio.Semaphore(TOGETHER)

    async def import_one(name: str, data: bytes) -> None:
        async with free:
            response = await send(edge, habits, data)
            if response.status_code == 200:
                found["imported"] += 1
                return
            problem = expect_problem(response, 422, response.json()["reason"])
            assert problem["reason"].startswith("IMPORT_"), name
            found[problem["reason"]] += 1

    async with asyncio.TaskGroup() as group:
        for name, data in chosen:
            group.create_task(import_one(name, data))
    assert found.total() >= COUNT
    assert len(found) > 1
    async with habits.database.connection() as connection:
        assert await connection.fetchval("SELECT count(*) FROM habits.import_parts") == 0
        running = "SELECT count(*) FROM habits.imports WHERE state = 'running'"
        assert await connection.fetchval(running) == 0
    assert left_behind() == []
