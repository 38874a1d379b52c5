"""The input of a rule: one habit, its last weeks, and today."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from rhythm.goal import Measure
from rhythm.plan import DayFact, State, Version, paused_dates
from rhythm.streak import Streak
from rhythm.units import DueUnit, deadline_of, list_units
from services.analytics.domain.habit import Habit, HabitRecord
from services.analytics.domain.person import Person
from services.analytics.domain.recommend.suggestion import ActionKind, Value
from services.analytics.domain.report import LEAST_DATA_DAYS
from services.analytics.domain.window import ONE_DAY

LOOK_BACK_DAYS = 92
"""The most that any rule looks at: three months."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleInput:
    """One habit as the rules see it. Needs the record's facts of the last 92 days."""

    person: Person
    record: HabitRecord
    streak: Streak
    today: date
    now: datetime
    first_done: date | None
    """The first day on which anything was done, ever."""
    last_done: date | None
    """The last one."""
    units: Sequence[DueUnit]
    """The due units of the last 92 days and of today, oldest first; see `recent_units`."""

    @property
    def habit(self) -> Habit:
        """The habit itself."""
        return self.record.habit

    @property
    def version(self) -> Version:
        """The goal and schedule in force today."""
        return self.habit.version_on(self.today)

    @property
    def created_date(self) -> date:
        """The day the habit was created: before it, a missing answer means nothing."""
        return max(self.record.plan.start_date, self.person.today(self.habit.create_time))

    @property
    def data_days(self) -> int:
        """The number of days with data of the habit, today included."""
        known_since = min(self.first_done or self.created_date, self.created_date)
        return (self.today - known_since).days + 1

    @property
    def has_enough_data(self) -> bool:
        """Whether the habit is active and has 14 days of data."""
        return self.habit.active and self.data_days >= LEAST_DATA_DAYS

    @property
    def has_limit(self) -> bool:
        """Whether the goal is a limit: no answer is then success, not neglect."""
        return self.version.goal.at_most

    def check_in_action(self) -> dict[str, Value]:
        """Return the action that does today what is still asked; an amount where one counts."""
        action: dict[str, Value] = {
            "kind": ActionKind.CHECK_IN.value,
            "date": self.today.isoformat(),
        }
        if self.habit.measure is Measure.QUANTITY:
            found = self.open_unit()
            if found is None:
                return {}
            unit = found[0]
            left = max(unit.asked - unit.done, Decimal(0)).normalize()
            action["amount"] = f"{left:f}"
        return action

    def unchanged_for(self, days: int) -> bool:
        """Say whether goal and schedule have been what they are for so many days."""
        in_force = max(self.version.effective_date, self.record.plan.start_date)
        return (self.today - in_force).days >= days and self.data_days > days

    def decided(self, days: int) -> Sequence[DueUnit]:
        """Return the due units of the last full days that were met or failed, oldest first."""
        first = self.today - timedelta(days=days)
        return [
            unit
            for unit in self.units
            if unit.state in (State.MET, State.FAILED) and first <= unit.to_date < self.today
        ]

    def open_unit(self) -> tuple[DueUnit, datetime] | None:
        """Return the unit that is open today, and its deadline."""
        for unit in self.units:
            deadline = deadline_of(unit, self.person.zone, self.person.day_start)
            if deadline is not None:
                return unit, deadline
        return None

    def days_done(self, days: int) -> dict[date, DayFact]:
        """Return the days of the last full days on which something was done."""
        first = self.today - timedelta(days=days)
        return {
            day: fact
            for day, fact in self.record.facts.items()
            if first <= day < self.today and fact.is_check_in
        }

    def silent_days(self) -> int:
        """Return the number of full days without an answer, paused days left out.

        Answers other than a done are known for the last `LOOK_BACK_DAYS` only, so a longer silence
        is counted from the last done if there is no answer in those days.
        """
        since = self.created_date if self.last_done is None else self.last_done + ONE_DAY
        first = max(since, self.today - timedelta(days=LOOK_BACK_DAYS))
        last = self.today - ONE_DAY
        answered = {day for day in self.record.facts if first <= day <= last}
        if not answered:
            first = since
        paused = paused_dates(self.record.pauses, first, last)
        return max((self.today - first).days, 0) - len(paused | answered)


def recent_units(record: HabitRecord, today: date) -> Sequence[DueUnit]:
    """Return the due units of the last 92 days and of today, oldest first."""
    return list_units(
        record.plan,
        record.facts,
        record.pauses,
        from_date=today - timedelta(days=LOOK_BACK_DAYS),
        to_date=today,
        today=today,
    )
