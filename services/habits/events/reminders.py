"""Events about reminders, as outbox rows: the statement that records firings writes them."""

from datetime import date, time
from functools import lru_cache

from google.protobuf.timestamp_pb2 import Timestamp

from chassis.events.outbox import OutboxRow, routing_key, row
from contracts.habits.v1.habit_events_pb2 import HabitReminderDue
from rhythm import days
from services.habits.domain.due_reminder import ReminderToSend
from services.habits.events.messages import DIRECTIONS, MEASURES, moment_to_wire

_CACHE_SIZE = 4096


REMINDER_TYPE = HabitReminderDue.DESCRIPTOR.full_name
REMINDER_ROUTING_KEY = routing_key(HabitReminderDue)


def habit_reminder_due(to_send: ReminderToSend) -> OutboxRow:
    """Return the event that a reminder is due."""
    due = to_send.due
    event = _shared_part(to_send)
    event.owner_id = str(due.person.id)
    event.habit_id = str(due.habit.habit_id)
    event.title = due.habit.title
    event.text = due.reminder.text if due.reminder else ""
    event.reminder_id = str(due.reminder_id)
    return row(event)


def shared_bytes(to_send: ReminderToSend) -> bytes:
    """Return the part of the event that is the same for all reminders that share a decision.

    Two serialized parts of a message, one after the other, are the message with the fields of both.
    """
    return _shared_part(to_send).SerializeToString()


def reminder_bytes(owner_id: str, habit_id: str, title: str, text: str, reminder_id: str) -> bytes:
    """Return the part of the event that is a reminder's own."""
    return HabitReminderDue(
        owner_id=owner_id, habit_id=habit_id, title=title, text=text, reminder_id=reminder_id
    ).SerializeToString()


def _shared_part(to_send: ReminderToSend) -> HabitReminderDue:
    due, habit, day = to_send.due, to_send.due.habit, to_send.firing.due_date
    missing = habit.missing_on(day)
    return HabitReminderDue(
        due_date=day.isoformat(),
        slot=to_send.firing.slot,
        missing="" if missing is None else f"{missing:f}",
        unit=habit.unit,
        expire_time=_end_of(day, due.person.timezone, due.person.day_start),
        measure=MEASURES[habit.plan_units.plan.measure],
        direction=DIRECTIONS[habit.direction_on(day)],
    )


@lru_cache(maxsize=_CACHE_SIZE)
def _end_of(day: date, timezone: str, day_start: time) -> Timestamp | None:
    """Return when a logical date is over; most people of a zone share it."""
    return moment_to_wire(days.end_of_day(day, days.zone_of(timezone), day_start))
