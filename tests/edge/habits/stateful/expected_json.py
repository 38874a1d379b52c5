"""The JSON that REST must return for a model, computed by the naive oracle."""

from datetime import date, datetime
from fractions import Fraction
from math import ceil
from typing import Any

import pytest

from rhythm.plan import Mark
from tests.edge.habits.stateful import calendar_model
from tests.edge.habits.stateful.model import DayContent, Habit, Model
from tests.rhythm.oracle import OracleUnit
from tests.rhythm.oracle_numbers import Oracle

type Json = dict[str, Any]

MOST_UNITS = 400
COUNTED = ("met", "failed", "open")
AT_RISK_SECONDS = 24 * 60 * 60


class Approximately:
    """Equals any float within 1e-9 of this one."""

    def __init__(self, value: float) -> None:
        self.value = value

    def __eq__(self, other: object) -> bool:
        return bool(other == pytest.approx(self.value, abs=1e-9))

    def __hash__(self) -> int:
        return 0

    def __repr__(self) -> str:
        return f"≈{self.value}"


def moment_json(moment: datetime | None) -> str | None:
    return None if moment is None else f"{moment:%Y-%m-%dT%H:%M:%S}.000Z"


def amount_json(thousandths: int | None) -> float | None:
    return None if thousandths is None else thousandths / 1000


def content_json(content: DayContent) -> Json:
    return {
        "mark": None if content.mark is None else content.mark.value,
        "amount": amount_json(content.amount),
        "note": content.note,
    }


def day_json(habit: Habit, day: date) -> Json:
    """Return the expected record of one day."""
    changed_at = habit.changed_at.get(day)
    return {
        "habit_id": habit.id,
        "date": f"{day}",
        **content_json(habit.content(day)),
        "update_time": moment_json(changed_at),
    }


def unit_json(unit: OracleUnit | None) -> Json | None:
    if unit is None:
        return None
    percent = 100 * unit.done / unit.asked if unit.asked else 100 * bool(unit.done)
    if unit.is_limit:
        used = ceil(percent) if unit.asked or not unit.done else 9999
        percent = Fraction(min(9999, used))
    else:
        percent = min(Fraction(100), percent)
    return {
        "from_date": f"{unit.from_date}",
        "to_date": f"{unit.to_date}",
        "unit": unit.kind,
        "done": exactly(unit.done),
        "asked": exactly(unit.asked),
        "percent": int(percent),
        "state": unit.state,
    }


def exactly(number: Fraction) -> float:
    return float(number)


def streak_json(model: Model, seen: Oracle, unit: OracleUnit | None) -> Json:
    """Return the expected current streak; `unit` is the unit of today, if any."""
    kind = seen.kind(max(seen.today, seen.plan.start_date))
    units = seen.current_streak()
    deadline = None
    if unit is not None and unit.state == "open":
        deadline = calendar_model.ends(unit.to_date, model.setting)
    at_risk = deadline and (deadline - model.now).total_seconds() <= AT_RISK_SECONDS
    return {
        "length": len(units),
        "unit": kind if kind in ("week", "month", "year") else "day",
        "start_date": f"{units[0].begins}" if units else None,
        "at_risk": bool(at_risk),
        "deadline": moment_json(deadline),
    }


def written_json(model: Model, habit: Habit, day: date, *, changed: bool) -> Json:
    """Return the expected response to a write."""
    seen = model.oracle(habit)
    streak = streak_json(model, seen, seen.unit_today())
    return {**day_json(habit, day), "current_streak": streak, "changed": changed}


