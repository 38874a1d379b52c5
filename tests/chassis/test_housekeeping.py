import asyncio

import pytest

from chassis import housekeeping
from chassis.database import Database
from chassis.housekeeping import Housekeeping
from tests.chassis.sample.tables import INBOX, OUTBOX, REPLAYS


@pytest.fixture
async def filled(database: Database) -> Database:
    async with database.connection() as connection:
        await connection.execute("""
            INSERT INTO sample.outbox (id, type, routing_key, body, create_time, publish_time)
            SELECT gen_random_uuid(), 't', 'k', '', now() - interval '9 days', published
            FROM unnest(array[now() - interval '25 hours', now() - interval '23 hours', NULL])
                AS published""")
        await connection.execute("""
            INSERT INTO sample.inbox SELECT gen_random_uuid(), now() - age
            FROM unnest(array[interval '8 days', interval '6 days']) AS age""")
        await connection.execute("""
            INSERT INTO sample.replays
            SELECT gen_random_uuid(), gen_random_uuid(), 'm', '', '', now() - age
            FROM unnest(array[interval '25 hours', interval '23 hours']) AS age""")
    return database


async def test_what_has_served_its_time_goes_and_the_rest_stays(filled: Database) -> None:
    """An event that was never published stays, however old it is."""
    keeping = Housekeeping(filled, OUTBOX, INBOX, REPLAYS)
    assert await keeping.clear() == {"outbox": 1, "inbox": 1, "replays": 1}
    assert await keeping.clear() == {"outbox": 0, "inbox": 0, "replays": 0}
    async with filled.connection() as connection:
        assert await connection.fetchval("SELECT count(*) FROM sample.outbox") == 2


async def test_a_heap_goes_in_chunks(filled: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    async with filled.connection() as connection:
        await connection.execute(
            "INSERT INTO sample.inbox"
            " SELECT gen_random_uuid(), now() - interval '8 days' FROM generate_series(1, 24)"
        )
    monkeypatch.setattr(housekeeping, "_CHUNK", 10)
    assert await Housekeeping(filled, INBOX).clear() == {"inbox": 25}


async def test_it_waits_for_a_database_that_is_away() -> None:
    away = Database("postgresql://nobody@127.0.0.1:1/nothing")
    stop = asyncio.Event()
    task = asyncio.create_task(Housekeeping(away, INBOX).run(stop))
    await asyncio.sleep(0.1)
    assert not task.done()
    stop.set()
    await asyncio.wait_for(task, 5)
    await away.close()
