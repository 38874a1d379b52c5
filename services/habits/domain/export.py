"""An export of one person's data: its format, and its parts."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from uuid import UUID

from services.habits.domain.check_in import CheckIn
from services.habits.domain.habit import Habit
from services.habits.domain.pause import Pause


class ExportFormat(StrEnum):
    """The format of an exported file."""

    JSON = "json"
    CSV = "csv"
    LOOP = "loop"


@dataclass(frozen=True, slots=True)
class ExportChunk:
    """A part of an export.

    Attributes:
        owner_id: The person.
        today: The person's logical date.
        pauses: All of the person's, in their first chunk.
        habit: A habit, in the first chunk of each.
        check_ins: Days of the habit last named.
    """

    owner_id: UUID
    today: date
    pauses: Sequence[Pause] = ()
    habit: Habit | None = None
    check_ins: Sequence[CheckIn] = ()
