"""Events of other services, from the wire to what webhooks are sent: named as REST names them."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from google.protobuf.timestamp_pb2 import Timestamp

from contracts.analytics.v1 import summary_pb2
from contracts.analytics.v1.analytics_events_pb2 import ReportReady
from contracts.habits.v1 import check_in_pb2, habit_pb2
from contracts.habits.v1.habit_events_pb2 import (
    CheckInChanged,
    HabitArchived,
    HabitCheckedIn,
    HabitCreated,
    HabitDeleted,
    HabitReminderDue,
    HabitRestored,
    HabitUpdated,
    PauseChanged,
)
from services.notifications.domain.webhook_deliveries import WebhookEvent
from services.notifications.domain.webhooks import WebhookEventType
from services.notifications.translate.webhook_habits import (
    Json,
    amount_to_json,
    habit_to_json,
    moment_to_json,
    words_of,
)

_MARKS = words_of(check_in_pb2.Mark, "MARK_")
_SOURCES = words_of(check_in_pb2.Source, "SOURCE_")
_UNITS = words_of(check_in_pb2.Unit, "UNIT_")
_REPORT_KINDS = words_of(summary_pb2.ReportKind, "REPORT_KIND_")
_UUID7 = 7

type HabitEvent = HabitCreated | HabitUpdated | HabitArchived | HabitRestored

_HABIT_TYPES: dict[type[Any], WebhookEventType] = {
    HabitCreated: WebhookEventType.HABIT_CREATED,
    HabitUpdated: WebhookEventType.HABIT_UPDATED,
    HabitArchived: WebhookEventType.HABIT_ARCHIVED,
    HabitRestored: WebhookEventType.HABIT_RESTORED,
}


def habit_event(event: HabitEvent, event_id: UUID, *, now: datetime) -> WebhookEvent:
    """Read a created, edited, archived or restored habit."""
    return _event(
        _HABIT_TYPES[type(event)],
        event,
        event_id,
        lambda: {"habit": habit_to_json(event.habit), "revision": event.revision},
        now=now,
    )


def habit_deleted(event: HabitDeleted, event_id: UUID, *, now: datetime) -> WebhookEvent:
    """Read a deleted habit."""
    return _event(
        WebhookEventType.HABIT_DELETED,
        event,
        event_id,
        lambda: {"habit_id": event.habit_id},
        now=now,
    )


def pause_event(event: PauseChanged, event_id: UUID, *, now: datetime) -> WebhookEvent:
    """Read a created or deleted pause."""
    deleted = event.deleted
    return _event(
        WebhookEventType.PAUSE_DELETED if deleted else WebhookEventType.PAUSE_CREATED,
        event,
        event_id,
        lambda: {"pause": _pause_to_json(event.pause)},
        now=now,
    )


def check_in_event(event: CheckInChanged, event_id: UUID, *, now: datetime) -> WebhookEvent:
    """Read a day's new state; of two events about a day the higher revision is the newer one."""
    return _event(
        WebhookEventType.CHECK_IN_CHANGED,
        event,
        event_id,
        lambda: {
            "check_in": _check_in_to_json(event.check_in),
            "revision": event.check_in.revision,
        },
        now=now,
    )


def goal_event(event: HabitCheckedIn, event_id: UUID, *, now: datetime) -> WebhookEvent:
    """Read a reached goal."""
    return _event(
        WebhookEventType.GOAL_REACHED,
        event,
        event_id,
        lambda: {
            "habit_id": event.habit_id,
            "title": event.title,
            "date": event.check_in_date,
            "streak": {
                "length": event.current_streak.length_count,
                "unit": _UNITS.get(event.current_streak.unit, "day"),
            },
            "source": _SOURCES.get(event.source),
        },
        now=now,
    )


def reminder_event(event: HabitReminderDue, event_id: UUID, *, now: datetime) -> WebhookEvent:
    """Read a due reminder."""
    return _event(
        WebhookEventType.REMINDER_DUE,
        event,
        event_id,
        lambda: {
            "habit_id": event.habit_id,
            "title": event.title,
            "text": event.text,
            "date": event.due_date,
            "missing": amount_to_json(event.missing),
            "unit": event.unit,
        },
        now=now,
    )


def report_event(event: ReportReady, event_id: UUID, *, now: datetime) -> WebhookEvent:
    """Read a created report."""
    return _event(
        WebhookEventType.REPORT_READY,
        event,
        event_id,
        lambda: {
            "report_id": event.report.id,
            "kind": _REPORT_KINDS.get(event.report.kind, "daily"),
            "from_date": event.report.from_date,
            "to_date": event.report.to_date,
            "due": event.report.summary.due_count,
            "met": event.report.summary.met_count,
            "completed_habits": event.report.completed_habit_count,
            "perfect_days": event.report.summary.perfect_day_count,
            "recommendation": event.report.recommendation_text,
        },
        now=now,
    )


def _event(
    event_type: WebhookEventType,
    event: Any,
    event_id: UUID,
    compose: Callable[[], Json],
    *,
    now: datetime,
) -> WebhookEvent:
    return WebhookEvent(
        event_id=event_id,
        owner_id=UUID(event.owner_id),
        type=event_type.value,
        create_time=_moment_of(event_id, now=now),
        compose=compose,
    )


def _moment_of(event_id: UUID, *, now: datetime) -> datetime:
    """Return when an event was written to the outbox: its id says so."""
    if event_id.version != _UUID7:
        return now
    return datetime.fromtimestamp((event_id.int >> 80) / 1000, UTC)


def _check_in_to_json(check_in: check_in_pb2.CheckIn) -> Json:
    return {
        "habit_id": check_in.habit_id,
        "date": check_in.check_in_date,
        "mark": _MARKS.get(check_in.mark),
        "amount": amount_to_json(check_in.amount),
        "note": check_in.note,
        "source": _SOURCES.get(check_in.source),
        "update_time": _optional_moment(check_in.update_time, check_in.HasField("update_time")),
    }


def _pause_to_json(pause: habit_pb2.Pause) -> Json:
    return {
        "id": pause.id,
        "habit_id": pause.habit_id or None,
        "from_date": pause.from_date,
        "to_date": pause.to_date or None,
        "reason": pause.reason,
        "create_time": moment_to_json(pause.create_time),
    }


def _optional_moment(moment: Timestamp, given: bool) -> str | None:
    return moment_to_json(moment) if given else None
