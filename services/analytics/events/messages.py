"""Reports and summaries as messages, for responses and events alike."""

from datetime import datetime

from google.protobuf.timestamp_pb2 import Timestamp

from contracts.analytics.v1 import summary_pb2 as wire
from services.analytics.domain.picture_contents import report_alt_text
from services.analytics.domain.picture_texts import ENGLISH, Texts
from services.analytics.domain.report import Report, ReportKind
from services.analytics.domain.summary import HabitNumbers, Summary, WeekdayNumbers

REPORT_KINDS = {
    ReportKind.DAILY: wire.REPORT_KIND_DAILY,
    ReportKind.WEEKLY: wire.REPORT_KIND_WEEKLY,
    ReportKind.MONTHLY: wire.REPORT_KIND_MONTHLY,
}


def report_to_wire(report: Report, texts: Texts = ENGLISH) -> wire.Report:
    """Return a report as the wire carries it."""
    return wire.Report(
        id=str(report.id),
        kind=REPORT_KINDS[report.kind],
        from_date=report.summary.from_date.isoformat(),
        to_date=report.summary.to_date.isoformat(),
        summary=summary_to_wire(report.summary),
        completed_habit_count=report.completed_habit_count,
        recommendation_text=report.recommendation_text,
        create_time=moment_to_wire(report.create_time),
        picture_alt_text=report_alt_text(report, texts),
        recommendation_id=str(report.recommendation_id or ""),
    )


def summary_to_wire(summary: Summary) -> wire.Summary:
    """Return a person's numbers as the wire carries them."""
    best, streak = summary.best_date, summary.longest_streak_unit
    habit_id = summary.longest_streak_habit_id
    return wire.Summary(
        from_date=summary.from_date.isoformat(),
        to_date=summary.to_date.isoformat(),
        active_habit_count=summary.active_habit_count,
        due_count=summary.due_count,
        met_count=summary.met_count,
        completion_rate=summary.completion_rate,
        check_in_count=summary.check_in_count,
        perfect_day_count=summary.perfect_day_count,
        best_date=best.isoformat() if best else "",
        longest_streak_count=summary.longest_streak_count,
        longest_streak_unit=streak.value if streak else "",
        longest_streak_habit_id=str(habit_id) if habit_id else "",
        habits=[_habit_to_wire(habit) for habit in summary.habits],
        weekdays=[_weekday_to_wire(weekday) for weekday in summary.weekdays],
        hours=[
            wire.HourSummary(hour=hour, check_in_count=count)
            for hour, count in enumerate(summary.hours)
        ],
        trend=wire.Trend(previous_rate=summary.previous_rate, rate_change=summary.rate_change),
    )


def moment_to_wire(moment: datetime) -> Timestamp:
    """Return a moment as the wire carries it."""
    stamp = Timestamp()
    stamp.FromDatetime(moment)
    return stamp


def _habit_to_wire(habit: HabitNumbers) -> wire.HabitSummary:
    return wire.HabitSummary(
        habit_id=str(habit.habit_id),
        title=habit.title,
        due_count=habit.due_count,
        met_count=habit.met_count,
        completion_rate=habit.completion_rate,
        check_in_count=habit.check_in_count,
        streak_count=habit.streak_count,
        streak_unit=habit.streak_unit.value,
    )


def _weekday_to_wire(weekday: WeekdayNumbers) -> wire.WeekdaySummary:
    return wire.WeekdaySummary(
        weekday=weekday.weekday.name.lower(),
        due_count=weekday.due_count,
        met_count=weekday.met_count,
        completion_rate=weekday.completion_rate,
        check_in_count=weekday.check_in_count,
    )
