"""Rules about inactivity: a streak at risk, a break, an abandoned habit."""

from datetime import timedelta

from rhythm.schedule import StreakUnit
from services.analytics.domain.recommend.rule_input import RuleInput
from services.analytics.domain.recommend.suggestion import Suggestion
from services.analytics.domain.recommend.timing import usual_time
from services.analytics.domain.recommend.wording import counted, quoted, shown_time

LEAST_STREAK = {StreakUnit.DAY: 5, StreakUnit.WEEK: 3, StreakUnit.MONTH: 3, StreakUnit.YEAR: 2}
"""Shorter ones get no warning."""
ALARM_WITHIN = {
    StreakUnit.DAY: timedelta(hours=6),
    StreakUnit.WEEK: timedelta(hours=24),
    StreakUnit.MONTH: timedelta(hours=48),
    StreakUnit.YEAR: timedelta(days=7),
}
"""How long before its deadline a streak is at risk."""
COMEBACK_AFTER_DAYS = 7
"""A break is at least so long."""
ARCHIVE_AFTER_DAYS = 30
"""After so many days without an answer, archiving is suggested."""
BREAK_FAILURES = 3
"""A break has let pass at least so many due units."""


def warn_of_streak_at_risk(subject: RuleInput) -> Suggestion | None:
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
    return Suggestion(
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


def suggest_comeback(subject: RuleInput) -> Suggestion | None:
    """Suggest to resume a habit that was active and then stopped."""
    silent = subject.silent_days()
    if subject.last_done is None or not COMEBACK_AFTER_DAYS <= silent < ARCHIVE_AFTER_DAYS:
        return None
    failed = [it for it in subject.decided(silent) if it.to_date > subject.last_done]
    if _has_limit(subject) or len(failed) < min(BREAK_FAILURES, max(silent // 7, 1)):
        return None
    time = usual_time(subject)
    name, silence = quoted(subject.habit.title), counted(silent, "day")
    return Suggestion(
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


def suggest_archive(subject: RuleInput) -> Suggestion | None:
    """Suggest to archive a habit without an answer for a month."""
    silent = subject.silent_days()
    if _has_limit(subject) or silent < ARCHIVE_AFTER_DAYS:
        return None
    last = subject.last_done.isoformat() if subject.last_done else None
    name, silence = quoted(subject.habit.title), counted(silent, "day")
    return Suggestion(
        rule="archive",
        habit_id=subject.habit.id,
        text=f"{name} has been quiet for {silence}. Archive it? Its history stays, "
        "and it can come back any day.",
        evidence={"silent_days": silent, "last_date": last},
        action={"kind": "archive"},
        weight=70 + silent / 1000,
    )


def _has_limit(subject: RuleInput) -> bool:
    """Return whether the goal is a limit: no answer is then success, not neglect."""
    return subject.version.goal.at_most
