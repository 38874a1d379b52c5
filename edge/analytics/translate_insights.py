"""Wire to JSON, for insights."""

from typing import cast

from contracts.analytics.v1 import insights_pb2 as wire
from contracts.analytics.v1.analytics_service_pb2 import GetHabitInsightsResponse
from edge.analytics.schemas import (
    Consistency,
    Gap,
    HabitInsights,
    HourInsight,
    HourNumbers,
    RelatedHabit,
    Weekday,
    WeekdayInsight,
)
from edge.analytics.translate import as_of_from_wire


def insights_from_wire(response: GetHabitInsightsResponse) -> HabitInsights:
    """Return what the days say about a habit."""
    found = response.insights
    return HabitInsights(
        habit_id=found.habit_id,
        from_date=found.from_date,
        to_date=found.to_date,
        best_weekday=_weekday(found.best_weekday) if found.HasField("best_weekday") else None,
        best_hour=_hour(found.best_hour) if found.HasField("best_hour") else None,
        consistency=_consistency(found.consistency) if found.HasField("consistency") else None,
        longest_gap=_gap(found.longest_gap) if found.HasField("longest_gap") else None,
        related_habits=[_related(it) for it in found.related_habits],
        by_hour=[HourNumbers(hour=it.hour, check_ins=it.check_in_count) for it in found.hours],
        as_of=as_of_from_wire(response.as_of),
    )


def _weekday(it: wire.WeekdayInsight) -> WeekdayInsight:
    return WeekdayInsight(
        weekday=cast("Weekday", it.weekday),
        days=it.day_count,
        met=it.met_count,
        other_days=it.other_day_count,
        other_met=it.other_met_count,
        p_value=it.p_value,
    )


def _hour(it: wire.HourInsight) -> HourInsight:
    return HourInsight(
        hour=it.hour,
        check_ins=it.check_in_count,
        all_check_ins=it.all_check_in_count,
        p_value=it.p_value,
    )


def _consistency(it: wire.Consistency) -> Consistency:
    rate = it.kept_week_count / it.week_count
    return Consistency(weeks=it.week_count, kept_weeks=it.kept_week_count, rate=rate)


def _gap(it: wire.Gap) -> Gap:
    return Gap(from_date=it.from_date, to_date=it.to_date, days=it.day_count, ongoing=it.ongoing)


def _related(it: wire.RelatedHabit) -> RelatedHabit:
    counts = it.both_count, it.only_this_count, it.only_other_count, it.neither_count
    return RelatedHabit(
        habit_id=it.habit_id,
        title=it.title,
        common_days=sum(counts),
        both=it.both_count,
        only_this=it.only_this_count,
        only_other=it.only_other_count,
        neither=it.neither_count,
        correlation=it.correlation,
        p_value=it.p_value,
    )
