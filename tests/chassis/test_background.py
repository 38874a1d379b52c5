"""The background loop: results, errors, timeouts and closing."""

import asyncio
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from chassis.background import BackgroundLoop

SOON = timedelta(seconds=5)


@pytest.fixture
def background() -> Iterator[BackgroundLoop]:
    found = BackgroundLoop()
    yield found
    found.close()


async def whereabouts() -> tuple[int, int]:
    return id(asyncio.get_running_loop()), threading.get_ident()


def test_all_work_shares_one_loop_in_a_thread_of_its_own(background: BackgroundLoop) -> None:
    with ThreadPoolExecutor(4) as threads:
        places = set(threads.map(lambda _: background.run(whereabouts(), within=SOON), range(8)))
    assert len(places) == 1
    assert threading.get_ident() not in {thread for _, thread in places}


def test_what_work_raises_comes_back(background: BackgroundLoop) -> None:
    async def fail() -> None:
        raise KeyError("lost")

    with pytest.raises(KeyError, match="lost"):
        background.run(fail(), within=SOON)


def test_work_that_takes_too_long_is_cancelled(background: BackgroundLoop) -> None:
    cancelled = threading.Event()

    async def hang() -> None:
        try:
            await asyncio.sleep(60)
        finally:
            cancelled.set()

    with pytest.raises(TimeoutError):
        background.run(hang(), within=timedelta(milliseconds=50))
    assert cancelled.wait(5)


def test_a_database_is_made_once_and_closed_with_the_loop(
    background: BackgroundLoop, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", database_url)

    async def ask() -> tuple[int, int]:
        database = background.database("habits")
        async with database.connection() as connection:
            return id(database), await connection.fetchval("SELECT 7")

    first, again = (background.run(ask(), within=SOON) for _ in range(2))
    assert first == again
    assert first[1] == 7
    background.close()
    assert background.run(ask(), within=SOON)[1] == 7


def test_closing_what_never_began_is_nothing() -> None:
    BackgroundLoop().close()


def test_work_under_way_is_told_when_the_loop_closes(background: BackgroundLoop) -> None:
    begun = threading.Event()

    async def hang() -> None:
        begun.set()
        await asyncio.sleep(60)

    with ThreadPoolExecutor(1) as threads:
        waiting = threads.submit(background.run, hang(), within=timedelta(minutes=1))
        assert begun.wait(5)
        background.close()
        with pytest.raises(TimeoutError, match="closed"):
            waiting.result(5)
