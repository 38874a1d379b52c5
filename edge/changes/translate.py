"""What has changed, wire to JSON."""

from contracts.habits.v1.delta_service_pb2 import GetDeltaResponse
from edge.habits.translate.check_ins import check_in_from_wire
from edge.habits.translate.habits import habit_from_wire, pause_from_wire
from edge.habits.translate.values import Json


def changes_from_wire(delta: GetDeltaResponse, settings: Json) -> Json:
    """Return a page of what has changed as JSON, with the settings that belong to it."""
    return {
        "full": delta.full,
        "habits": list(map(habit_from_wire, delta.habits)),
        "days": list(map(check_in_from_wire, delta.check_ins)),
        "pauses": list(map(pause_from_wire, delta.pauses)),
        "deleted": {
            "habit_ids": list(delta.deleted_habit_ids),
            "pause_ids": list(delta.deleted_pause_ids),
        },
        "profile": settings.get("profile"),
        "preferences": settings.get("preferences"),
        "cursor": delta.cursor,
        "has_more": delta.has_more,
    }


def is_empty(delta: GetDeltaResponse) -> bool:
    """Say whether nothing has changed."""
    return not (
        delta.full
        or delta.habits
        or delta.check_ins
        or delta.pauses
        or delta.deleted_habit_ids
        or delta.deleted_pause_ids
        or delta.settings_changed
    )
