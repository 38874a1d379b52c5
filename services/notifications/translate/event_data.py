"""Events of other services, from the wire to the values of this one."""

from datetime import UTC, date
from decimal import Decimal
from uuid import UUID

from contracts.analytics.v1 import summary_pb2
from contracts.analytics.v1.analytics_events_pb2 import ReportReady
from contracts.auth.v1.account_pb2 import Account
from contracts.habits.v1 import check_in_pb2, habit_pb2
from contracts.habits.v1.habit_events_pb2 import (
    CheckInChanged,
    HabitCheckedIn,
    HabitReminderDue,
    PauseChanged,
)
from services.notifications.domain.buttons import Measure
from services.notifications.domain.event_data import (
    HabitDone,
    Period,
    ReminderDue,
    ReportCreated,
    Streak,
    Unit,
)
from services.notifications.domain.people import Person
from services.notifications.domain.reminder_days import DayChange, DayOutcome, PauseRange

_UNITS = {
    check_in_pb2.UNIT_DAY: Unit.DAY,
    check_in_pb2.UNIT_WEEK: Unit.WEEK,
    check_in_pb2.UNIT_MONTH: Unit.MONTH,
    check_in_pb2.UNIT_YEAR: Unit.YEAR,
}
_MARKS = {
    check_in_pb2.MARK_DONE: DayOutcome.MET,
    check_in_pb2.MARK_SKIP: DayOutcome.SKIPPED,
    check_in_pb2.MARK_MISSED: DayOutcome.MISSED,
}
_PERIODS = {
    summary_pb2.REPORT_KIND_DAILY: Period.DAILY,
    summary_pb2.REPORT_KIND_WEEKLY: Period.WEEKLY,
    summary_pb2.REPORT_KIND_MONTHLY: Period.MONTHLY,
}


def person_from_wire(account: Account) -> Person:
    """Read an account."""
    return Person(
        owner_id=UUID(account.id),
        timezone=account.timezone or "UTC",
        locale=account.locale or "en",
        display_name=account.display_name,
        revision=account.revision,
    )


def reminder_due_from_wire(event: HabitReminderDue) -> ReminderDue:
    """Read a due reminder."""
    return ReminderDue(
        owner_id=UUID(event.owner_id),
        habit_id=UUID(event.habit_id),
        title=event.title,
        text=event.text,
        due_date=date.fromisoformat(event.due_date),
        missing=Decimal(event.missing) if event.missing else None,
        unit=event.unit,
        measure=measure_from_wire(event.measure, event.direction),
        expire_time=event.expire_time.ToDatetime(UTC) if event.HasField("expire_time") else None,
    )


def habit_done_from_wire(event: HabitCheckedIn) -> HabitDone:
    """Read a reached goal."""
    return HabitDone(
        owner_id=UUID(event.owner_id),
        habit_id=UUID(event.habit_id),
        title=event.title,
        logical_date=date.fromisoformat(event.check_in_date),
        streak=streak_from_wire(event.current_streak),
        from_chat=event.source == check_in_pb2.SOURCE_TELEGRAM,
        revision=event.revision,
        batch_id=UUID(event.batch_id) if event.batch_id else None,
    )


def day_change_from_wire(event: CheckInChanged) -> DayChange | None:
    """Read a day's new state; None for amounts: `HabitCheckedIn` says when they are enough."""
    check_in = event.check_in
    if check_in.amount and check_in.mark not in _MARKS:
        return None
    return DayChange(
        owner_id=UUID(event.owner_id),
        habit_id=UUID(check_in.habit_id),
        logical_date=date.fromisoformat(check_in.check_in_date),
        revision=check_in.revision,
        state=_MARKS.get(check_in.mark, DayOutcome.OPEN),
    )


def pause_from_wire(event: PauseChanged) -> PauseRange:
    """Read a created or deleted pause."""
    pause = event.pause
    return PauseRange(
        owner_id=UUID(event.owner_id),
        habit_id=UUID(pause.habit_id) if pause.habit_id else None,
        from_date=date.fromisoformat(pause.from_date),
        to_date=date.fromisoformat(pause.to_date) if pause.to_date else None,
        deleted=event.deleted,
    )


def report_created_from_wire(event: ReportReady) -> ReportCreated:
    """Read a created report. A kind that is added later is shown as a daily one."""
    report, summary = event.report, event.report.summary
    unit = summary.longest_streak_unit
    return ReportCreated(
        owner_id=UUID(event.owner_id),
        period=_PERIODS.get(report.kind, Period.DAILY),
        completed_habits=report.completed_habit_count,
        due=summary.due_count,
        met=summary.met_count,
        perfect_days=summary.perfect_day_count,
        streak=Streak(event.streak_count, Unit(unit) if unit else Unit.DAY),
        recommendation=report.recommendation_text,
        picture_of=UUID(event.picture.report_id) if event.picture.report_id else None,
    )


def streak_from_wire(streak: check_in_pb2.Streak) -> Streak:
    """Read a streak."""
    return Streak(streak.length_count, _UNITS.get(streak.unit, Unit.DAY))


def measure_from_wire(
    measure: "habit_pb2.Measure.ValueType", direction: "habit_pb2.Direction.ValueType"
) -> Measure:
    """Read how a habit's days are measured."""
    if measure != habit_pb2.MEASURE_QUANTITY:
        return Measure.YES_NO
    return Measure.LIMIT if direction == habit_pb2.DIRECTION_AT_MOST else Measure.QUANTITY
