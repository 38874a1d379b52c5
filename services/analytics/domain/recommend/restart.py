"""Rules about beginning again: after a slip, on a fresh start, and after days away.

One slip changes nothing, unless one gives up over it (abstinence violation effect); a new week or
month makes it easy to begin again (fresh-start effect); and who was away has not failed (emergency
reserves). See docs/recommendations.md.
"""

from collections.abc import Sequence
from datetime import date, timedelta

from rhythm.plan import State
from rhythm.schedule import StreakUnit, month_of, week_of
from rhythm.units import DueUnit
from services.analytics.domain.i18n import gettext, mark, ngettext
from services.analytics.domain.recommend.rule_input import RuleInput
from services.analytics.domain.recommend.suggestion import ActionKind, Suggestion
from services.analytics.domain.recommend.wording import days_text, quoted
from services.analytics.domain.window import ONE_DAY

LEAST_RUN = {StreakUnit.DAY: 10, StreakUnit.WEEK: 4, StreakUnit.MONTH: 4, StreakUnit.YEAR: 3}
"""After fewer in a row, a slip is no event."""
MOST_SLIPS = 2
LEAST_AWAY, MOST_AWAY = 3, 13
"""So many days without anything may be pauses; more are a break."""
LEAST_HABITS = 2
DIPPED, USUAL = 0.5, 0.6
"""The last week went less well, the four before it went so well."""

_LOOK_BACK = 92
_WEEK = 7


def encourage_after_slip(subject: RuleInput) -> Suggestion | None:
    """Say that one missed day after many does not matter, if the next one is kept."""
    units = [unit for unit in subject.decided(_LOOK_BACK) if unit.kind is subject.streak.unit]
    slips = _trailing(units, State.FAILED)
    run = _trailing(units[: len(units) - slips], State.MET)
    action = subject.check_in_action()
    if subject.has_limit or subject.open_unit() is None or not action:
        return None
    if not 1 <= slips <= MOST_SLIPS or run < LEAST_RUN[subject.streak.unit]:
        return None
    return Suggestion(
        rule="slip",
        habit_id=subject.habit.id,
        text=ngettext(
            "{name} was missed {count} time after {run} in a row. One slip takes nothing away from "
            "a habit; what counts is the next one. Do it today?",
            "{name} was missed {count} times after {run} in a row. A slip takes nothing away from "
            "a habit; what counts is the next one. Do it today?",
            slips,
            name=quoted(subject.habit.title),
            run=run,
        ),
        evidence={
            "missed_units": slips,
            "run": run,
            "unit": subject.streak.unit.value,
            "last_date": subject.last_done.isoformat() if subject.last_done else None,
        },
        action=action,
        weight=85 + min(run, 99) / 100,
    )


def suggest_fresh_start(subject: RuleInput) -> Suggestion | None:
    """Suggest to begin again with the week or month, where the last week was unlike the others."""
    text = _beginning(subject)
    action = subject.check_in_action()
    if subject.has_limit or text is None or subject.open_unit() is None or not action:
        return None
    first = subject.today - timedelta(days=_WEEK)
    units = subject.decided(5 * _WEEK)
    last = [unit for unit in units if unit.to_date >= first]
    usual = [unit for unit in units if unit.to_date < first]
    if len(last) < 3 or len(usual) < 8 or _rate(last) >= DIPPED or _rate(usual) < USUAL:
        return None
    return Suggestion(
        rule="fresh_start",
        habit_id=subject.habit.id,
        text=gettext(text, name=quoted(subject.habit.title), met=_met(last), due=len(last)),
        evidence={
            "met": _met(last),
            "due": len(last),
            "rate": round(_rate(last), 3),
            "usual_rate": round(_rate(usual), 3),
        },
        action=action,
        weight=55 + _rate(usual) - _rate(last),
    )


def suggest_pause_of_days_away(subjects: Sequence[RuleInput]) -> list[Suggestion]:
    """Suggest to pause the days on which somebody who does much did nothing at all."""
    counted = [it for it in subjects if it.has_enough_data and not it.has_limit]
    answers = {day for it in counted for day in it.record.facts if day < it.today}
    if len(counted) < LEAST_HABITS or not answers:
        return []
    today = counted[0].today
    first, last = max(answers) + ONE_DAY, today - ONE_DAY
    count = (today - first).days
    missed = [_missed_since(it, first) for it in counted]
    if not LEAST_AWAY <= count <= MOST_AWAY or sum(map(bool, missed)) < LEAST_HABITS:
        return []
    return [
        Suggestion(
            rule="away",
            habit_id=None,
            text=gettext(
                "Nothing was recorded for {days}. Were you away? A pause of these days keeps your "
                "streaks.",
                days=days_text(count),
            ),
            evidence={
                "silent_days": count,
                "habits": sum(map(bool, missed)),
                "missed_units": sum(missed),
            },
            action={
                "kind": ActionKind.PAUSE.value,
                "from_date": first.isoformat(),
                "to_date": last.isoformat(),
            },
            weight=90,
        )
    ]


def _beginning(subject: RuleInput) -> str | None:
    """Return the sentence for what begins today; None where nothing does."""
    today: date = subject.today
    if month_of(today)[0] == today:
        return mark(
            "A new month is a good moment to begin again: {name} was met {met} of {due} times last "
            "week, and usually more often."
        )
    if week_of(today, subject.person.week_start)[0] == today:
        return mark(
            "A new week is a good moment to begin again: {name} was met {met} of {due} times last "
            "week, and usually more often."
        )
    return None


def _missed_since(subject: RuleInput, first: date) -> int:
    return sum(
        unit.state is State.FAILED for unit in subject.decided(_LOOK_BACK) if unit.to_date >= first
    )


def _trailing(units: Sequence[DueUnit], state: State) -> int:
    """Return how many of the last units in a row have a state."""
    count = 0
    for unit in reversed(units):
        if unit.state is not state:
            break
        count += 1
    return count


def _met(units: Sequence[DueUnit]) -> int:
    return sum(unit.state is State.MET for unit in units)


def _rate(units: Sequence[DueUnit]) -> float:
    return _met(units) / len(units)
