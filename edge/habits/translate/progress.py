"""Progress, history and today, wire to JSON."""

from functools import lru_cache

import orjson

from contracts.habits.v1.check_in_pb2 import Streak
from contracts.habits.v1.habit_pb2 import Habit
from contracts.habits.v1.progress_service_pb2 import (
    DueUnit,
    GetProgressResponse,
    GetTodayResponse,
    HistoryDay,
    TodayItem,
)
from edge.habits.translate.check_ins import streak_from_wire
from edge.habits.translate.habits import habit_from_wire
from edge.habits.translate.values import (
    MARKS,
    OUTCOMES,
    UNITS,
    Json,
    amount_from_wire,
    moment_from_wire,
)

_MANY_HABITS = 5_000


def progress_from_wire(response: GetProgressResponse, *, explained: bool) -> Json:
    """Return a habit's progress as JSON, with its due units when `explained`."""
    progress = response.progress
    current = progress.HasField("current_unit")
    found: Json = {
        "habit_id": progress.habit_id,
        "today": progress.today_date,
        "current_streak": streak_from_wire(progress.current_streak),
        "best_streak": best_streak_from_wire(progress.best_streak),
        "completion": {
            completion.window: completion.rate if completion.HasField("rate") else None
            for completion in progress.completions
        },
        "current_unit": unit_from_wire(progress.current_unit) if current else None,
        "strength": progress.strength,
        "total_check_ins": progress.check_in_count,
    }
    if explained:
        found["units"] = [unit_from_wire(unit) for unit in response.units]
    return found


def best_streak_from_wire(streak: Streak) -> Json:
    """Return a best streak as JSON."""
    return {
        "length": streak.length_count,
        "unit": UNITS[streak.unit],
        "start_date": streak.start_date or None,
        "end_date": streak.end_date or None,
    }


def unit_from_wire(unit: DueUnit) -> Json:
    """Return a due unit as JSON."""
    return {
        "from_date": unit.from_date,
        "to_date": unit.to_date,
        "unit": UNITS[unit.unit],
        "done": amount_from_wire(unit.done) or 0,
        "asked": amount_from_wire(unit.asked) or 0,
        "percent": unit.done_percent,
        "state": OUTCOMES[unit.outcome],
    }


def history_day_from_wire(day: HistoryDay) -> Json:
    """Return one day of a habit's history as JSON."""
    return {
        "date": day.history_date,
        "state": OUTCOMES[day.outcome],
        "unit_state": OUTCOMES.get(day.unit_outcome),
        "mark": MARKS.get(day.mark),
        "amount": amount_from_wire(day.amount),
        "note": day.note,
        "strength": day.strength,
    }


def today_from_wire(response: GetTodayResponse) -> Json:
    """Return today's list as JSON."""
    return {
        "date": response.today_date,
        "due": response.due_count,
        "met": response.met_count,
        "items": [
            _today_item_from_wire(item.SerializeToString(deterministic=True))
            for item in response.items
        ],
    }


@lru_cache(maxsize=_MANY_HABITS)
def _habit_from_wire(data: bytes) -> orjson.Fragment:
    """Return a habit as serialized JSON, cached: it is read far more often than edited."""
    return orjson.Fragment(orjson.dumps(habit_from_wire(Habit.FromString(data))))


@lru_cache(maxsize=_MANY_HABITS)
def _today_item_from_wire(data: bytes) -> orjson.Fragment:
    """Return an item as serialized JSON, cached: most are as they were at the last look."""
    item = TodayItem.FromString(data)
    found: Json = {
        "habit_id": item.habit.id,
        "habit": _habit_from_wire(item.habit.SerializeToString(deterministic=True)),
        "state": OUTCOMES[item.outcome],
        "mark": MARKS.get(item.check_in.mark),
        "amount": amount_from_wire(item.check_in.amount),
        "note": item.check_in.note,
        "progress": {
            "current_streak": streak_from_wire(item.current_streak),
            "current_unit": unit_from_wire(item.unit) if item.HasField("unit") else None,
            "strength": item.strength,
        },
        "reminder_times": [moment_from_wire(moment) for moment in item.reminder_times],
        "resting": item.resting,
    }
    return orjson.Fragment(orjson.dumps(found))
