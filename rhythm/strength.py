"""How strong a habit is, 0 to 1, day by day: smoothed as Loop Habit Tracker does it."""

from collections import deque
from collections.abc import Generator, Iterator
from datetime import date, timedelta

from rhythm.day_facts import DayFacts
from rhythm.plan import Plan, VersionSpan
from rhythm.schedule import ONE_DAY


def strength_at_first(plan: Plan) -> float:
    """Return the strength on the eve of the start: nothing done yet, or no limit passed yet."""
    return 1.0 if plan.version_spans[0].at_most else 0.0


def strengths(
    day_facts: DayFacts, before: float, since: date, through: date
) -> Iterator[tuple[date, float]]:
    """Yield each date with its strength, today's included as it stands.

    Args:
        day_facts: The facts, back to the longest window before `since`.
        before: The strength on the day before `since`.
        since: The first date to look at.
        through: The last date to look at, today at the latest.
    """
    plan = day_facts.plan
    end = min(through, plan.last_date)
    strength, day = before, max(since, plan.start_date)
    while day <= end:
        span = plan.span_on(day)
        last = min(span.last, end)
        strength = yield from _in_one_version(day_facts, span, strength, day, last)
        day = last + ONE_DAY


def _in_one_version(
    day_facts: DayFacts, span: VersionSpan, strength: float, day: date, last: date
) -> Generator[tuple[date, float], None, float]:
    after, counted_value, facts, paused = (
        span.strength_parameters.after,
        day_facts.counted_value,
        day_facts.facts,
        day_facts.paused,
    )
    window = _window_before(day_facts, span, day)
    held = sum(window)
    while day <= last:
        value = counted_value(day, span) if paused or day in facts else 0
        held += (value or 0) - window.popleft()
        window.append(value or 0)
        if value is not None:
            strength = after(strength, held)
        yield day, strength
        day += ONE_DAY
    return strength


def _window_before(day_facts: DayFacts, span: VersionSpan, day: date) -> deque[int]:
    """Return what the days of the window that ends on the eve of `day` are worth."""
    length = span.strength_parameters.window_days
    first = day - timedelta(days=length)
    window = [0] * length
    begin = max(first, day_facts.plan.start_date)
    if begin < day:
        for it in day_facts.facts:
            if begin <= it < day:
                window[(it - first).days] = day_facts.counted_value(it, span) or 0
    return deque(window)
