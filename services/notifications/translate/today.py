"""The day's screen of the habits service as the chat shows it."""

from datetime import date
from decimal import Decimal
from uuid import UUID

from contracts.habits.v1 import check_in_pb2, habit_pb2, progress_service_pb2
from contracts.habits.v1.progress_service_pb2 import GetTodayResponse
from services.notifications.domain.buttons import Measure
from services.notifications.domain.today import ItemState, Today, TodayItem
from services.notifications.translate.event_data import measure_from_wire, streak_from_wire

_NOTHING = Decimal(0)
_UNIT_FREQUENCIES = (
    habit_pb2.FREQUENCY_WEEKLY,
    habit_pb2.FREQUENCY_MONTHLY,
    habit_pb2.FREQUENCY_YEARLY,
    habit_pb2.FREQUENCY_ROLLING,
    habit_pb2.FREQUENCY_YEARLY,
)


def today_from_wire(response: GetTodayResponse, *, latest: bool = True) -> Today:
    """Read a person's habits of one day."""
    return Today(
        day=date.fromisoformat(response.today_date),
        items=tuple(_item(item) for item in response.items),
        due=response.due_count,
        met=response.met_count,
        latest=latest,
    )


def _item(item: progress_service_pb2.TodayItem) -> TodayItem:
    habit = item.habit
    measure = measure_from_wire(habit.measure, habit.goal.direction)
    amount, asked = (_NOTHING, _NOTHING) if measure is Measure.YES_NO else _amounts(item)
    return TodayItem(
        habit_id=UUID(habit.id),
        title=habit.title,
        measure=measure,
        state=_item_state(item),
        streak=streak_from_wire(item.current_streak),
        amount=amount,
        asked=asked,
        unit=habit.unit,
        revision=item.check_in.revision,
        day_amount=_decimal(item.check_in.amount),
        recorded=bool(item.check_in.mark or item.check_in.amount),
    )


def _item_state(item: progress_service_pb2.TodayItem) -> ItemState:
    mark = item.check_in.mark
    if mark == check_in_pb2.MARK_SKIP:
        return ItemState.SKIPPED
    if item.resting and mark not in (check_in_pb2.MARK_DONE, check_in_pb2.MARK_MISSED):
        return ItemState.PAUSED
    if _is_total(item.habit.schedule) and item.habit.measure == habit_pb2.MEASURE_QUANTITY:
        met = item.unit.outcome == progress_service_pb2.OUTCOME_MET
        return ItemState.MET if met else ItemState.OPEN
    if mark == check_in_pb2.MARK_DONE or item.outcome == progress_service_pb2.OUTCOME_MET:
        return ItemState.MET
    if mark == check_in_pb2.MARK_MISSED or item.outcome == progress_service_pb2.OUTCOME_FAILED:
        return ItemState.MISSED
    return ItemState.OPEN


def _amounts(item: progress_service_pb2.TodayItem) -> tuple[Decimal, Decimal]:
    """Return what counts so far and what is asked: of the unit where the goal is its total."""
    if _is_total(item.habit.schedule):
        return _decimal(item.unit.done), _decimal(item.unit.asked)
    return _decimal(item.check_in.amount), _decimal(item.habit.goal.amount)


def _is_total(schedule: habit_pb2.Schedule) -> bool:
    """Say whether a quantity's amount is asked of the whole unit and not of each day."""
    days_named = (
        schedule.times
        or schedule.weekdays
        or schedule.month_days
        or schedule.weekday_ordinals
        or schedule.year_days
    )
    return schedule.frequency in _UNIT_FREQUENCIES and not days_named


def _decimal(text: str) -> Decimal:
    return Decimal(text) if text else _NOTHING
