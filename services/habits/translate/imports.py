"""Imports as messages."""

from uuid import UUID

from contracts.habits.v1 import import_service_pb2 as wire
from services.habits.domain import limits
from services.habits.domain.errors.imports import ImportFileTooLarge, ImportNotFound
from services.habits.domain.imports import Counts, Import, ImportReport, ImportState
from services.habits.events.messages import moment_to_wire

_MAX_PART_BYTES = 4 * 1024 * 1024
_MAX_PARTS = 100_000
_AUTO = "auto"
_STATES = {
    ImportState.UPLOADING: wire.IMPORT_STATE_UPLOADING,
    ImportState.RUNNING: wire.IMPORT_STATE_RUNNING,
    ImportState.DONE: wire.IMPORT_STATE_DONE,
    ImportState.FAILED: wire.IMPORT_STATE_FAILED,
}


def import_id_from_wire(text: str) -> UUID:
    """Return an import's id; text that is no id names no import."""
    try:
        return UUID(text)
    except ValueError:
        raise ImportNotFound(text[: limits.MAX_TAG_LENGTH]) from None


def source_from_wire(text: str) -> str:
    """Return the kind of file the person says it is; empty means to find out."""
    return "" if text == _AUTO else text


def part_from_wire(request: wire.UploadImportPartRequest) -> tuple[int, bytes]:
    """Return a part of a file with its place.

    Raises:
        ImportFileTooLarge: The part is too large, or there are too many.
    """
    if len(request.data) > _MAX_PART_BYTES or not 0 <= request.place < _MAX_PARTS:
        raise ImportFileTooLarge("a part of it is over 4 MiB, or its place is out of range")
    return request.place, request.data


def import_to_wire(it: Import) -> wire.Import:
    """Return an import."""
    refusal = it.refusal
    return wire.Import(
        id=str(it.id),
        state=_STATES[it.state],
        source=it.source,
        dry_run=it.dry_run,
        done_count=it.done_count,
        total_count=it.total_count,
        report=_report(it.report) if it.report else None,
        refusal=wire.ImportRefusal(
            reason=refusal.reason, message=refusal.message, metadata=refusal.metadata
        )
        if refusal
        else None,
        create_time=moment_to_wire(it.create_time),
    )


def _report(report: ImportReport) -> wire.ImportReport:
    return wire.ImportReport(
        source=report.source,
        habits=_counts(report.habits),
        days=_counts(report.days),
        pauses=_counts(report.pauses),
        dropped=[wire.ImportDropped(what=what, why=why) for what, why in report.dropped],
        dropped_count=report.dropped_count,
    )


def _counts(counts: Counts) -> wire.ImportCounts:
    return wire.ImportCounts(
        created_count=counts.created,
        updated_count=counts.updated,
        unchanged_count=counts.unchanged,
    )