def progress_json(model: Model, habit: Habit) -> Json:
    """Return the expected progress of a habit, with its units."""
    seen = model.oracle(habit)
    best = seen.best_streak()
    return {
        "habit_id": habit.id,
        "today": f"{model.today}",
        "current_streak": streak_json(model, seen, seen.unit_today()),
        "best_streak": {
            "length": len(best),
            "start_date": f"{best[0].begins}" if best else None,
            "end_date": f"{min(best[-1].to_date, model.today)}" if best else None,
            **({"unit": best[0].kind} if best else {}),
        },
        "completion": {
            name: None if (rate := seen.completion(days)) is None else Approximately(float(rate))
            for name, days in [("7d", 7), ("30d", 30), ("90d", 90), ("all", None)]
        },
        "current_unit": unit_json(seen.unit_today()),
        "strength": Approximately(seen.strength(model.today)),
        "total_check_ins": seen.check_ins(),
        "units": [unit_json(unit) for unit in reversed(seen.units[-MOST_UNITS:])],
    }


def history_json(model: Model, habit: Habit, first: date, last: date) -> list[Json]:
    """Return the expected history; strength only of the first and the last day."""
    seen = model.oracle(habit)
    end = min(last, model.today)
    days = [date.fromordinal(n) for n in range(first.toordinal(), end.toordinal() + 1)]
    rows = [
        {
            "date": f"{day}",
            "state": seen.day_state(day),
            "unit_state": seen.unit_state(day),
            **content_json(habit.content(day)),
        }
        for day in days
    ]
    for day, row in list(zip(days, rows, strict=True))[:: max(1, len(days) - 1)]:
        row["strength"] = Approximately(0.0 if day < habit.start else seen.strength(day))
    return rows


def today_json(model: Model, day: date) -> Json:
    """Return the expected list of a day."""
    items = [
        item for it in model.habits if it.archived is None and (item := item_json(model, it, day))
    ]
    return {
        "date": f"{day}",
        "due": sum(item["state"] in COUNTED for item in items),
        "met": sum(item["state"] == "met" for item in items),
        "items": items,
    }


def item_json(model: Model, habit: Habit, day: date) -> Json | None:
    """Return the expected item of a habit in a day's list; None when it is not listed."""
    seen = model.oracle(habit, day)
    state, unit = seen.day_state(day), seen.unit_today()
    if state == "not_due":
        if unit is None or unit.state != "failed":
            return None
        state = "failed"  # a limit that was passed stays in sight until its unit is over
    numbers = seen
    open_unit = unit
    if day < model.today:  # a past day shows its final state
        now = model.oracle(habit)
        unit = next((it for it in now.units if it.begins <= day <= it.to_date), None)
        state = now.day_state(day)
        if state == "not_due" and unit is not None:
            state = unit.state
        open_unit = unit
    elif day > model.today:  # a future day shows what will be due; progress is today's
        numbers = model.oracle(habit)
        open_unit = numbers.unit_today()
    content = habit.content(day)
    resting = content.mark is Mark.SKIP or seen.is_paused(day)
    return {
        "habit_id": habit.id,
        "state": state,
        **content_json(content),
        "progress": {
            "current_streak": streak_json(model, numbers, open_unit),
            "current_unit": unit_json(unit),
            "strength": Approximately(numbers.strength(numbers.today)),
        },
        "resting": resting,
    }


def changes_json(habit: Habit) -> list[Json]:
    """Return the expected audit log, newest first."""
    return [
        {
            "date": f"{it.day}",
            "before": content_json(it.before),
            "after": content_json(it.after),
            "undo": it.undo,
            "undone": it.undone,
        }
        for it in reversed(habit.changes)
    ]


def habit_json(habit: Habit) -> Json:
    """Return the expected habit."""
    return {
        "id": habit.id,
        "title": habit.title,
        "etag": habit.etags[-1],
        "state": "active" if habit.archived is None else "archived",
        "archive_date": None if habit.archived is None else f"{habit.archived}",
        "start_date": f"{habit.start}",
        "versions": [
            {
                "effective_date": f"{it.effective_date}",
                "schedule": {"frequency": it.schedule.frequency.value},
            }
            for it in habit.versions
        ],
    }
