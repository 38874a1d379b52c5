"""Rules about when: the hour at which a habit is really done, the weekday on which it is not."""

from collections import Counter, defaultdict
from datetime import time
from statistics import median_low

from rhythm.plan import State
from rhythm.schedule import Frequency, Schedule, Weekday
from rhythm.units import DueUnit
from services.analytics.domain.i18n import gettext, mark
from services.analytics.domain.recommend.rule_input import RuleInput
from services.analytics.domain.recommend.suggestion import ActionKind, Suggestion, Value
from services.analytics.domain.recommend.wording import WEEKDAYS, percent, quoted, shown_time

WEEKS_OF_HOURS = 6
LEAST_CHECK_INS = 10
"""Fewer say nothing of a usual hour."""
HABITUAL_SHARE = 0.6
"""So many check-ins of all lie in the usual hour."""
NEAR_MINUTES = 60
"""A reminder so near the usual time is right as it is."""
WEEKS_OF_WEEKDAYS = 8
LEAST_A_WEEKDAY = 4
"""A weekday that was due fewer times is not judged."""
WEAK_RATE = 0.5
STRONG_RATE = 0.7
"""The other weekdays must go this well for one to stand out."""

_DAY_MINUTES = 24 * 60
_WINDOW_MINUTES = 60
_STEP_MINUTES = 15
_STEPS = _DAY_MINUTES // _STEP_MINUTES
_WINDOW_STEPS = _WINDOW_MINUTES // _STEP_MINUTES


def usual_time(subject: RuleInput) -> time | None:
    """Return when the habit is usually done, on a quarter of an hour; None without a pattern."""
    found = usual_hour(subject)
    return found[0] if found else None


def reminder_action(at: time, text: str = "") -> dict[str, Value]:
    """Return the action that sets a reminder."""
    action: dict[str, Value] = {"kind": ActionKind.SET_REMINDER.value, "time": shown_time(at)}
    return action | {"text": text} if text else action


def check_in_minutes(subject: RuleInput) -> list[int]:
    """Return when the check-ins of six weeks were made, in minutes of the person's clock.

    Days that were filled in later are left out: they say nothing of when it was done.
    """
    person = subject.person
    minutes: list[int] = []
    for day in subject.days_done(WEEKS_OF_HOURS * 7):
        moment = subject.record.moments.get(day)
        if moment is not None and person.today(moment) == day:
            local = moment.astimezone(person.zone)
            minutes.append(local.hour * 60 + local.minute)
    return minutes


def suggest_reminder_time(subject: RuleInput) -> Suggestion | None:
    """Suggest a reminder at the time when the person really checks in."""
    found = usual_hour(subject)
    if found is None or subject.version.goal.at_most:
        return None
    usual, hits, total = found
    reminders = subject.habit.reminder_times
    if any(_minutes_apart(usual, reminder) <= NEAR_MINUTES for reminder in reminders):
        return None
    when = shown_time(usual)
    if reminders:
        text = mark(
            "You do {name} around {time} ({hits} of {total} times). Move its reminder there?"
        )
    else:
        text = mark(
            "You do {name} around {time} ({hits} of {total} times). A reminder then would help."
        )
    return Suggestion(
        rule="best_hour",
        habit_id=subject.habit.id,
        text=gettext(text, name=quoted(subject.habit.title), time=when, hits=hits, total=total),
        evidence={
            "usual_time": when,
            "hits": hits,
            "check_ins": total,
            "share": round(hits / total, 3),
            "reminder_times": [shown_time(reminder) for reminder in reminders],
        },
        action=reminder_action(usual),
        weight=30 + hits / total,
    )


def suggest_weekday_off(subject: RuleInput) -> Suggestion | None:
    """Suggest to take the one weekday off on which a good habit fails."""
    schedule = subject.version.schedule
    weekdays = _due_weekdays(schedule)
    if len(weekdays) < 2 or not subject.unchanged_for(LEAST_A_WEEKDAY * 7):
        return None
    by_weekday: defaultdict[Weekday, list[DueUnit]] = defaultdict(list)
    for unit in subject.decided(WEEKS_OF_WEEKDAYS * 7):
        if unit.version_date == subject.version.effective_date:
            by_weekday[Weekday(unit.to_date.weekday())].append(unit)
    judged = {day: units for day, units in by_weekday.items() if len(units) >= LEAST_A_WEEKDAY}
    if len(judged) < 2:
        return None
    weak = min(judged, key=lambda day: (_rate(judged[day]), -day))
    others = [unit for day, units in judged.items() if day is not weak for unit in units]
    rate, other_rate = _rate(judged[weak]), _rate(others)
    if rate > WEAK_RATE or other_rate < STRONG_RATE:
        return None
    met = sum(unit.state is State.MET for unit in judged[weak])
    kept: list[object] = [it.name.lower() for it in weekdays if it is not weak]
    return Suggestion(
        rule="weak_weekday",
        habit_id=subject.habit.id,
        text=gettext(
            "{name} goes well ({percent}), but not on {days}: {met} of {due}. Take {days} off?",
            name=quoted(subject.habit.title),
            percent=percent(other_rate),
            days=gettext(WEEKDAYS[weak]),
            met=met,
            due=len(judged[weak]),
        ),
        evidence={
            "weekday": weak.name.lower(),
            "met": met,
            "due": len(judged[weak]),
            "rate": round(rate, 3),
            "other_rate": round(other_rate, 3),
        },
        action={
            "kind": ActionKind.CHANGE_SCHEDULE.value,
            "schedule": {"frequency": "weekly", "weekdays": [str(it) for it in kept]},
        },
        weight=50 + other_rate - rate,
    )


def _due_weekdays(schedule: Schedule) -> tuple[Weekday, ...]:
    """Return the weekdays a schedule names every week; none for one that counts otherwise."""
    if schedule.interval != 1:
        return ()
    if schedule.frequency is Frequency.DAILY:
        return tuple(Weekday)
    return schedule.weekdays


def usual_hour(subject: RuleInput) -> tuple[time, int, int] | None:
    """Return the middle of the busiest hour's check-ins, how many those are, and of how many."""
    minutes = check_in_minutes(subject)
    if len(minutes) < LEAST_CHECK_INS:
        return None

    quarters = Counter(minute // _STEP_MINUTES for minute in minutes)
    found = [sum(quarters[(n + k) % _STEPS] for k in range(_WINDOW_STEPS)) for n in range(_STEPS)]
    hits = max(found)
    if hits < HABITUAL_SHARE * len(minutes):
        return None
    start = found.index(hits) * _STEP_MINUTES
    after = [(minute - start) % _DAY_MINUTES for minute in minutes]
    middle = median_low(minute for minute in after if minute < _WINDOW_MINUTES)
    usual = (start + middle) % _DAY_MINUTES // _STEP_MINUTES * _STEP_MINUTES
    return time(usual // 60, usual % 60), hits, len(minutes)


def _minutes_apart(one: time, other: time) -> int:
    apart = abs((one.hour - other.hour) * 60 + one.minute - other.minute)
    return min(apart, _DAY_MINUTES - apart)


def _rate(units: list[DueUnit]) -> float:
    return sum(unit.state is State.MET for unit in units) / len(units)
