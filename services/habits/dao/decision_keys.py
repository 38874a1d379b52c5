"""What the decision about a due reminder depends on, and the one reminder that stands for many."""

from datetime import date, datetime, time, timedelta
from functools import lru_cache
from typing import NamedTuple
from uuid import UUID

from rhythm.boundaries import closing_date, facts_needed_from
from rhythm.goal import Measure
from rhythm.plan import Pause as PausedRange
from rhythm.plan import Plan
from rhythm.schedule import ONE_DAY, Weekday
from services.habits.dao.derived_state import (
    fact_of,
    facts_from_bytes,
    facts_to_bytes,
    last_facts_from_bytes,
)
from services.habits.dao.reminders import weekdays_from_bits
from services.habits.dao.rows import versions_from_column
from services.habits.domain.due_reminder import DueReminder, PlanUnits, RemindedHabit
from services.habits.domain.limits import FIRST_DATE
from services.habits.domain.people import Person
from services.habits.domain.reminders import Pending, Reminder

LONGEST_UNIT = timedelta(days=400)
"""No due unit is longer: a year, or a rolling window."""
_NOBODY = UUID(int=0)


class DecisionKey(NamedTuple):
    """Everything that the decision about a due reminder depends on, as it lies in the database.

    Attributes:
        due_date: The logical date of the firing.
        slot: Its slot.
        due_time: The moment it is meant for.
        local_time: The reminder's wall time.
        weekdays: Its weekdays, as bits.
        nag_minutes: Minutes between its repeats.
        timezone: The person's zone.
        day_start: When the person's day begins.
        floor_date: The person's today is never before it.
        quiet_from: When quiet hours begin; None without.
        quiet_to: When they end.
        week_start: The first day of the person's week.
        measure: How the habit's days are measured.
        unit: What its amounts count.
        mark: The day's mark; None for a day without a row.
        amount: The day's amount, in thousandths.
        is_paused: Whether the day is paused; never for units of several days.
        rule: The goal and schedule in force, as JSON without dates; None where they do not tell
            all, and for snoozes.
        start_date: When the habit began, for units of several days.
        recent: The facts of its latest days, for units of several days.
    """

    due_date: date
    slot: int
    due_time: datetime
    local_time: time
    weekdays: int
    nag_minutes: int
    timezone: str
    day_start: time
    floor_date: date | None
    quiet_from: time | None
    quiet_to: time | None
    week_start: int
    measure: str
    unit: str
    mark: int | None
    amount: int | None
    is_paused: bool
    rule: str | None
    start_date: date | None
    recent: bytes | None


def narrowed(key: DecisionKey) -> DecisionKey | None:
    """Return the key of a unit of several days with the facts of its own days only.

    None where the habit began in it.
    """
    if key.start_date is None or key.rule is None:
        return key
    first = _first_day_needed(key.rule, key.measure, Weekday(key.week_start), key.due_date)
    if key.start_date > first:
        return None
    facts = last_facts_from_bytes(key.recent or b"", first)
    return key._replace(start_date=FIRST_DATE, recent=facts_to_bytes(facts))


def example_of(key: DecisionKey) -> DueReminder | None:
    """Return a due reminder that stands for all with this key; None where it does not tell all.

    Its ids, title and text are empty. The key is a narrowed one.
    """
    day = key.due_date
    quiet_hours = None
    if key.quiet_from is not None and key.quiet_to is not None:
        quiet_hours = key.quiet_from, key.quiet_to
    week_start = Weekday(key.week_start)
    person = Person(
        _NOBODY,
        key.timezone,
        key.day_start,
        week_start,
        floor_date=key.floor_date,
        quiet_hours=quiet_hours,
    )
    if key.rule is None or person.missing_dates(day - LONGEST_UNIT, day):
        return None
    plan_units = _plan_units(key.rule, key.measure, week_start)
    if key.start_date is None and plan_units.plan.version_spans[0].version.schedule.interval > 1:
        return None
    facts = facts_from_bytes(key.recent or b"")
    habit = RemindedHabit(
        habit_id=_NOBODY,
        title="",
        unit=key.unit,
        plan_units=plan_units,
        paused_ranges=(PausedRange(day, day),) if key.is_paused else (),
        day=day,
        fact=None if key.mark is None else fact_of(key.mark, key.amount),
        recent=lambda: facts,
    )
    weekdays = weekdays_from_bits(key.weekdays)
    reminder = Reminder(_NOBODY, key.local_time, weekdays, "", key.nag_minutes)
    pending = Pending(day, key.slot, key.due_time, key.due_time)
    return DueReminder(reminder, pending, person, habit)


@lru_cache(maxsize=4096)
def _plan_units(rule: str, measure: str, week_start: Weekday) -> PlanUnits:
    """Return the due units of all habits that ask this since long ago."""
    [version] = versions_from_column(f'[{{"effective_date": "{FIRST_DATE}", {rule[1:]}]')
    return PlanUnits(Plan(Measure(measure), FIRST_DATE, (version,), week_start))


@lru_cache(maxsize=4096)
def _first_day_needed(rule: str, measure: str, week_start: Weekday, day: date) -> date:
    """Return the first of the days that the unit of a day depends on."""
    plan = _plan_units(rule, measure, week_start).plan
    return facts_needed_from(plan, closing_date(plan, day - ONE_DAY))
