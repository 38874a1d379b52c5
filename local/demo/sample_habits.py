"""The demo's habits and half a year of check-ins; the same on every machine on the same day.

Pure: days are generated from today backwards, each from a random generator that is seeded with
the habit's title and the date.
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
class SampleDay:
    """One day for which a check-in may be generated.

    Attributes:
        date: The civil date.
        ago: How many days it lies before today.
        luck: The generator of this habit and day.
    """

    date: date
    ago: int
    random: random.Random

    @property
    def progress(self) -> float:
        """How far along the half year it is, 0 to 1: people get better at things."""
        return 1 - self.ago / DAYS

    def happens(self, of: float) -> bool:
        """Return True with the given probability."""
        return self.random.random() < of


@dataclass(frozen=True, slots=True)
class SampleHabit:
    """A habit and the check-ins generated for it.

    Attributes:
        body: The body of the request that creates it.
        day: What a day holds: a mark, an amount, or None for silence.
        morning: What today holds already; the rest of today is the reader's.
        change: A goal or schedule that came later, and how many days ago.
        pause: Days of this habit alone that did not count, in days before today.
    """

    body: Json
    day: Callable[[SampleDay], Json | None]
    today_so_far: Json | None = None
    change: tuple[int, Json] | None = None
    pause: tuple[int, int] | None = None

    @property
    def title(self) -> str:
        """The habit's title."""
        return str(self.body["title"])


def sample_habits(remind_at: str) -> Sequence[SampleHabit]:
    """Return the demo's habits; the first reminds at `remind_at`, a wall time."""
    return (*_to_do_more(remind_at), *_to_do_less(), *_to_do_seldom())


def _to_do_more(remind_at: str) -> Sequence[SampleHabit]:
    return (
        SampleHabit(
            {"title": "Drink water", "icon": "💧", "color": "#0288d1", "tags": ["health"]}
            | {"measure": "quantity", "unit": "glasses"}
            | {"goal": {"direction": "at_least", "amount": 6}}
            | {"reminders": [{"time": remind_at, "nag_minutes": 30}]},
            _water,
            today_so_far={"amount": 2},
            change=(60, {"goal": {"direction": "at_least", "amount": 8}}),
        ),
        SampleHabit(
            {"title": "Read before sleep", "icon": "📚", "color": "#6d4c41", "tags": ["mind"]}
            | {"reminders": [{"time": "22:00", "text": "Ten pages, then lights out."}]},
            _reading,
        ),
        SampleHabit(
            {"title": "Go for a run", "icon": "🏃", "color": "#2e7d32", "tags": ["health"]}
            | {"schedule": {"frequency": "weekly", "weekdays": ["mon", "wed", "sat"]}}
            | {"reminders": [{"time": "07:00", "weekdays": ["mon", "wed", "sat"]}]},
            _running,
            pause=KNEE,
        ),
        SampleHabit(
            {"title": "Strength training", "icon": "💪", "color": "#c62828", "tags": ["health"]}
            | {"schedule": {"frequency": "weekly", "times": 2}},
            lambda day: _done(day, 0.7 if day.date.weekday() in (1, 3, 6) else 0.08),
            change=(75, {"schedule": {"frequency": "weekly", "times": 3}}),
        ),
        SampleHabit(
            {"title": "Meditate", "icon": "🧘", "color": "#7b1fa2", "tags": ["mind"]}
            | {"schedule": {"frequency": "rolling", "times": 4, "days": 7}},
            lambda day: _done(day, 0.4 + 0.3 * day.progress),
            today_so_far={"mark": "done"},
        ),
        SampleHabit(
            {"title": "Spanish", "icon": "🇪🇸", "color": "#f9a825", "tags": ["mind"]}
            | {"measure": "quantity", "unit": "minutes", "schedule": {"frequency": "weekly"}}
            | {"goal": {"direction": "at_least", "amount": 90}},
            lambda day: _amount(day, 0.55, (10, 15, 20, 20, 25, 30, 45)),
        ),
    )


