import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import asyncpg
import pytest
from sqlalchemy import text

from chassis.database import Database
from chassis.errors import Unavailable
from tests.chassis.sample.tables import THINGS

NOWHERE = "postgresql://nobody@127.0.0.1:1/nothing"


async def words(database: Database) -> list[str]:
    async with database.transaction() as session:
        return list(await session.scalars(THINGS.select().with_only_columns(THINGS.c.word)))


async def keep_and_fail(database: Database) -> None:
    async with database.transaction() as session:
        await session.execute(THINGS.insert().values(id=1, word="lost"))
        raise LookupError


async def test_a_transaction_commits_at_its_end(database: Database) -> None:
    async with database.transaction() as session:
        await session.execute(THINGS.insert().values(id=1, word="kept"))
    assert await words(database) == ["kept"]


async def test_an_error_takes_everything_back(database: Database) -> None:
    with pytest.raises(LookupError):
        await keep_and_fail(database)
    assert await words(database) == []


async def test_a_hot_connection_speaks_asyncpg_and_is_lent_clean(database: Database) -> None:
    async with database.connection() as connection:
        await connection.execute("INSERT INTO sample.things VALUES (1, 'hot')")
        assert await connection.fetchval("SELECT word FROM sample.things") == "hot"
        with pytest.raises(asyncpg.UniqueViolationError):
            await connection.execute("INSERT INTO sample.things VALUES (1, 'twice')")
    async with database.connection() as connection:
        await connection.execute("BEGIN")
        await connection.execute("INSERT INTO sample.things VALUES (2, 'left open')")
    async with database.connection() as connection:
        assert not connection.is_in_transaction()
    assert await words(database) == ["hot"]


async def test_every_connection_has_its_limits(database: Database) -> None:
    names = ("statement_timeout", "lock_timeout", "jit", "TimeZone", "application_name")
    expected = ["5s", "2500ms", "off", "UTC", "test"]
    async with database.connection() as connection:
        assert [await connection.fetchval(f"SHOW {name}") for name in names] == expected
    async with database.transaction() as session:
        assert [await session.scalar(text(f"SHOW {name}")) for name in names] == expected


async def test_a_statement_may_not_take_for_ever(sample_url: str) -> None:
    database = Database(sample_url, statement_timeout=timedelta(milliseconds=50))
    with pytest.raises(asyncpg.QueryCanceledError):
        async with database.connection() as connection:
            await connection.execute("SELECT pg_sleep(5)")
    await database.close()


async def test_a_lock_that_others_hold_for_long_is_unavailable_and_not_a_bug(
    database: Database, sample_url: str
) -> None:
    waiting = Database(sample_url, statement_timeout=timedelta(milliseconds=200))
    async with database.connection() as holder, holder.transaction():
        await holder.execute("LOCK TABLE sample.things")
        with pytest.raises(Unavailable):
            async with waiting.transaction() as session:
                await session.execute(THINGS.select())
        with pytest.raises(Unavailable):
            async with waiting.connection() as connection:
                await connection.execute("SELECT * FROM sample.things")
    await waiting.close()


async def test_no_database_is_unavailable_and_not_a_bug() -> None:
    database = Database(NOWHERE)
    with pytest.raises(Unavailable):
        async with database.transaction() as session:
            await session.execute(text("SELECT 1"))
    with pytest.raises(Unavailable):
        async with database.connection():
            pass
    with pytest.raises(Unavailable):
        await database.listen_connection()
    assert not await database.healthy()
    await database.close()


async def test_a_connection_cut_in_the_middle_is_unavailable(sample_url: str) -> None:
    database = Database(sample_url)
    kill = "SELECT pg_terminate_backend(pg_backend_pid())"
    with pytest.raises(Unavailable):
        async with database.connection() as connection:
            await connection.execute(kill)
    with pytest.raises(Unavailable):
        async with database.transaction() as session:
            await session.execute(text(kill))
    assert await database.healthy()
    async with database.transaction() as session:
        assert await session.scalar(text("SELECT 1")) == 1
    await database.close()


@pytest.fixture
async def narrow(sample_url: str) -> AsyncIterator[Database]:
    database = Database(sample_url, pool_size=1, hot_pool_size=1)
    yield database
    await database.close()


async def test_busy_connections_are_waited_for_but_not_for_ever(
    narrow: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("chassis.database._ACQUIRE_SECONDS", 0.1)
    async with narrow.connection():
        with pytest.raises(Unavailable, match="busy"):
            async with narrow.connection():
                pass


async def test_an_error_of_the_block_stays_itself(narrow: Database) -> None:
    with pytest.raises(TimeoutError):
        async with narrow.connection():
            raise TimeoutError
    with pytest.raises(OSError, match="mine"):
        async with narrow.transaction():
            raise OSError("mine")


async def test_closing_lets_work_finish(sample_url: str) -> None:
    database = Database(sample_url)

    async def work() -> int:
        async with database.connection() as connection:
            return int(await connection.fetchval("SELECT 7 FROM pg_sleep(0.2)"))

    task = asyncio.create_task(work())
    await asyncio.sleep(0.1)
    await database.close()
    assert await task == 7


async def test_urls_name_a_port_or_a_socket(sample_url: str) -> None:
    by_keyword = sample_url.replace("?host=", "?application_name=mine&host=")
    database = Database(by_keyword)
    assert await database.healthy()
    await database.close()
