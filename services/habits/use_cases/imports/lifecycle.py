"""Creates imports, stores the parts of their files, starts them, and returns how far they are."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

from chassis.database import Connection
from chassis.ids import uuid7
from services.habits.dao import imports as dao
from services.habits.domain.errors.imports import (
    ImportEmpty,
    ImportFileTooLarge,
    ImportInterrupted,
    ImportRunning,
    ImportSourceUnknown,
    ImportStarted,
)
from services.habits.domain.imports import (
    FILE_TOO_LARGE,
    MAX_FILE_BYTES,
    Import,
    ImportRefusal,
    ImportSource,
    ImportState,
)

SILENCE = timedelta(minutes=3)
"""An import that has not moved on for so long was interrupted."""
SOURCES: Sequence[str] = [it.value for it in ImportSource]


async def create_import(
    connection: Connection, owner_id: UUID, *, source: str, dry_run: bool, now: datetime
) -> Import:
    """Create an import, which waits for its file.

    Raises:
        ImportSourceUnknown: There is no such source.
    """
    if source and source not in SOURCES:
        raise ImportSourceUnknown(source, SOURCES)
    new = Import(
        id=uuid7(),
        owner_id=owner_id,
        source=source,
        dry_run=dry_run,
        state=ImportState.UPLOADING,
        size_bytes=0,
        create_time=now,
        update_time=now,
    )
    await dao.add_import(connection, new)
    return new


async def upload_part(
    connection: Connection,
    owner_id: UUID,
    import_id: UUID,
    place: int,
    data: bytes,
    *,
    now: datetime,
) -> None:
    """Store a part of an import's file.

    Raises:
        ImportNotFound: The person has no such import.
        ImportStarted: It takes no more parts.
        ImportFileTooLarge: The file is too large with it.
    """
    found = await dao.get_import(connection, owner_id, import_id)
    if found.state is not ImportState.UPLOADING:
        raise ImportStarted(import_id)
    async with connection.transaction():
        size = await dao.upsert_part(connection, import_id, place, data, now=now)
        if size > MAX_FILE_BYTES:
            raise ImportFileTooLarge(FILE_TOO_LARGE)


async def start_import(
    connection: Connection, owner_id: UUID, import_id: UUID, *, now: datetime
) -> tuple[Import, bool]:
    """Mark an import as running; return it, and whether it is to be run now.

    Raises:
        ImportNotFound: The person has no such import.
        ImportEmpty: Nothing was uploaded.
        ImportRunning: Another one of the person is running.
    """
    found = await dao.get_import(connection, owner_id, import_id)
    if found.state is not ImportState.UPLOADING:
        return found, False
    if not found.size_bytes:
        raise ImportEmpty
    running = await dao.find_running(connection, owner_id, since=now - SILENCE)
    if running is not None:
        raise ImportRunning(running.id)
    is_started = await dao.mark_running(connection, import_id, now=now)
    return replace(found, state=ImportState.RUNNING), is_started


async def get_import(
    connection: Connection, owner_id: UUID, import_id: UUID, *, now: datetime
) -> Import:
    """Return an import; one that has stood still for long has failed.

    Raises:
        ImportNotFound: The person has no such import.
    """
    found = await dao.get_import(connection, owner_id, import_id)
    if found.state is not ImportState.RUNNING or now - found.update_time < SILENCE:
        return found
    refusal = ImportInterrupted()
    values = ImportRefusal(reason=refusal.reason, message=refusal.message)
    await dao.mark_finished(connection, import_id, refusal=values, now=now)
    return replace(found, state=ImportState.FAILED, refusal=values)
