"""A second, naive reading of the rules: day by day, everything counted anew each time.

Slow and plain on purpose. It shares no code with the kernel but the values that describe a habit,
so that where the two agree it is because the rules say so.
"""

from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from math import ceil

from rhythm.goal import NoAnswer
from rhythm.plan import DayFact, Mark, Pause, Plan
from tests.rhythm.oracle_calendar import DAY, CalendarOracle

SILENCE = {
    NoAnswer.SUCCESS: "met",
    NoAnswer.NEUTRAL: "neutral",
    NoAnswer.FAILURE: "failed",
}


@dataclass
class OracleUnit:
    from_date: date
    to_date: date
    begins: date
    kind: str
    done: Fraction
    asked: Fraction
    state: str
    is_limit: bool = False


class UnitsOracle(CalendarOracle):
    """What a habit asked until a day, and how it went."""

    def __init__(
        self, plan: Plan, facts: dict[date, DayFact], pauses: list[Pause], today: date
    ) -> None:
        super().__init__(plan, pauses)
        self.facts = {day: fact for day, fact in facts.items() if day <= today}
        self.today = today
        self.last_date = plan.archived_date or date(9999, 1, 1)
        self.units = self._units()

    # ── one day ───────────────────────────────────────────────────────────────────────────────

    def is_over(self, day: date) -> bool:
        return day < self.today or self.last_date <= self.today

    def judged(self, day: date, by: date) -> str:
        """How `day` stands by itself, under the version in force on `by`."""
        fact = self.facts.get(day, DayFact())
        if self.is_paused(day) or fact.mark is Mark.SKIP:
            return "neutral"
        if fact.mark is Mark.MISSED:
            return "failed"
        amount, over = fact.amount_thousandths, self.is_over(day)
        if self.quantity and self.at_most(by):
            if amount > self.amount(by):
                return "failed"
            if not over:
                return "open"
            silent = day not in self.facts
            return SILENCE[self.version(by).goal.no_answer] if silent else "met"
        reached = self.quantity and amount >= self.amount(by)
        if fact.mark is Mark.DONE or reached:
            return "met"
        return "failed" if over else "open"

    def value(self, day: date) -> int:
        """What `day` counts for in a sum: `done` is the amount of the version it was done under."""
        fact = self.facts.get(day, DayFact())
        if self.is_paused(day) or fact.mark is Mark.SKIP:
            return 0
        if not self.quantity:
            return 1 if fact.mark is Mark.DONE else 0
        if fact.mark is Mark.DONE and not self.at_most(day):
            return max(fact.amount_thousandths, self.amount(day))
        return fact.amount_thousandths

    # ── units ─────────────────────────────────────────────────────────────────────────────────

    def _units(self) -> list[OracleUnit]:
        found: list[OracleUnit] = []
        day = self.plan.start_date
        while day <= min(self.today, self.last_date):
            kind = self.kind(day)
            if kind == "due day":
                if self.is_due(day):
                    found.append(self._due_day(day))
            elif kind == "rolling":
                found.append(self._rolling_day(day))
            else:
                unit = self._span(day)
                found.append(unit)
                day = unit.to_date
            day += DAY
        return found

    def _due_day(self, day: date) -> OracleUnit:
        state = self.judged(day, day)
        fact = self.facts.get(day, DayFact())
        broken = self.at_most(day) and fact.amount_thousandths > self.amount(day)
        if state == "failed" and day == self.last_date:
            state = "failed" if broken or fact.mark is Mark.MISSED else "neutral"
        asked = self.amount(day) if self.quantity else 1
        done = self.value(day)
        scale = 1000 if self.quantity else 1
        amounts = Fraction(done, scale), Fraction(asked, scale)
        return OracleUnit(day, day, day, "day", *amounts, state, self.at_most(day))

    def _rolling_day(self, day: date) -> OracleUnit:
        length = self.version(day).schedule.days or 1
        days = [day - n * DAY for n in range(length)]
        lived = [it for it in days if it >= self.plan.start_date and not self.is_paused(it)]
        done, asked, state = self._many_days(lived, dict.fromkeys(days, day), length, day)
        fact = self.facts.get(day, DayFact())
        if day not in lived or self._is_skipped(day, day):
            state = "neutral"
        elif state == "open" and fact.mark is Mark.MISSED:
            state = "failed"
        broken = self.is_total(day) and self.at_most(day) and done > asked
        if state == "failed" and day == self.last_date:
            state = "failed" if broken or fact.mark is Mark.MISSED else "neutral"
        first = max(min(days), self.plan.start_date)
        is_limit = self.is_total(day) and self.at_most(day)
        return OracleUnit(first, day, day, "day", done, asked, state, is_limit)

    def _span(self, day: date) -> OracleUnit:
        whole = self.whole_unit(day)
        days = [day]
        for later in whole[whole.index(day) + 1 :]:
            if later > self.last_date or self.family(later) != self.family(day):
                break
            days.append(later)
        lived = [it for it in days if not self.is_paused(it)]
        last = days[-1]
        done, asked, state = self._many_days(lived, {it: it for it in days}, len(whole), last)
        if state == "failed" and (last != whole[-1] or last == self.last_date):
            lost = whole[whole.index(last) + 1 :]
            state = "failed" if self._was_broken(lived, lost, len(whole), last) else "neutral"
        is_limit = self.is_total(last) and self.at_most(last)
        return OracleUnit(day, last, day, self.kind(day), done, asked, state, is_limit)

    def _was_broken(self, lived: list[date], lost: list[date], length: int, last: date) -> bool:
        """Whether a limit for a total was passed, had the days that were cut off been its too."""
        if not (self.is_total(last) and self.at_most(last)):
            return False
        counting = [day for day in lived if not self._is_skipped(day, day)]
        shares = sum(Fraction(self.amount(day), length) for day in counting)
        shares += Fraction(self.amount(last) * len(lost), length)
        return sum(self.value(day) for day in counting) > ceil(shares)

    def _is_skipped(self, day: date, by: date) -> bool:
        if day > self.today:
            return False
        if self.is_total(by):
            return self.facts.get(day, DayFact()).mark is Mark.SKIP
        return self.judged(day, by) == "neutral"

    def _many_days(
        self, lived: list[date], judge: dict[date, date], length: int, last: date
    ) -> tuple[Fraction, Fraction, str]:
        """Tell what is done and asked over lived days, and how the unit they make stands."""
        counting = [day for day in lived if not self._is_skipped(day, judge[day])]
        if self.is_total(last):
            shares = sum(Fraction(self.amount(judge[day]), length) for day in counting)
            asked = ceil(shares)
            done = sum(self.value(day) for day in counting)
            state = self._total_state(counting, done, asked, last)
            return Fraction(done, 1000), Fraction(asked, 1000), state
        shares = sum(
            Fraction(self.version(judge[day]).schedule.times or 1, length) for day in lived
        )
        skipped = len(lived) - len(counting)
        asked = max(0, min(ceil(shares), len(lived)) - skipped)
        done = len([d for d in counting if d <= self.today and self.judged(d, judge[d]) == "met"])
        if asked == 0:
            state = "neutral"
        elif done >= asked:
            state = "met"
        else:
            state = "failed" if self.is_over(last) else "open"
        return Fraction(done), Fraction(asked), state

    def _total_state(self, counting: list[date], done: int, asked: int, last: date) -> str:
        if not counting:
            return "neutral"
        over = self.is_over(last)
        if not self.at_most(last):
            return "met" if done >= asked else "failed" if over else "open"
        if done > asked:
            return "failed"
        if not over:
            return "open"
        if all(day not in self.facts for day in counting):
            return SILENCE[self.version(last).goal.no_answer]
        return "met"
