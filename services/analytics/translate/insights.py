"""Insights, and how current an answer is, as the wire carries them."""

from uuid import UUID

from contracts.analytics.v1 import insights_pb2 as wire
from contracts.analytics.v1.summary_pb2 import HourSummary
from services.analytics.domain.as_of import AsOf
from services.analytics.domain.insights import (
    Consistency,
    Gap,
    HourInsight,
    Insights,
    RelatedHabit,
    WeekdayInsight,
)
from services.analytics.events.messages import moment_to_wire


def as_of_to_wire(as_of: AsOf) -> wire.AsOf:
    """Return how current an answer is."""
    moment = as_of.handle_time
    return wire.AsOf(
        handle_time=moment_to_wire(moment) if moment else None, revision=as_of.revision
    )


def insights_to_wire(habit_id: UUID, found: Insights) -> wire.HabitInsights:
    """Return what the days say about a habit."""
    return wire.HabitInsights(
        habit_id=str(habit_id),
        from_date=found.window.first.isoformat(),
        to_date=found.window.last.isoformat(),
        best_weekday=_weekday(found.best_weekday) if found.best_weekday else None,
        best_hour=_hour(found.best_hour) if found.best_hour else None,
        consistency=_consistency(found.consistency) if found.consistency else None,
        longest_gap=_gap(found.longest_gap) if found.longest_gap else None,
        related_habits=map(_related, found.related),
        hours=[
            HourSummary(hour=hour, check_in_count=count) for hour, count in enumerate(found.hours)
        ],
    )


def _weekday(it: WeekdayInsight) -> wire.WeekdayInsight:
    return wire.WeekdayInsight(
        weekday=it.weekday.name.lower(),
        day_count=it.day_count,
        met_count=it.met_count,
        other_day_count=it.other_day_count,
        other_met_count=it.other_met_count,
        p_value=it.p_value,
    )


def _hour(it: HourInsight) -> wire.HourInsight:
    return wire.HourInsight(
        hour=it.hour,
        check_in_count=it.check_in_count,
        all_check_in_count=it.all_check_in_count,
        p_value=it.p_value,
    )


def _consistency(it: Consistency) -> wire.Consistency:
    return wire.Consistency(week_count=it.week_count, kept_week_count=it.kept_week_count)


def _gap(it: Gap) -> wire.Gap:
    return wire.Gap(
        from_date=it.first.isoformat(),
        to_date=it.last.isoformat(),
        day_count=it.day_count,
        ongoing=it.ongoing,
    )


def _related(it: RelatedHabit) -> wire.RelatedHabit:
    return wire.RelatedHabit(
        habit_id=str(it.habit_id),
        title=it.title,
        both_count=it.table.both,
        only_this_count=it.table.only_first,
        only_other_count=it.table.only_second,
        neither_count=it.table.neither,
        correlation=it.table.phi,
        p_value=it.p_value,
    )
