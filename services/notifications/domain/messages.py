"""The words of what is sent: reminders, cheers and reports."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

from services.notifications.domain.buttons import (
    NO_BUTTONS,
    ButtonAction,
    ButtonKind,
    Buttons,
    Measure,
    MessageKind,
    button,
)
from services.notifications.domain.event_data import (
    HabitDone,
    Period,
    ReminderDue,
    ReportCreated,
    Streak,
    Unit,
)

CHEER_LIFETIME = timedelta(hours=6)
"""A cheer that could not be sent for so long would only puzzle."""
REPORT_LIFETIME = timedelta(hours=24)

LONGEST_TEXT = 4096
"""Telegram takes no more characters in one message."""

_USUAL_SENTENCE = "You haven't completed it today — let's go!"
_LIMIT_SENTENCE = "Remember: this one is about staying below your limit."
_TITLES = {
    Period.DAILY: "💡 Daily Report Ready!",
    Period.WEEKLY: "💡 Weekly Report Ready!",
    Period.MONTHLY: "💡 Monthly Report Ready!",
}
_MILESTONES = {
    Unit.DAY: frozenset({7, 14, 21, 30, 50, 66, 75, 150, 250, 365, 730, 1000}),
    Unit.WEEK: frozenset({4, 8, 12, 26, 52, 78, 104}),
    Unit.MONTH: frozenset({3, 6, 12, 18, 24, 36, 48, 60}),
    Unit.YEAR: frozenset({2, 3, 5}),
}
_HUNDRED = 100


class Kind(StrEnum):
    """What a message is about."""

    REMINDER = "reminder"
    CHEER = "cheer"
    REPORT = "report"


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A message as it is first written down."""

    owner_id: UUID
    kind: Kind
    text: str
    buttons: Buttons = NO_BUTTONS
    habit_id: UUID | None = None
    logical_date: date | None = None
    expire_time: datetime | None = None
    """From then on it is of no use and is not sent."""


def reminder(event: ReminderDue) -> Draft:
    """Write a reminder, with buttons that answer it."""
    usual = _LIMIT_SENTENCE if event.measure is Measure.LIMIT else _USUAL_SENTENCE
    lines = [reminder_title(event.title), event.text or usual]
    if event.missing is not None and event.missing > 0:
        lines.append(f"{amount_words(event.missing, event.unit)} to go")
    action = ButtonAction(
        action=ButtonKind.DONE,
        habit_id=event.habit_id,
        logical_date=event.due_date,
        measure=event.measure,
        message_kind=MessageKind.REMINDER,
    )
    return Draft(
        owner_id=event.owner_id,
        kind=Kind.REMINDER,
        text="\n".join(lines),
        buttons=reminder_buttons(action),
        habit_id=event.habit_id,
        logical_date=event.due_date,
        expire_time=event.expire_time,
    )


def reminder_title(title: str) -> str:
    """Return the first line of a reminder; it stays when the message is answered."""
    return f'🔥 Habit reminder: "{title}"'


def reminder_buttons(action: ButtonAction) -> Buttons:
    """Return the answers to a reminder."""
    done = (button("✅ Done", action.with_action(ButtonKind.DONE)),)
    others = (
        button("⏭ Skip", action.with_action(ButtonKind.SKIP)),
        button("⏰ Later", action.with_action(ButtonKind.LATER)),
    )
    return (others if action.measure is Measure.LIMIT else done + others,)


def cheer(event: HabitDone, *, now: datetime) -> Draft:
    """Write a cheer: the louder the rounder the number."""
    streak, title = event.streak, f'"{event.title}"'
    if streak.length == 0:
        text = f"✅ {title}: done. Well done!"
    elif streak.length == 1:
        text = f"🎉 {title}: done. A new streak begins!"
    elif is_milestone(streak):
        text = f"🏆 {title}: {streak_words(streak)}! That is something to be proud of."
    else:
        text = f"🔥 {title}: {streak_words(streak)}. Keep it up!"
    return Draft(
        owner_id=event.owner_id,
        kind=Kind.CHEER,
        text=text,
        habit_id=event.habit_id,
        logical_date=event.logical_date,
        expire_time=now + CHEER_LIFETIME,
    )


def is_milestone(streak: Streak) -> bool:
    """Say whether the length is one people tell each other about."""
    return streak.length in _MILESTONES[streak.unit] or (
        streak.length > 0 and streak.length % _HUNDRED == 0
    )


def report(event: ReportCreated, *, now: datetime) -> Draft:
    """Write a report: a day with its habits, a week or month with its completion rate."""
    lines = [_TITLES[event.period]]
    if event.period is Period.DAILY:
        lines.append(f"• {counted(event.completed_habits, 'habit')} completed")
    else:
        lines.append(f"• {event.met} of {event.due} goals met{_percent(event.met, event.due)}")
        lines.append(f"• {counted(event.perfect_days, 'perfect day')}")
    lines.append(f"• Streak: {counted(event.streak.length, event.streak.unit)}")
    if event.recommendation:
        lines.append(f"• Recommendation: {event.recommendation}")
    return Draft(
        owner_id=event.owner_id,
        kind=Kind.REPORT,
        text="\n".join(lines)[:LONGEST_TEXT],
        expire_time=now + REPORT_LIFETIME,
    )


def streak_words(streak: Streak) -> str:
    """Return a streak as people say it: `4 days in a row`."""
    return f"{counted(streak.length, streak.unit)} in a row"


def amount_words(amount: Decimal, unit: str) -> str:
    """Return an amount as people say it: `2.5 km`, without needless zeros."""
    number = f"{amount.normalize():f}"
    return f"{number} {unit}".strip()


def counted(count: int, noun: str) -> str:
    """Return a count with its noun: `1 day`, `2 days`."""
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def _percent(met: int, due: int) -> str:
    return f" ({met * 100 // due}%)" if due else ""
