"""Numbers, histories and the screen of a day, as messages."""

from collections.abc import Iterable, Mapping
from datetime import date
from functools import lru_cache

from contracts.habits.v1 import habit_pb2 as wire_habit
from contracts.habits.v1 import progress_service_pb2 as wire
from rhythm.evaluate import Evaluation
from rhythm.history import DayInHistory, DayState
from rhythm.units import DueUnit
from services.habits.domain.check_in import Content
from services.habits.domain.habit import Habit
from services.habits.domain.progress import Progress
from services.habits.domain.snapshot import CurrentStreak
from services.habits.domain.today_screen import TodayItem, TodayScreen
from services.habits.events.messages import (
    MARKS,
    UNITS,
    amount_to_wire,
    check_in_to_wire,
    habit_to_wire,
    moment_to_wire,
    streak_to_wire,
)

_OUTCOMES: Mapping[str, wire.Outcome.ValueType] = {
    DayState.MET.value: wire.OUTCOME_MET,
    DayState.FAILED.value: wire.OUTCOME_FAILED,
    DayState.NEUTRAL.value: wire.OUTCOME_NEUTRAL,
    DayState.OPEN.value: wire.OUTCOME_OPEN,
    DayState.NOT_DUE.value: wire.OUTCOME_NOT_DUE,
}
_WINDOWS = (7, 30, 90)
_CACHE_SIZE = 5_000


def progress_to_wire(progress: Progress) -> wire.Progress:
    """Return a habit's numbers."""
    evaluation = progress.evaluation
    best = CurrentStreak(evaluation.best_streak)
    return wire.Progress(
        habit_id=str(progress.habit_id),
        current_streak=streak_to_wire(progress.current_streak),
        best_streak=streak_to_wire(best),
        completions=_completions(evaluation),
        current_unit=find_unit_to_wire(evaluation.current_unit),
        strength=evaluation.strength,
        check_in_count=evaluation.total_check_ins,
        today_date=progress.today.isoformat(),
    )


def find_unit_to_wire(unit: DueUnit | None) -> wire.DueUnit | None:
    """Return a due unit; None stays unset."""
    return None if unit is None else unit_to_wire(unit)


def unit_to_wire(unit: DueUnit) -> wire.DueUnit:
    """Return a due unit."""
    return wire.DueUnit(
        from_date=unit.from_date.isoformat(),
        to_date=unit.to_date.isoformat(),
        done=f"{unit.done:f}",
        asked=f"{unit.asked:f}",
        done_percent=unit.percent,
        outcome=_OUTCOMES[unit.state.value],
        unit=UNITS[unit.kind],
    )


def history_day_to_wire(day: DayInHistory, content: Content) -> wire.HistoryDay:
    """Return one day of a history."""
    return wire.HistoryDay(
        history_date=day.date.isoformat(),
        outcome=_OUTCOMES[day.state.value],
        amount=amount_to_wire(content.amount_thousandths),
        mark=MARKS[day.mark],
        strength=day.strength,
        note=content.note,
        unit_outcome=_OUTCOMES[day.unit_state.value]
        if day.unit_state
        else wire.OUTCOME_UNSPECIFIED,
    )


def today_screen_to_wire(screen: TodayScreen) -> wire.GetTodayResponse:
    """Return the screen of a day."""
    return wire.GetTodayResponse(
        today_date=screen.day.isoformat(),
        items=[_item(item, screen.day) for item in screen.items],
        due_count=screen.due_count,
        met_count=screen.met_count,
    )


@lru_cache(maxsize=_CACHE_SIZE)
def _item(item: TodayItem, day: date) -> wire.TodayItem:
    """Return an item. Of a screen that is looked at again, most are as they were."""
    return wire.TodayItem(
        habit=_habit(item.habit, day),
        check_in=check_in_to_wire(item.check_in),
        outcome=_OUTCOMES[item.state.value],
        unit=find_unit_to_wire(item.unit),
        current_streak=streak_to_wire(item.current_streak),
        strength=item.strength,
        reminder_times=[stamp for it in item.reminder_times if (stamp := moment_to_wire(it))],
        resting=item.excused,
    )


@lru_cache(maxsize=_CACHE_SIZE)
def _habit(habit: Habit, today: date) -> wire_habit.Habit:
    """Return a habit. It is shown more often than it is edited, and copied into every screen."""
    return habit_to_wire(habit, today=today)


def _completions(evaluation: Evaluation) -> Iterable[wire.Completion]:
    record = evaluation.completion_counts
    for days in _WINDOWS:
        yield _completion(f"{days}d", *record.within(days))
    yield _completion("all", record.met, record.failed)


def _completion(window: str, met: int, failed: int) -> wire.Completion:
    """Return a share; where nothing was decided there is none, never a made-up 0 or 1."""
    counted = met + failed
    rate = met / counted if counted else None
    return wire.Completion(window=window, met_count=met, failed_count=failed, rate=rate)
