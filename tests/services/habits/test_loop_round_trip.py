"""Loop's database → us → Loop's database keeps every value, and strength is Loop's own."""

import random
import sqlite3
from collections.abc import Sequence
from math import sqrt
from pathlib import Path
from typing import Any

import pytest

from contracts.habits.v1.export_service_pb2 import EXPORT_FORMAT_LOOP
from contracts.habits.v1.habit_service_pb2 import ListHabitsRequest
from tests.services.habits.formats.loop_files import (
    HABIT_DEFAULTS,
    a_loop_database,
    ago,
    loop_database,
    stamp,
)
from tests.services.habits.habits_server import HabitsServer, Person
from tests.services.habits.importing import counts, imported
from tests.services.habits.test_export_files import export_file

KEPT = tuple(name for name in HABIT_DEFAULTS if name != "highlight")
DAYS = 120

type Json = dict[str, Any]


def content(data: bytes, folder: Path) -> tuple[list[Any], list[Any]]:
    """Return everything that a Loop database says, without its row ids."""
    path = folder / "read.db"
    path.write_bytes(data)
    loop = sqlite3.connect(path)
    habits = loop.execute(f"SELECT {', '.join(KEPT)} FROM Habits ORDER BY position").fetchall()
    days = loop.execute("""
        SELECT h.uuid, r.timestamp, r.value, coalesce(r.notes, '')
        FROM Repetitions r JOIN Habits h ON h.id = r.habit ORDER BY h.uuid, r.timestamp""")
    found = habits, days.fetchall()
    loop.close()
    return found


def loop_strength(
    values: Sequence[int], times: int, days: int, target: float | None, *, at_most: bool = False
) -> float:
    """Return the score of the last day, as Loop computes it from daily values, oldest first."""
    multiplier = 0.5 ** (sqrt(times / days) / 13.0)
    score = 1.0 if at_most else 0.0
    if target is None and times < days:
        times, days = times * 2, days * 2
    for place in range(len(values)):
        window = values[max(0, place - days + 1) : place + 1]
        if target is None:
            part = min(1.0, sum(value == 2 for value in window) / times)
        else:
            total = sum(max(0, value) for value in window) / 1000
            if at_most:
                part = min(1.0, max(0.0, 1 - (total - target) / target))
            else:
                part = min(1.0, total / target)
        score = score * multiplier + part * (1 - multiplier)
    return score


async def test_every_value_comes_back(ann: Person, tmp_path: Path) -> None:
    data = a_loop_database()
    report = await imported(ann, data)
    assert (report.source, list(report.dropped)) == ("loop", [])
    again = await export_file(ann, EXPORT_FORMAT_LOOP)
    assert content(again, tmp_path) == content(data, tmp_path)
    assert counts(await imported(ann, data)) == (0, 0, 3 + 30 + 2 + 10)
    assert counts(await imported(ann, again)) == (0, 0, 3 + 30 + 2 + 10)


@pytest.mark.parametrize("seed", range(3))
async def test_random_databases_come_back(ann: Person, tmp_path: Path, seed: int) -> None:
    dice = random.Random(seed)
    habits: list[dict[str, Any]] = []
    days: list[tuple[int, int, int, str | None]] = []
    for number in range(1, 7):
        numeric = dice.random() < 0.5
        per = dice.choice([1, 3, 7, 30])
        reminds = dice.random() < 0.5
        habits.append(
            {
                "name": dice.choice(["Run", "Бег", "走る", "a,b", 'q"q', "😀"]),
                "uuid": f"{dice.getrandbits(128):032x}",
                "position": number - 1,
                "archived": dice.randrange(2),
                "color": dice.randrange(20),
                "type": int(numeric),
                "freq_num": 1 if numeric or per == 1 else dice.randrange(1, per),
                "freq_den": per,
                "target_type": dice.randrange(2) if numeric else 0,
                "target_value": dice.randrange(1, 90) / 4 if numeric else 0.0,
                "unit": dice.choice(["", "km"]) if numeric else "",
                "question": dice.choice(["", "Did you?"]),
                "description": dice.choice(["", "why"]),
                "reminder_hour": dice.randrange(24) if reminds else None,
                "reminder_min": dice.randrange(60) if reminds else None,
                "reminder_days": dice.randrange(1, 128) if reminds else 0,
            }
        )
        values = [0, 3, *range(4, 99_000, 777)] if numeric else [0, 2, 3]
        chosen = sorted(dice.sample(range(1000), 60))
        days += [
            (number, stamp(ago(n)), dice.choice(values), dice.choice([None, "n"])) for n in chosen
        ]
    data = loop_database(habits, days)
    await imported(ann, data)
    assert content(await export_file(ann, EXPORT_FORMAT_LOOP), tmp_path) == content(data, tmp_path)


