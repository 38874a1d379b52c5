"""Days that reminders are about: what became of them, and how a sent reminder says so."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from uuid import UUID

from services.notifications.domain.buttons import NO_BUTTONS, Buttons
from services.notifications.domain.event_data import HabitDone, Streak
from services.notifications.domain.i18n import gettext, mark
from services.notifications.domain.replies import done_text, with_title

RECENT_DAYS = timedelta(days=3)
"""Days before these have no reminder that still matters."""
EDIT_DELAY = timedelta(seconds=1)
"""How long an edit waits for other events about its day."""
ANSWER_TIME = timedelta(seconds=15)
"""Longest the handling of a pressed button may take before the sender edits the reminder."""
EDIT_LEASE = timedelta(seconds=30)
"""After so long an edit whose sender has died is taken by another."""
EDIT_LIFETIME = timedelta(days=2)
"""Reminders older than this are left as they are."""

NO_STREAK = Streak(0)

_PAUSED = mark("⏸ Paused")
_SKIPPED = mark("⏭ Skipped")
_MISSED = mark("❌ Not done")


class DayOutcome(StrEnum):
    """What became of a day."""

    OPEN = "open"
    """Nothing is recorded, or not enough."""
    MET = "met"
    SKIPPED = "skipped"
    MISSED = "missed"
    """Marked as not done."""
    PAUSED = "paused"
    """In a pause, and nothing is recorded."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DayChange:
    """The new state of a day; of two, the one with the higher revision is the newer one."""

    owner_id: UUID
    habit_id: UUID
    logical_date: date
    revision: int
    state: DayOutcome
    streak: Streak = NO_STREAK


@dataclass(frozen=True, slots=True, kw_only=True)
class PauseRange:
    """The days of a pause, of one habit or of all."""

    owner_id: UUID
    habit_id: UUID | None
    from_date: date
    to_date: date | None
    deleted: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class SentReminder:
    """A reminder in a chat, and its day as it is now."""

    id: UUID
    chat_id: int
    telegram_id: int
    text: str
    buttons: Buttons
    locale: str
    create_time: datetime
    expire_time: datetime | None
    shown_state: DayOutcome
    """What the message says."""
    shown_revision: int
    """The newest revision of the day that the message takes into account."""
    day_state: DayOutcome
    day_revision: int
    streak: Streak
    claim: datetime
    """When the claim of the sender that has it ends; identifies the claim."""

    def needs_edit(self, *, now: datetime) -> bool:
        """Say whether the message says something else than what became of the day."""
        if self.day_state is self.shown_state or now >= self.create_time + EDIT_LIFETIME:
            return False
        if self.day_state is DayOutcome.OPEN and self.expire_time and now >= self.expire_time:
            return False  # it cannot be answered any more
        by_pause = DayOutcome.PAUSED in (self.day_state, self.shown_state)
        return by_pause or self.day_revision > self.shown_revision


def edited_text(reminder: SentReminder) -> str:
    """Return a reminder's text with what became of its day below the title."""
    match reminder.day_state:
        case DayOutcome.OPEN:
            return reminder.text
        case DayOutcome.MET:
            outcome = done_text(reminder.streak)
        case DayOutcome.SKIPPED:
            outcome = gettext(_SKIPPED)
        case DayOutcome.MISSED:
            outcome = gettext(_MISSED)
        case DayOutcome.PAUSED:
            outcome = gettext(_PAUSED)
    return with_title(reminder.text, outcome)


def edited_buttons(reminder: SentReminder) -> Buttons:
    """Return the buttons of a reminder: none when there is nothing left to answer."""
    return reminder.buttons if reminder.day_state is DayOutcome.OPEN else NO_BUTTONS


def effective_state(state: str, *, paused: bool) -> DayOutcome:
    """Return what became of a day that may be paused: what is recorded says more."""
    stored = DayOutcome(state)
    return DayOutcome.PAUSED if paused and stored is DayOutcome.OPEN else stored


def day_change_of(event: HabitDone) -> DayChange:
    """Return what a reached goal means for the day."""
    return DayChange(
        owner_id=event.owner_id,
        habit_id=event.habit_id,
        logical_date=event.logical_date,
        revision=event.revision,
        state=DayOutcome.MET,
        streak=event.streak,
    )
