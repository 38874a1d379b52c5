"""How strong a habit is, 0 to 1, day by day: smoothed as Loop Habit Tracker does it.

Strength compares what the last days hold with what they should hold. Those days are lived days:
skipped and paused ones are left out, so that a pause changes nothing, neither while it lasts nor
after it. Days before the start count as days on which nothing was done.
"""

from collections.abc import Generator, Iterator, Sequence
from datetime import date

from rhythm.day_facts import DayFacts
from rhythm.plan import Plan, VersionSpan
from rhythm.schedule import ONE_DAY

type Window = tuple[tuple[int, int], ...]
"""What lived days are worth, newest first, zeros left out: how many lived days back, how much."""


def strength_at_first(plan: Plan) -> float:
    """Return the strength on the eve of the start: nothing done yet, or no limit passed yet."""
    return 1.0 if plan.version_spans[0].at_most else 0.0


class StrengthFold:
    """Strength from a date on, as it goes on from a checkpoint.

    Attributes:
        strength: The strength on the last date that was counted.
    """

    __slots__ = ("_day_facts", "_values", "strength")

    def __init__(
        self, day_facts: DayFacts, strength: float, window: Window, window_days: int
    ) -> None:
        """Begin where a checkpoint stands.

        Args:
            day_facts: The facts after the checkpoint.
            strength: The strength at the checkpoint.
            window: What the last lived days are worth.
            window_days: How many lived days those are; at least as many as any version needs.
        """
        self._day_facts = day_facts
        self.strength = strength
        self._values = [0] * window_days
        for back, value in window:
            self._values[-1 - back] = value

    def advance(self, since: date, through: date) -> Iterator[tuple[date, float]]:
        """Yield each date with its strength, today's included as it stands.

        Args:
            since: The first date to look at.
            through: The last date to look at, today at the latest.
        """
        plan = self._day_facts.plan
        end = min(through, plan.last_date)
        day = max(since, plan.start_date)
        while day <= end:
            span = plan.span_on(day)
            last = min(span.last, end)
            yield from self._in_one_version(span, day, last)
            day = last + ONE_DAY

    def window(self, window_days: int) -> Window:
        """Return what the last lived days are worth."""
        return _without_zeros(self._values[-window_days:])

    def _in_one_version(
        self, span: VersionSpan, day: date, last: date
    ) -> Generator[tuple[date, float]]:
        day_facts, values = self._day_facts, self._values
        after, length = span.strength_parameters.after, span.strength_parameters.window_days
        counted_value, facts, paused = day_facts.counted_value, day_facts.facts, day_facts.paused
        held, leaving = sum(values[-length:]), -1 - length
        strength = self.strength
        while day <= last:
            value = counted_value(day) if day in facts or day in paused else 0
            if value is not None:
                values.append(value)
                held += value - values[leaving]
                strength = self.strength = after(strength, held)
            yield day, strength
            day += ONE_DAY


def _without_zeros(values: Sequence[int]) -> Window:
    return tuple((back, value) for back, value in enumerate(reversed(values)) if value)
