"""Runs an import: the file is parsed in a child process and written in one transaction."""

import asyncio
import logging
import os
import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO

from chassis.clock import Clock
from chassis.database import Database, driver_connection
from chassis.errors import Refusal, Unavailable
from services.habits.dao import imports as dao
from services.habits.dao import snapshots as snapshots_dao
from services.habits.domain import limits
from services.habits.domain.errors import TooManyArchivedHabits
from services.habits.domain.errors.imports import ImportFailed, ImportInterrupted
from services.habits.domain.imports import Import, ImportRefusal, ImportReport
from services.habits.domain.people import Person
from services.habits.formats.lines import (
    DaysLine,
    DroppedLine,
    FileLine,
    HabitLine,
    PauseLine,
    RefusedLine,
    read_lines,
)
from services.habits.formats.process import parsed_lines
from services.habits.use_cases.imports.day_writer import write_days
from services.habits.use_cases.imports.habit_writer import HabitWriter, open_writer

_PROGRESS_SECONDS = 1.0
_log = logging.getLogger(__name__)


class _FileRefused(Exception):
    """The parser refuses the file."""

    def __init__(self, refusal: ImportRefusal) -> None:
        super().__init__(refusal.message)
        self.refusal = refusal


class _RolledBack(Exception):
    """A dry run has come to its end: its transaction is rolled back."""


async def run_import(
    database: Database, started: Import, person: Person, *, most_active: int, now: Clock
) -> None:
    """Run a started import, and store its result. It never raises but when it is cancelled."""
    refusal: ImportRefusal | None = None
    try:
        with TemporaryDirectory(prefix=f"import-{os.getpid()}-") as folder:
            path = Path(folder) / "file"
            await _download(database, started, path)
            async with parsed_lines(
                path, Path(folder), source=started.source, timezone=person.timezone
            ) as lines:
                await _write(database, started, person, lines, most_active, now)
    except _FileRefused as refused:
        refusal = refused.refusal
    except Refusal as refused:
        refusal = _values(refused)
    except asyncio.CancelledError:
        await _finish(database, started, _values(ImportInterrupted()), now())
        raise
    except Exception:
        _log.exception("an import failed", extra={"import_id": str(started.id)})
        refusal = _values(ImportFailed())
    if refusal is not None:
        await _finish(database, started, refusal, now())


async def _finish(
    database: Database, started: Import, refusal: ImportRefusal, now: datetime
) -> None:
    """Store that an import failed; where even that fails, it is found to stand still."""
    try:
        async with database.connection() as connection:
            await dao.mark_finished(connection, started.id, refusal=refusal, now=now)
    except (Unavailable, OSError):
        _log.warning("an import's end is not stored", extra={"import_id": str(started.id)})


async def _download(database: Database, started: Import, path: Path) -> None:
    """Write the uploaded file to a private folder."""
    async with database.connection() as connection, connection.transaction(readonly=True):
        with path.open("wb") as file:
            async for part in dao.stream_parts(connection, started.id):
                await asyncio.to_thread(file.write, part)


async def _write(
    database: Database,
    started: Import,
    person: Person,
    lines: IO[bytes],
    most_active: int,
    now: Clock,
) -> None:
    """Write a parsed file in one transaction, its result too; a dry run rolls it back."""
    report = ImportReport()
    try:
        async with database.transaction() as session:
            writer = await open_writer(session, person, report, most_active=most_active, now=now())
            try:
                await _write_lines(database, started, writer, lines, now)
                await writer.finish()
            finally:
                snapshots_dao.evict_cached(writer.habit_ids)
            connection = await driver_connection(session)
            if started.dry_run:
                raise _RolledBack
            await dao.mark_finished(connection, started.id, report=report, now=now())
    except _RolledBack:
        async with database.connection() as bare:
            await dao.mark_finished(bare, started.id, report=report, now=now())


async def _write_lines(
    database: Database, started: Import, writer: HabitWriter, lines: IO[bytes], now: Clock
) -> None:
    progress = _Progress(database, started, now, time.monotonic)
    for line in read_lines(lines):
        match line:
            case RefusedLine():
                raise _FileRefused(line.refusal)
            case FileLine():
                if line.habit_count > limits.MAX_HABITS:
                    raise TooManyArchivedHabits
                progress.total = line.day_count
                writer.begin(line.source, line.settings)
            case HabitLine():
                writer.add(line.habit, line.first_day)
            case PauseLine():
                await writer.write_pause(line.pause)
            case DaysLine():
                target = await writer.target(line.habit_number)
                await write_days(writer, target, line.imported_days())
                await progress.advance(len(line.days))
            case DroppedLine():
                for what, why in line.dropped:
                    writer.report.drop(what, why)
                writer.report.dropped_count += line.count - len(line.dropped)


class _Progress:
    """Stores how far an import is, about once a second."""

    def __init__(
        self, database: Database, started: Import, now: Clock, monotonic: Callable[[], float]
    ) -> None:
        self._database = database
        self._import = started
        self._now = now
        self._monotonic = monotonic
        self._stored = 0.0
        self.total = 0
        self.done = 0

    async def advance(self, count: int) -> None:
        self.done += count
        if self._monotonic() - self._stored < _PROGRESS_SECONDS:
            return
        self._stored = self._monotonic()
        async with self._database.connection() as connection:
            await dao.update_progress(
                connection, self._import.id, self.done, self.total, now=self._now()
            )


def _values(refusal: Refusal) -> ImportRefusal:
    return ImportRefusal(reason=refusal.reason, message=refusal.message, metadata=refusal.metadata)
