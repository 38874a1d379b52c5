"""Requests as domain values, and domain values as responses."""

from datetime import date
from uuid import UUID

from chassis.caller import Caller
from chassis.rpc.paging import Page, PageTokenInvalid
from contracts.analytics.v1 import analytics_service_pb2 as rpc
from contracts.analytics.v1 import summary_pb2 as wire
from rhythm.schedule import Weekday
from services.analytics.domain.errors import MAX_REVISIONS, ReportKindMissing, TooManyRevisions
from services.analytics.domain.heatmap import DayTotals
from services.analytics.domain.person import Person
from services.analytics.domain.recommend.suggestion import Recommendation
from services.analytics.domain.report import Report, ReportKind
from services.analytics.events.messages import (
    REPORT_KINDS,
    moment_to_wire,
    report_to_wire,
    summary_to_wire,
)
from services.analytics.translate.values import (
    id_from_wire,
    optional_date_from_wire,
    optional_id_from_wire,
)

_KINDS = {value: kind for kind, value in REPORT_KINDS.items()}


def person_from_caller(caller: Caller) -> Person:
    """Return the caller as a person, with the time zone and day start of their token."""
    return Person(
        id=caller.id,
        timezone=caller.timezone,
        day_start=caller.day_start,
        week_start=Weekday[caller.week_start.upper()],
        floor_date=caller.floor_date,
        locale=caller.locale,
    )


def window_from_wire(
    request: rpc.GetSummaryRequest | rpc.GetHeatmapRequest | rpc.RenderHeatmapPictureRequest,
) -> tuple[date | None, date | None]:
    """Read the two ends of a window; None where one was left out.

    Raises:
        DateMalformed: An end is not a date.
    """
    return (
        optional_date_from_wire("from_date", request.from_date),
        optional_date_from_wire("to_date", request.to_date),
    )


def habit_id_from_wire(
    request: rpc.GetHeatmapRequest
    | rpc.RenderHeatmapPictureRequest
    | rpc.RenderStatsPictureRequest,
) -> UUID | None:
    """Read the one habit that is meant; None for all.

    Raises:
        IdMalformed: It is not an id.
    """
    return optional_id_from_wire("habit_id", request.habit_id)


def one_habit_from_wire(
    request: rpc.RenderStrengthPictureRequest | rpc.GetHabitInsightsRequest,
) -> UUID:
    """Read the id of a habit.

    Raises:
        IdMalformed: It is not an id.
    """
    return id_from_wire("habit_id", request.habit_id)


def revisions_from_wire(request: rpc.WaitForRevisionsRequest) -> list[tuple[UUID, int, int]]:
    """Read of each habit its id, its revision and the highest of its days.

    Raises:
        IdMalformed: An id is not one.
        TooManyRevisions: There are more than 2000.
    """
    if len(request.revisions) > MAX_REVISIONS:
        raise TooManyRevisions(len(request.revisions))
    return [
        (id_from_wire("habit_id", it.habit_id), it.habit_revision, it.check_in_revision)
        for it in request.revisions
    ]


def recommendation_id_from_wire(
    request: rpc.DismissRecommendationRequest
    | rpc.GetRecommendationToApplyRequest
    | rpc.ApplyRecommendationRequest
    | rpc.UndoRecommendationRequest,
) -> UUID:
    """Read the id of a recommendation.

    Raises:
        IdMalformed: It is not an id.
    """
    return id_from_wire("recommendation_id", request.recommendation_id)


def report_id_from_wire(request: rpc.GetReportRequest | rpc.RenderReportPictureRequest) -> UUID:
    """Read the id of a report.

    Raises:
        IdMalformed: It is not an id.
    """
    return id_from_wire("report_id", request.report_id)


def report_order_from_wire(request: rpc.CreateReportRequest) -> tuple[ReportKind, date | None]:
    """Read what report to make, and of which day.

    Raises:
        ReportKindMissing: No kind was named.
        DateMalformed: The day is not a date.
    """
    kind = _KINDS.get(request.kind)
    if kind is None:
        raise ReportKindMissing
    return kind, optional_date_from_wire("report_date", request.report_date)


def report_kind_from_wire(request: rpc.ListReportsRequest) -> ReportKind | None:
    """Read the one kind of report asked for; None for all."""
    return _KINDS.get(request.kind)


def report_key_from_wire(page: Page) -> tuple[date, UUID] | None:
    """Read the report that the page before ended with.

    Raises:
        PageTokenInvalid: The token is not of this list.
    """
    if page.after is None:
        return None
    try:
        last, report_id = page.after
        return date.fromisoformat(last), UUID(report_id)
    except ValueError:
        raise PageTokenInvalid from None


def report_key_to_wire(report: Report) -> tuple[str, str]:
    """Return what a page of reports that ends with this one is followed by."""
    return report.summary.to_date.isoformat(), str(report.id)


def offset_from_wire(page: Page) -> int:
    """Read how many were given on the pages before.

    Raises:
        PageTokenInvalid: The token is not of this list.
    """
    if page.after is None:
        return 0
    try:
        (count,) = page.after
        return int(count)
    except ValueError:
        raise PageTokenInvalid from None


def heatmap_day_to_wire(day: DayTotals) -> wire.HeatmapDay:
    """Return a day of the heatmap as the wire carries it."""
    return wire.HeatmapDay(
        heatmap_date=day.day.isoformat(),
        due_count=day.due_count,
        met_count=day.met_count,
        completion_rate=day.completion_rate,
    )


def recommendation_to_wire(recommendation: Recommendation) -> wire.Recommendation:
    """Return a recommendation as the wire carries it."""
    suggestion = recommendation.suggestion
    message = wire.Recommendation(
        id=str(recommendation.id),
        habit_id=str(suggestion.habit_id or ""),
        rule=suggestion.rule,
        text=suggestion.text,
        create_time=moment_to_wire(recommendation.create_time),
    )
    if recommendation.is_applied and recommendation.apply_time is not None:
        message.apply_time.FromDatetime(recommendation.apply_time)
    message.evidence.update(dict(suggestion.evidence))
    message.action.update(dict(suggestion.action))
    return message


__all__ = ["report_to_wire", "summary_to_wire"]
