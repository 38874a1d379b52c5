"""What parsers build: habits with their days, cleaned so that they can be stored."""

import math
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, time
from decimal import Decimal, InvalidOperation
from uuid import UUID

from chassis.text import is_visible, normalize
from rhythm.errors import ScheduleInvalid
from rhythm.goal import Direction, Goal, Measure
from rhythm.plan import Version
from rhythm.schedule import MAX_ROLLING_DAYS, Frequency, Schedule, Weekday
from services.habits.domain import limits
from services.habits.domain.check_in import Content
from services.habits.domain.errors.imports import ImportTooManyRows
from services.habits.domain.imports import (
    MAX_ROWS,
    ImportedDay,
    ImportedHabit,
    ImportedPause,
    ImportReport,
    ImportSource,
    SourceFields,
)
from services.habits.domain.reminders import Reminder

NO_ID = UUID(int=0)
DAILY = Schedule(Frequency.DAILY)
_UNREADABLE = re.compile("[\0\ud800-\udfff]")
_COLOR = re.compile(r"#[0-9A-Fa-f]{6}")
_NAMELESS = "Habit"
_SHOWN = 40


@dataclass(slots=True)
class ParsedFile:
    """A file in the terms of this product, whichever tracker it came from.

    Attributes:
        settings: What days were counted with: timezone, week_start and day_start.
    """

    source: ImportSource
    habits: list[tuple[ImportedHabit, list[ImportedDay]]] = field(default_factory=list)
    pauses: list[ImportedPause] = field(default_factory=list)
    settings: dict[str, str] = field(default_factory=dict)
    report: ImportReport = field(default_factory=ImportReport)
    _row_count: int = 0
    _ids: Counter[str] = field(default_factory=Counter)

    def count_row(self, count: int = 1) -> None:
        """Count what was read.

        Raises:
            ImportTooManyRows: There is more than is imported at once.
        """
        self._row_count += count
        if self._row_count > MAX_ROWS:
            raise ImportTooManyRows(MAX_ROWS)

    def unique_id(self, name: str) -> str:
        """Return an id for a habit that has none of its own: its name, and which one of it."""
        self._ids[name] += 1
        return f"{name}#{self._ids[name]}"


@dataclass(slots=True)
class HabitBuilder:
    """Collects a habit and its days. The first content of a day is kept; others are dropped."""

    file: ParsedFile
    external_id: str
    title: str
    description: str = ""
    color: str = ""
    icon: str = ""
    tags: Iterable[str] = ()
    start_date: date | None = None
    measure: Measure = Measure.YES_NO
    unit: str = ""
    goal: Goal = field(default_factory=Goal)
    schedule: Schedule = DAILY
    reminders: tuple[Reminder, ...] = ()
    archived: bool = False
    source_fields: SourceFields | None = None
    days: dict[date, Content] = field(default_factory=dict)
    _dropped: dict[str, list[date | str]] = field(default_factory=dict)

    def add_day(self, day: date | None, content: Content, *, written: object = "") -> None:
        """Add a day; None is one whose date cannot be read, `written` as it was."""
        self.file.count_row()
        if day is None:
            self.drop(_shown(written), "no date from 1900 to 2199")
            return
        amount = content.amount_thousandths
        if amount is not None and not 0 <= amount <= limits.MAX_THOUSANDTHS:
            self.drop(day, "no amount from 0 to 1000000000")
            return
        if day in self.days:
            self.drop(day, "the file has this day twice; the first is kept")
            return
        note = clean_text(content.note)
        if len(note) > limits.MAX_NOTE_LENGTH:
            self.drop(day, "the note is longer than 2000 characters; its beginning is kept")
            note = note[: limits.MAX_NOTE_LENGTH]
        content = content._replace(note=note)
        if content != Content():
            self.days[day] = content

    def drop(self, what: date | str, why: str) -> None:
        """Note what of this habit was left out."""
        self._dropped.setdefault(why, []).append(what)

    def finish(self) -> None:
        """Add the habit to the file."""
        title = self._cut(clean_line(self.title) or _NAMELESS, limits.MAX_TITLE_LENGTH, "title")
        tags = self._tags()
        unit = clean_line(self.unit) if self.measure is Measure.QUANTITY else ""
        start = min([*self.days, *([self.start_date] if self.start_date else [])], default=None)
        habit = ImportedHabit(
            external_id=clean_text(self.external_id)[:200] or title,
            title=title,
            description=self._cut(
                clean_text(self.description), limits.MAX_DESCRIPTION_LENGTH, "description"
            ),
            color=self.color if _COLOR.fullmatch(self.color) else "",
            icon=self._cut(clean_line(self.icon), limits.MAX_ICON_LENGTH, "icon"),
            tags=tags,
            start_date=start,
            measure=self.measure,
            unit=self._cut(unit, limits.MAX_UNIT_LENGTH, "unit"),
            versions=(Version(start or limits.FIRST_DATE, self.schedule, self.goal),),
            reminders=self.reminders[: limits.MAX_REMINDERS],
            archived=self.archived,
            source_fields=self.source_fields,
        )
        days = [ImportedDay(day, self.days[day]) for day in sorted(self.days)]
        self.file.habits.append((habit, days))
        self.file.report.drop_of_habit(title, self._dropped)

    def _tags(self) -> tuple[str, ...]:
        tags = [self._cut(clean_line(it), limits.MAX_TAG_LENGTH, "tag") for it in self.tags]
        distinct = tuple(dict.fromkeys(it for it in tags if it))
        if len(distinct) > limits.MAX_TAGS:
            self.drop("tags", f"there are more than {limits.MAX_TAGS}; the first are kept")
        return distinct[: limits.MAX_TAGS]

    def _cut(self, text: str, most: int, what: str) -> str:
        if len(text) <= most:
            return text
        self.drop(what, f"longer than {most} characters; its beginning is kept")
        return text[:most].strip()


