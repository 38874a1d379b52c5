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
from services.habits.events.reminders import habit_reminder_due

__all__ = [
    "check_in_changed",
    "habit_checked_in",
    "habit_reminder_due",
    "publish_habit_archived",
    "publish_habit_created",
    "publish_habit_deleted",
    "publish_habit_restored",
    "publish_habits_updated",
    "publish_pause_changed",
]
