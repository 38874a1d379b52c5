"""Recommendations in the chat: what each says, and what its button would change."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from uuid import UUID

from services.notifications.domain.buttons import Measure
from services.notifications.domain.habit_forms import goal_text
from services.notifications.domain.i18n import day_text, gettext
from services.notifications.domain.messages import LONGEST_TEXT
from services.notifications.domain.schedules import ScheduleChoice, schedule_text
from services.notifications.domain.titles import fitted

_ROOM = 200
"""For what is written below a tip."""


class TipKind(StrEnum):
    """What applying a recommendation changes."""

    REMINDER = "set_reminder"
    SCHEDULE = "change_schedule"
    TARGET = "change_target"
    ARCHIVE = "archive"
    CHECK_IN = "check_in"
    PAUSE = "pause"


@dataclass(frozen=True, slots=True, kw_only=True)
class TipAction:
    """What one tap changes. Of the values, the one that `kind` needs is there."""

    kind: TipKind
    time: str = ""
    """`HH:MM`, for a reminder."""
    schedule: ScheduleChoice | None = None
    limit: bool = False
    """Whether the target is not to be exceeded."""
    amount: str = ""
    """The target, a decimal."""
    first: date | None = None
    """The day of a check-in, or the first of a pause."""
    last: date | None = None
    """The last day of a pause."""

    def label(self) -> str:
        """Return what the button says."""
        match self.kind:
            case TipKind.REMINDER:
                return gettext("⏰ Remind at {time}").format(time=self.time)
            case TipKind.SCHEDULE:
                return f"🗓 {schedule_text(self.schedule or ScheduleChoice())}"
            case TipKind.TARGET:
                return goal_text(Measure.LIMIT if self.limit else Measure.QUANTITY, self.amount, "")
            case TipKind.ARCHIVE:
                return gettext("🗄 Archive it")
            case TipKind.CHECK_IN:
                return gettext("✅ Done: {day}").format(day=_day(self.first))
            case TipKind.PAUSE:
                return gettext("⏸ Pause: {first} – {last}").format(
                    first=_day(self.first), last=_day(self.last)
                )


@dataclass(frozen=True, slots=True, kw_only=True)
class Tip:
    """A recommendation. Without an action it can only be put aside."""

    recommendation_id: UUID
    text: str
    action: TipAction | None

    @property
    def label(self) -> str:
        """What its button says; empty without an action."""
        return self.action.label() if self.action else ""

    def shown(self, outcome: str = "") -> str:
        """Return the tip in words, with what came of it."""
        text = fitted(f"💡 {self.text}", LONGEST_TEXT - _ROOM)
        return f"{text}\n\n{outcome}" if outcome else text


def _day(day: date | None) -> str:
    return day_text(day) if day else ""
