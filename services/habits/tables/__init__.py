"""SQLAlchemy tables of the schema `habits`."""

from chassis.shared_tables import inbox_table, outbox_table, replays_table
from services.habits.tables.calendars import CALENDARS
from services.habits.tables.days import CHANGES, DAYS, PROGRESS
from services.habits.tables.habits import HABITS, PAUSES
from services.habits.tables.imports import IMPORT_PARTS, IMPORT_SOURCES, IMPORTS
from services.habits.tables.metadata import METADATA
from services.habits.tables.people import PEOPLE
from services.habits.tables.quick_links import QUICK_LINKS
from services.habits.tables.reminders import REMINDER_FIRINGS, REMINDERS, SNOOZES
from services.habits.tables.tombstones import TOMBSTONES

OUTBOX = outbox_table(METADATA)
INBOX = inbox_table(METADATA)
REPLAYS = replays_table(METADATA)

__all__ = [
    "CALENDARS",
    "CHANGES",
    "DAYS",
    "HABITS",
    "IMPORTS",
    "IMPORT_PARTS",
    "IMPORT_SOURCES",
    "INBOX",
    "METADATA",
    "OUTBOX",
    "PAUSES",
    "PEOPLE",
    "PROGRESS",
    "QUICK_LINKS",
    "REMINDERS",
    "REMINDER_FIRINGS",
    "REPLAYS",
    "SNOOZES",
    "TOMBSTONES",
]
