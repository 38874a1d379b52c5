"""Decides whether a reminder is sent, postponed, missed or not needed. Pure.

A reminder is checked once per logical date that it names (its slot 0), and again for each nag.
The state of that day (due, done, paused) is looked up when the reminder is due, never before:
so a change of schedule or a pause needs no new moment; one of zone, day start or reminder does.

- Quiet hours: what is due in them waits for their end; where the day is over by then, it is missed.
- Downtime: at most two hours late is still sent. Older ones that were needed are missed: on
  record, for a week back at most, and never sent as a flood.
- Nags count from the firing before them, at most five a day, while the day is not met.
- Reminders of at-most habits fire once and never nag: there is nothing left to do.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from functools import lru_cache
from typing import NamedTuple
from uuid import UUID

from rhythm import days
from rhythm.schedule import ONE_DAY, Weekday
from services.habits.domain.people import Person

MAX_LATENESS = timedelta(hours=2)
"""How late a reminder may be sent after downtime."""
MAX_NAGS = 5
FIRST_SNOOZE_SLOT = 101
_CACHE_SIZE = 4096
_MAX_MISSED = timedelta(days=7)
_MAX_DAYS_AHEAD = 16  # two weeks: the weekday in one may be a date that the zone never had


@dataclass(frozen=True, slots=True)
class Reminder:
    """A wall time at which to be reminded, on some weekdays of the logical date.

    Attributes:
        id: Identifies it; what was sent under it is not sent again.
        local_time: Wall time; before the day's start it belongs to the night after.
        weekdays: Empty means every day.
        text: The person's own words; may be empty.
        nag_minutes: Minutes between repeats; 0 means none.
    """

    id: UUID
    local_time: time
    weekdays: frozenset[Weekday] = frozenset()
    text: str = ""
    nag_minutes: int = 0

    def fires_on(self, day: date) -> bool:
        """Tell whether the reminder is for this day."""
        return not self.weekdays or Weekday(day.weekday()) in self.weekdays

    def fires_like(self, other: "Reminder") -> bool:
        """Tell whether two reminders fire at the same wall time on the same weekdays."""
        return (self.local_time, self.weekdays) == (other.local_time, other.weekdays)


class Pending(NamedTuple):
    """The next firing of a reminder.

    Attributes:
        due_date: The logical date it reminds of.
        slot: 0 for the reminder itself, 1 to 5 for its nags, over 100 for snoozes.
        due_time: The moment it is meant for.
        look_time: The moment to check it: later than `due_time` while quiet hours last.
    """

    due_date: date
    slot: int
    due_time: datetime
    look_time: datetime


@dataclass(frozen=True, slots=True)
class ScheduledReminder:
    """A habit's reminder with its next firing and the last date that was decided on.

    `pending` is None while the habit is archived.
    """

    habit_id: UUID
    reminder: Reminder
    pending: Pending | None
    handled_date: date | None


class FiringOutcome(StrEnum):
    """The outcome of one slot of one day."""

    SENT = "sent"
    MISSED = "missed"


class Firing(NamedTuple):
    """One slot of one day that was sent or missed."""

    due_date: date
    slot: int
    outcome: FiringOutcome


class ReminderDecision(NamedTuple):
    """The decision about a due reminder.

    Attributes:
        firings: What is sent or was missed, oldest first; at most the last one is sent.
        pending: The next firing; None when there is none.
        handled: The last date that was decided on; None when it was only postponed.
    """

    firings: tuple[Firing, ...]
    pending: Pending | None
    handled: date | None


@dataclass(frozen=True, slots=True)
class _Postponed:
    until: datetime


type IsNeeded = Callable[[date], bool]
"""Tells whether a logical date needs a reminder: due, not done, not paused."""


def decide(
    reminder: Reminder,
    pending: Pending,
    person: Person,
    is_needed: IsNeeded,
    *,
    nags: bool,
    now: datetime,
) -> ReminderDecision:
    """Decide what is sent now, what was missed, and what comes next.

    Args:
        reminder: The due reminder.
        pending: The firing that is due.
        person: The owner, with time zone and quiet hours.
        is_needed: Tells whether a logical date needs a reminder.
        nags: Whether repeats make sense for the habit; not for at-most ones.
        now: The present moment.
    """
    firings: list[Firing] = []
    handled: date | None = None
    repeats = reminder.nag_minutes if nags else 0
    while True:
        decision = _decide_slot(pending, person, is_needed, now)
        if isinstance(decision, _Postponed):
            return ReminderDecision(
                tuple(firings), pending._replace(look_time=decision.until), handled
            )
        handled = pending.due_date
        if decision is not None:
            firings.append(Firing(pending.due_date, pending.slot, decision))
        follow = _nag(pending, person, repeats, now) if decision is not None else None
        following = follow or _first_after(reminder, person, pending.due_date, now)
        if following is None or following.due_time > now:
            return ReminderDecision(tuple(firings), following, handled)
        pending = following


def decide_snooze(
    pending: Pending, person: Person, is_needed: IsNeeded, *, now: datetime
) -> ReminderDecision:
    """Decide about a due snooze. It never repeats."""
    decision = _decide_slot(pending, person, is_needed, now)
    if isinstance(decision, _Postponed):
        return ReminderDecision((), pending._replace(look_time=decision.until), None)
    firings = () if decision is None else (Firing(pending.due_date, pending.slot, decision),)
    return ReminderDecision(firings, None, pending.due_date)


def first_pending(
    reminder: Reminder, person: Person, *, now: datetime, handled: date | None = None
) -> Pending | None:
    """Return the first occurrence that lies ahead, on a day after `handled` if that is given."""
    first = _today_of(person, now)
    if handled is not None:
        first = max(first, handled + ONE_DAY)
    for occurrence in _occurrences(reminder, person, first):
        if occurrence.due_time > now:
            return occurrence
    return None


def rescheduled(scheduled: ScheduledReminder, person: Person, *, now: datetime) -> Pending | None:
    """Return the next firing of a reminder after a change of zone or day start.

    Nags under way go on while their day lasts; their moments are as far away as they were.
    """
    pending = scheduled.pending
    if (
        pending is not None
        and pending.slot > 0
        and pending.due_date >= _today_of(person, now)
        and pending.due_time < person.end_of_day(pending.due_date)
    ):
        return pending
    return first_pending(scheduled.reminder, person, now=now, handled=scheduled.handled_date)


def times_on(reminders: Iterable[Reminder], person: Person, day: date) -> list[datetime]:
    """Return the moments at which the reminders fire on a logical date, in order, without nags."""
    moments = (
        _moment_of(day, reminder.local_time, person.timezone, person.day_start)
        for reminder in reminders
        if reminder.fires_on(day)
    )
    return sorted(moment for moment in moments if moment is not None)


def quiet_end(moment: datetime, person: Person) -> datetime:
    """Return the end of the person's quiet hours that hold the moment; the moment if none do."""
    if person.quiet_hours is None:
        return moment
    begin, end = person.quiet_hours
    wall = moment.astimezone(person.zone)
    at = wall.time()
    inside = begin <= at < end if begin <= end else at >= begin or at < end
    if not inside:
        return moment
    day = wall.date() if at < end else wall.date() + ONE_DAY
    return max(moment, datetime.combine(day, end, tzinfo=person.zone).astimezone(UTC))


