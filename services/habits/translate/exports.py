"""Requests for exports."""

from contracts.habits.v1 import export_service_pb2 as rpc
from services.habits.domain.errors import ExportFormatUnknown
from services.habits.domain.export import ExportFormat

_FORMATS = {
    rpc.EXPORT_FORMAT_UNSPECIFIED: ExportFormat.JSON,
    rpc.EXPORT_FORMAT_JSON: ExportFormat.JSON,
    rpc.EXPORT_FORMAT_CSV: ExportFormat.CSV,
    rpc.EXPORT_FORMAT_LOOP: ExportFormat.LOOP,
}


def format_from_wire(request: rpc.ExportDataRequest) -> ExportFormat:
    """Return the wanted format.

    Raises:
        ExportFormatUnknown: There is no such format.
    """
    found = _FORMATS.get(request.format)
    if found is None:
        raise ExportFormatUnknown(request.format)
    return found
