"""gRPC servicers: each method reads the request, runs one use case and writes the response."""

from services.habits.servicer.check_ins import PUBLIC, CheckInServicer
from services.habits.servicer.habits import HabitServicer
from services.habits.servicer.progress import ProgressServicer
from services.habits.servicer.reminders import ReminderServicer

__all__ = ["PUBLIC", "CheckInServicer", "HabitServicer", "ProgressServicer", "ReminderServicer"]
