"""The export of the habits service, read portion by portion."""

from contracts.habits.v1.check_in_service_pb2 import ExportCheckInsResponse
from services.analytics.domain.habit import Portion
from services.analytics.translate import facts
from services.analytics.translate.values import id_from_wire


def portion_from_wire(message: ExportCheckInsResponse) -> Portion:
    """Read a portion of the export.

    Raises:
        FactUnreadable: A value is not what it should be.
    """
    owner_id = id_from_wire("owner_id", message.owner_id)
    habit = None
    if message.HasField("habit"):
        habit = facts.habit_from_wire(owner_id, message.habit, message.habit_revision)
    return Portion(
        owner_id=owner_id,
        habit=habit,
        days=[facts.day_from_wire(owner_id, check_in) for check_in in message.check_ins],
        pauses=[facts.pause_from_wire(owner_id, pause) for pause in message.pauses],
    )
