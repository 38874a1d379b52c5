"""Rules about how much: a target that is out of reach, or reached without effort."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil
from statistics import median

from rhythm.goal import Direction, Goal, Measure, amount_of, is_total, thousandths_of
from rhythm.plan import State
from rhythm.schedule import Frequency, Schedule, StreakUnit
from rhythm.units import DueUnit
from services.analytics.domain.i18n import gettext, ngettext
from services.analytics.domain.recommend.rule_input import LOOK_BACK_DAYS, RuleInput
from services.analytics.domain.recommend.suggestion import ActionKind, Suggestion, Value
from services.analytics.domain.recommend.wording import percent, quoted, shown_amount
from services.analytics.domain.report import LEAST_DATA_DAYS

TOO_HARD, TOO_EASY = 0.4, 0.9
FOUR_WEEKS = 28
LEAST_UNITS = {StreakUnit.DAY: 8, StreakUnit.WEEK: 4, StreakUnit.MONTH: 3, StreakUnit.YEAR: 3}
"""Fewer are not judged. Months are looked at for three of them, all else for four weeks."""
RECENT_UNITS = 7
"""Who has met half of the last ones is recovering, and gets no suggestion."""

_WEEK = 7


@dataclass(frozen=True, slots=True)
class _Change:
    """Another target: in words, and as the body of an edit of the habit."""

    words: str
    action: dict[str, Value]


def suggest_lower_target(subject: RuleInput) -> Suggestion | None:
    """Suggest an easier target after four weeks under 40 %."""
    found = _judged(subject)
    if found is None:
        return None
    units, rate = found
    recovers = _met(units[-RECENT_UNITS:]) * 2 >= RECENT_UNITS
    change = _easier(subject, units) if rate < TOO_HARD and not recovers else None
    if change is None:
        return None
    return Suggestion(
        rule="target_down",
        habit_id=subject.habit.id,
        text=gettext(
            "{name} was met {met} of {due} times ({percent}). Make it easier to win: {change}?",
            **_values(subject, units, rate, change),
        ),
        evidence=_evidence(units, rate),
        action=change.action,
        weight=60 + TOO_HARD - rate,
    )


def suggest_higher_target(subject: RuleInput) -> Suggestion | None:
    """Suggest more after four weeks over 90 %."""
    found = _judged(subject)
    if found is None:
        return None
    units, rate = found
    change = _harder(subject, units) if rate > TOO_EASY else None
    if change is None:
        return None
    return Suggestion(
        rule="target_up",
        habit_id=subject.habit.id,
        text=gettext(
            "{name} was met {met} of {due} times ({percent}). Ready for more: {change}?",
            **_values(subject, units, rate, change),
        ),
        evidence=_evidence(units, rate),
        action=change.action,
        weight=20 + rate - TOO_EASY,
    )


def suggest_small_step(subject: RuleInput) -> Suggestion | None:
    """Suggest a smaller beginning for a new habit that does not get going, before four weeks."""
    days = subject.data_days - 1
    if subject.has_limit or days >= FOUR_WEEKS or not subject.unchanged_for(LEAST_DATA_DAYS - 1):
        return None
    units = [unit for unit in subject.decided(days) if unit.kind is StreakUnit.DAY]
    if len(units) < LEAST_UNITS[StreakUnit.DAY]:
        return None
    rate = _met(units) / len(units)
    recovers = _met(units[-RECENT_UNITS:]) * 2 >= RECENT_UNITS
    change = _easier(subject, units, days) if rate < TOO_HARD and not recovers else None
    if change is None:
        return None
    return Suggestion(
        rule="small_step",
        habit_id=subject.habit.id,
        text=gettext(
            "{name} is hard to get going: {met} of {due} times ({percent}). "
            "Small steps become habits sooner: {change}?",
            **_values(subject, units, rate, change),
        ),
        evidence=_evidence(units, rate),
        action=change.action,
        weight=58 + TOO_HARD - rate,
    )


def _values(
    subject: RuleInput, units: Sequence[DueUnit], rate: float, change: _Change
) -> dict[str, object]:
    return {
        "name": quoted(subject.habit.title),
        "met": _met(units),
        "due": len(units),
        "percent": percent(rate),
        "change": change.words,
    }


def _judged(subject: RuleInput) -> tuple[Sequence[DueUnit], float] | None:
    """Return the units to judge by, and the share of them that was met; None if too few."""
    if not subject.unchanged_for(FOUR_WEEKS):
        return None
    kind = subject.streak.unit
    days = LOOK_BACK_DAYS if kind is StreakUnit.MONTH else FOUR_WEEKS
    since = subject.version.effective_date
    units = [
        unit for unit in subject.decided(days) if unit.kind is kind and unit.version_date == since
    ]
    if len(units) < LEAST_UNITS[kind]:
        return None
    return units, _met(units) / len(units)


def _easier(subject: RuleInput, units: Sequence[DueUnit], days: int = FOUR_WEEKS) -> _Change | None:
    goal, schedule = subject.version.goal, subject.version.schedule
    amount = goal.amount_thousandths
    if amount is None:
        return _rarer(subject, schedule, days)
    if goal.at_most:
        return _amount(subject, goal, _rounded(amount * 5 // 4, amount, up=True))
    typical = min(_typical(subject, units), amount * 4 // 5)
    return _amount(subject, goal, _rounded(max(typical, amount // 2), amount, up=False))


def _harder(subject: RuleInput, units: Sequence[DueUnit]) -> _Change | None:
    goal, schedule = subject.version.goal, subject.version.schedule
    amount = goal.amount_thousandths
    if amount is None:
        return _oftener(schedule)
    if goal.at_most:
        return _amount(subject, goal, _rounded(amount * 4 // 5, amount, up=False))
    typical = min(_typical(subject, units), amount * 3 // 2)
    return _amount(subject, goal, _rounded(max(typical, amount * 11 // 10), amount, up=True))


def _rarer(subject: RuleInput, schedule: Schedule, days: int) -> _Change | None:
    """Ask for as many days as were really done in the last days, but fewer than now."""
    done = len(subject.days_done(days)) / days
    if schedule.frequency is Frequency.ROLLING:
        times, span = schedule.times or 1, schedule.days or 1
        fewer = min(round(done * span), times - 1)
        return _times(Frequency.ROLLING, max(fewer, 1), span) if times > 1 else None
    if schedule.frequency is Frequency.MONTHLY:
        named = len(schedule.month_days) + len(schedule.weekday_ordinals)
        times = named or schedule.times or 1
        fewer = min(round(done * 30), times - 1)
        return _times(Frequency.MONTHLY, max(fewer, 1)) if times > 1 else None
    if schedule.frequency is Frequency.YEARLY:
        return None
    asked = _days_a_week(schedule)
    if asked <= 1:
        return None
    fewer = min(round(done * _WEEK), ceil(asked) - 1)
    return _times(Frequency.WEEKLY, max(fewer, 1))


def _oftener(schedule: Schedule) -> _Change | None:
    """Ask for one day more; None where every day is asked already, or days are named."""
    times = schedule.times or 1
    match schedule.frequency:
        case Frequency.DAILY if schedule.interval > 1:
            return _every(schedule.interval - 1)
        case Frequency.WEEKLY if not schedule.weekdays:
            return _every(1) if times + 1 >= _WEEK else _times(Frequency.WEEKLY, times + 1)
        case Frequency.MONTHLY if not schedule.names_days and times < 28:
            return _times(Frequency.MONTHLY, times + 1)
        case Frequency.ROLLING if schedule.days and times < schedule.days:
            return _times(Frequency.ROLLING, times + 1, schedule.days)
    return None


def _days_a_week(schedule: Schedule) -> float:
    if schedule.frequency is Frequency.DAILY:
        return _WEEK / schedule.interval
    return (len(schedule.weekdays) or schedule.times or 1) / schedule.interval


def _times(frequency: Frequency, times: int, days: int | None = None) -> _Change:
    schedule: dict[str, Value] = {"frequency": frequency.value, "times": times}
    match frequency:
        case Frequency.WEEKLY:
            words = ngettext("once a week", "{count} days a week", times)
        case Frequency.MONTHLY:
            words = ngettext("once a month", "{count} days a month", times)
        case _:
            words = ngettext(
                "once in any {days} days", "{count} days in any {days} days", times, days=days
            )
    if days is not None:
        schedule["days"] = days
    return _Change(words, {"kind": ActionKind.CHANGE_SCHEDULE.value, "schedule": schedule})


def _every(interval: int) -> _Change:
    schedule: dict[str, Value] = {"frequency": "daily"}
    if interval > 1:
        schedule["interval"] = interval
    words = ngettext("every day", "every {count} days", interval)
    return _Change(words, {"kind": ActionKind.CHANGE_SCHEDULE.value, "schedule": schedule})


def _amount(subject: RuleInput, goal: Goal, thousandths: int) -> _Change | None:
    if thousandths == goal.amount_thousandths or thousandths <= 0:
        return None
    words = shown_amount(thousandths, subject.habit.unit)
    if goal.direction is Direction.AT_MOST:
        words = gettext("at most {amount}", amount=words)
    changed: dict[str, Value] = {
        "direction": goal.direction.value,
        "amount": float(amount_of(thousandths)),
    }
    if goal.at_most:
        changed["no_answer"] = goal.no_answer.value
    return _Change(words, {"kind": ActionKind.CHANGE_TARGET.value, "goal": changed})


def _typical(subject: RuleInput, units: Sequence[DueUnit]) -> int:
    """Return the amount in the middle of those that were done, in thousandths; 0 for none."""
    schedule = subject.version.schedule
    if is_total(Measure.QUANTITY, schedule):
        amounts = [thousandths_of(unit.done) for unit in units if unit.done]
    else:
        done = subject.days_done(FOUR_WEEKS).values()
        amounts = [fact.amount_thousandths for fact in done if fact.amount_thousandths]
    return int(median(amounts)) if amounts else 0


def _rounded(thousandths: int, like: int, *, up: bool) -> int:
    """Round to two digits, and to a whole number where the amount it replaces is one."""
    step: int = 10 ** max(len(str(thousandths)) - 2, 0)
    if like % 1000 == 0:
        step = max(step, 1000)
    return -(-thousandths // step) * step if up else thousandths // step * step


def _met(units: Sequence[DueUnit]) -> int:
    return sum(unit.state is State.MET for unit in units)


def _evidence(units: Sequence[DueUnit], rate: float) -> dict[str, Value]:
    return {
        "met": _met(units),
        "due": len(units),
        "rate": round(rate, 3),
        "from_date": units[0].to_date.isoformat(),
        "to_date": units[-1].to_date.isoformat(),
    }
