"""A pause: a range of days that do not count, of one habit or of all."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from rhythm.plan import Pause as PausedRange


@dataclass(frozen=True, slots=True, kw_only=True)
class Pause:
    """A range of dates that do not count, both ends included."""

    id: UUID
    owner_id: UUID
    habit_id: UUID | None = None
    """The paused habit; None means all of the owner's."""
    from_date: date
    to_date: date | None = None
    """None means until the pause is deleted."""
    reason: str = ""
    create_time: datetime

    @property
    def dates(self) -> PausedRange:
        """The pause as the evaluator sees it."""
        return PausedRange(self.from_date, self.to_date)
