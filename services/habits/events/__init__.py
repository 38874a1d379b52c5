"""Publishes events: into the outbox, in the transaction of the change."""

from services.habits.events.check_ins import check_in_changed, habit_checked_in
from services.habits.events.habits import (
    publish_habit_archived,
    publish_habit_created,
    publish_habit_deleted,
    publish_habit_restored,
    publish_habits_updated,
    publish_pause_changed,
)
from services.habits.events.reminders import (
    REMINDER_ROUTING_KEY,
    REMINDER_TYPE,
    habit_reminder_due,
    reminder_bytes,
    shared_bytes,
)

__all__ = [
    "REMINDER_ROUTING_KEY",
    "REMINDER_TYPE",
    "check_in_changed",
    "habit_checked_in",
    "habit_reminder_due",
    "publish_habit_archived",
    "publish_habit_created",
    "publish_habit_deleted",
    "publish_habit_restored",
    "publish_habits_updated",
    "publish_pause_changed",
    "reminder_bytes",
    "shared_bytes",
]
