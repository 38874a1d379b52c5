"""Imports, wire to JSON."""

from typing import Any

import orjson
from fastapi import Response

from contracts.habits.v1 import import_service_pb2 as wire
from edge.habits.translate.values import moment_from_wire
from edge.problems import problem

type Json = dict[str, Any]

_STATES = {
    wire.IMPORT_STATE_UPLOADING: "uploading",
    wire.IMPORT_STATE_RUNNING: "running",
    wire.IMPORT_STATE_DONE: "done",
    wire.IMPORT_STATE_FAILED: "failed",
}
_CONFLICTS = ("IMPORT_INTERRUPTED", "IMPORT_FAILED", "TOO_MANY_HABITS", "TOO_MANY_ARCHIVED_HABITS")
"""Reasons that are no fault of the file."""


def import_from_wire(it: wire.Import, *, instance: str) -> Json:
    """Return an import as JSON."""
    refused = refusal_from_wire(it.refusal, instance=instance) if it.HasField("refusal") else None
    return {
        "id": it.id,
        "state": _STATES.get(it.state, "running"),
        "dry_run": it.dry_run,
        "done": it.done_count,
        "total": it.total_count,
        "report": report_from_wire(it) if it.HasField("report") else None,
        "problem": orjson.Fragment(refused.body) if refused is not None else None,
        "create_time": moment_from_wire(it.create_time),
    }


def report_from_wire(it: wire.Import) -> Json:
    """Return the result of an import as JSON."""
    report = it.report
    kinds = {"habits": report.habits, "days": report.days, "pauses": report.pauses}
    return {
        "created": sum(counts.created_count for counts in kinds.values()),
        "updated": sum(counts.updated_count for counts in kinds.values()),
        "unchanged": sum(counts.unchanged_count for counts in kinds.values()),
        "dropped": [{"what": dropped.what, "why": dropped.why} for dropped in report.dropped],
        "dropped_count": report.dropped_count,
        "source": report.source,
        "dry_run": it.dry_run,
        **{name: _counts(counts) for name, counts in kinds.items()},
    }


def refusal_from_wire(refusal: wire.ImportRefusal, *, instance: str) -> Response:
    """Return why an import failed as a problem."""
    return problem(
        409 if refusal.reason in _CONFLICTS else 422,
        refusal.reason,
        refusal.message,
        instance=instance,
        metadata=dict(refusal.metadata),
    )


def _counts(counts: wire.ImportCounts) -> Json:
    return {
        "created": counts.created_count,
        "updated": counts.updated_count,
        "unchanged": counts.unchanged_count,
    }
