"""Reads the CSV export of HabitBull."""

import re
from datetime import date

from rhythm.goal import Measure
from rhythm.plan import Mark
from services.habits.domain.check_in import Content
from services.habits.domain.imports import ImportSource
from services.habits.formats.loop_database import set_target
from services.habits.formats.parsed import (
    HabitBuilder,
    ParsedFile,
    clean_text,
    read_date,
    storable,
    thousandths_from,
)
from services.habits.formats.reading import csv_rows

HEADER = ["HabitName", "HabitDescription", "HabitCategory", "CalendarDate", "Value", "CommentText"]
_NAME = "a HabitBull export"
_AMERICAN_DATE = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})")
_ONE = 1000


def parse_habitbull(data: bytes) -> ParsedFile:
    """Return the habits and days of an export.

    Raises:
        Refusal: It is damaged or too large.
    """
    file = ParsedFile(ImportSource.HABITBULL)
    builders: dict[str, HabitBuilder] = {}
    rows: dict[str, list[tuple[str, int | None, str, str]]] = {}
    for cells in csv_rows(data, _NAME):
        if cells[: len(HEADER)] == HEADER:
            continue
        file.count_row()
        name, description, category, day, value, comment = [*cells, *[""] * 6][:6]
        if name not in builders:
            tags = [clean_text(category)] if category else []
            builders[name] = HabitBuilder(
                file, f"{name}#1", name, description=description, tags=tags
            )
        rows.setdefault(name, []).append((day, thousandths_from(value), value, comment))
    for name, builder in builders.items():
        _read_days(builder, rows[name])
    return file


def _read_days(builder: HabitBuilder, rows: list[tuple[str, int | None, str, str]]) -> None:
    if any(amount is not None and amount > _ONE for _, amount, _, _ in rows):
        builder.measure = Measure.QUANTITY
        set_target(builder, 1, at_most=False)
        builder.drop("target", "this export does not have it; 1 a day until you set it")
    for day, amount, value, comment in rows:
        if amount is None or amount < 0:
            builder.drop(day[:20], f"{value[:20]!r} is no value of a day")
        elif builder.measure is Measure.QUANTITY:
            builder.add_day(_date(day), Content(None, amount, comment), written=day)
        else:
            mark = Mark.DONE if amount else Mark.MISSED
            builder.add_day(_date(day), Content(mark, None, comment), written=day)
    builder.finish()


def _date(text: str) -> date | None:
    american = _AMERICAN_DATE.match(text)
    if american is None:
        return read_date(text)
    month, day, year = map(int, american.groups())
    try:
        return storable(date(year, month, day))
    except ValueError:
        return None
