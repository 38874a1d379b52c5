"""Rules about inactivity: a streak at risk, a break, an abandoned habit."""

from datetime import timedelta

from rhythm.schedule import StreakUnit
from services.analytics.domain.i18n import gettext
from services.analytics.domain.recommend.rule_input import RuleInput
from services.analytics.domain.recommend.suggestion import ActionKind, Suggestion
from services.analytics.domain.recommend.timing import reminder_action, usual_time
from services.analytics.domain.recommend.wording import (
    days_text,
    quoted,
    shown_time,
    streak_text,
)

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
    if subject.has_limit or not timedelta() < left <= ALARM_WITHIN[unit.kind]:
        return None
    local = deadline.astimezone(subject.person.zone)
    return Suggestion(
        rule="streak_at_risk",
        habit_id=subject.habit.id,
        text=gettext(
            "Your {length} streak of {name} ends at {time}. There is still time to keep it.",
            length=streak_text(streak.length, streak.unit),
            name=quoted(subject.habit.title),
            time=shown_time(local.time()),
        ),
        evidence={
            "streak": streak.length,
            "unit": streak.unit.value,
            "deadline": deadline.isoformat().replace("+00:00", "Z"),
            "done": str(unit.done),
            "asked": str(unit.asked),
        },
        action=subject.check_in_action(),
        weight=100 + min(streak.length, 99) / 100,
    )


def suggest_comeback(subject: RuleInput) -> Suggestion | None:
    """Suggest to resume a habit that was active and then stopped."""
    silent = subject.silent_days()
    if subject.last_done is None or not COMEBACK_AFTER_DAYS <= silent < ARCHIVE_AFTER_DAYS:
        return None
    failed = [it for it in subject.decided(silent) if it.to_date > subject.last_done]
    if subject.has_limit or len(failed) < min(BREAK_FAILURES, max(silent // 7, 1)):
        return None
    time = usual_time(subject)
    return Suggestion(
        rule="comeback",
        habit_id=subject.habit.id,
        text=gettext(
            "{name} has been quiet for {silence}. One check-in today is a new beginning.",
            name=quoted(subject.habit.title),
            silence=days_text(silent),
        ),
        evidence={
            "silent_days": silent,
            "last_date": subject.last_done.isoformat(),
            "missed_units": len(failed),
        },
        action=reminder_action(time) if time else subject.check_in_action(),
        weight=80 + silent / 100,
    )


def suggest_archive(subject: RuleInput) -> Suggestion | None:
    """Suggest to archive a habit without an answer for a month."""
    silent = subject.silent_days()
    if subject.has_limit or silent < ARCHIVE_AFTER_DAYS:
        return None
    last = subject.last_done.isoformat() if subject.last_done else None
    return Suggestion(
        rule="archive",
        habit_id=subject.habit.id,
        text=gettext(
            "{name} has been quiet for {silence}. Archive it? Its history stays, "
            "and it can come back any day.",
            name=quoted(subject.habit.title),
            silence=days_text(silent),
        ),
        evidence={"silent_days": silent, "last_date": last},
        action={"kind": ActionKind.ARCHIVE.value},
        weight=70 + silent / 1000,
    )
