"""How strong a habit is, 0 to 1, day by day: smoothed as Loop Habit Tracker does it."""

from collections import deque
from collections.abc import Iterator
from datetime import date, timedelta

from rhythm.ledger import Ledger
from rhythm.plan import Plan, Stretch
from rhythm.schedule import ONE_DAY


def strength_at_first(plan: Plan) -> float:
    """Return the strength on the eve of the start: nothing done yet, or no limit passed yet."""
    return 1.0 if plan.stretches[0].at_most else 0.0


def strengths(
    ledger: Ledger, before: float, since: date, through: date
) -> Iterator[tuple[date, float]]:
    """Yield each date with its strength, today's included as it stands.

    Args:
        ledger: The facts, back to the longest window before `since`.
        before: The strength on the day before `since`.
        since: The first date to look at.
        through: The last date to look at, today at the latest.
    """
    plan = ledger.plan
    end = min(through, plan.last_date)
    strength, day = before, max(since, plan.start_date)
    while day <= end:
        stretch = plan.stretch_on(day)
        last = min(stretch.last, end)
        for day, strength in _in_one_version(ledger, stretch, strength, day, last):  # noqa: B020
            yield day, strength
        day += ONE_DAY


def _in_one_version(
    ledger: Ledger, stretch: Stretch, strength: float, day: date, last: date
) -> Iterator[tuple[date, float]]:
    after, worth = stretch.pace.after, ledger.worth
    window, held = _window_before(ledger, stretch, day), 0
    held = sum(window)
    while day <= last:
        value = worth(day, stretch)
        held += (value or 0) - window.popleft()
        window.append(value or 0)
        if value is not None:
            strength = after(strength, held)
        yield day, strength
        day += ONE_DAY


def _window_before(ledger: Ledger, stretch: Stretch, day: date) -> deque[int]:
    """Return what the days of the window that ends on the eve of `day` are worth."""
    start, length = ledger.plan.start_date, stretch.pace.window_days
    dates = (day - timedelta(days=n) for n in range(length, 0, -1))
    return deque((ledger.worth(it, stretch) or 0) if it >= start else 0 for it in dates)
