"""Wire to JSON, for summaries, heatmaps, recommendations and reports."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, cast

from google.protobuf.struct_pb2 import ListValue, Struct, Value

from contracts.analytics.v1 import summary_pb2 as wire
from contracts.analytics.v1.analytics_service_pb2 import (
    CreateReportRequest,
    GetHeatmapResponse,
    GetSummaryResponse,
)
from contracts.analytics.v1.insights_pb2 import AsOf
from edge.analytics.schemas import (
    CountedSummary,
    HabitNumbers,
    Heatmap,
    HeatmapDay,
    HourNumbers,
    Recommendation,
    Report,
    ReportKind,
    ReportOrder,
    ReportPicture,
    Summary,
    Trend,
    Unit,
    Weekday,
    WeekdayNumbers,
)

KINDS: Mapping[ReportKind, wire.ReportKind.ValueType] = {
    "daily": wire.REPORT_KIND_DAILY,
    "weekly": wire.REPORT_KIND_WEEKLY,
    "monthly": wire.REPORT_KIND_MONTHLY,
}
_KIND_NAMES = {value: name for name, value in KINDS.items()}


def report_order_to_wire(order: ReportOrder, request_id: str) -> CreateReportRequest:
    """Return the request for a report."""
    return CreateReportRequest(
        kind=KINDS[order.kind], report_date=order.date, request_id=request_id
    )


def summary_from_wire(summary: wire.Summary) -> Summary:
    """Return a person's numbers."""
    return Summary(
        from_date=summary.from_date,
        to_date=summary.to_date,
        habits_active=summary.active_habit_count,
        due=summary.due_count,
        met=summary.met_count,
        completion_rate=_rate(summary),
        check_ins=summary.check_in_count,
        perfect_days=summary.perfect_day_count,
        best_day=summary.best_date or None,
        longest_current_streak=summary.longest_streak_count,
        longest_current_streak_unit=cast("Unit | None", summary.longest_streak_unit or None),
        longest_current_streak_habit_id=summary.longest_streak_habit_id or None,
        by_habit=[_habit(habit) for habit in summary.habits],
        by_weekday=[_weekday(weekday) for weekday in summary.weekdays],
        by_hour=[
            HourNumbers(hour=hour.hour, check_ins=hour.check_in_count) for hour in summary.hours
        ],
        trend=_trend(summary.trend),
    )


def counted_summary_from_wire(response: GetSummaryResponse) -> CountedSummary:
    """Return a person's numbers as they are now."""
    numbers = summary_from_wire(response.summary)
    return CountedSummary(**dict(numbers), as_of=as_of_from_wire(response.as_of))


def heatmap_from_wire(response: GetHeatmapResponse) -> Heatmap:
    """Return the days of a heatmap."""
    days = [
        HeatmapDay(date=day.heatmap_date, due=day.due_count, met=day.met_count, rate=_rate(day))
        for day in response.days
    ]
    return Heatmap(items=days, next_page_token=None, as_of=as_of_from_wire(response.as_of))


def as_of_from_wire(as_of: AsOf) -> datetime | None:
    """Return when the newest change that is counted came in."""
    return as_of.handle_time.ToDatetime(UTC) if as_of.HasField("handle_time") else None


def recommendation_from_wire(recommendation: wire.Recommendation) -> Recommendation:
    """Return a recommendation."""
    return Recommendation(
        id=recommendation.id,
        habit_id=recommendation.habit_id or None,
        rule=recommendation.rule,
        text=recommendation.text,
        evidence=_struct(recommendation.evidence),
        action=_struct(recommendation.action),
        create_time=recommendation.create_time.ToDatetime(UTC),
        apply_time=recommendation.apply_time.ToDatetime(UTC)
        if recommendation.HasField("apply_time")
        else None,
    )


def report_from_wire(report: wire.Report) -> Report:
    """Return a report."""
    return Report(
        id=report.id,
        kind=_KIND_NAMES[report.kind],
        from_date=report.from_date,
        to_date=report.to_date,
        completed_habits=report.completed_habit_count,
        recommendation=report.recommendation_text,
        recommendation_id=report.recommendation_id or None,
        picture=ReportPicture(
            png=f"/v1/analytics/reports/{report.id}.png",
            svg=f"/v1/analytics/reports/{report.id}.svg",
            alt_text=report.picture_alt_text,
        ),
        summary=summary_from_wire(report.summary),
        create_time=report.create_time.ToDatetime(UTC),
    )


def _habit(habit: wire.HabitSummary) -> HabitNumbers:
    return HabitNumbers(
        habit_id=habit.habit_id,
        title=habit.title,
        due=habit.due_count,
        met=habit.met_count,
        completion_rate=_rate(habit),
        check_ins=habit.check_in_count,
        current_streak=habit.streak_count,
        streak_unit=cast("Unit", habit.streak_unit),
    )


def _weekday(weekday: wire.WeekdaySummary) -> WeekdayNumbers:
    return WeekdayNumbers(
        weekday=cast("Weekday", weekday.weekday),
        due=weekday.due_count,
        met=weekday.met_count,
        completion_rate=_rate(weekday),
        check_ins=weekday.check_in_count,
    )


def _trend(trend: wire.Trend) -> Trend:
    return Trend(
        previous_rate=trend.previous_rate if trend.HasField("previous_rate") else None,
        change=trend.rate_change if trend.HasField("rate_change") else None,
    )


def _rate(
    numbers: wire.Summary | wire.HabitSummary | wire.WeekdaySummary | wire.HeatmapDay,
) -> float | None:
    return numbers.completion_rate if numbers.HasField("completion_rate") else None


def _struct(struct: Struct) -> dict[str, Any]:
    return {name: _value(value) for name, value in struct.fields.items()}


def _value(value: Value) -> Any:
    """Return a value of a Struct; whole numbers come back as such, for the wire has only floats."""
    match value.WhichOneof("kind"):
        case "number_value":
            number = value.number_value
            return int(number) if number.is_integer() else number
        case "string_value":
            return value.string_value
        case "bool_value":
            return value.bool_value
        case "struct_value":
            return _struct(value.struct_value)
        case "list_value":
            return _list(value.list_value)
    return None


def _list(values: ListValue) -> list[Any]:
    return [_value(value) for value in values.values]