@pytest.mark.parametrize(
    ("times", "per", "target", "at_most"),
    [
        (1, 1, None, False),
        (3, 7, None, False),
        (1, 10, None, False),
        (2, 30, None, False),
        (1, 1, 2.5, False),
        (1, 7, 10.0, False),
        (1, 1, 3.0, True),
        (1, 7, 12.0, True),
    ],
)
async def test_strength_is_what_loop_computes(
    ann: Person, times: int, per: int, target: float | None, at_most: bool
) -> None:
    dice = random.Random(times * 1000 + per)
    choices = [0, 2, -1] if target is None else [-1, 0, 500, 1250, 4000]
    values = [choices[-1], *(dice.choice(choices) for _ in range(DAYS - 1))]
    if target is None:
        values[0] = 2
    habit = {
        "freq_num": times,
        "freq_den": per,
        "type": int(target is not None),
        "target_value": target or 0.0,
        "target_type": int(at_most),
    }
    days = [
        (1, stamp(ago(DAYS - 1 - place)), value, None)
        for place, value in enumerate(values)
        if value >= 0
    ]
    await imported(ann, loop_database([habit], days))
    [found] = (await ann.habits.ListHabits(ListHabitsRequest())).habits
    strength = (await ann.looks_at(found)).strength
    assert strength == pytest.approx(
        loop_strength(values, times, per, target, at_most=at_most), abs=1e-9
    )


def a_habit_with_skips(title: str, schedule: dict[str, Any], amount: float | None) -> Json:
    """Return a habit of our own export whose days are done, skipped, missed or left open."""
    dice = random.Random(title)
    goal = {"direction": "at_most" if title == "Smoke" else "at_least", "amount": amount}
    done: list[Json] = [{"mark": "done"}] if amount is None else [{"amount": 2}, {"amount": 0.75}]
    records = [*done, *done, {"mark": "skip"}, {"mark": "missed"}, None]
    days = [(DAYS, done[0]), *((n, dice.choice(records)) for n in range(DAYS - 1, -1, -1))]
    start = str(ago(DAYS))
    return {
        "id": title,
        "title": title,
        "state": "active",
        "start_date": start,
        "measure": "yes_no" if amount is None else "quantity",
        "versions": [{"effective_date": start, "goal": goal, "schedule": schedule}],
        "days": [{"date": str(ago(n))} | record for n, record in days if record],
    }


async def test_strength_survives_the_way_through_loop_with_skips(
    ann: Person, habits: HabitsServer
) -> None:
    kinds: list[tuple[str, dict[str, Any], float | None]] = [
        ("Run", {"frequency": "daily"}, None),
        ("Call", {"frequency": "rolling", "times": 3, "days": 7}, None),
        ("Swim", {"frequency": "weekly", "times": 2}, None),
        ("Lift", {"frequency": "weekly", "weekdays": ["mon", "wed", "fri"]}, None),
        ("Water", {"frequency": "daily"}, 2.5),
        ("Read", {"frequency": "rolling", "days": 7}, 9),
        ("Smoke", {"frequency": "daily"}, 1.5),
    ]
    document = {"format": "habit-tracker", "version": 1, "pauses": []}
    await imported(ann, document | {"habits": [a_habit_with_skips(*kind) for kind in kinds]})
    bob = habits.person()
    report = await imported(bob, await export_file(ann, EXPORT_FORMAT_LOOP))
    assert (report.source, report.dropped_count) == ("loop", 0)
    everything = ListHabitsRequest()
    before = (await ann.habits.ListHabits(everything)).habits
    after = (await bob.habits.ListHabits(everything)).habits
    assert [it.title for it in after] == [it.title for it in before] == [it[0] for it in kinds]
    for mine, theirs in zip(before, after, strict=True):
        strength = (await ann.looks_at(mine)).strength
        assert 0 < strength < 1
        assert (await bob.looks_at(theirs)).strength == pytest.approx(strength, abs=1e-9), (
            mine.title
        )
