"""Stores imports: the uploaded parts of their files, how far they are, and their results."""

from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec

from chassis.database import Connection
from services.habits.domain.errors.imports import ImportNotFound
from services.habits.domain.imports import Import, ImportRefusal, ImportReport, ImportState

_RETENTION = timedelta(days=7)
_COLUMNS = """
    id, owner_id, source, dry_run, state, size_bytes, done_count, total_count,
    report::text AS report, refusal::text AS refusal, create_time, update_time"""
_GET = f"SELECT {_COLUMNS} FROM habits.imports WHERE id = $1 AND owner_id = $2"  # noqa: S608
_RUNNING = f"""
    SELECT {_COLUMNS} FROM habits.imports
    WHERE owner_id = $1 AND state = 'running' AND update_time > $2 LIMIT 1"""  # noqa: S608
_ADD = """
    INSERT INTO habits.imports (id, owner_id, source, dry_run, state, create_time, update_time)
    VALUES ($1, $2, $3, $4, $5, $6, $6)"""
_DELETE_OLD = "DELETE FROM habits.imports WHERE owner_id = $1 AND create_time < $2"
_ADD_PART = """
    INSERT INTO habits.import_parts (import_id, place, data) VALUES ($1, $2, $3)
    ON CONFLICT (import_id, place) DO UPDATE SET data = excluded.data"""
_SIZE = """
    UPDATE habits.imports SET update_time = $2, size_bytes = (
        SELECT coalesce(sum(octet_length(data)), 0) FROM habits.import_parts WHERE import_id = $1)
    WHERE id = $1 RETURNING size_bytes"""
_START = """
    UPDATE habits.imports SET state = 'running', update_time = $2
    WHERE id = $1 AND state = 'uploading'"""
_PARTS = "SELECT data FROM habits.import_parts WHERE import_id = $1 ORDER BY place"
_DELETE_PARTS = "DELETE FROM habits.import_parts WHERE import_id = $1"
_PROGRESS = """
    UPDATE habits.imports SET done_count = $2, total_count = $3, update_time = $4
    WHERE id = $1 AND state = 'running'"""
_FINISH = """
    UPDATE habits.imports
    SET state = $2, report = $3::text::jsonb, refusal = $4::text::jsonb, update_time = $5,
        done_count = total_count
    WHERE id = $1"""

_read_report = msgspec.json.Decoder(ImportReport).decode
_read_refusal = msgspec.json.Decoder(ImportRefusal).decode


async def add_import(connection: Connection, new: Import) -> None:
    """Insert an import, and delete the person's that are older than a week."""
    await connection.execute(_DELETE_OLD, new.owner_id, new.create_time - _RETENTION)
    await connection.execute(
        _ADD, new.id, new.owner_id, new.source, new.dry_run, new.state.value, new.create_time
    )


async def get_import(connection: Connection, owner_id: UUID, import_id: UUID) -> Import:
    """Return an import of a person.

    Raises:
        ImportNotFound: They have no such import.
    """
    row = await connection.fetchrow(_GET, import_id, owner_id)
    if row is None:
        raise ImportNotFound(import_id)
    return _import(row)


async def find_running(connection: Connection, owner_id: UUID, *, since: datetime) -> Import | None:
    """Return a person's import that runs and has moved on since a moment."""
    row = await connection.fetchrow(_RUNNING, owner_id, since)
    return None if row is None else _import(row)


async def upsert_part(
    connection: Connection, import_id: UUID, place: int, data: bytes, *, now: datetime
) -> int:
    """Store a part of the file; return how large the file is with it."""
    await connection.execute(_ADD_PART, import_id, place, data)
    size: int = await connection.fetchval(_SIZE, import_id, now)
    return size


async def mark_running(connection: Connection, import_id: UUID, *, now: datetime) -> bool:
    """Mark an import as running; return whether it was waiting for that."""
    return bool(await connection.execute(_START, import_id, now) == "UPDATE 1")


async def stream_parts(connection: Connection, import_id: UUID) -> AsyncIterator[bytes]:
    """Yield the parts of the file in order. Needs a transaction, which holds the cursor."""
    async for row in connection.cursor(_PARTS, import_id, prefetch=4):
        yield row["data"]


async def update_progress(
    connection: Connection, import_id: UUID, done: int, total: int, *, now: datetime
) -> None:
    """Store how far an import is."""
    await connection.execute(_PROGRESS, import_id, done, total, now)


async def mark_finished(
    connection: Connection,
    import_id: UUID,
    *,
    report: ImportReport | None = None,
    refusal: ImportRefusal | None = None,
    now: datetime,
) -> None:
    """Store the result of an import, and delete its file."""
    state = ImportState.DONE if refusal is None else ImportState.FAILED
    await connection.execute(
        _FINISH, import_id, state.value, _as_json(report), _as_json(refusal), now
    )
    await connection.execute(_DELETE_PARTS, import_id)


def _as_json(value: Any) -> str | None:
    return None if value is None else msgspec.json.encode(value).decode()


def _import(row: Any) -> Import:
    return Import(
        id=row["id"],
        owner_id=row["owner_id"],
        source=row["source"],
        dry_run=row["dry_run"],
        state=ImportState(row["state"]),
        size_bytes=row["size_bytes"],
        done_count=row["done_count"],
        total_count=row["total_count"],
        report=_read_report(row["report"]) if row["report"] else None,
        refusal=_read_refusal(row["refusal"]) if row["refusal"] else None,
        create_time=row["create_time"],
        update_time=row["update_time"],
    )
