"""Recommendation rules: they read a habit's last weeks and suggest a change, with the evidence.

Every rule is a pure function from a `RuleInput` to a `Suggestion`, or to None where it does not
hold. `rank_suggestions` applies them all.
"""

from collections.abc import Callable, Iterable, Sequence

from services.analytics.domain.recommend.inactivity import (
    suggest_archive,
    suggest_comeback,
    warn_of_streak_at_risk,
)
from services.analytics.domain.recommend.rule_input import RuleInput
from services.analytics.domain.recommend.suggestion import Suggestion
from services.analytics.domain.recommend.target import suggest_higher_target, suggest_lower_target
from services.analytics.domain.recommend.timing import suggest_reminder_time, suggest_weekday_off

type Rule = Callable[[RuleInput], Suggestion | None]

RULES: Sequence[Rule] = (
    warn_of_streak_at_risk,
    suggest_archive,
    suggest_comeback,
    suggest_lower_target,
    suggest_weekday_off,
    suggest_reminder_time,
    suggest_higher_target,
)

_INACTIVE = {"archive", "comeback"}
_SUPPRESSED_BY = {
    "comeback": {"archive"},
    "target_down": _INACTIVE,
    "target_up": _INACTIVE,
    "weak_weekday": _INACTIVE,
    "best_hour": _INACTIVE,
}
"""Which rules are dropped when others hold for the same habit, such as all when it is inactive."""


def rank_suggestions(subjects: Iterable[RuleInput]) -> list[Suggestion]:
    """Return all suggestions that hold, strongest first."""
    found = [suggestion for subject in subjects for suggestion in _suggestions_for(subject)]
    return sorted(
        found,
        key=lambda suggestion: (-suggestion.weight, suggestion.rule, str(suggestion.habit_id)),
    )


def _suggestions_for(subject: RuleInput) -> list[Suggestion]:
    if not subject.has_enough_data:
        return []
    given = [suggestion for rule in RULES if (suggestion := rule(subject)) is not None]
    rules = {suggestion.rule for suggestion in given}
    return [
        suggestion for suggestion in given if not rules & _SUPPRESSED_BY.get(suggestion.rule, set())
    ]


__all__ = ["RULES", "RuleInput", "Suggestion", "rank_suggestions"]
