"""Events about reminders, as outbox rows: the statement that records firings writes them."""

from datetime import date, time
from functools import lru_cache

from google.protobuf.timestamp_pb2 import Timestamp

from chassis.events.outbox import OutboxRow, row
from contracts.habits.v1.habit_events_pb2 import HabitReminderDue
from rhythm import days
from services.habits.domain.due_reminder import ReminderToSend
from services.habits.events.messages import DIRECTIONS, MEASURES, moment_to_wire

_CACHE_SIZE = 4096


def habit_reminder_due(to_send: ReminderToSend) -> OutboxRow:
    """Return the event that a reminder is due."""
    due, habit, day = to_send.due, to_send.due.habit, to_send.firing.due_date
    missing = habit.missing_on(day)
    return row(
        HabitReminderDue(
            owner_id=str(due.person.id),
            habit_id=str(habit.habit_id),
            title=habit.title,
            text=due.reminder.text if due.reminder else "",
            due_date=day.isoformat(),
            reminder_id=str(due.reminder_id),
            slot=to_send.firing.slot,
            missing="" if missing is None else f"{missing:f}",
            unit=habit.unit,
            expire_time=_end_of(day, due.person.timezone, due.person.day_start),
            measure=MEASURES[habit.plan_units.plan.measure],
            direction=DIRECTIONS[habit.direction_on(day)],
        )
    )


@lru_cache(maxsize=_CACHE_SIZE)
def _end_of(day: date, timezone: str, day_start: time) -> Timestamp | None:
    """Return when a logical date is over; most people of a zone share it."""
    return moment_to_wire(days.end_of_day(day, days.zone_of(timezone), day_start))
