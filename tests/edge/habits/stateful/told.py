"""What REST must say of a home, by the naive oracle: the JSON of every answer that has numbers."""

from datetime import date, datetime
from fractions import Fraction
from typing import Any

import pytest

from rhythm.plan import Mark
from tests.edge.habits.stateful import clock
from tests.edge.habits.stateful.home import Habit, Held, Home
from tests.rhythm.oracle import OracleUnit
from tests.rhythm.oracle_numbers import Oracle

type Json = dict[str, Any]

MOST_UNITS = 400
COUNTED = ("met", "failed", "open")
AT_RISK_SECONDS = 24 * 60 * 60


class Ish:
    """Equals any float that is as good as this one."""

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


def held_json(held: Held) -> Json:
    return {
        "mark": None if held.mark is None else held.mark.value,
        "amount": amount_json(held.amount),
        "note": held.note,
    }


def day_json(habit: Habit, day: date) -> Json:
    """Say what one day holds."""
    changed_at = habit.changed_at.get(day)
    return {
        "habit_id": habit.id,
        "date": f"{day}",
        **held_json(habit.held(day)),
        "update_time": moment_json(changed_at),
    }


def unit_json(unit: OracleUnit | None) -> Json | None:
    if unit is None:
        return None
    percent = 100 * unit.done / unit.asked if unit.asked else 100 * bool(unit.done)
    return {
        "from_date": f"{unit.from_date}",
        "to_date": f"{unit.to_date}",
        "unit": unit.kind,
        "done": exactly(unit.done),
        "asked": exactly(unit.asked),
        "percent": min(100, int(percent)),
        "state": unit.state,
    }


def exactly(number: Fraction) -> float:
    return float(number)


def streak_json(home: Home, seen: Oracle, unit: OracleUnit | None) -> Json:
    """Say the streak that runs; `unit` is what is still open, if anything is."""
    kind = seen.kind(max(seen.today, seen.plan.start_date))
    units = seen.current_streak()
    deadline = None
    if unit is not None and unit.state == "open":
        deadline = clock.ends(unit.to_date, home.setting)
    at_risk = deadline and (deadline - home.now).total_seconds() <= AT_RISK_SECONDS
    return {
        "length": len(units),
        "unit": kind if kind in ("week", "month") else "day",
        "start_date": f"{units[0].begins}" if units else None,
        "at_risk": bool(at_risk),
        "deadline": moment_json(deadline),
    }


def written_json(home: Home, habit: Habit, day: date, *, changed: bool) -> Json:
    """Say what a change of a day is answered."""
    seen = home.oracle(habit)
    streak = streak_json(home, seen, seen.unit_today())
    return {**day_json(habit, day), "current_streak": streak, "changed": changed}


def progress_json(home: Home, habit: Habit) -> Json:
    """Say every number of a habit, with the units behind them."""
    seen = home.oracle(habit)
    best = seen.best_streak()
    return {
        "habit_id": habit.id,
        "today": f"{home.today}",
        "current_streak": streak_json(home, seen, seen.unit_today()),
        "best_streak": {
            "length": len(best),
            "start_date": f"{best[0].begins}" if best else None,
            "end_date": f"{min(best[-1].to_date, home.today)}" if best else None,
            **({"unit": best[0].kind} if best else {}),
        },
        "completion": {
            name: None if (rate := seen.completion(days)) is None else Ish(float(rate))
            for name, days in [("7d", 7), ("30d", 30), ("90d", 90), ("all", None)]
        },
        "current_unit": unit_json(seen.unit_today()),
        "strength": Ish(seen.strength(home.today)),
        "total_check_ins": seen.check_ins(),
        "units": [unit_json(unit) for unit in reversed(seen.units[-MOST_UNITS:])],
    }


def history_json(home: Home, habit: Habit, first: date, last: date) -> list[Json]:
    """Say what became of each day; how firm the habit was, of the first and the last."""
    seen = home.oracle(habit)
    end = min(last, home.today)
    days = [date.fromordinal(n) for n in range(first.toordinal(), end.toordinal() + 1)]
    rows = [
        {"date": f"{day}", "state": seen.day_state(day), **held_json(habit.held(day))}
        for day in days
    ]
    for day, row in list(zip(days, rows, strict=True))[:: max(1, len(days) - 1)]:
        row["strength"] = Ish(0.0 if day < habit.start else seen.strength(day))
    return rows


def today_json(home: Home, day: date) -> Json:
    """Say what the screen of a day shows."""
    items = [
        item for it in home.habits if it.archived is None and (item := item_json(home, it, day))
    ]
    return {
        "date": f"{day}",
        "due": sum(item["state"] in COUNTED for item in items),
        "met": sum(item["state"] == "met" for item in items),
        "items": items,
    }


def item_json(home: Home, habit: Habit, day: date) -> Json | None:
    """Say what a day's screen shows of a habit; None where it shows nothing."""
    seen = home.oracle(habit, day)
    state, unit = seen.day_state(day), seen.unit_today()
    if state == "not_due":
        return None
    numbers = seen
    open_unit = unit
    if day < home.today:  # what became of it since
        now = home.oracle(habit)
        unit = next((it for it in now.units if it.begins <= day <= it.to_date), None)
        state = now.day_state(day)
        if state == "not_due" and unit is not None:
            state = unit.state
        open_unit = unit
    elif day > home.today:  # what it will ask; numbers are those of today
        numbers = home.oracle(habit)
        open_unit = numbers.unit_today()
    held = habit.held(day)
    resting = held.mark is Mark.SKIP or seen.is_paused(day)
    return {
        "habit_id": habit.id,
        "state": state,
        **held_json(held),
        "progress": {
            "current_streak": streak_json(home, numbers, open_unit),
            "current_unit": unit_json(unit),
            "strength": Ish(numbers.strength(numbers.today)),
        },
        "resting": resting,
    }


def changes_json(habit: Habit) -> list[Json]:
    """Say every change that was made, newest first."""
    return [
        {
            "date": f"{it.day}",
            "before": held_json(it.before),
            "after": held_json(it.after),
            "undo": it.undo,
            "undone": it.undone,
        }
        for it in reversed(habit.changes)
    ]


def habit_json(habit: Habit) -> Json:
    """Say how a habit is kept."""
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
