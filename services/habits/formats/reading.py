"""Reads files that nobody vouches for: with limits on sizes, rows, columns and depth."""

import csv
import io
import json
import re
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any, NoReturn

from services.habits.domain.errors.imports import (
    ImportFileBroken,
    ImportFileTooLarge,
    ImportTooManyRows,
)
from services.habits.domain.imports import MAX_ROWS

MAX_UNPACKED_BYTES = 300 * 1024 * 1024
MAX_ENTRIES = 5_000
MAX_COLUMNS = 2_000
MAX_RATIO = 200
"""How much smaller than its content a packed file may be, once that is over a megabyte."""

_SMALL_BYTES = 1024 * 1024
_MAX_CELL = 200_000
_DRIVE = re.compile(r"[A-Za-z]:")
_BYTE_ORDER_MARKS = ((b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))


def decode(data: bytes, source: str) -> str:
    """Return text: UTF-8, or UTF-16 with a byte order mark.

    Raises:
        ImportFileBroken: It is neither.
    """
    encoding = next((it for mark, it in _BYTE_ORDER_MARKS if data.startswith(mark)), "utf-8-sig")
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        raise ImportFileBroken(
            source, f"byte {error.start + 1} is no {encoding[:6]} text"
        ) from None


def parse_json(data: bytes, source: str) -> Any:
    """Return a JSON value; numbers with a point are decimals.

    Raises:
        ImportFileBroken: It is no JSON.
    """
    text = decode(data, source)
    try:
        return json.loads(text, parse_float=Decimal, parse_constant=_refuse_constant)
    except json.JSONDecodeError as error:
        where = f"line {error.lineno}, column {error.colno}"
        raise ImportFileBroken(source, f"no JSON at {where}: {error.msg}") from None
    except RecursionError:
        raise ImportFileBroken(source, "it nests too deep") from None
    except ValueError as error:
        raise ImportFileBroken(source, str(error)[:100]) from None


def csv_rows(data: bytes, source: str) -> Iterator[list[str]]:
    """Yield the rows of a CSV file, without the empty ones.

    Raises:
        ImportFileBroken: It is no CSV.
        ImportFileTooLarge: A row has too many columns.
        ImportTooManyRows: There are too many.
    """
    csv.field_size_limit(_MAX_CELL)
    reader = csv.reader(io.StringIO(decode(data, source), newline=""), strict=True)
    try:
        for count, row in enumerate(reader):
            if len(row) > MAX_COLUMNS:
                raise ImportFileTooLarge(f"line {reader.line_num} has {len(row)} columns")
            if count > MAX_ROWS:
                raise ImportTooManyRows(MAX_ROWS)
            if any(row):
                yield row
    except csv.Error as error:
        raise ImportFileBroken(source, f"line {reader.line_num}: {error}") from None


class PackedFiles:
    """The files in a zip: named safely, and read within limits.

    Raises:
        ImportFileBroken: It is no zip, or one with paths that lead out of it.
        ImportFileTooLarge: There is too much in it.
    """

    def __init__(self, path: Path, source: str = "a zip") -> None:
        self._source = source
        try:
            self._zip = zipfile.ZipFile(path)
        except (zipfile.BadZipFile, zipfile.LargeZipFile, *_ZIP_ERRORS) as error:
            raise ImportFileBroken(source, _reason(error)) from None
        entries = [it for it in self._zip.infolist() if not it.is_dir()]
        if len(entries) > MAX_ENTRIES:
            raise ImportFileTooLarge(f"{len(entries)} files are packed in it")
        self._left = MAX_UNPACKED_BYTES
        for entry in entries:
            self._check(entry)
        self._left = MAX_UNPACKED_BYTES
        self._entries = {entry.filename: entry for entry in entries}

    @property
    def names(self) -> Sequence[str]:
        """The paths of the files."""
        return list(self._entries)

    def read(self, name: str) -> bytes:
        """Return a file's content.

        Raises:
            ImportFileBroken: It cannot be unpacked.
            ImportFileTooLarge: It is larger than it says.
        """
        entry = self._entries[name]
        try:
            with self._zip.open(entry) as file:
                data = file.read(min(entry.file_size, self._left) + 1)
        except (zipfile.BadZipFile, RuntimeError, EOFError, *_ZIP_ERRORS) as error:
            raise ImportFileBroken(self._source, f"{name[:80]}: {_reason(error)}") from None
        self._left -= len(data)
        if len(data) > entry.file_size or self._left < 0:
            raise ImportFileTooLarge(f"{name[:80]} unpacks to more than it says")
        return data

    def _check(self, entry: zipfile.ZipInfo) -> None:
        name = entry.filename
        steps = name.replace("\\", "/").split("/")
        if name.startswith(("/", "\\")) or ".." in steps or _DRIVE.match(name):
            raise ImportFileBroken(self._source, f"the path {name[:80]!r} leads out of it")
        if entry.flag_bits & 1:
            raise ImportFileBroken(self._source, "it is encrypted")
        self._left -= entry.file_size
        if self._left < 0:
            raise ImportFileTooLarge(f"more than {MAX_UNPACKED_BYTES >> 20} MB are packed in it")
        packed = max(entry.compress_size, 1)
        if entry.file_size > _SMALL_BYTES and entry.file_size / packed > MAX_RATIO:
            raise ImportFileTooLarge(f"{name[:80]} unpacks to {entry.file_size // packed} times")


_ZIP_ERRORS = (zlib.error, OSError, ValueError, NotImplementedError, IndexError, OverflowError)


def objects(value: object, source: str, where: str) -> list[dict[str, Any]]:
    """Return a list of objects.

    Raises:
        ImportFileBroken: It is none.
    """
    if not isinstance(value, list) or not all(isinstance(it, dict) for it in value):
        raise ImportFileBroken(source, f"{where} is no list of objects")
    return value


def _refuse_constant(text: str) -> NoReturn:
    raise ValueError(f"{text} is no number")


def _reason(error: BaseException) -> str:
    return (str(error) or type(error).__name__)[:100]
