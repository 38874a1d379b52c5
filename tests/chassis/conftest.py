"""Fixtures: a database with the sample service's schema for each module, and a signing key."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from chassis.database import Database
from chassis.migrate import upgrade
from tests.builders import SigningKey

SAMPLE = "tests.chassis.sample"


@pytest.fixture(scope="module")
def sample_url(database_url: str) -> str:
    asyncio.run(upgrade(database_url, SAMPLE))
    return database_url


@pytest.fixture
async def database(sample_url: str) -> AsyncIterator[Database]:
    database = Database(sample_url, name="test")
    yield database
    async with database.connection() as connection:
        await connection.execute(
            "TRUNCATE sample.things, sample.outbox, sample.inbox, sample.replays"
        )
    await database.close()


@pytest.fixture
def signing_key(tmp_path: Path) -> SigningKey:
    return SigningKey(tmp_path / "jwks.json")
