"""Recommendation rules: they read a habit's last weeks and suggest a change, with the evidence.

Every rule is a pure function from a `RuleInput`, or from those of all habits, to what it suggests;
to nothing where it does not hold. `rank_suggestions` applies them all. The rules, with the research
behind them, are in docs/recommendations.md.
"""

from collections.abc import Callable, Iterable, Sequence

from services.analytics.domain.recommend.cues import suggest_fixed_time, suggest_stacking
from services.analytics.domain.recommend.inactivity import (
    suggest_archive,
    suggest_comeback,
    warn_of_streak_at_risk,
)
from services.analytics.domain.recommend.restart import (
    encourage_after_slip,
    suggest_fresh_start,
    suggest_pause_of_days_away,
)
from services.analytics.domain.recommend.rule_input import RuleInput
from services.analytics.domain.recommend.suggestion import Suggestion
from services.analytics.domain.recommend.target import (
    suggest_higher_target,
    suggest_lower_target,
    suggest_small_step,
)
from services.analytics.domain.recommend.timing import suggest_reminder_time, suggest_weekday_off

type Rule = Callable[[RuleInput], Suggestion | None]
type RuleOfAll = Callable[[Sequence[RuleInput]], Sequence[Suggestion]]

RULES: Sequence[Rule] = (
    warn_of_streak_at_risk,
    encourage_after_slip,
    suggest_archive,
    suggest_comeback,
    suggest_lower_target,
    suggest_small_step,
    suggest_fresh_start,
    suggest_weekday_off,
    suggest_fixed_time,
    suggest_reminder_time,
    suggest_higher_target,
)
"""Rules that look at one habit."""
RULES_OF_ALL: Sequence[RuleOfAll] = (suggest_pause_of_days_away, suggest_stacking)
"""Rules that look at all habits together."""

_INACTIVE = {"archive", "comeback", "away"}
_SUPPRESSED_BY = {
    "comeback": {"archive", "away"},
    "slip": _INACTIVE,
    "target_down": _INACTIVE,
    "small_step": _INACTIVE,
    "target_up": _INACTIVE,
    "weak_weekday": _INACTIVE,
    "fresh_start": _INACTIVE | {"slip", "target_down", "small_step"},
    "stack": _INACTIVE | {"target_down", "small_step"},
    "fixed_time": _INACTIVE | {"stack", "target_down", "small_step"},
    "best_hour": _INACTIVE,
}
"""Which rules are dropped when others hold for the same habit, such as all when it is inactive."""


def rank_suggestions(subjects: Iterable[RuleInput]) -> list[Suggestion]:
    """Return all suggestions that hold, strongest first."""
    judged = [subject for subject in subjects if subject.has_enough_data]
    found = [given for rule in RULES_OF_ALL for given in rule(judged)]
    found += [given for subject in judged for rule in RULES if (given := rule(subject)) is not None]
    return sorted(
        (it for it in found if not _rules_for(it, found) & _SUPPRESSED_BY.get(it.rule, set())),
        key=lambda suggestion: (-suggestion.weight, suggestion.rule, str(suggestion.habit_id)),
    )


def _rules_for(suggestion: Suggestion, found: Sequence[Suggestion]) -> set[str]:
    """Return the rules that hold for the same habit, and those for all."""
    return {it.rule for it in found if it.habit_id in (suggestion.habit_id, None)}


__all__ = ["RULES", "RULES_OF_ALL", "RuleInput", "Suggestion", "rank_suggestions"]
