"""Exports a person's data as a file."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import closing
from datetime import datetime

from chassis.database import Connection
from services.habits.dao import import_sources as dao
from services.habits.domain.export import ExportFormat
from services.habits.domain.imports import ImportSource
from services.habits.domain.people import Person
from services.habits.formats.writers import ExportWriter
from services.habits.formats.writers.csv_zip import CsvZipWriter
from services.habits.formats.writers.loop_database import LoopDatabaseWriter
from services.habits.formats.writers.own_json import OwnJsonWriter
from services.habits.use_cases import check_in_lists


async def export_data(
    connection: Connection, person: Person, wanted: ExportFormat, *, now: datetime
) -> AsyncIterator[bytes]:
    """Yield a file of everything that is stored about a person's habits, as at one moment.

    Memory does not grow with the number of days. The writing is done in a thread.
    """
    with closing(await _writer(connection, person, wanted, now)) as writer:
        async for chunk in check_in_lists.export(connection, person.id, now=now):
            data = await asyncio.to_thread(writer.add, chunk)
            if data:
                yield data
        parts = writer.finish()
        while data := await asyncio.to_thread(next, parts, b""):
            yield data


async def _writer(
    connection: Connection, person: Person, wanted: ExportFormat, now: datetime
) -> ExportWriter:
    if wanted is ExportFormat.CSV:
        return CsvZipWriter(now=now)
    if wanted is ExportFormat.LOOP:
        source = ImportSource.LOOP_DATABASE
        return LoopDatabaseWriter(await dao.find_source_fields(connection, person.id, source))
    return OwnJsonWriter(now=now)
