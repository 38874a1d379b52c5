"""The naive reading, second half: the numbers that follow from the units and the days."""

from datetime import date
from fractions import Fraction
from math import sqrt

from rhythm.plan import DayFact, Mark
from rhythm.schedule import Frequency
from tests.rhythm.oracle import OracleUnit, UnitsOracle
from tests.rhythm.oracle_calendar import DAY


class Oracle(UnitsOracle):
    """Every number of one habit on one day."""

    def streaks(self) -> list[list[OracleUnit]]:
        """All streaks there ever were, in order; a streak counts units of one kind."""
        found: list[list[OracleUnit]] = []
        broken = True
        for unit in self.units:
            if unit.state == "failed":
                broken = True
            elif unit.state == "met":
                if broken or found[-1][-1].kind != unit.kind:
                    found.append([])
                found[-1].append(unit)
                broken = False
        return found

    def current_streak(self) -> list[OracleUnit]:
        """Count back from now, over neutral units and an open last one."""
        kind = self.kind(max(self.today, self.plan.start_date))
        unit_now = kind if kind in ("week", "month", "year") else "day"
        met: list[OracleUnit] = []
        for unit in reversed(self.units):
            if unit.state == "failed" or (unit.state == "met" and unit.kind != unit_now):
                break
            if unit.state == "met":
                met.insert(0, unit)
        return met

    def best_streak(self) -> list[OracleUnit]:
        best: list[OracleUnit] = []
        for streak in self.streaks():
            if len(streak) >= len(best):
                best = streak
        return best

    def completion(self, days: int | None) -> Fraction | None:
        met = failed = 0
        for unit in self.units:
            ended = min(unit.to_date, self.today)
            if days is None or ended > self.today - days * DAY:
                met += unit.state == "met"
                failed += unit.state == "failed"
        return Fraction(met, met + failed) if met + failed else None

    def unit_today(self) -> OracleUnit | None:
        for unit in self.units:
            if unit.begins <= self.today <= unit.to_date:
                return unit
        return None

    def strength(self, on: date) -> float:
        """Go through the formula from the first day to `on`."""
        first = self.plan.start_date
        strength = 1.0 if self.quantity and self.at_most(first) else 0.0
        day = first
        while day <= min(on, self.last_date):
            if self.is_lived(day):
                strength = self._strength_after(strength, day)
            day += DAY
        return strength

    def _strength_after(self, strength: float, day: date) -> float:
        n, d = self._pace(day)
        m: float = 0.5 ** (sqrt(n / d) / 13)
        if not self.quantity and n < d:
            n, d = 2 * n, 2 * d
        total = sum(self.value(it) for it in self._lived_days(day, d))
        if not self.quantity:
            v = min(1.0, total / n)
        else:
            asked = self.amount(day) if self.is_total(day) else self.amount(day) * n
            if not self.at_most(day):
                v = min(1.0, total / asked)
            elif asked == 0:
                v = 0.0 if total > 0 else 1.0
            else:
                v = min(1.0, max(0.0, 1 - (total - asked) / asked))
        return strength * m + v * (1 - m)

    def is_lived(self, day: date) -> bool:
        skipped = self.facts.get(day, DayFact()).mark is Mark.SKIP
        return not skipped and not self.is_paused(day)

    def _lived_days(self, day: date, count: int) -> list[date]:
        """The last so many lived days until `day`, as far as they are not before the start."""
        found: list[date] = []
        while len(found) < count and day >= self.plan.start_date:
            if self.is_lived(day):
                found.append(day)
            day -= DAY
        return found

    def _pace(self, day: date) -> tuple[int, int]:
        schedule = self.version(day).schedule
        if schedule.frequency is Frequency.DAILY:
            n, d = 1, schedule.interval
        elif schedule.weekdays:
            n, d = len(schedule.weekdays), 7 * schedule.interval
        elif schedule.frequency is Frequency.WEEKLY:
            n, d = schedule.times or 1, 7
        elif schedule.frequency is Frequency.MONTHLY:
            n, d = len(schedule.month_days) or schedule.times or 1, 30
            if schedule.weekday_ordinals:
                n = len(schedule.month_days) + len(schedule.weekday_ordinals)
                fifth = [it for it in schedule.weekday_ordinals if it.ordinal in (5, -5)]
                if fifth:
                    n, d = 12 * (n - len(fifth)) + 4 * len(fifth), 365
        elif schedule.frequency is Frequency.YEARLY:
            n, d = len(schedule.year_days) or schedule.times or 1, 365
        else:
            n, d = schedule.times or 1, schedule.days or 1
        return (1, 1) if n >= d else (n, d)

    def check_ins(self) -> int:
        first = self.plan.start_date
        return sum(
            1
            for day, fact in self.facts.items()
            if day >= first and (fact.mark is Mark.DONE or fact.amount_thousandths > 0)
        )

    def day_state(self, day: date) -> str:
        """How a day shows in the history."""
        for unit in self.units:
            if unit.begins <= day <= unit.to_date:
                return self._state_in(unit, day)
        return "not_due"

    def unit_state(self, day: date) -> str | None:
        """How the unit that holds a day stands."""
        for unit in self.units:
            if unit.begins <= day <= unit.to_date:
                return unit.state
        return None

    def _state_in(self, unit: OracleUnit, day: date) -> str:
        if self.kind(day) in ("due day", "rolling"):
            return unit.state
        if self.is_paused(day) or self._is_skipped(day, day):
            return "neutral"
        total, limit = self.is_total(day), self.at_most(day)
        if not total and self.judged(day, day) == "met":
            return "met"
        if total and not limit and self.value(day) > 0:
            return "met"
        return "open" if day == self.today and unit.state == "open" else "not_due"
