"""Imports of files, wire to domain, and formats of exports, domain to wire."""

from uuid import UUID

from contracts.habits.v1 import export_service_pb2, import_service_pb2
from services.notifications.domain.file_imports import (
    FileFormat,
    FileImport,
    FileImportReport,
    FileImportState,
)

_FORMATS = {
    FileFormat.JSON: export_service_pb2.EXPORT_FORMAT_JSON,
    FileFormat.CSV: export_service_pb2.EXPORT_FORMAT_CSV,
    FileFormat.LOOP: export_service_pb2.EXPORT_FORMAT_LOOP,
}
_ENDED = {
    import_service_pb2.IMPORT_STATE_DONE: FileImportState.DONE,
    import_service_pb2.IMPORT_STATE_FAILED: FileImportState.FAILED,
}


def format_to_wire(format_: FileFormat) -> "export_service_pb2.ExportFormat.ValueType":
    """Return the number of an export's format."""
    return _FORMATS[format_]


def import_from_wire(it: import_service_pb2.Import) -> FileImport:
    """Return an import: how far it is, and its result."""
    refusal = it.refusal
    return FileImport(
        id=UUID(it.id),
        state=_ENDED.get(it.state, FileImportState.RUNNING),
        dry_run=it.dry_run,
        done=it.done_count,
        total=it.total_count,
        report=_report_from_wire(it.report) if it.HasField("report") else None,
        refusal=(refusal.reason, refusal.message) if it.HasField("refusal") else None,
    )


def _report_from_wire(it: import_service_pb2.ImportReport) -> FileImportReport:
    kinds = (it.habits, it.days, it.pauses)
    habits, days, pauses = (
        kind.created_count + kind.updated_count + kind.unchanged_count for kind in kinds
    )
    return FileImportReport(
        source=it.source,
        habits=habits,
        days=days,
        pauses=pauses,
        created=sum(kind.created_count for kind in kinds),
        updated=sum(kind.updated_count for kind in kinds),
        unchanged=sum(kind.unchanged_count for kind in kinds),
        dropped=[(dropped.what, dropped.why) for dropped in it.dropped],
        dropped_count=it.dropped_count,
    )
