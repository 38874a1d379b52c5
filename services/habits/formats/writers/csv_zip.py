"""Writes an export as a zip of CSV files: the habits, a file for each, and one long table."""

import csv
import io
import re
import unicodedata
import zipfile
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from tempfile import SpooledTemporaryFile
from typing import IO, Any

from rhythm.goal import amount_of
from services.habits.domain.check_in import NOTHING, CheckIn
from services.habits.domain.export import ExportChunk
from services.habits.domain.habit import Habit
from services.habits.formats.writers import MAX_PART_BYTES
from services.habits.formats.writers.own_json import moment_as_text, schedule_as_json

_HABITS = ("position", "id", "title", "state", "measure", "unit", "direction", "amount")
_MORE = ("schedule", "start_date", "archive_date", "color", "icon", "tags", "description")
_DAY = ("date", "mark", "amount", "note", "source", "update_time")
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
_MAX_NAME_BYTES = 100
_MAX_SPOOLED_BYTES = 1024 * 1024
_NOT_IN_NAMES = re.compile(r'[\\/:*?"<>|\x00-\x1f\x7f]+')

type Row = Sequence[object]


class CsvZipWriter:
    """Writes the zip as it goes; the long table waits in a temporary file for its turn.

    Args:
        now: The moment of the export, which the files in the zip are dated with.
    """

    def __init__(self, *, now: datetime) -> None:
        self._sent = _Outgoing()
        self._zip = zipfile.ZipFile(self._sent, "w", zipfile.ZIP_DEFLATED)
        self._date_time = (now.year, now.month, now.day, now.hour, now.minute, now.second)
        self._habits: list[Row] = []
        self._long: IO[bytes] = SpooledTemporaryFile(_MAX_SPOOLED_BYTES)  # noqa: SIM115  # in close
        self._long.write(_lines([("habit_id", "title", *_DAY)]))
        self._habit: Habit | None = None
        self._entry: IO[bytes] | None = None

    def add(self, chunk: ExportChunk) -> bytes:
        """Write a chunk."""
        if chunk.habit is not None:
            self._begin_habit(chunk.habit, chunk.today)
        days = [_day_row(it) for it in chunk.check_ins if it.content != NOTHING]
        if days and self._habit is not None and self._entry is not None:
            self._entry.write(_lines(days))
            first = (self._habit.id, _safe(self._habit.title))
            self._long.write(_lines([(*first, *day) for day in days]))
        return self._sent.take()

    def finish(self) -> Iterator[bytes]:
        """Write the long table and the list of habits."""
        self._end_habit()
        self._long.seek(0)
        with self._open("check_ins.csv") as entry:
            while part := self._long.read(MAX_PART_BYTES):
                entry.write(part)
                yield self._sent.take()
        with self._open("habits.csv") as entry:
            entry.write(_lines([(*_HABITS, *_MORE), *self._habits]))
        self._zip.close()
        yield self._sent.take()

    def close(self) -> None:
        """Delete the temporary file."""
        self._long.close()

    def _begin_habit(self, habit: Habit, today: Any) -> None:
        self._end_habit()
        self._habit = habit
        self._habits.append(_habit_row(habit, len(self._habits), today))
        self._entry = self._open(f"habits/{len(self._habits):03d} {file_name(habit.title)}.csv")
        self._entry.write(_lines([_DAY]))

    def _end_habit(self) -> None:
        if self._entry is not None:
            self._entry.close()
            self._entry = None

    def _open(self, name: str) -> IO[bytes]:
        info = zipfile.ZipInfo(name.replace(" .csv", ".csv"), self._date_time)
        info.compress_type = zipfile.ZIP_DEFLATED
        info.external_attr = 0o644 << 16
        return self._zip.open(info, "w")


class _Outgoing(io.RawIOBase):
    """Collects what is written until it is taken. It cannot be sought in, as a socket cannot."""

    def __init__(self) -> None:
        self._parts: list[bytes] = []

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        self._parts.append(bytes(data))
        return len(data)

    def take(self) -> bytes:
        data = b"".join(self._parts)
        self._parts.clear()
        return data


def file_name(title: str) -> str:
    """Return a title as part of a file's name: of any script, without what systems refuse."""
    name = unicodedata.normalize("NFC", _NOT_IN_NAMES.sub(" ", title))
    return name.encode()[:_MAX_NAME_BYTES].decode(errors="ignore").strip(" .")


def _habit_row(habit: Habit, position: int, today: Any) -> Row:
    version = habit.version_on(today)
    amount = version.goal.amount_thousandths
    schedule = schedule_as_json(version.schedule)
    return (
        position,
        habit.id,
        _safe(habit.title),
        habit.state.value,
        habit.measure.value,
        _safe(habit.unit),
        version.goal.direction.value,
        "" if amount is None else f"{amount_of(amount):f}",
        " ".join(f"{name}={_plain(value)}" for name, value in schedule.items()),
        habit.start_date,
        habit.archive_date or "",
        habit.color,
        _safe(habit.icon),
        _safe(", ".join(habit.tags)),
        _safe(habit.description),
    )


def _plain(value: object) -> str:
    if isinstance(value, dict):
        return "/".join(map(_plain, value.values()))
    return ",".join(map(_plain, value)) if isinstance(value, list) else str(value)


def _day_row(check_in: CheckIn) -> Row:
    mark, amount, note = check_in.content
    return (
        check_in.day,
        mark.value if mark else "",
        "" if amount is None else f"{amount_of(amount):f}",
        _safe(note),
        check_in.source.name.lower(),
        moment_as_text(check_in.update_time) if check_in.update_time else "",
    )


def _safe(text: str) -> str:
    """Return a text that no spreadsheet runs as a formula."""
    return "'" + text if text.startswith(_FORMULA_STARTS) else text


def _lines(rows: Sequence[Row]) -> bytes:
    text = io.StringIO(newline="")
    write: Callable[[Sequence[Row]], None] = csv.writer(text).writerows
    write(rows)
    return text.getvalue().encode()
