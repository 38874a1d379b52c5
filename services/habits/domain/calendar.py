"""What a person's calendar shows: reminders at their moments, and due days without one. Pure."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from rhythm.units import scheduled_dates
from services.habits.domain.snapshot import HabitSnapshot

DAYS_BACK = timedelta(days=7)
DAYS_AHEAD = timedelta(days=60)
MAX_ENTRIES = 20_000
"""In one calendar; of a person with hundreds of habits the later days are left out."""


@dataclass(frozen=True, slots=True)
class CalendarEntry:
    """A reminder of one day, or a due day that nothing reminds of.

    Attributes:
        id: The same for this day of this reminder, or of this habit, whenever it is computed.
        title: The title of the habit.
        text: The person's own words for the reminder; may be empty.
        day: The logical date.
        moment: When the reminder comes; None for a whole day.
        update_time: When the habit was last edited.
    """

    id: str
    title: str
    text: str
    day: date
    moment: datetime | None
    update_time: datetime


def list_entries(snapshots: Iterable[HabitSnapshot], *, today: date) -> list[CalendarEntry]:
    """Return what the calendar shows, in order of the days.

    A habit that asks for some days of a week, a month or a window has no due days: only its
    reminders are shown, on all days on which they may come.
    """
    entries = [entry for it in snapshots for entry in _entries_of(it, today)]
    entries.sort(key=lambda it: (it.day, it.id))
    return entries[:MAX_ENTRIES]


def _entries_of(snapshot: HabitSnapshot, today: date) -> Iterator[CalendarEntry]:
    habit, plan, person = snapshot.habit, snapshot.plan, snapshot.person
    dates = scheduled_dates(
        plan,
        snapshot.paused_ranges(today),
        from_date=today - DAYS_BACK,
        to_date=today + DAYS_AHEAD,
    )
    for day in dates:
        moments = [
            (reminder, person.moment_of(day, reminder.local_time))
            for reminder in habit.reminders
            if reminder.fires_on(day)
        ]
        for reminder, moment in moments:
            if moment is not None:
                id_ = _entry_id(reminder.id, day)
                words = habit.title, reminder.text
                yield CalendarEntry(id_, *words, day, moment, habit.update_time)
        if not moments and plan.span_on(day).version.schedule.names_days:
            id_ = _entry_id(habit.id, day)
            yield CalendarEntry(id_, habit.title, "", day, None, habit.update_time)


def _entry_id(subject_id: UUID, day: date) -> str:
    return f"{subject_id}-{day:%Y%m%d}"
