"""Recommendations of analytics as tips."""

from collections.abc import Mapping
from contextlib import suppress
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from google.protobuf.json_format import MessageToDict

from contracts.analytics.v1.summary_pb2 import Recommendation
from services.notifications.domain.schedules import ScheduleChoice
from services.notifications.domain.tips import Tip, TipAction, TipKind

_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def tip_from_wire(recommendation: Recommendation) -> Tip:
    """Read a recommendation. One whose action is of a kind added later has no button."""
    return Tip(
        recommendation_id=UUID(recommendation.id),
        text=recommendation.text,
        action=_action(MessageToDict(recommendation.action)),
    )


def _action(action: Mapping[str, Any]) -> TipAction | None:
    with suppress(KeyError, ValueError, TypeError):
        kind = TipKind(action["kind"])
        match kind:
            case TipKind.REMINDER:
                return TipAction(kind=kind, time=str(action["time"]))
            case TipKind.SCHEDULE:
                return TipAction(kind=kind, schedule=_schedule(action["schedule"]))
            case TipKind.TARGET:
                goal = action["goal"]
                return TipAction(
                    kind=kind,
                    limit=goal["direction"] == "at_most",
                    amount=f"{Decimal(str(goal['amount'])).normalize():f}",
                )
            case TipKind.CHECK_IN:
                return TipAction(kind=kind, first=date.fromisoformat(action["date"]))
            case TipKind.PAUSE:
                return TipAction(
                    kind=kind,
                    first=date.fromisoformat(action["from_date"]),
                    last=date.fromisoformat(action["to_date"]),
                )
            case TipKind.ARCHIVE:
                return TipAction(kind=kind)
    return None


def _schedule(schedule: Mapping[str, Any]) -> ScheduleChoice:
    """Read a schedule as REST writes it; numbers come as floating point."""
    return ScheduleChoice(
        frequency=str(schedule["frequency"]),
        interval=int(schedule.get("interval", 1)),
        weekdays=tuple(_WEEKDAYS.index(day) + 1 for day in schedule.get("weekdays", ())),
        times=int(schedule.get("times", 0)),
        month_days=tuple(int(day) for day in schedule.get("month_days", ())),
        days=int(schedule.get("days", 0)),
    )
