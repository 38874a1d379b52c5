"""Advice: rules that read a habit's last weeks and say what would help, with the evidence.

Every rule is a pure function from a `Subject` to an `Advice`, or to None where it does not hold.
`advise` asks them all.
"""

from collections.abc import Callable, Iterable, Sequence

from services.analytics.domain.recommend.advice import Advice
from services.analytics.domain.recommend.silence import (
    archive_silent,
    come_back,
    keep_streak,
)
from services.analytics.domain.recommend.subject import Subject
from services.analytics.domain.recommend.target import lower_target, raise_target
from services.analytics.domain.recommend.timing import move_reminder, spare_weekday

type Rule = Callable[[Subject], Advice | None]

RULES: Sequence[Rule] = (
    keep_streak,
    archive_silent,
    come_back,
    lower_target,
    spare_weekday,
    move_reminder,
    raise_target,
)

_ASLEEP = {"archive", "comeback"}
_SILENCED_BY = {
    "comeback": {"archive"},
    "target_down": _ASLEEP,
    "target_up": _ASLEEP,
    "weak_weekday": _ASLEEP,
    "best_hour": _ASLEEP,
}
"""What makes no sense beside other advice about the same habit: a sleeping one needs waking."""


def advise(subjects: Iterable[Subject]) -> list[Advice]:
    """Return all advice that holds, strongest first."""
    found = [advice for subject in subjects for advice in _about_one(subject)]
    return sorted(found, key=lambda advice: (-advice.weight, advice.rule, str(advice.habit_id)))


def _about_one(subject: Subject) -> list[Advice]:
    if not subject.has_enough_data:
        return []
    given = [advice for rule in RULES if (advice := rule(subject)) is not None]
    rules = {advice.rule for advice in given}
    return [advice for advice in given if not rules & _SILENCED_BY.get(advice.rule, set())]


__all__ = ["RULES", "Advice", "Subject", "advise"]