def clean_text(text: object) -> str:
    """Return a text that can be stored; of several lines."""
    if not isinstance(text, str):
        return "" if text is None else str(text)[: limits.MAX_NOTE_LENGTH]
    return normalize(_UNREADABLE.sub("", text))


def clean_line(text: object) -> str:
    """Return a text of one line that can be stored; empty where nothing of it is visible."""
    line = "".join(
        " " if unicodedata.category(it) in ("Cc", "Zl", "Zp") else it for it in clean_text(text)
    )
    line = normalize(line)
    return line if line and is_visible(line) else ""


def read_date(text: object) -> date | None:
    """Return the date that a text begins with, `YYYY-MM-DD`; None where there is none to store."""
    if not isinstance(text, str):
        return None
    try:
        return storable(date.fromisoformat(text[:10])) if text[4:5] == "-" else None
    except ValueError:
        return None


def storable(day: date) -> date | None:
    """Return a date that can be stored, or None."""
    return day if limits.FIRST_DATE <= day <= limits.LAST_DATE else None


def date_of_days(days_since_epoch: int) -> date | None:
    """Return the date so many days after 1970-01-01; None where it cannot be stored."""
    ordinal = days_since_epoch + 719_163
    if not 1 <= ordinal <= date.max.toordinal():
        return None
    return storable(date.fromordinal(ordinal))


def read_moment(text: object) -> datetime | None:
    """Return a moment with its zone, of RFC 3339 text; None where there is none."""
    if not isinstance(text, str):
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment if moment.tzinfo is not None else None


def thousandths_from(value: object) -> int | None:
    """Return an amount in thousandths, rounded; None where the value is no finite number."""
    if isinstance(value, bool) or value is None:
        return None
    if isinstance(value, float) and not math.isfinite(value):
        return None
    try:
        amount = Decimal(str(value).strip()[:_SHOWN])
    except InvalidOperation:
        return None
    if not amount.is_finite() or abs(amount.adjusted()) > _SHOWN:
        return None
    return round(amount * 1000)


def whole_number(value: object, default: int = 0) -> int:
    """Return a whole number, or the default."""
    if isinstance(value, bool | float | str | Decimal):
        try:
            value = int(float(value))
        except (ValueError, OverflowError):
            return default
    return value if isinstance(value, int) else default


def times_in_days(times: int, days: int, *, total: bool = False) -> Schedule | None:
    """Return the schedule of so many times in any so many days; None where there is none.

    Args:
        times: How many times.
        days: In how many days.
        total: Whether a quantity's amount is the total of the days.
    """
    if times < 1 or days < 1:
        return None
    if times >= days or days == 1:
        return DAILY
    if days > MAX_ROLLING_DAYS:
        return None
    try:
        return Schedule(Frequency.ROLLING, times=None if total else times, days=days)
    except ScheduleInvalid:
        return None


def reminder_at(hour: int, minute: int, weekdays: Iterable[Weekday], text: str = "") -> Reminder:
    """Return a reminder.

    Raises:
        ValueError: There is no such time of day.
    """
    text = clean_text(text)[: limits.MAX_REMINDER_TEXT_LENGTH]
    return Reminder(
        id=NO_ID, local_time=time(hour, minute), weekdays=frozenset(weekdays), text=text
    )


def at_least(thousandths: int | None) -> Goal:
    """Return the goal to reach an amount."""
    return Goal(Direction.AT_LEAST, thousandths)


def _shown(written: object) -> str:
    return f"{written!s}"[:_SHOWN] or "a day"
