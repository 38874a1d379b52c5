"""Writes a person's calendar as an iCalendar object (RFC 5545)."""

from collections.abc import Iterable
from datetime import timedelta

from icalendar import Calendar, Event

from services.habits.domain.calendar import CalendarEntry

_PRODUCT = "-//Habit Tracker//Calendar//EN"
_NAME = "Habits"
_DOMAIN = "habit-tracker"
_REFRESH = timedelta(hours=1)


def calendar_bytes(entries: Iterable[CalendarEntry]) -> bytes:
    """Return a calendar; equal entries make equal bytes.

    Moments are UTC, so that no calendar app has to know the person's zone as it was or will be.
    """
    calendar = Calendar()
    calendar.add("prodid", _PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", _NAME)
    calendar.add("refresh-interval", _REFRESH, parameters={"value": "DURATION"})
    calendar.add("x-published-ttl", "PT1H")
    for entry in entries:
        calendar.add_component(_event(entry))
    content: bytes = calendar.to_ical()
    return content


def _event(entry: CalendarEntry) -> Event:
    event = Event()
    event.add("uid", f"{entry.id}@{_DOMAIN}")
    event.add("dtstamp", entry.update_time)
    event.add("summary", entry.title)
    if entry.text:
        event.add("description", entry.text)
    event.add("dtstart", entry.day if entry.moment is None else entry.moment)
    event.add("transp", "TRANSPARENT")  # a habit keeps nobody from being invited
    return event
