"""Deletes expired rows of the shared tables: published events, inbox ids, stored responses."""

import asyncio
import logging
from collections.abc import Mapping
from datetime import timedelta

from sqlalchemy import Table

from chassis.clock import sleep_or_stop
from chassis.database import Database
from chassis.errors import Unavailable

OUTBOX_RETENTION = timedelta(days=1)
"""How long a published event stays, for inspection."""
INBOX_RETENTION = timedelta(days=7)
"""How long a repeat of an event is recognized."""
REPLAYS_RETENTION = timedelta(days=1)
"""How long a request may be repeated; see `chassis.rpc.idempotency`."""

_INTERVAL_SECONDS = 600.0
_CHUNK = 5_000
_COLUMNS: Mapping[str, tuple[str, timedelta]] = {
    "outbox": ("publish_time", OUTBOX_RETENTION),
    "inbox": ("receive_time", INBOX_RETENTION),
    "replays": ("create_time", REPLAYS_RETENTION),
}
_log = logging.getLogger(__name__)


class Housekeeping:
    """Keeps a service's shared tables small: every ten minutes, in chunks of short transactions."""

    def __init__(
        self,
        database: Database,
        *tables: Table,
        retentions: Mapping[Table, tuple[str, timedelta]] | None = None,
    ) -> None:
        """Name the tables to keep small.

        Args:
            database: Holds them.
            tables: Shared tables, each with its own retention.
            retentions: Other tables: the column with the moment, and how long a row is kept.
        """
        self._database = database
        self._retentions = {table: _COLUMNS[table.name] for table in tables} | dict(
            retentions or {}
        )

    async def run(self, stop: asyncio.Event) -> None:
        """Delete expired rows every ten minutes until `stop` is set."""
        while not stop.is_set():
            try:
                await self.clear()
            except Unavailable:
                _log.info("the database does not answer; deleting expired rows later")
            await sleep_or_stop(_INTERVAL_SECONDS, stop)

    async def clear(self) -> dict[str, int]:
        """Delete expired rows and return how many there were in each table."""
        return {table.name: await self._clear(table) for table in self._retentions}

    async def _clear(self, table: Table) -> int:
        column, retention = self._retentions[table]
        keys = ", ".join(key.name for key in table.primary_key)
        # Both names are of our own tables; nothing a caller sent is in this text.
        statement = f"""
            DELETE FROM {table.fullname} WHERE ({keys}) IN (
                SELECT {keys} FROM {table.fullname} WHERE {column} < now() - $1::interval
                LIMIT {_CHUNK})"""  # noqa: S608
        deleted = 0
        while True:
            async with self._database.connection() as connection:
                tag = await connection.execute(statement, retention)
            rows = int(tag.rpartition(" ")[2])
            deleted += rows
            if rows < _CHUNK:
                return deleted
