"""Runs a service's Alembic history. Each service keeps its own, in its own schema.

`python -m chassis.migrate services.auth services.habits` migrates several services in one process,
as `./habits up` does; a container runs `python -m services.auth migrate`.

A service has `services/X/migrations/env.py`, three lines:

    from chassis.migrate import run_migrations
    from services.X.tables import METADATA

    run_migrations(METADATA)
"""

import asyncio
import logging
import os
import sys
import time
from collections.abc import Sequence
from datetime import timedelta
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import asyncpg
from sqlalchemy import Connection, MetaData, text

from chassis.database import Database
from chassis.errors import Unavailable
from chassis.process import EXIT_SETTINGS
from chassis.settings import SettingsError

if TYPE_CHECKING:
    from alembic.config import Config

# Alembic itself is imported where it is used: it takes 10 MB, and every service's `__main__`
# imports this module while only its `migrate` command needs Alembic.

_WAIT_SECONDS = 60.0
_FIRST_PAUSE_SECONDS, _LONGEST_PAUSE_SECONDS = 0.1, 2.0
_STATEMENT_TIMEOUT = timedelta(minutes=30)
_log = logging.getLogger(__name__)


async def upgrade(database_url: str, package: str, *, revision: str = "head") -> None:
    """Migrate a service's schema to a revision; one that is there already stays as it is.

    Waits for a database that is still starting, and for another process that migrates the same
    schema. `package` is the service: `services.habits` keeps `services/habits/migrations` and owns
    the schema `habits`.

    Raises:
        Unavailable: The database did not come up within a minute.
        SettingsError: It refuses the user or the password, which waiting cannot change.
    """
    config, schema = _config(package)
    database = Database(
        database_url, name=f"{schema} migrate", statement_timeout=_STATEMENT_TIMEOUT
    )
    try:
        await _wait_for(database)
        async with database.bare() as connection:
            await connection.run_sync(_upgrade, config, schema, revision)
    finally:
        await database.close()


def run_migrations(metadata: MetaData) -> None:
    """Run the migrations Alembic asks for. `env.py` calls this and nothing else."""
    from alembic import context

    connection: Connection = context.config.attributes["connection"]
    schema = str(metadata.schema)

    def is_own_schema(name: str | None, kind: str, _: object) -> bool:
        return kind != "schema" or name == schema

    context.configure(
        connection=connection,
        target_metadata=metadata,
        version_table_schema=schema,
        include_schemas=True,
        include_name=is_own_schema,
        compare_server_default=False,
    )
    with context.begin_transaction():
        context.run_migrations()


def _config(package: str) -> "tuple[Config, str]":
    from alembic.config import Config

    spec = find_spec(package)
    if spec is None or spec.origin is None:
        raise ModuleNotFoundError(f"There is no service {package}.", name=package)
    config = Config()
    config.set_main_option("script_location", str(Path(spec.origin).parent / "migrations"))
    config.set_main_option("path_separator", "os")
    return config, package.rpartition(".")[2]


def _upgrade(connection: Connection, config: "Config", schema: str, revision: str) -> None:
    from alembic import command

    # The lock belongs to the session, so that a migration may commit in between.
    connection.execute(
        text("SELECT pg_advisory_lock(hashtext(:name))"), {"name": f"migrate {schema}"}
    )
    # `IF NOT EXISTS` would need the right to create schemas even where it is there.
    found = text("SELECT 1 FROM pg_namespace WHERE nspname = :name")
    if connection.execute(found, {"name": schema}).first() is None:
        connection.execute(text(f'CREATE SCHEMA "{schema}"'))
    connection.commit()
    config.attributes["connection"] = connection
    command.upgrade(config, revision)
    connection.commit()
    connection.invalidate()  # a closed session holds no lock


async def _wait_for(database: Database) -> None:
    """Return once the database lets us in; log each failed attempt."""
    end, pause = time.monotonic() + _WAIT_SECONDS, _FIRST_PAUSE_SECONDS
    while True:
        try:
            connection = await database.listen_connection()
        except asyncpg.InvalidAuthorizationSpecificationError as error:
            raise SettingsError(
                f"DATABASE_URL is refused by the database: {error}. A store keeps the password of "
                "its first start: give it that one, or change it there (docs/operations.md)."
            ) from None
        except (Unavailable, asyncpg.PostgresError) as error:
            _log.warning(
                "the database does not answer yet", extra={"cause": str(error.__cause__ or error)}
            )
        else:
            await connection.close()
            return
        if time.monotonic() > end:
            raise Unavailable("The database did not come up within a minute.")
        await asyncio.sleep(pause)
        pause = min(pause * 2, _LONGEST_PAUSE_SECONDS)


async def _main(packages: Sequence[str]) -> None:
    for package in packages:
        await upgrade(os.environ["DATABASE_URL"], package)


if __name__ == "__main__":
    try:
        asyncio.run(_main(sys.argv[1:]))
    except SettingsError as error:
        sys.stderr.write(f"{error}\n")
        sys.exit(EXIT_SETTINGS)
