"""Half a year of a made-up person: what they set out to do, and how it went. The same for all.

Pure: the story is told from the person's today backwards, and a day's dice are loaded with its
date, so that two machines on the same day tell the same story.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

DAYS = 182
HOLIDAY = (96, 86)
"""First and last day of a holiday from everything, in days before today."""
SICK = (41, 39)
"""Days in bed: what was due was skipped, with a word about it."""
KNEE = (68, 55)
"""A pause of running alone."""
WEEKDAYS = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
SATURDAY = 5
SEED = 2026

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Day:
    """A day of the story.

    Attributes:
        date: Which one.
        ago: How many days before today.
        luck: The dice of this habit.
    """

    date: date
    ago: int
    luck: random.Random

    @property
    def so_far(self) -> float:
        """How far along the half year it is, 0 to 1: people get better at things."""
        return 1 - self.ago / DAYS

    def chance(self, of: float) -> bool:
        """Throw the dice."""
        return self.luck.random() < of


@dataclass(frozen=True, slots=True)
class Habit:
    """A habit and how a life with it goes.

    Attributes:
        body: What creates it.
        day: What a day holds: a mark, an amount, or None for silence.
        morning: What today holds already; the rest of today is the reader's.
        change: A goal or schedule that came later, and how many days ago.
        pause: Days of this habit alone that did not count, in days before today.
    """

    body: Json
    day: Callable[[Day], Json | None]
    morning: Json | None = None
    change: tuple[int, Json] | None = None
    pause: tuple[int, int] | None = None

    @property
    def title(self) -> str:
        """What the person calls it."""
        return str(self.body["title"])


def habits(remind_at: str) -> Sequence[Habit]:
    """Return what the person set out to do; the first reminds at `remind_at`, a wall time."""
    return (*_to_do_more(remind_at), *_to_do_less(), *_to_do_seldom())


def _to_do_more(remind_at: str) -> Sequence[Habit]:
    return (
        Habit(
            {"title": "Drink water", "icon": "💧", "color": "#0288d1", "tags": ["health"]}
            | {"measure": "quantity", "unit": "glasses"}
            | {"goal": {"direction": "at_least", "amount": 6}}
            | {"reminders": [{"time": remind_at, "nag_minutes": 30}]},
            _water,
            morning={"amount": 2},
            change=(60, {"goal": {"direction": "at_least", "amount": 8}}),
        ),
        Habit(
            {"title": "Read before sleep", "icon": "📚", "color": "#6d4c41", "tags": ["mind"]}
            | {"reminders": [{"time": "22:00", "text": "Ten pages, then lights out."}]},
            _reading,
        ),
        Habit(
            {"title": "Go for a run", "icon": "🏃", "color": "#2e7d32", "tags": ["health"]}
            | {"schedule": {"frequency": "weekly", "weekdays": ["mon", "wed", "sat"]}}
            | {"reminders": [{"time": "07:00", "weekdays": ["mon", "wed", "sat"]}]},
            _running,
            pause=KNEE,
        ),
        Habit(
            {"title": "Strength training", "icon": "💪", "color": "#c62828", "tags": ["health"]}
            | {"schedule": {"frequency": "weekly", "times": 2}},
            lambda day: _done(day, 0.7 if day.date.weekday() in (1, 3, 6) else 0.08),
            change=(75, {"schedule": {"frequency": "weekly", "times": 3}}),
        ),
        Habit(
            {"title": "Meditate", "icon": "🧘", "color": "#7b1fa2", "tags": ["mind"]}
            | {"schedule": {"frequency": "rolling", "times": 4, "days": 7}},
            lambda day: _done(day, 0.4 + 0.3 * day.so_far),
            morning={"mark": "done"},
        ),
        Habit(
            {"title": "Spanish", "icon": "🇪🇸", "color": "#f9a825", "tags": ["mind"]}
            | {"measure": "quantity", "unit": "minutes", "schedule": {"frequency": "weekly"}}
            | {"goal": {"direction": "at_least", "amount": 90}},
            lambda day: _amount(day, 0.55, (10, 15, 20, 20, 25, 30, 45)),
        ),
    )


def _to_do_less() -> Sequence[Habit]:
    return (
        Habit(
            {"title": "Coffee", "icon": "☕", "color": "#4e342e", "tags": ["less"]}
            | {"measure": "quantity", "unit": "cups"}
            | {"goal": {"direction": "at_most", "amount": 2, "no_answer": "success"}},
            lambda day: _amount(day, 0.9, (1, 1, 2, 2, 2, 3) if day.so_far > 0.4 else (2, 2, 3, 4)),
            morning={"amount": 1},
        ),
        Habit(
            {"title": "No cigarettes", "icon": "🚭", "color": "#455a64", "tags": ["less"]}
            | {"measure": "quantity", "unit": "cigarettes"}
            | {"goal": {"direction": "at_most", "amount": 0, "no_answer": "success"}},
            lambda day: (
                _lapse(day) if day.ago > 47 and day.chance(0.12 * (1 - day.so_far)) else None
            ),
        ),
    )


def _to_do_seldom() -> Sequence[Habit]:
    return (
        Habit(
            {"title": "Pay the bills", "icon": "🧾", "color": "#00838f", "tags": ["home"]}
            | {"schedule": {"frequency": "monthly", "month_days": [1]}},
            lambda day: {"mark": "done"} if day.date.day == 1 else None,
        ),
        Habit(
            {"title": "See old friends", "icon": "🫶", "color": "#ad1457", "tags": ["people"]}
            | {"schedule": {"frequency": "monthly", "times": 2}},
            lambda day: _done(day, 0.3 if day.date.weekday() >= SATURDAY else 0.02, _FRIENDS),
        ),
        Habit(  # given up: what a recommendation is for
            {"title": "Cold shower", "icon": "🚿", "color": "#00acc1", "tags": ["health"]},
            lambda day: _done(day, 0.8 * (1 - day.so_far)) if day.ago > 38 else None,
        ),
    )


def life(habit: Habit, *, today: date) -> Iterator[Json]:
    """Yield the days of a habit that were not silent, oldest first; today has only begun."""
    for ago in range(DAYS, -1, -1):
        day = Day(today - timedelta(days=ago), ago, _dice(habit.title, today, ago))
        held = habit.day(day) if ago else habit.morning
        if _within(ago, HOLIDAY) or _within(ago, habit.pause):
            continue
        if _within(ago, SICK) and "less" not in habit.body["tags"]:
            held = {"mark": "skip", "note": "In bed with a cold."} if held else None
        if held:
            yield {"date": day.date.isoformat(), "source": "web"} | held


def _dice(title: str, today: date, ago: int) -> random.Random:
    day = today - timedelta(days=ago)
    return random.Random(f"{SEED} {title} {day}")  # noqa: S311  a story, not a secret


def _within(ago: int, span: tuple[int, int] | None) -> bool:
    return span is not None and span[0] >= ago >= span[1]


_RUNS = ("Along the river.", "Rain, but good.", "Slow and easy.", "With Tom.", "New shoes!")
_FRIENDS = ("Dinner with Ana.", "Long call with Jo.", "Board games.", "A walk with Sam.")


def _water(day: Day) -> Json | None:
    weekend = 1 if day.date.weekday() >= SATURDAY else 0
    if not day.chance(0.95):
        return None
    return {"amount": max(day.luck.randint(5, 8) + round(3 * day.so_far) - weekend, 2)}


def _reading(day: Day) -> Json | None:
    """Tell of an evening habit that works, and of the streak it is on now."""
    return _done(day, 1.0 if 1 <= day.ago <= 23 else 0.6 + 0.3 * day.so_far)


def _running(day: Day) -> Json | None:
    """Tell of runs: Saturdays are the hard ones."""
    if WEEKDAYS[day.date.weekday()] not in ("mon", "wed", "sat"):
        return None
    return _done(day, 0.4 if day.date.weekday() == SATURDAY else 0.92, _RUNS)


def _lapse(day: Day) -> Json:
    return {"amount": day.luck.randint(1, 4), "note": day.luck.choice(("A party.", "Stress."))}


def _done(day: Day, likely: float, notes: Sequence[str] = ()) -> Json | None:
    if not day.chance(likely):
        return None
    if notes and day.chance(0.3):
        return {"mark": "done", "note": day.luck.choice(notes)}
    return {"mark": "done"}


def _amount(day: Day, likely: float, usual: Sequence[int]) -> Json | None:
    return {"amount": day.luck.choice(usual)} if day.chance(likely) else None
