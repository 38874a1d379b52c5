"""The export of the habits service, read chunk by chunk."""

from contracts.habits.v1.check_in_service_pb2 import ExportCheckInsResponse
from services.analytics.domain.habit import ExportChunk
from services.analytics.translate import events
from services.analytics.translate.values import id_from_wire


def chunk_from_wire(message: ExportCheckInsResponse) -> ExportChunk:
    """Read a chunk of the export.

    Raises:
        FactUnreadable: A value is not what it should be.
    """
    owner_id = id_from_wire("owner_id", message.owner_id)
    habit = None
    if message.HasField("habit"):
        habit = events.habit_from_wire(owner_id, message.habit, message.habit_revision)
    return ExportChunk(
        owner_id=owner_id,
        habit=habit,
        days=[events.day_from_wire(owner_id, check_in) for check_in in message.check_ins],
        pauses=[events.pause_from_wire(owner_id, pause) for pause in message.pauses],
    )
