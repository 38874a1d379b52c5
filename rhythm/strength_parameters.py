"""How fast strength moves under a version, in the terms of Loop Habit Tracker."""

from dataclasses import dataclass
from math import sqrt

from rhythm.goal import Goal, Measure, is_total
from rhythm.schedule import MAX_ORDINAL, Frequency, Schedule

_HALF_LIFE = 13.0
_DAYS_A_WEEK, _DAYS_A_MONTH, _DAYS_A_YEAR = 7, 30, 365
_FIFTHS_A_YEAR, _MONTHS_A_YEAR = 4, 12


@dataclass(frozen=True, slots=True)
class StrengthParameters:
    """How fast strength moves under one version, and what it is measured against.

    Attributes:
        retention: The part of yesterday's strength that today keeps, `0.5 ** (sqrt(n / d) / 13)`.
        window_days: How many lived days up to and including today are summed.
        asked: What their sum is held against: days done, or thousandths.
        at_most: Whether the sum should stay at or below `asked`.
    """

    retention: float
    window_days: int
    asked: int
    at_most: bool

    def after(self, strength: float, window_sum: int) -> float:
        """Return the strength after a day whose window holds `window_sum`."""
        if not self.at_most:
            value = min(1.0, window_sum / self.asked)
        elif self.asked:
            value = min(1.0, max(0.0, 1.0 - (window_sum - self.asked) / self.asked))
        else:
            value = 0.0 if window_sum else 1.0
        return strength * self.retention + value * (1.0 - self.retention)


def strength_parameters_of(measure: Measure, goal: Goal, schedule: Schedule) -> StrengthParameters:
    """Return the parameters of a version: its n times in d days, put into Loop's formula."""
    times, days = _times_in_days(schedule)
    retention = 0.5 ** (sqrt(times / days) / _HALF_LIFE)
    if measure is Measure.YES_NO:
        smoothing = 2 if times < days else 1  # evens out weeks done on different days
        return StrengthParameters(
            retention, window_days=days * smoothing, asked=times * smoothing, at_most=False
        )
    amount = goal.amount_thousandths or 0
    asked = amount if is_total(measure, schedule) else amount * times
    return StrengthParameters(retention, window_days=days, asked=asked, at_most=goal.at_most)


def _times_in_days(schedule: Schedule) -> tuple[int, int]:
    times, days = schedule.times or 1, schedule.days or 1
    if schedule.frequency is Frequency.DAILY:
        days = schedule.interval
    elif schedule.frequency is Frequency.WEEKLY:
        times = len(schedule.weekdays) or times
        days = _DAYS_A_WEEK * schedule.interval
    elif schedule.frequency is Frequency.MONTHLY:
        named = len(schedule.month_days) + len(schedule.weekday_ordinals)
        times, days = named or times, _DAYS_A_MONTH
        fifths = sum(abs(it.ordinal) == MAX_ORDINAL for it in schedule.weekday_ordinals)
        if fifths:  # four or five months of a year have a fifth one
            others = times - fifths
            times = others * _MONTHS_A_YEAR + fifths * _FIFTHS_A_YEAR
            days = _DAYS_A_YEAR
    elif schedule.frequency is Frequency.YEARLY:
        times, days = len(schedule.year_days) or times, _DAYS_A_YEAR
    return (times, days) if times < days else (1, 1)  # as often as there are days: every day
