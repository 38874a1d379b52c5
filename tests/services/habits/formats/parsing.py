"""Parses files, for tests."""

import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from rhythm.schedule import Schedule
from services.habits.domain.imports import ImportedHabit
from services.habits.formats.parsed import ParsedFile
from services.habits.formats.recognize import parse_file
from tests.services.habits.formats.sample_files import as_bytes


def parse(data: bytes | Any, *, source: str = "", zone: str = "UTC") -> ParsedFile:
    """Parse a file; anything but bytes is written as JSON."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "name says nothing.xyz"
        path.write_bytes(data if isinstance(data, bytes) else as_bytes(data))
        return parse_file(path, source=source, zone=ZoneInfo(zone))


def habits_of(file: ParsedFile) -> list[ImportedHabit]:
    return [habit for habit, _ in file.habits]


def days_of(file: ParsedFile, number: int = 0) -> dict[str, tuple[str | None, int | None, str]]:
    """Return the days of a habit: mark, thousandths and note by date."""
    return {
        str(it.day): (
            it.content.mark.value if it.content.mark else None,
            it.content.amount_thousandths,
            it.content.note,
        )
        for it in file.habits[number][1]
    }


def schedules_of(file: ParsedFile) -> Sequence[Schedule]:
    return [habit.versions[0].schedule for habit in habits_of(file)]


def dropped(file: ParsedFile) -> dict[str, str]:
    return dict(file.report.dropped)
