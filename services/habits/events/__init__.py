"""Every announcement: into the outbox, with the change it tells of."""

from services.habits.events.check_ins import check_in_changed, habit_checked_in
from services.habits.events.habits import (
    announce_habit_archived,
    announce_habit_created,
    announce_habit_deleted,
    announce_habit_restored,
    announce_habits_updated,
    announce_pause_changed,
)
from services.habits.events.reminders import habit_reminder_due

__all__ = [
    "announce_habit_archived",
    "announce_habit_created",
    "announce_habit_deleted",
    "announce_habit_restored",
    "announce_habits_updated",
    "announce_pause_changed",
    "check_in_changed",
    "habit_checked_in",
    "habit_reminder_due",
]
