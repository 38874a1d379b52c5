"""Messages that events and responses share: habits, pauses, days and streaks."""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from functools import lru_cache

from google.protobuf.timestamp_pb2 import Timestamp

from contracts.habits.v1 import check_in_pb2 as days_wire
from contracts.habits.v1 import habit_pb2 as wire
from rhythm.goal import Direction, Goal, Measure, NoAnswer, amount_of
from rhythm.plan import Mark, Version
from rhythm.schedule import Frequency, Schedule, StreakUnit, Weekday
from services.habits.domain.check_in import CheckIn
from services.habits.domain.habit import Habit, HabitState
from services.habits.domain.pause import Pause
from services.habits.domain.reminders import Reminder
from services.habits.domain.snapshot import CurrentStreak

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_DAY_SECONDS = 24 * 60 * 60
_MANY_MOMENTS = 4096

MEASURES: Mapping[Measure, wire.Measure.ValueType] = {
    Measure.YES_NO: wire.MEASURE_YES_NO,
    Measure.QUANTITY: wire.MEASURE_QUANTITY,
}
DIRECTIONS: Mapping[Direction, wire.Direction.ValueType] = {
    Direction.AT_LEAST: wire.DIRECTION_AT_LEAST,
    Direction.AT_MOST: wire.DIRECTION_AT_MOST,
}
NO_ANSWERS: Mapping[NoAnswer, wire.NoAnswer.ValueType] = {
    NoAnswer.SUCCESS: wire.NO_ANSWER_SUCCESS,
    NoAnswer.NEUTRAL: wire.NO_ANSWER_NEUTRAL,
    NoAnswer.FAILURE: wire.NO_ANSWER_FAILURE,
}
FREQUENCIES: Mapping[Frequency, wire.Frequency.ValueType] = {
    Frequency.DAILY: wire.FREQUENCY_DAILY,
    Frequency.WEEKLY: wire.FREQUENCY_WEEKLY,
    Frequency.MONTHLY: wire.FREQUENCY_MONTHLY,
    Frequency.ROLLING: wire.FREQUENCY_ROLLING,
    Frequency.YEARLY: wire.FREQUENCY_YEARLY,
}
WEEKDAYS: Mapping[Weekday, wire.Weekday.ValueType] = {
    Weekday.MON: wire.WEEKDAY_MONDAY,
    Weekday.TUE: wire.WEEKDAY_TUESDAY,
    Weekday.WED: wire.WEEKDAY_WEDNESDAY,
    Weekday.THU: wire.WEEKDAY_THURSDAY,
    Weekday.FRI: wire.WEEKDAY_FRIDAY,
    Weekday.SAT: wire.WEEKDAY_SATURDAY,
    Weekday.SUN: wire.WEEKDAY_SUNDAY,
}
STATES: Mapping[HabitState, wire.State.ValueType] = {
    HabitState.ACTIVE: wire.STATE_ACTIVE,
    HabitState.ARCHIVED: wire.STATE_ARCHIVED,
}
MARKS: Mapping[Mark | None, days_wire.Mark.ValueType] = {
    None: days_wire.MARK_UNSPECIFIED,
    Mark.DONE: days_wire.MARK_DONE,
    Mark.SKIP: days_wire.MARK_SKIP,
    Mark.MISSED: days_wire.MARK_MISSED,
}
UNITS: Mapping[StreakUnit, days_wire.Unit.ValueType] = {
    StreakUnit.DAY: days_wire.UNIT_DAY,
    StreakUnit.WEEK: days_wire.UNIT_WEEK,
    StreakUnit.MONTH: days_wire.UNIT_MONTH,
    StreakUnit.YEAR: days_wire.UNIT_YEAR,
}


def habit_to_wire(habit: Habit, *, today: date) -> wire.Habit:
    """Return a habit with the goal and schedule that are in force today."""
    now = habit.version_on(today)
    return wire.Habit(
        id=str(habit.id),
        etag=habit.etag,
        state=STATES[habit.state],
        title=habit.title,
        description=habit.description,
        color=habit.color,
        icon=habit.icon,
        tags=habit.tags,
        position=habit.position,
        start_date=habit.start_date.isoformat(),
        measure=MEASURES[habit.measure],
        unit=habit.unit,
        goal=_goal(now.goal),
        schedule=_schedule(now.schedule),
        versions=map(_version, habit.versions),
        reminders=map(_reminder, habit.reminders),
        create_time=moment_to_wire(habit.create_time),
        update_time=moment_to_wire(habit.update_time),
        archive_time=moment_to_wire(habit.archive_time),
        archive_date=habit.archive_date.isoformat() if habit.archive_date else "",
    )


