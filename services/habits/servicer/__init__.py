"""gRPC servicers: each method reads the request, runs one use case and writes the response."""

from services.habits.servicer.calendars import PUBLIC as PUBLIC_CALENDAR
from services.habits.servicer.calendars import CalendarServicer
from services.habits.servicer.check_ins import PUBLIC, CheckInServicer
from services.habits.servicer.deltas import DeltaServicer
from services.habits.servicer.exports import ExportServicer
from services.habits.servicer.habits import HabitServicer
from services.habits.servicer.imports import ImportServicer
from services.habits.servicer.progress import PUBLIC as PUBLIC_PROGRESS
from services.habits.servicer.progress import ProgressServicer
from services.habits.servicer.quick_links import PUBLIC as PUBLIC_QUICK_LINKS
from services.habits.servicer.quick_links import QuickLinkServicer
from services.habits.servicer.reminders import ReminderServicer

__all__ = [
    "PUBLIC",
    "PUBLIC_CALENDAR",
    "PUBLIC_PROGRESS",
    "PUBLIC_QUICK_LINKS",
    "CalendarServicer",
    "CheckInServicer",
    "DeltaServicer",
    "ExportServicer",
    "HabitServicer",
    "ImportServicer",
    "ProgressServicer",
    "QuickLinkServicer",
    "ReminderServicer",
]
