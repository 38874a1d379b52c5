"""The next due days of a schedule that no habit has yet. Pure."""

from datetime import date, timedelta
from itertools import islice

from rhythm.goal import Measure
from rhythm.plan import Plan, Version
from rhythm.schedule import Schedule
from rhythm.units import scheduled_dates
from services.habits.domain.people import Person

MOST_DATES = 5

_AHEAD = timedelta(days=MOST_DATES * 366)  # the longest interval is 366 days


def next_due_dates(
    schedule: Schedule, person: Person, *, start_date: date, from_date: date
) -> list[date]:
    """Return the next days on which a habit with this schedule would be due, at most `MOST_DATES`.

    A schedule that asks for some days of a week, month, year or window names none of them.

    Args:
        schedule: What the habit would ask.
        person: Whose weeks it is about.
        start_date: The first day that would count.
        from_date: The first day to look at.
    """
    if not schedule.names_days:
        return []
    plan = Plan(
        measure=Measure.YES_NO,
        start_date=start_date,
        versions=(Version(start_date, schedule.anchored(start_date)),),
        week_start=person.week_start,
        week_changes=person.week_changes,
    )
    first = max(from_date, start_date)
    last = first + min(_AHEAD, date.max - first)
    return list(islice(scheduled_dates(plan, (), from_date=first, to_date=last), MOST_DATES))