def pause_to_wire(pause: Pause) -> wire.Pause:
    """Return a pause."""
    return wire.Pause(
        id=str(pause.id),
        habit_id=str(pause.habit_id) if pause.habit_id else "",
        from_date=pause.from_date.isoformat(),
        to_date=pause.to_date.isoformat() if pause.to_date else "",
        reason=pause.reason,
        create_time=moment_to_wire(pause.create_time),
    )


def check_in_to_wire(check_in: CheckIn) -> days_wire.CheckIn:
    """Return a day."""
    mark, amount, note = check_in.content
    return days_wire.CheckIn(
        habit_id=str(check_in.habit_id),
        check_in_date=check_in.day.isoformat(),
        mark=MARKS[mark],
        amount=amount_to_wire(amount),
        note=note,
        source=int(check_in.source),  # type: ignore[arg-type]  # the numbers are the wire's
        update_time=moment_to_wire(check_in.update_time),
        revision=check_in.revision,
    )


def streak_to_wire(current: CurrentStreak) -> days_wire.Streak:
    """Return the streak that runs."""
    streak = current.streak
    return days_wire.Streak(
        length_count=streak.length,
        unit=UNITS[streak.unit],
        start_date=streak.start_date.isoformat() if streak.start_date else "",
        end_date=streak.end_date.isoformat() if streak.end_date else "",
        at_risk=current.at_risk,
        deadline_time=moment_to_wire(current.deadline),
    )


def amount_to_wire(thousandths: int | None) -> str:
    """Return an amount as decimal text; empty when there is none."""
    return "" if thousandths is None else f"{amount_of(thousandths):f}"


def moment_to_wire(moment: datetime | None) -> Timestamp | None:
    """Return a moment; None stays unset."""
    return None if moment is None else _timestamp(moment.astimezone(UTC))


@lru_cache(maxsize=_MANY_MOMENTS)  # all check-ins of a batch have one moment, all of a zone one end
def _timestamp(moment: datetime) -> Timestamp:
    """Return a moment in UTC as a message, which is copied wherever it is put."""
    since = moment - _EPOCH
    seconds = since.days * _DAY_SECONDS + since.seconds
    return Timestamp(seconds=seconds, nanos=since.microseconds * 1000)


def _goal(goal: Goal) -> wire.Goal:
    return wire.Goal(
        direction=DIRECTIONS[goal.direction],
        amount=amount_to_wire(goal.amount_thousandths),
        no_answer=NO_ANSWERS[goal.no_answer],
    )


def _schedule(schedule: Schedule) -> wire.Schedule:
    return wire.Schedule(
        frequency=FREQUENCIES[schedule.frequency],
        interval=schedule.interval,
        weekdays=[WEEKDAYS[day] for day in schedule.weekdays],
        times=schedule.times or 0,
        month_days=schedule.month_days,
        days=schedule.days or 0,
        anchor_date=schedule.anchor_date.isoformat() if schedule.anchor_date else "",
        weekday_ordinals=[
            wire.WeekdayOrdinal(weekday=WEEKDAYS[it.weekday], ordinal=it.ordinal)
            for it in schedule.weekday_ordinals
        ],
        year_days=[wire.YearDay(month=it.month, day=it.day) for it in schedule.year_days],
    )


def _version(version: Version) -> wire.Version:
    return wire.Version(
        effective_date=version.effective_date.isoformat(),
        goal=_goal(version.goal),
        schedule=_schedule(version.schedule),
    )


def _reminder(reminder: Reminder) -> wire.Reminder:
    return wire.Reminder(
        id=str(reminder.id),
        local_time=f"{reminder.local_time:%H:%M}",
        weekdays=[WEEKDAYS[day] for day in sorted(reminder.weekdays)],
        text=reminder.text,
        nag_minutes=reminder.nag_minutes,
    )
