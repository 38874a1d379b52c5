"""A habit's card in the chat: schedule, numbers, the last five weeks as squares."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from uuid import UUID

from services.notifications.domain.buttons import Measure
from services.notifications.domain.event_data import Streak
from services.notifications.domain.habit_forms import goal_text
from services.notifications.domain.i18n import gettext
from services.notifications.domain.messages import LONGEST_TEXT, length_text
from services.notifications.domain.schedules import ScheduleChoice, schedule_text
from services.notifications.domain.titles import fitted, isolated

WEEK = 7
WEEKS_SHOWN = 5


class Square(StrEnum):
    """A day of the history."""

    MET = "🟩"
    FAILED = "🟥"
    NEUTRAL = "🟦"
    OPEN = "🟨"
    NOT_DUE = "⬜"


@dataclass(frozen=True, slots=True, kw_only=True)
class HabitCard:
    """A habit with its numbers."""

    habit_id: UUID
    title: str
    measure: Measure
    amount: str
    unit: str
    schedule: ScheduleChoice
    times: tuple[str, ...]
    archived: bool
    streak: Streak
    best: Streak
    strength: float
    days: tuple[tuple[date, Square], ...]
    """Oldest first."""

    def text(self) -> str:
        """Return the card in words."""
        total = self.measure is not Measure.YES_NO
        reminders = ", ".join(self.times) or gettext("no reminder")
        lines = [
            isolated(self.title) + (" 🗄" if self.archived else ""),
            goal_text(self.measure, self.amount, self.unit),
            f"🗓 {schedule_text(self.schedule, total=total)}",
            f"⏰ {reminders}",
            gettext("🔥 Streak: {streak}, best: {best}").format(
                streak=length_text(self.streak), best=length_text(self.best)
            ),
            gettext("💪 Strength: {percent} %").format(percent=round(self.strength * 100)),
            "",
            *self._weeks(),
        ]
        return fitted("\n".join(lines), LONGEST_TEXT)

    def _weeks(self) -> list[str]:
        squares = [square.value for _, square in self.days]
        return ["".join(squares[first : first + WEEK]) for first in range(0, len(squares), WEEK)]
