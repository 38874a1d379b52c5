"""The naive reading, its beginning: what is in force on a day, and which days are due."""

import calendar
from datetime import date, timedelta

from rhythm.goal import Direction, Measure
from rhythm.plan import Pause, Plan, Version
from rhythm.schedule import Frequency

DAY = timedelta(days=1)


class CalendarOracle:
    """What a habit asks of each day."""

    def __init__(self, plan: Plan, pauses: list[Pause]) -> None:
        self.plan = plan
        self.pauses = pauses
        self.quantity = plan.measure is Measure.QUANTITY
        self._versions: dict[date, Version] = {}
        self._families: dict[date, tuple[object, ...]] = {}

    def version(self, day: date) -> Version:
        if day not in self._versions:  # asked again and again
            self._versions[day] = self.plan.versions[0]
            for version in self.plan.versions:
                if version.effective_date <= day:
                    self._versions[day] = version
        return self._versions[day]

    def kind(self, day: date) -> str:
        schedule = self.version(day).schedule
        named = schedule.weekdays or schedule.month_days or schedule.weekday_ordinals
        if schedule.frequency is Frequency.DAILY or named or schedule.year_days:
            return "due day"
        kinds = {"weekly": "week", "monthly": "month", "yearly": "year", "rolling": "rolling"}
        return kinds[schedule.frequency]

    def is_total(self, day: date) -> bool:
        schedule = self.version(day).schedule
        return self.quantity and self.kind(day) != "due day" and schedule.times is None

    def family(self, day: date) -> tuple[object, ...]:
        if day not in self._families:
            self._families[day] = self._family(day)
        return self._families[day]

    def _family(self, day: date) -> tuple[object, ...]:
        total, kind = self.is_total(day), self.kind(day)
        weeks = self.week_settings(day) if kind == "week" else None
        return kind, total, self.version(day).goal.direction if total else None, weeks

    def at_most(self, day: date) -> bool:
        return self.version(day).goal.direction is Direction.AT_MOST

    def amount(self, day: date) -> int:
        return self.version(day).goal.amount_thousandths or 0

    def is_paused(self, day: date) -> bool:
        return any(
            pause.from_date <= day and (pause.to_date is None or day <= pause.to_date)
            for pause in self.pauses
        )

    def is_due(self, day: date) -> bool:
        schedule = self.version(day).schedule
        anchor = schedule.anchor_date or self.plan.start_date
        if schedule.frequency is Frequency.DAILY:
            return (day - anchor).days % schedule.interval == 0
        if schedule.frequency is Frequency.WEEKLY:
            apart = (self.week_start(day) - self.anchor_week(anchor, day)).days
            return day.weekday() in schedule.weekdays and apart % (7 * schedule.interval) == 0
        month = calendar.monthcalendar(day.year, day.month)
        length = max(month[-1])
        for named in schedule.month_days:
            if self.is_day_of_month(day, named, length):
                return True
        for it in schedule.weekday_ordinals:
            those = [week[it.weekday] for week in month if week[it.weekday]]
            place = it.ordinal - 1 if it.ordinal > 0 else len(those) + it.ordinal
            if 0 <= place < len(those) and those[place] == day.day:
                return True
        return any(
            day.month == it.month and self.is_day_of_month(day, it.day, length)
            for it in schedule.year_days
        )

    def is_day_of_month(self, day: date, named: int, length: int) -> bool:
        if named > 0:
            return day.day == (named if named <= length else length)
        return day.day == (length + named + 1 if -named <= length else 1)

    def week_settings(self, day: date) -> int:
        """How often the first day of the week had been changed by a day."""
        return len([it for it in self.plan.week_changes if it.effective_date <= day])

    def first_weekday(self, settings: int) -> int:
        if settings == 0:
            return self.plan.week_start
        return self.plan.week_changes[settings - 1].week_start

    def week_start(self, day: date, settings: int | None = None) -> date:
        if settings is None:
            settings = self.week_settings(day)
        while day.weekday() != self.first_weekday(settings):
            day -= DAY
        return day

    def anchor_week(self, anchor: date, day: date) -> date:
        """The week of the anchor as seen on `day`: at each change, where most of it went."""
        settings = self.week_settings(anchor)
        week = self.week_start(anchor, settings)
        while settings != self.week_settings(day):
            settings += 1 if settings < self.week_settings(day) else -1
            homes = [self.week_start(week + n * DAY, settings) for n in range(7)]
            week = max(homes, key=homes.count)
        return week

    def whole_unit(self, day: date) -> list[date]:
        if self.kind(day) == "week":
            first = self.week_start(day)
            return [first + n * DAY for n in range(7)]
        if self.kind(day) == "year":
            days = 366 if calendar.isleap(day.year) else 365
            return [date(day.year, 1, 1) + n * DAY for n in range(days)]
        length = calendar.monthrange(day.year, day.month)[1]
        return [date(day.year, day.month, n) for n in range(1, length + 1)]
