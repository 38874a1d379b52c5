"""Imports of files: how far one is, what became of it, and how the chat says so."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum, auto
from uuid import UUID

from services.notifications.domain.file_texts import FILE_BEING_READ, IMPORT_BEGINS
from services.notifications.domain.i18n import gettext, ngettext
from services.notifications.domain.replies import refusal_text
from services.notifications.domain.titles import shown

MOST_DROPPED_SHOWN = 10

_SOURCES = {
    "habit_tracker": "Habit Tracker",
    "loop": "Loop Habit Tracker",
    "loop_csv": "Loop Habit Tracker (CSV)",
    "habittrove": "HabitTrove",
    "habo": "Habo",
    "habitbull": "HabitBull",
    "habitica": "Habitica",
}


class FileFormat(Enum):
    """As what a person's data can be sent."""

    JSON = "json"
    CSV = "csv"
    LOOP = "loop"


class FileImportState(Enum):
    """Whether an import goes on."""

    RUNNING = auto()
    DONE = auto()
    FAILED = auto()


@dataclass(frozen=True, slots=True, kw_only=True)
class FileImportReport:
    """What became of everything in a file."""

    source: str
    """The kind of file, such as `loop`."""
    habits: int
    """How many were in the file; so are `days` and `pauses`."""
    days: int
    pauses: int
    created: int
    """How many habits, days and pauses were new; so are `updated` and `unchanged`."""
    updated: int
    unchanged: int
    dropped: Sequence[tuple[str, str]]
    """What was left out, and why: the first of them."""
    dropped_count: int

    def text(self, *, dry_run: bool) -> str:
        """Return the report for the chat; of a dry run, what an import would do."""
        source = _SOURCES.get(self.source, self.source)
        if dry_run:
            heading = gettext("📄 A file of {source}. If I import it:").format(source=source)
        else:
            heading = gettext("✅ Imported a file of {source}").format(source=source)
        kinds = gettext("Habits: {habits} · days: {days} · pauses: {pauses}")
        lines = [
            heading,
            kinds.format(habits=self.habits, days=self.days, pauses=self.pauses),
            "",
            gettext("➕ New: {count}").format(count=self.created),
            gettext("✏ Changed: {count}").format(count=self.updated),
            gettext("☑ Unchanged: {count}").format(count=self.unchanged),
            gettext("🚫 Left out: {count}").format(count=self.dropped_count),
        ]
        lines += [f"• {shown(what)}: {why}" for what, why in self.dropped[:MOST_DROPPED_SHOWN]]
        if len(self.dropped) > MOST_DROPPED_SHOWN:
            lines.append("…")
        return "\n".join(lines)


@dataclass(frozen=True, slots=True, kw_only=True)
class FileImport:
    """An import of a file."""

    id: UUID
    state: FileImportState
    dry_run: bool
    done: int
    """How many days were looked at so far."""
    total: int
    """How many there are; 0 until the file was parsed."""
    report: FileImportReport | None = None
    refusal: tuple[str, str] | None = None
    """Reason and message of an import that failed."""

    def text(self) -> str:
        """Return how far it is, or what became of it, for the chat."""
        if self.state is FileImportState.FAILED:
            return refusal_text(*(self.refusal or ("", "")))
        if self.report is not None:
            return self.report.text(dry_run=self.dry_run)
        text = gettext(FILE_BEING_READ if self.dry_run else IMPORT_BEGINS)
        if not self.total:
            return text
        days = ngettext("of {count} day", "of {count} days", self.total)
        return f"{text}\n⏳ {self.done} {days}"
