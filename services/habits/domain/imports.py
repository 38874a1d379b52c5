"""What an imported file holds, whichever tracker it came from, and what became of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from rhythm.goal import Measure
from rhythm.plan import Version
from services.habits.domain.check_in import Content
from services.habits.domain.reminders import Reminder

MAX_FILE_BYTES = 50 * 1024 * 1024
FILE_TOO_LARGE = "over 50 MB, while JSON in a zip may have 300 MB"
MAX_ROWS = 1_000_000
MAX_DROPPED_LISTED = 200


class ImportSource(StrEnum):
    """A kind of file that can be imported."""

    OWN_JSON = "habit_tracker"
    LOOP_DATABASE = "loop"
    LOOP_CSV = "loop_csv"
    BEAVERHABITS = "beaverhabits"
    HABITTROVE = "habittrove"
    HABO = "habo"
    HABITBULL = "habitbull"
    HABITICA = "habitica"


class ImportState(StrEnum):
    """How far an import is."""

    UPLOADING = "uploading"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceFields:
    """Fields of a habit as its source calls them, which this product stores differently."""

    external_id: str
    question: str = ""
    description: str = ""
    imported_description: str = ""
    """The description that came of the two; another one was written here since."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportedHabit:
    """A habit of a file.

    Attributes:
        external_id: Identifies it among the habits of its source, in every file of a person.
        start_date: None means its first day.
        archive_date: The last date that counts; None means today, where it is archived.
        update_time: When it was last edited; None where the source does not say.
    """

    external_id: str
    title: str
    description: str = ""
    color: str = ""
    icon: str = ""
    tags: tuple[str, ...] = ()
    start_date: date | None = None
    measure: Measure = Measure.YES_NO
    unit: str = ""
    versions: tuple[Version, ...]
    reminders: tuple[Reminder, ...] = ()
    archived: bool = False
    archive_date: date | None = None
    update_time: datetime | None = None
    source_fields: SourceFields | None = None


@dataclass(frozen=True, slots=True)
class ImportedDay:
    """A day of a habit of a file."""

    day: date
    content: Content
    update_time: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportedPause:
    """A pause of a file; `external_id` names the habit, None all of them."""

    external_id: str | None
    from_date: date
    to_date: date | None
    reason: str = ""


@dataclass(slots=True)
class Counts:
    """How many things of one kind were new, different, or as they are."""

    created: int = 0
    updated: int = 0
    unchanged: int = 0


@dataclass(slots=True)
class ImportReport:
    """What became of everything in a file.

    Attributes:
        source: The kind of file that it was found to be.
        dropped: What was left out, and why; the first ones.
        dropped_count: How many were left out in all.
    """

    source: str = ""
    habits: Counts = field(default_factory=Counts)
    days: Counts = field(default_factory=Counts)
    pauses: Counts = field(default_factory=Counts)
    dropped: list[tuple[str, str]] = field(default_factory=list)
    dropped_count: int = 0

    def drop(self, what: str, why: str, count: int = 1) -> None:
        """Note that something was left out."""
        self.dropped_count += count
        if len(self.dropped) < MAX_DROPPED_LISTED:
            self.dropped.append((what, why))

    def drop_of_habit(self, title: str, left_out: Mapping[str, Sequence[date | str]]) -> None:
        """Note what of a habit was left out, by the reason: each reason is one entry."""
        for why, what in left_out.items():
            more = f" and {len(what) - 1} more" if len(what) > 1 else ""
            self.drop(f"{title}: {what[0]}{more}", why, len(what))


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportRefusal:
    """Why an import failed, as the refusal of a call says it."""

    reason: str
    message: str
    metadata: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Import:
    """An import of a file by a person.

    Attributes:
        source: The kind of file the person says it is; empty means to find out.
        done_count: How many days were looked at so far.
        total_count: How many there are; 0 until the file was read.
    """

    id: UUID
    owner_id: UUID
    source: str
    dry_run: bool
    state: ImportState
    size_bytes: int
    done_count: int = 0
    total_count: int = 0
    report: ImportReport | None = None
    refusal: ImportRefusal | None = None
    create_time: datetime
    update_time: datetime