def _decide_slot(
    pending: Pending, person: Person, is_needed: IsNeeded, now: datetime
) -> FiringOutcome | _Postponed | None:
    """Decide whether a slot is sent, postponed, missed, or not needed (None)."""
    planned = quiet_end(pending.due_time, person)
    until = max(planned, quiet_end(now, person))
    over = _today_of(person, now) > pending.due_date
    if until > now and not over and until < person.end_of_day(pending.due_date):
        return _Postponed(until)
    if not is_needed(pending.due_date):
        return None
    if over or until > now or now - planned > MAX_LATENESS:
        return FiringOutcome.MISSED
    return FiringOutcome.SENT


def _nag(pending: Pending, person: Person, minutes: int, now: datetime) -> Pending | None:
    """Return the repeat that follows a slot, unless the day is over by then."""
    if not minutes or pending.slot >= MAX_NAGS:
        return None
    span = timedelta(minutes=minutes)
    planned = quiet_end(pending.due_time, person)
    due_time = planned + span
    if due_time <= now and now - planned <= MAX_LATENESS:
        due_time = now + span  # it was sent late: repeats due since are left out
    if due_time >= person.end_of_day(pending.due_date):
        return None
    return Pending(pending.due_date, pending.slot + 1, due_time, due_time)


def _first_after(
    reminder: Reminder, person: Person, handled: date, now: datetime
) -> Pending | None:
    """Return the first occurrence on a day after `handled`; after long silence, a week back."""
    first = max(handled + ONE_DAY, _today_of(person, now) - _MAX_MISSED)
    return next(_occurrences(reminder, person, first), None)


def _occurrences(reminder: Reminder, person: Person, first: date) -> Iterator[Pending]:
    for number in range(_MAX_DAYS_AHEAD):
        day = first + timedelta(days=number)
        if not reminder.fires_on(day):
            continue
        moment = _moment_of(day, reminder.local_time, person.timezone, person.day_start)
        if moment is not None:
            yield Pending(day, 0, moment, moment)


@lru_cache(maxsize=_CACHE_SIZE)
def _moment_of(day: date, wall_time: time, timezone: str, day_start: time) -> datetime | None:
    """Return when a wall time of a logical date comes. Many people of a zone ask for the same."""
    return days.moment_of(day, wall_time, days.zone_of(timezone), day_start)


@lru_cache(maxsize=_CACHE_SIZE)
def _today(now: datetime, timezone: str, day_start: time) -> date:
    """Return the logical date of people who never moved."""
    return days.today(now, days.zone_of(timezone), day_start)


def _today_of(person: Person, now: datetime) -> date:
    today = _today(now, person.timezone, person.day_start)
    return today if person.floor_date is None else max(today, person.floor_date)
