"""Finds out what kind of file it is, by its content, and has it parsed."""

from pathlib import Path, PurePosixPath
from typing import Any
from zoneinfo import ZoneInfo

from services.habits.domain.errors.imports import (
    ImportFileTooLarge,
    ImportFileUnknown,
    ImportSourceMismatch,
)
from services.habits.domain.imports import FILE_TOO_LARGE, MAX_FILE_BYTES
from services.habits.formats import habitbull, loop_csv, own_json
from services.habits.formats.beaverhabits import parse_beaverhabits
from services.habits.formats.habitbull import parse_habitbull
from services.habits.formats.habitica import parse_habitica
from services.habits.formats.habittrove import parse_habittrove
from services.habits.formats.habo import parse_habo
from services.habits.formats.loop_csv import parse_loop_csv
from services.habits.formats.loop_database import parse_loop_database
from services.habits.formats.own_json import parse_own_json
from services.habits.formats.parsed import ParsedFile
from services.habits.formats.reading import PackedFiles, csv_rows, decode, parse_json

_SQLITE = b"SQLite format 3\0"
_ZIP = b"PK"
_HABITTROVE = "habits.json"
_BLANK = " \t\r\n\ufeff"
_MAX_MEMBERS_SHOWN = 5


def parse_file(path: Path, *, source: str, zone: ZoneInfo) -> ParsedFile:
    """Return what a file holds.

    Args:
        path: The file; its name says nothing.
        source: The kind it is said to be; empty means to find out.
        zone: The person's zone, for moments of files that name none.

    Raises:
        Refusal: It is of no known kind, of another kind than was said, damaged or too large.
    """
    if path.stat().st_size > MAX_FILE_BYTES:
        raise ImportFileTooLarge(FILE_TOO_LARGE)
    file = _parse(path, zone)
    if source and source != file.source:
        raise ImportSourceMismatch(source, file.source)
    return file


def _parse(path: Path, zone: ZoneInfo) -> ParsedFile:
    with path.open("rb") as opened:
        start = opened.read(len(_SQLITE))
    if not start:
        raise ImportFileUnknown("It is empty.")
    if start == _SQLITE:
        return parse_loop_database(path)
    if start.startswith(_ZIP):
        return _parse_zip(path, zone)
    return _parse_text(path.read_bytes(), zone)


def _parse_zip(path: Path, zone: ZoneInfo) -> ParsedFile:
    files = PackedFiles(path)
    names = {PurePosixPath(name).name for name in files.names}
    if len(files.names) == 1 and files.names[0].lower().endswith(".json"):
        try:
            return _parse_json(parse_json(files.read(files.names[0]), "a packed JSON file"), zone)
        except ImportFileUnknown:
            if _HABITTROVE not in names:
                raise
    if _HABITTROVE in names:
        return parse_habittrove(files, zone)
    if loop_csv.HABITS in names:
        return parse_loop_csv(files)
    shown = ", ".join(sorted(names)[:_MAX_MEMBERS_SHOWN])[:200]
    raise ImportFileUnknown(f"It is a zip of {shown or 'nothing'}.")


def _parse_text(data: bytes, zone: ZoneInfo) -> ParsedFile:
    text = decode(data, "text")
    if text.lstrip(_BLANK)[:1] in ("{", "["):
        return _parse_json(parse_json(data, "JSON"), zone)
    header = next(csv_rows(data, "CSV"), [])
    if header[: len(habitbull.HEADER)] == habitbull.HEADER:
        return parse_habitbull(data)
    raise ImportFileUnknown("It is text that is neither JSON nor HabitBull's CSV.")


def _parse_json(document: Any, zone: ZoneInfo) -> ParsedFile:
    if isinstance(document, list):
        if _has(document, "events"):
            return parse_habo(document)
        raise ImportFileUnknown("It is a JSON list without Habo's habits.")
    if not isinstance(document, dict):
        raise ImportFileUnknown("It is a JSON value that is no object.")
    habits = document.get("habits")
    if document.get("format") == own_json.FORMAT:
        return parse_own_json(document)
    if isinstance(document.get("tasks"), dict):
        return parse_habitica(document, zone)
    if _has(habits, "events") or "habit_categories" in document:
        return parse_habo(document)
    if _has(habits, "records") or "user_email" in document:
        return parse_beaverhabits(document)
    raise ImportFileUnknown("It is a JSON object with other members than those known.")


def _has(habits: object, name: str) -> bool:
    """Tell whether habits have a member."""
    return isinstance(habits, list) and any(isinstance(it, dict) and name in it for it in habits)
