"""Snoozes, wire to domain and back."""

from datetime import datetime

from google.protobuf.timestamp_pb2 import Timestamp

from contracts.habits.v1.reminder_service_pb2 import SnoozeReminderRequest, SnoozeReminderResponse

_USUAL_MINUTES = 60


def snooze_minutes_from_wire(request: SnoozeReminderRequest) -> int:
    """Return how long to wait; an hour by default."""
    return request.snooze_minutes or _USUAL_MINUTES


def snoozed_to_wire(moment: datetime) -> SnoozeReminderResponse:
    """Return when it will remind."""
    stamp = Timestamp()
    stamp.FromDatetime(moment)
    return SnoozeReminderResponse(remind_time=stamp)
