"""SQLAlchemy tables of the schema `habits`."""

from chassis.shared_tables import inbox_table, outbox_table, replays_table
from services.habits.tables.days import CHANGES, DAYS, PROGRESS
from services.habits.tables.habits import HABITS, PAUSES
from services.habits.tables.metadata import METADATA
from services.habits.tables.people import PEOPLE
from services.habits.tables.reminders import REMINDER_FIRINGS, REMINDERS, SNOOZES

OUTBOX = outbox_table(METADATA)
INBOX = inbox_table(METADATA)
REPLAYS = replays_table(METADATA)

__all__ = [
    "CHANGES",
    "DAYS",
    "HABITS",
    "INBOX",
    "METADATA",
    "OUTBOX",
    "PAUSES",
    "PEOPLE",
    "PROGRESS",
    "REMINDERS",
    "REMINDER_FIRINGS",
    "REPLAYS",
    "SNOOZES",
]
