"""Reads the CSV archive of Loop Habit Tracker: that of version 2.3.1, and the older ones.

Which one it is shows in its headers. Directories are joined by their number: a name in another
script leaves nothing else of it.
"""

import re
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import PurePosixPath

from rhythm.goal import Measure
from rhythm.plan import Mark
from services.habits.domain.check_in import Content
from services.habits.domain.errors.imports import ImportFileBroken
from services.habits.domain.imports import ImportSource
from services.habits.formats.loop_database import day_content, set_frequency, set_target
from services.habits.formats.parsed import (
    HabitBuilder,
    ParsedFile,
    clean_text,
    read_date,
    whole_number,
)
from services.habits.formats.reading import PackedFiles, csv_rows

HABITS = "Habits.csv"
_CHECKMARKS = "Checkmarks.csv"
_NAME = "a Loop Habit Tracker CSV archive"
_NUMBER = re.compile(r"(\d{3,})(?: |$)")
_WHOLE = re.compile(r"-?\d{1,12}")
_WORDS: Mapping[str, Mark | None] = {
    "YES_MANUAL": Mark.DONE,
    "NO": Mark.MISSED,
    "SKIP": Mark.SKIP,
    "UNKNOWN": None,
    "YES_AUTO": None,  # derived
}
_SKIP_VALUE = 3
_FEW_DAYS = 7

type Table = list[dict[str, str]]


def parse_loop_csv(files: PackedFiles) -> ParsedFile:
    """Return the habits and days of an archive.

    Raises:
        Refusal: It is none, damaged or too large.
    """
    file = ParsedFile(ImportSource.LOOP_CSV)
    folders = _folders(files)
    for row in _habits(files):
        number = whole_number(row.get("Position"), -1)
        name = folders.get(number)
        rows = [] if name is None else [*csv_rows(files.read(name), _NAME)]
        file.count_row()
        title = clean_text(row.get("Name"))
        builder = HabitBuilder(
            file,
            file.unique_id(title),
            title,
            description=_description(row),
            color=clean_text(row.get("Color")),
            unit=clean_text(row.get("Unit")),
            archived=row.get("Archived?", "").lower() in ("true", "1"),
        )
        if "Type" in row:
            _read_new(builder, row, rows)
        else:
            _read_old(builder, row, rows)
        if name is None:
            builder.drop("days", "the archive has no folder of this habit")
        builder.finish()
    return file


def _habits(files: PackedFiles) -> Table:
    name = next(it for it in files.names if PurePosixPath(it).name == HABITS)
    rows = [*csv_rows(files.read(name), _NAME)]
    header = rows[0] if rows else []
    if header[:2] != ["Position", "Name"]:
        raise ImportFileBroken(_NAME, "Habits.csv does not begin with Position,Name")
    return [dict(zip(header, row, strict=False)) for row in rows[1:]]


def _folders(files: PackedFiles) -> Mapping[int, str]:
    """Return the file of each habit's days, by the number its folder begins with."""
    found: dict[int, str] = {}
    for name in files.names:
        path = PurePosixPath(name)
        number = _NUMBER.match(path.parent.name)
        if path.name == _CHECKMARKS and number:
            found[int(number[1])] = name
    return found


def _description(row: Mapping[str, str]) -> str:
    texts = [clean_text(row.get("Question")), clean_text(row.get("Description"))]
    return "\n\n".join(text for text in texts if text)


def _read_new(builder: HabitBuilder, row: Mapping[str, str], rows: Sequence[list[str]]) -> None:
    if row["Type"] == "NUMERICAL":
        builder.measure = Measure.QUANTITY
        set_target(builder, row.get("Target Value"), at_most=row.get("Target Type") == "AT_MOST")
    set_frequency(builder, row.get("FrequencyNumerator"), row.get("FrequencyDenominator"))
    for cells in rows:
        if cells[0] == "Date":
            continue
        day, value, note = [*cells, "", ""][:3]
        if value in _WORDS:
            content: Content | None = Content(_WORDS[value], None, note)
        else:
            content = _whole(value, note, builder.measure)
        _add(builder, day, content, value)


def _read_old(builder: HabitBuilder, row: Mapping[str, str], rows: Sequence[list[str]]) -> None:
    values = [whole_number(cells[1], -1) for cells in rows if len(cells) > 1]
    if any(value > _SKIP_VALUE for value in values):
        builder.measure = Measure.QUANTITY
        set_target(builder, 1, at_most=False)
        builder.drop("target", "this archive does not have it; 1 a day until you set it")
    set_frequency(builder, row.get("NumRepetitions"), row.get("Interval"))
    dense = builder.measure is Measure.YES_NO and _is_dense(rows)
    for cells in rows:
        if cells[0] == "Date":
            continue
        day, value = [*cells, ""][:2]
        if dense and value == "0":
            builder.file.count_row()  # the archive has every day: this one holds nothing
            continue
        _add(builder, day, _whole(value, "", builder.measure), value)


def _is_dense(rows: Sequence[list[str]]) -> bool:
    """Tell whether every day from the first to the last is there, as version 1 wrote them."""
    days: list[date] = [it for it in (read_date(cells[0]) for cells in rows) if it is not None]
    return len(days) > _FEW_DAYS and (max(days) - min(days)).days + 1 == len(days)


def _whole(value: str, note: str, measure: Measure) -> Content | None:
    return day_content(int(value), note, measure) if _WHOLE.fullmatch(value) else None


def _add(builder: HabitBuilder, day: str, content: Content | None, value: str) -> None:
    if content is None:
        builder.file.count_row()
        builder.drop(day[:20], f"{value[:20]!r} is no value of a day")
    else:
        builder.add_day(read_date(day), content, written=day)
