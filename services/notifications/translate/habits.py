"""Habits of the habits service ⇄ what the chat shows and makes."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from uuid import UUID

from contracts.habits.v1 import habit_pb2, progress_service_pb2
from services.notifications.domain.buttons import Measure
from services.notifications.domain.habit_cards import HabitCard, Square
from services.notifications.domain.habit_forms import HabitForm
from services.notifications.domain.schedules import ScheduleChoice
from services.notifications.translate.event_data import measure_from_wire, streak_from_wire

_FREQUENCIES = {
    "daily": habit_pb2.FREQUENCY_DAILY,
    "weekly": habit_pb2.FREQUENCY_WEEKLY,
    "monthly": habit_pb2.FREQUENCY_MONTHLY,
    "rolling": habit_pb2.FREQUENCY_ROLLING,
    "yearly": habit_pb2.FREQUENCY_YEARLY,
}
_SQUARES = {
    progress_service_pb2.OUTCOME_MET: Square.MET,
    progress_service_pb2.OUTCOME_FAILED: Square.FAILED,
    progress_service_pb2.OUTCOME_NEUTRAL: Square.NEUTRAL,
    progress_service_pb2.OUTCOME_OPEN: Square.OPEN,
}
_NAMES = {number: name for name, number in _FREQUENCIES.items()}


def habit_to_wire(draft: HabitForm) -> habit_pb2.Habit:
    """Write a new habit."""
    habit = habit_pb2.Habit(
        title=draft.title,
        unit=draft.unit if draft.measure is not Measure.YES_NO else "",
        schedule=schedule_to_wire(draft.schedule_value),
        reminders=[habit_pb2.Reminder(local_time=time) for time in draft.times],
    )
    if draft.measure is Measure.YES_NO:
        habit.measure = habit_pb2.MEASURE_YES_NO
    else:
        habit.measure = habit_pb2.MEASURE_QUANTITY
        habit.goal.CopyFrom(goal_to_wire(draft.measure, draft.amount))
    return habit


def goal_to_wire(measure: Measure, amount: str) -> habit_pb2.Goal:
    """Write a goal of an amount."""
    limit = measure is Measure.LIMIT
    direction = habit_pb2.DIRECTION_AT_MOST if limit else habit_pb2.DIRECTION_AT_LEAST
    return habit_pb2.Goal(direction=direction, amount=amount)


def schedule_to_wire(schedule: ScheduleChoice) -> habit_pb2.Schedule:
    """Write a schedule."""
    weekday = habit_pb2.Weekday.ValueType
    return habit_pb2.Schedule(
        frequency=_FREQUENCIES[schedule.frequency],
        interval=schedule.interval if schedule.interval > 1 else 0,
        weekdays=[weekday(day) for day in schedule.weekdays],
        times=schedule.times,
        month_days=schedule.month_days,
        weekday_ordinals=[
            habit_pb2.WeekdayOrdinal(ordinal=nth, weekday=weekday(day))
            for nth, day in schedule.ordinals
        ],
        days=schedule.days,
    )


def schedule_from_wire(schedule: habit_pb2.Schedule) -> ScheduleChoice:
    """Read a schedule."""
    return ScheduleChoice(
        frequency=_NAMES.get(schedule.frequency, "daily"),
        interval=schedule.interval or 1,
        weekdays=tuple(int(day) for day in schedule.weekdays),
        times=schedule.times,
        month_days=tuple(schedule.month_days),
        ordinals=tuple((it.ordinal, int(it.weekday)) for it in schedule.weekday_ordinals),
        year_days=tuple((it.month, it.day) for it in schedule.year_days),
        days=schedule.days,
    )


def measure_of(habit: habit_pb2.Habit) -> Measure:
    """Read how a habit's days are measured."""
    return measure_from_wire(habit.measure, habit.goal.direction)


def amount_of(habit: habit_pb2.Habit) -> str:
    """Read the amount of a goal; `0` where there is none."""
    return str(Decimal(habit.goal.amount or 0))


def card_from_wire(
    habit: habit_pb2.Habit,
    progress: progress_service_pb2.Progress,
    history: Iterable[progress_service_pb2.HistoryDay],
) -> HabitCard:
    """Read a habit with its numbers."""
    return HabitCard(
        habit_id=UUID(habit.id),
        title=habit.title,
        measure=measure_of(habit),
        amount=amount_of(habit),
        unit=habit.unit,
        schedule=schedule_from_wire(habit.schedule),
        times=tuple(it.local_time for it in habit.reminders),
        archived=habit.state == habit_pb2.STATE_ARCHIVED,
        streak=streak_from_wire(progress.current_streak),
        best=streak_from_wire(progress.best_streak),
        strength=progress.strength,
        days=tuple(
            (date.fromisoformat(it.history_date), _SQUARES.get(it.outcome, Square.NOT_DUE))
            for it in history
        ),
    )
