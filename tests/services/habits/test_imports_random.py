"""Random accounts: exported and imported into an empty account they give the same numbers."""

import random
from datetime import timedelta
from typing import Any

import pytest

from contracts.habits.v1.habit_pb2 import Habit
from contracts.habits.v1.habit_service_pb2 import ListHabitsRequest
from tests.services.habits.api_calls import history
from tests.services.habits.habits_server import HabitsServer, Person, ago
from tests.services.habits.importing import counts, imported
from tests.services.habits.test_export_files import export_file, export_json
from tests.services.habits.test_imports import comparable

WEEKDAYS = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
SPAN = 200


def a_schedule(dice: random.Random, measure: str) -> dict[str, Any]:
    some = dice.sample(WEEKDAYS, dice.randrange(1, 5))
    schedules: list[dict[str, Any]] = [
        {"frequency": "daily"},
        {"frequency": "daily", "interval": dice.randrange(2, 9)},
        {"frequency": "weekly", "weekdays": some, "interval": dice.randrange(1, 4)},
        {"frequency": "weekly", "times": dice.randrange(1, 7)},
        {"frequency": "monthly", "month_days": [1, 15, -1]},
        {"frequency": "monthly", "weekday_ordinals": [{"weekday": "fri", "ordinal": -1}]},
        {"frequency": "monthly", "times": dice.randrange(1, 9)},
        {"frequency": "yearly", "year_days": [{"month": 2, "day": 29}, {"month": 12, "day": 24}]},
        {"frequency": "rolling", "times": 2, "days": 9},
    ]
    if measure == "quantity":
        schedules += [{"frequency": "weekly"}, {"frequency": "rolling", "days": 5}]
    return dice.choice(schedules)


def a_version(dice: random.Random, measure: str, day: int) -> dict[str, Any]:
    goal: dict[str, Any] = {"direction": "at_least"}
    if measure == "quantity":
        goal = {
            "direction": dice.choice(["at_least", "at_most"]),
            "amount": dice.randrange(1, 9000) / 1000,
            "no_answer": dice.choice(["success", "neutral", "failure"]),
        }
    return {"effective_date": str(ago(day)), "goal": goal, "schedule": a_schedule(dice, measure)}


def a_day(dice: random.Random, measure: str, day: int) -> dict[str, Any]:
    found: dict[str, Any] = {"date": str(ago(day))}
    if measure == "quantity" and dice.random() < 0.7:
        found["amount"] = dice.randrange(9000) / 1000
    else:
        found["mark"] = dice.choice(["done", "done", "skip", "missed"])
    if dice.random() < 0.1:
        found["note"] = dice.choice(["tired", "много", "=1+1"])
    return found


def an_account(dice: random.Random) -> dict[str, Any]:
    habits = []
    for number in range(6):
        measure, start = dice.choice(["yes_no", "quantity"]), dice.randrange(20, SPAN)
        changes = sorted(dice.sample(range(start), dice.randrange(3)), reverse=True)
        archived = dice.random() < 0.2
        days = sorted(dice.sample(range(start + 1), min(start, 70)), reverse=True)
        habits.append(
            {
                "id": f"habit {number}",
                "title": f"Habit {number}",
                "state": "archived" if archived else "active",
                "archive_date": str(ago(dice.randrange(15))) if archived else None,
                "start_date": str(ago(start)),
                "measure": measure,
                "tags": dice.sample(["a", "б", "c"], dice.randrange(3)),
                "versions": [a_version(dice, measure, day) for day in (start, *changes)],
                "days": [a_day(dice, measure, day) for day in days],
            }
        )
    pauses = []
    for _ in range(3):
        begin = dice.randrange(5, SPAN)
        end = max(begin - dice.randrange(20), 0)
        pauses.append(
            {
                "habit_id": dice.choice([None, "habit 0", "habit 1"]),
                "from_date": str(ago(begin)),
                "to_date": str(ago(end)),
            }
        )
    return {"format": "habit-tracker", "version": 1, "habits": habits, "pauses": pauses}


async def all_habits(person: Person) -> list[Habit]:
    return list((await person.habits.ListHabits(ListHabitsRequest(page_size=200))).habits)


@pytest.mark.parametrize("seed", range(4))
async def test_numbers_survive_the_move(habits: HabitsServer, seed: int) -> None:
    dice, ann, bob = random.Random(seed), habits.person(), habits.person()
    await imported(ann, an_account(dice))
    for habit in await all_habits(ann):
        if not habit.archive_date:
            await ann.sets(habit, ago(0), mark=dice.randrange(1, 4))  # type: ignore[arg-type]
    habits.clock.advance(timedelta(days=dice.randrange(3)))
    data = await export_file(ann)
    report = await imported(bob, data)
    assert report.dropped_count == 0
    for mine, theirs in zip(await all_habits(ann), await all_habits(bob), strict=True):
        progress, ours = await bob.looks_at(theirs), await ann.looks_at(mine)
        progress.habit_id = mine.id
        assert progress == ours, mine.title
        assert await history(bob, theirs) == await history(ann, mine), mine.title
    assert comparable(await export_json(bob)) == comparable(await export_json(ann))
    assert counts(await imported(bob, data))[:2] == (0, 0)
