"""A parsed file as lines of JSON: what the parsing process writes, and the service reads.

The lines come in this order: the file, its habits, its pauses, the days of each habit, what was
dropped; or else one line that refuses it.
"""

from collections.abc import Iterator
from datetime import date, datetime
from typing import IO

import msgspec

from chassis.errors import Refusal
from rhythm.plan import Mark
from services.habits.domain.check_in import Content
from services.habits.domain.imports import (
    ImportedDay,
    ImportedHabit,
    ImportedPause,
    ImportRefusal,
)
from services.habits.formats.parsed import ParsedFile, clean_text

_DAYS_PER_LINE = 1_000
MAX_LINE_BYTES = 16 * 1024 * 1024

type DayFields = tuple[date, Mark | None, int | None, str, datetime | None]


class FileLine(msgspec.Struct, tag="file", frozen=True):
    """The beginning: which kind of file it is, and how many days are in it."""

    source: str
    settings: dict[str, str]
    habit_count: int
    day_count: int


class HabitLine(msgspec.Struct, tag="habit", frozen=True):
    """A habit, and its first day if it has any. They are numbered from 0."""

    habit: ImportedHabit
    first_day: date | None


class PauseLine(msgspec.Struct, tag="pause", frozen=True):
    """A pause."""

    pause: ImportedPause


class DaysLine(msgspec.Struct, tag="days", frozen=True):
    """Some days of a habit, by its number; oldest first."""

    habit_number: int
    days: list[DayFields]

    def imported_days(self) -> list[ImportedDay]:
        """Return the days."""
        return [
            ImportedDay(day, Content(mark, amount, note), update_time)
            for day, mark, amount, note, update_time in self.days
        ]


class DroppedLine(msgspec.Struct, tag="dropped", frozen=True):
    """What the parser left out: the first ones, and how many in all."""

    dropped: list[tuple[str, str]]
    count: int


class RefusedLine(msgspec.Struct, tag="refused", frozen=True):
    """Why the file cannot be imported."""

    refusal: ImportRefusal


type Line = FileLine | HabitLine | PauseLine | DaysLine | DroppedLine | RefusedLine

_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(
    FileLine | HabitLine | PauseLine | DaysLine | DroppedLine | RefusedLine
).decode


def write_lines(file: ParsedFile, out: IO[bytes]) -> None:
    """Write a parsed file."""
    day_count = sum(len(days) for _, days in file.habits)
    settings = {name: clean_text(value) for name, value in file.settings.items()}
    _write(out, FileLine(file.source.value, settings, len(file.habits), day_count))
    for habit, days in file.habits:
        _write(out, HabitLine(habit, min((it.day for it in days), default=None)))
    for pause in file.pauses:
        _write(out, PauseLine(pause))
    for number, (_, days) in enumerate(file.habits):
        for begin in range(0, len(days), _DAYS_PER_LINE):
            some = days[begin : begin + _DAYS_PER_LINE]
            fields = [(it.day, *it.content, it.update_time) for it in some]
            _write(out, DaysLine(number, fields))
    dropped = [(clean_text(what), clean_text(why)) for what, why in file.report.dropped]
    _write(out, DroppedLine(dropped, file.report.dropped_count))


def write_refusal(refusal: Refusal, out: IO[bytes]) -> None:
    """Write why a file cannot be imported."""
    values = ImportRefusal(
        reason=refusal.reason,
        message=clean_text(refusal.message),
        metadata={name: clean_text(value) for name, value in refusal.metadata.items()},
    )
    _write(out, RefusedLine(values))


def read_lines(source: IO[bytes]) -> Iterator[Line]:
    """Yield the lines, one at a time.

    Raises:
        msgspec.DecodeError: A line is none of ours.
    """
    while line := source.readline(MAX_LINE_BYTES):
        yield _decode(line)


def _write(out: IO[bytes], line: Line) -> None:
    out.write(_encode(line) + b"\n")
