"""Rules about cues: a fixed time, or another habit to begin after.

People who decide when and where they act do it more often (implementation intentions), and an act
that already happens every day is the best cue of all (habit stacking); see docs/recommendations.md.
"""

from collections.abc import Sequence
from datetime import time
from statistics import median_low

from rhythm.plan import State
from services.analytics.domain.i18n import gettext
from services.analytics.domain.recommend.rule_input import RuleInput
from services.analytics.domain.recommend.suggestion import Suggestion
from services.analytics.domain.recommend.timing import (
    LEAST_CHECK_INS,
    check_in_minutes,
    reminder_action,
    usual_hour,
)
from services.analytics.domain.recommend.wording import percent, quoted, shown_time

WEEKS = 4
LEAST_UNITS = 8
"""Fewer due units are not judged."""
LEAST_ANCHOR_UNITS = 20
ANCHOR_RATE = 0.8
"""A habit to begin after is met so often."""
UNSTEADY_RATES = (0.4, 0.75)
"""A habit that is met less needs a smaller target, and one that is met more needs no cue."""

_QUARTER = 15
_MOST_TEXT = 200
"""What a reminder may say, in characters."""


def suggest_fixed_time(subject: RuleInput) -> Suggestion | None:
    """Suggest a fixed time for a habit that is done at changing ones, and often is not."""
    found = _unsteady(subject)
    if found is None:
        return None
    minutes = sorted(check_in_minutes(subject))
    if len(minutes) < LEAST_CHECK_INS or usual_hour(subject) is not None:
        return None
    met, due = found
    middle = median_low(minutes) // _QUARTER * _QUARTER
    at = time(middle // 60, middle % 60)
    return Suggestion(
        rule="fixed_time",
        habit_id=subject.habit.id,
        text=gettext(
            "{name} has no fixed time, and was met {met} of {due} times. Who decides when does it "
            "more often: how about {time}?",
            name=quoted(subject.habit.title),
            met=met,
            due=due,
            time=shown_time(at),
        ),
        evidence={
            "met": met,
            "due": due,
            "rate": round(met / due, 3),
            "check_ins": len(minutes),
            "earliest": _shown(minutes[0]),
            "latest": _shown(minutes[-1]),
        },
        action=reminder_action(at),
        weight=40 + UNSTEADY_RATES[1] - met / due,
    )


def suggest_stacking(subjects: Sequence[RuleInput]) -> list[Suggestion]:
    """Suggest to do unsteady habits right after a habit that is done every day."""
    anchors = [(anchor, *found) for anchor in subjects if (found := _anchor(anchor)) is not None]
    if not anchors:
        return []
    anchor, at, met, due = max(anchors, key=lambda it: (it[2] / it[3], str(it[0].habit.id)))
    return [
        suggestion
        for subject in subjects
        if subject is not anchor
        and (suggestion := _stack(subject, anchor, at, met / due)) is not None
    ]


def _stack(subject: RuleInput, anchor: RuleInput, at: time, rate: float) -> Suggestion | None:
    found = _unsteady(subject)
    if found is None or usual_hour(subject) is not None:
        return None
    met, due = found
    name, after = quoted(subject.habit.title), quoted(anchor.habit.title)
    return Suggestion(
        rule="stack",
        habit_id=subject.habit.id,
        text=gettext(
            "{anchor} happens nearly daily around {time} ({percent}). Do {name} right after it?",
            anchor=after,
            time=shown_time(at),
            percent=percent(rate),
            name=name,
        ),
        evidence={
            "met": met,
            "due": due,
            "rate": round(met / due, 3),
            "anchor_habit_id": str(anchor.habit.id),
            "anchor_rate": round(rate, 3),
            "anchor_time": shown_time(at),
        },
        action=reminder_action(
            at, gettext("After {anchor}: {name}", anchor=after, name=name)[:_MOST_TEXT]
        ),
        weight=45 + rate - met / due,
    )


def _unsteady(subject: RuleInput) -> tuple[int, int] | None:
    """Return met and due of a habit without reminders that is met now and then."""
    if subject.has_limit or subject.habit.reminder_times or not subject.has_enough_data:
        return None
    found = _counts(subject)
    least, most = UNSTEADY_RATES
    if found is None or not least <= found[0] / found[1] <= most:
        return None
    return found


def _anchor(subject: RuleInput) -> tuple[time, int, int] | None:
    """Return the usual time, met and due of a habit to begin after; None where it is none."""
    if subject.has_limit or not subject.has_enough_data:
        return None
    found, usual = _counts(subject), usual_hour(subject)
    if found is None or usual is None or found[1] < LEAST_ANCHOR_UNITS:
        return None
    met, due = found
    return (usual[0], met, due) if met / due >= ANCHOR_RATE else None


def _counts(subject: RuleInput) -> tuple[int, int] | None:
    units = subject.decided(WEEKS * 7)
    if len(units) < LEAST_UNITS:
        return None
    return sum(unit.state is State.MET for unit in units), len(units)


def _shown(minute: int) -> str:
    return shown_time(time(minute // 60, minute % 60))
