"""A reminder, its person, and time that passes as the ticks see it."""

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from uuid import uuid4

from services.habits.domain.people import Person
from services.habits.domain.reminders import (
    Firing,
    FiringOutcome,
    Pending,
    Reminder,
    ReminderDecision,
    decide,
    first_pending,
)

MONDAY = date(2026, 11, 23)
TICK = timedelta(seconds=5)


def at(text: str) -> datetime:
    """Read a moment, UTC, as `2026-11-23 08:00`."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def a_person(timezone: str = "UTC", **what: object) -> Person:
    return Person(uuid4(), timezone, **what)  # type: ignore[arg-type]


def a_reminder(wall: str = "08:00", **what: object) -> Reminder:
    return Reminder(uuid4(), time.fromisoformat(wall), **what)  # type: ignore[arg-type]


def always(_: date) -> bool:
    return True


def never(_: date) -> bool:
    return False


def look(
    reminder: Reminder,
    person: Person,
    pending: Pending,
    now: datetime,
    *,
    is_needed: Callable[[date], bool] = always,
    nags: bool = True,
) -> ReminderDecision:
    return decide(reminder, pending, person, is_needed, nags=nags, now=now)


def first(reminder: Reminder, person: Person, now: datetime) -> Pending:
    pending = first_pending(reminder, person, now=now)
    assert pending is not None
    return pending


def live(
    reminder: Reminder,
    person: Person,
    begin: datetime,
    end: datetime,
    *,
    is_needed: Callable[[date], bool] = always,
    nags: bool = True,
) -> list[tuple[datetime, Firing]]:
    """Let time pass as the ticks see it, and return what became of every slot, and when."""
    pending: Pending | None = first(reminder, person, begin)
    events: list[tuple[datetime, Firing]] = []
    while pending is not None and pending.look_time <= end:
        now = pending.look_time + TICK
        decision = look(reminder, person, pending, now, is_needed=is_needed, nags=nags)
        events += [(now, firing) for firing in decision.firings]
        pending = decision.pending
    return events


def sent(day: date, slot: int = 0) -> Firing:
    return Firing(day, slot, FiringOutcome.SENT)


def missed(day: date, slot: int = 0) -> Firing:
    return Firing(day, slot, FiringOutcome.MISSED)
