import asyncio
import os
import subprocess
import sys
from urllib.parse import urlsplit, urlunsplit

import asyncpg
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection

from chassis.database import Database
from chassis.errors import Unavailable
from chassis.migrate import upgrade
from chassis.settings import SettingsError
from tests.chassis.conftest import SAMPLE
from tests.chassis.sample.tables import METADATA


async def test_a_service_gets_its_schema_and_keeps_its_version_there(sample_url: str) -> None:
    connection = await asyncpg.connect(sample_url)
    rows = await connection.fetch(
        "SELECT table_schema, table_name FROM information_schema.tables"
        " WHERE table_schema NOT IN ('pg_catalog', 'information_schema') ORDER BY 2"
    )
    assert [tuple(row) for row in rows] == [
        ("sample", name) for name in ("alembic_version", "inbox", "outbox", "replays", "things")
    ]
    assert await connection.fetchval("SELECT version_num FROM sample.alembic_version") == "first"
    await connection.close()


async def test_again_changes_nothing(sample_url: str) -> None:
    await upgrade(sample_url, SAMPLE)


async def test_several_at_once_wait_for_each_other(database_url: str) -> None:
    connection = await asyncpg.connect(database_url)
    await connection.execute("DROP SCHEMA IF EXISTS sample CASCADE")
    await asyncio.gather(*(upgrade(database_url, SAMPLE) for _ in range(4)))
    assert await connection.fetchval("SELECT count(*) FROM sample.alembic_version") == 1
    await connection.close()


async def test_the_shared_tables_are_as_their_statements_make_them(database: Database) -> None:
    """The factories that queries use and the DDL that migrations run say the same."""

    def differences(connection: Connection) -> list[object]:
        options = {
            "include_schemas": True,
            "include_name": lambda name, kind, _: kind != "schema" or name == "sample",
            "version_table_schema": "sample",
        }
        context = MigrationContext.configure(connection, opts=options)
        return list(compare_metadata(context, METADATA))

    async with database.bare() as connection:
        assert await connection.run_sync(differences) == []


async def test_no_database_is_waited_for_and_then_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("chassis.migrate._WAIT_SECONDS", 0.3)
    with pytest.raises(Unavailable, match="did not come up"):
        await upgrade("postgresql://nobody@127.0.0.1:1/nothing", SAMPLE)


async def test_a_service_that_does_not_exist_is_named(database_url: str) -> None:
    with pytest.raises(ModuleNotFoundError, match=r"tests\.chassis\.nothing"):
        await upgrade(database_url, "tests.chassis.nothing")


async def test_a_refused_user_ends_at_once_with_what_to_do(database_url: str) -> None:
    """A store keeps the password of its first start: waiting would never end well."""
    parts = urlsplit(database_url)
    stranger = urlunsplit(
        parts._replace(netloc=f"stranger{parts.netloc[parts.netloc.find('@') :]}")
    )
    with pytest.raises(SettingsError, match=r"DATABASE_URL is refused .*stranger"):
        await upgrade(stranger, SAMPLE)
    command = [sys.executable, "-m", "chassis.migrate", SAMPLE]
    done = await asyncio.to_thread(
        subprocess.run,
        command,
        env=os.environ | {"DATABASE_URL": stranger},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 78
    assert "docs/operations.md" in done.stderr
    assert "Traceback" not in done.stderr


async def test_each_failed_attempt_is_logged(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("chassis.migrate._WAIT_SECONDS", 0.3)
    with pytest.raises(Unavailable):
        await upgrade("postgresql://nobody@127.0.0.1:1/nothing", SAMPLE)
    attempts = [one for one in caplog.records if "does not answer yet" in one.message]
    assert len(attempts) >= 2
    assert "Connect" in str(attempts[0].__dict__["cause"])