def _to_do_less() -> Sequence[SampleHabit]:
    return (
        SampleHabit(
            {"title": "Coffee", "icon": "☕", "color": "#4e342e", "tags": ["less"]}
            | {"measure": "quantity", "unit": "cups"}
            | {"goal": {"direction": "at_most", "amount": 2, "no_answer": "success"}},
            lambda day: _amount(
                day, 0.9, (1, 1, 2, 2, 2, 3) if day.progress > 0.4 else (2, 2, 3, 4)
            ),
            today_so_far={"amount": 1},
        ),
        SampleHabit(
            {"title": "No cigarettes", "icon": "🚭", "color": "#455a64", "tags": ["less"]}
            | {"measure": "quantity", "unit": "cigarettes"}
            | {"goal": {"direction": "at_most", "amount": 0, "no_answer": "success"}},
            lambda day: (
                _lapse(day) if day.ago > 47 and day.happens(0.12 * (1 - day.progress)) else None
            ),
        ),
    )


def _to_do_seldom() -> Sequence[SampleHabit]:
    return (
        SampleHabit(
            {"title": "Pay the bills", "icon": "🧾", "color": "#00838f", "tags": ["home"]}
            | {"schedule": {"frequency": "monthly", "month_days": [1]}},
            lambda day: {"mark": "done"} if day.date.day == 1 else None,
        ),
        SampleHabit(
            {"title": "See old friends", "icon": "🫶", "color": "#ad1457", "tags": ["people"]}
            | {"schedule": {"frequency": "monthly", "times": 2}},
            lambda day: _done(day, 0.3 if day.date.weekday() >= SATURDAY else 0.02, _FRIENDS),
        ),
        SampleHabit(  # given up: what a recommendation is for
            {"title": "Cold shower", "icon": "🚿", "color": "#00acc1", "tags": ["health"]},
            lambda day: _done(day, 0.8 * (1 - day.progress)) if day.ago > 38 else None,
        ),
    )


def days_of(habit: SampleHabit, *, today: date) -> Iterator[Json]:
    """Yield the days of a habit that were not silent, oldest first; today has only begun."""
    for ago in range(DAYS, -1, -1):
        day = SampleDay(today - timedelta(days=ago), ago, _random_for(habit.title, today, ago))
        content = habit.day(day) if ago else habit.today_so_far
        if _within(ago, HOLIDAY) or _within(ago, habit.pause):
            continue
        if _within(ago, SICK) and "less" not in habit.body["tags"]:
            content = {"mark": "skip", "note": "In bed with a cold."} if content else None
        if content:
            yield {"date": day.date.isoformat(), "source": "web"} | content


def _random_for(title: str, today: date, ago: int) -> random.Random:
    day = today - timedelta(days=ago)
    return random.Random(f"{SEED} {title} {day}")  # noqa: S311  a story, not a secret


def _within(ago: int, span: tuple[int, int] | None) -> bool:
    return span is not None and span[0] >= ago >= span[1]


_RUNS = ("Along the river.", "Rain, but good.", "Slow and easy.", "With Tom.", "New shoes!")
_FRIENDS = ("Dinner with Ana.", "Long call with Jo.", "Board games.", "A walk with Sam.")


def _water(day: SampleDay) -> Json | None:
    weekend = 1 if day.date.weekday() >= SATURDAY else 0
    if not day.happens(0.95):
        return None
    return {"amount": max(day.random.randint(5, 8) + round(3 * day.progress) - weekend, 2)}


def _reading(day: SampleDay) -> Json | None:
    """Return the check-in of a habit that works, with a current streak of 23 days."""
    return _done(day, 1.0 if 1 <= day.ago <= 23 else 0.6 + 0.3 * day.progress)


def _running(day: SampleDay) -> Json | None:
    """Return a run: mostly done, but rarely on Saturdays."""
    if WEEKDAYS[day.date.weekday()] not in ("mon", "wed", "sat"):
        return None
    return _done(day, 0.4 if day.date.weekday() == SATURDAY else 0.92, _RUNS)


def _lapse(day: SampleDay) -> Json:
    return {"amount": day.random.randint(1, 4), "note": day.random.choice(("A party.", "Stress."))}


def _done(day: SampleDay, likely: float, notes: Sequence[str] = ()) -> Json | None:
    if not day.happens(likely):
        return None
    if notes and day.happens(0.3):
        return {"mark": "done", "note": day.random.choice(notes)}
    return {"mark": "done"}


def _amount(day: SampleDay, likely: float, usual: Sequence[int]) -> Json | None:
    return {"amount": day.random.choice(usual)} if day.happens(likely) else None
