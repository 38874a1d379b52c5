"""When a check-in is worth more than its usual words: milestones of a streak, and comebacks."""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum

from services.notifications.domain.event_data import HabitDone, Streak

SILENCE = timedelta(days=7)
"""So many whole days without a reached goal are a break."""

_MILESTONES = frozenset({3, 7, 14, 30, 50, 100, 200, 365})
_HUNDRED = 100


class Tone(StrEnum):
    """How a check-in is answered."""

    USUAL = "usual"
    MILESTONE = "milestone"
    """The streak is as long as people tell each other about."""
    COMEBACK = "comeback"
    """The person had been away."""


@dataclass(frozen=True, slots=True)
class Activity:
    """What cheers need to know of a person's past; None where there was nothing yet."""

    last_done_date: date | None = None
    """The latest logical date on which any of their habits reached its goal."""
    last_praise_date: date | None = None
    """The person's date when a milestone was last cheered."""

    def after(self, done: HabitDone, tone: Tone, *, today: date) -> "Activity":
        """Return the activity after a check-in that was answered in this tone."""
        latest = max(self.last_done_date or done.logical_date, done.logical_date)
        praised = today if tone is Tone.MILESTONE else self.last_praise_date
        return replace(self, last_done_date=latest, last_praise_date=praised)


def is_milestone(streak: Streak) -> bool:
    """Say whether a streak is worth a cheer, in the unit of its schedule."""
    return streak.length in _MILESTONES or (streak.length > 0 and streak.length % _HUNDRED == 0)


def tone_of(done: HabitDone, activity: Activity, *, today: date) -> Tone:
    """Choose the tone: a milestone once a day, a comeback where a streak begins after a break.

    A streak that goes on was not broken: who does a weekly habit once a week has not been away.
    """
    if is_milestone(done.streak):
        return Tone.USUAL if activity.last_praise_date == today else Tone.MILESTONE
    last = activity.last_done_date
    away = last is not None and done.logical_date - last > SILENCE
    return Tone.COMEBACK if away and done.streak.length <= 1 else Tone.USUAL
