"""Rules about not doing: a streak about to end, a break, a habit that is no more."""

from datetime import timedelta

from rhythm.schedule import StreakUnit
from services.analytics.domain.recommend.advice import Advice
from services.analytics.domain.recommend.subject import Subject
from services.analytics.domain.recommend.timing import usual_time
from services.analytics.domain.recommend.words import counted, quoted, shown_time

LEAST_STREAK = {StreakUnit.DAY: 5, StreakUnit.WEEK: 3, StreakUnit.MONTH: 3}
"""Shorter ones are not worth an alarm."""
ALARM_WITHIN = {
    StreakUnit.DAY: timedelta(hours=6),
    StreakUnit.WEEK: timedelta(hours=24),
    StreakUnit.MONTH: timedelta(hours=48),
}
"""How long before its end a streak is said to be at risk."""
BREAK_DAYS = 7
"""A break is at least so long."""
ARCHIVE_DAYS = 30
"""So long a silence is the end of a habit."""
BREAK_FAILURES = 3
"""A break has let pass at least so many due units."""


def keep_streak(subject: Subject) -> Advice | None:
    """Warn of a good streak whose last unit is open and about to end."""
    streak, found = subject.streak, subject.open_unit()
    if found is None or streak.length < LEAST_STREAK[streak.unit]:
        return None
    unit, deadline = found
    left = deadline - subject.now
    if _has_limit(subject) or not timedelta() < left <= ALARM_WITHIN[unit.kind]:
        return None
    local = deadline.astimezone(subject.person.zone)
    length = f"{streak.length}-{streak.unit.value}"
    name = quoted(subject.habit.title)
    return Advice(
        rule="streak_at_risk",
        habit_id=subject.habit.id,
        text=f"Your {length} streak of {name} ends at {shown_time(local.time())}. "
        "There is still time to keep it.",
        evidence={
            "streak": streak.length,
            "unit": streak.unit.value,
            "deadline": deadline.isoformat().replace("+00:00", "Z"),
            "done": str(unit.done),
            "asked": str(unit.asked),
        },
        action={"kind": "check_in", "date": subject.today.isoformat()},
        weight=100 + min(streak.length, 99) / 100,
    )


def come_back(subject: Subject) -> Advice | None:
    """Invite back to a habit that was alive and then stopped."""
    silent = subject.silent_days()
    if subject.last_done is None or not BREAK_DAYS <= silent < ARCHIVE_DAYS:
        return None
    failed = [it for it in subject.decided(silent) if it.to_date > subject.last_done]
    if _has_limit(subject) or len(failed) < min(BREAK_FAILURES, max(silent // 7, 1)):
        return None
    time = usual_time(subject)
    name, silence = quoted(subject.habit.title), counted(silent, "day")
    return Advice(
        rule="comeback",
        habit_id=subject.habit.id,
        text=f"{name} has been quiet for {silence}. One check-in today is a new beginning.",
        evidence={
            "silent_days": silent,
            "last_date": subject.last_done.isoformat(),
            "missed_units": len(failed),
        },
        action={"kind": "set_reminder", "time": shown_time(time)} if time else {},
        weight=80 + silent / 100,
    )


def archive_silent(subject: Subject) -> Advice | None:
    """Suggest to let a habit rest that nobody has touched for a month."""
    silent = subject.silent_days()
    if _has_limit(subject) or silent < ARCHIVE_DAYS:
        return None
    last = subject.last_done.isoformat() if subject.last_done else None
    name, silence = quoted(subject.habit.title), counted(silent, "day")
    return Advice(
        rule="archive",
        habit_id=subject.habit.id,
        text=f"{name} has been quiet for {silence}. Archive it? Its history stays, "
        "and it can come back any day.",
        evidence={"silent_days": silent, "last_date": last},
        action={"kind": "archive"},
        weight=70 + silent / 1000,
    )


def _has_limit(subject: Subject) -> bool:
    """Silence about something to stay below is success, not neglect."""
    return subject.version.goal.at_most
