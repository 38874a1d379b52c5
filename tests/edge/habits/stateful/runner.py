"""Runs a story against the services and the model, and compares their responses."""

import asyncio
from collections.abc import Sequence
from copy import deepcopy
from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import httpx

from tests.edge.habits.stateful import expected_json
from tests.edge.habits.stateful.day_steps import Concurrently, Expected, Json, OnDay, Request, Step
from tests.edge.habits.stateful.environment import Environment
from tests.edge.habits.stateful.habit_steps import OnHabit, Travel
from tests.edge.habits.stateful.model import (
    DAY,
    STATUS,
    Habit,
    Model,
    PauseDates,
    Refused,
    StoredRequest,
)
from tests.edge.habits.stateful.strategies import Story

HISTORY_DAYS = 35
COMPARE_ALL_EVERY = 5  # steps


class Divergence(AssertionError):
    """The service responded differently from the model."""


async def play_story(environment: Environment, story: Story) -> int:
    """Run a story to its end; return how many responses were compared."""
    await environment.register_person()
    model = Model(story.era)
    set_clocks(environment, model)
    where = Travel(story.setting.zone, story.setting.day_start, story.week_start)
    checked = 0
    for number, step in enumerate((where, *story.first, *story.steps)):
        try:
            model = await run_step(environment, model, step)
            set_clocks(environment, model)
            checked += await compare_all(environment, model, number, touched(model, step, number))
        except Divergence as divergence:
            raise Divergence(f"step {number}, {step}, {model.today}: {divergence}") from None
    return checked


def set_clocks(environment: Environment, model: Model) -> None:
    """Set the services' clocks to the story's time."""
    environment.habits.clock.set(model.now)
    environment.auth.clock.set(model.now)


async def run_step(environment: Environment, model: Model, step: Step) -> Model:
    """Run one step on both sides; return the model after it."""
    if isinstance(step, Concurrently):
        return await run_concurrently(environment, model, step)
    request = step.request(model)
    if request is None:
        return model
    key = str(uuid4()) if getattr(step, "keyed", False) else ""
    if key:
        request = Request(request.method, request.path, request.body, {"Idempotency-Key": key})
    ask = environment.move if isinstance(step, Travel) else environment.ask
    response = await ask(step.client, request)
    apply_and_compare(model, step, response)
    if key and response.status_code < 400:
        model.sent.append(
            StoredRequest(request, key, response.status_code, response.json(), model.now)
        )
    return model


async def run_concurrently(environment: Environment, model: Model, crowd: Concurrently) -> Model:
    """Send two requests at once; the result must equal one of the two orders."""
    requests = [
        Request(it.method, it.path, it.body, it.headers | {"Idempotency-Key": key})
        for step, key in zip(crowd.steps, crowd.keys(), strict=True)
        if (it := step.request(model))
    ]
    one, two = await asyncio.gather(*(environment.ask(n, it) for n, it in enumerate(requests)))
    first, second = crowd.steps
    if crowd.same_key:
        apply_and_compare(model, first, one)
        expect(one.json().keys() == two.json().keys(), "one press, two kinds of answers")
        if one.status_code < 400:
            expect(one.json() == two.json(), f"one press: {one.text}, {two.text}")
        return model
    failures = []
    for order in ([(first, one), (second, two)], [(second, two), (first, one)]):
        possible = deepcopy(model)
        try:
            streaks = [apply_and_compare(possible, *it, with_streak=False) for it in order]
            for habit in possible.habits:
                await compare_changes(environment, habit)
            compare_streaks([response for _, response in order], streaks)
        except Divergence as divergence:
            failures.append(divergence)
        else:
            return possible
    raise Divergence(f"in neither order: {failures}")


def compare_streaks(responses: Sequence[httpx.Response], expected: Sequence[Any]) -> None:
    """Expect each response's streak to count its own change, or both if they shared a batch."""
    for response, own in zip(responses, expected, strict=True):
        if own is not None:
            found = response.json()["current_streak"]
            expect(found in [own, *filter(None, expected)], f"streak {found}, none of {expected}")


def apply_and_compare(
    model: Model, step: Step, response: httpx.Response, *, with_streak: bool = True
) -> Any:
    """Apply a step to the model and compare the response; return the expected streak."""
    answer = response.json() if response.content else {}
    try:
        if response.status_code >= 400:  # a refusal has no ids
            expected = step.apply(deepcopy(model), answer)
            raise Divergence(f"refused: {response.text}; expected {expected}")
        expected = step.apply(model, answer)
    except Refused as refused:
        expected = Expected(STATUS[refused.reason], {"reason": refused.reason})
    except KeyError:
        raise Divergence(f"refused: {response.status_code} {response.text}") from None
    expect(
        response.status_code == expected.status,
        f"{response.status_code}, not {expected.status}: {response.text}, not {expected.fields}",
    )
    fields, streak = expected.fields, None
    if isinstance(fields, dict) and not with_streak:
        fields = dict(fields)
        streak = fields.pop("current_streak", None)
    if fields is not None:
        compare(answer, fields, "answer")
    return streak


def touched(model: Model, step: Step, number: int) -> list[Habit]:
    """Return the habits to compare: those of the step, and periodically all."""
    steps = getattr(step, "steps", getattr(step, "items", (step,)))
    about = [model.nth(it.habit).id for it in steps if isinstance(it, OnDay | OnHabit)]
    if number % COMPARE_ALL_EVERY == 0 or len(about) < len(steps):
        return model.habits
    return [habit for habit in model.habits if habit.id in about]


async def compare_all(
    environment: Environment, model: Model, number: int, habits: Sequence[Habit]
) -> int:
    """Compare everything that can be read with the model; return the number of responses."""
    day = model.today + ((number * 7) % 31 - 20) * DAY
    found = await asyncio.gather(
        environment.read("/today"),
        environment.read(f"/today?date={day}"),
        environment.read("/pauses?page_size=200"),
    )
    compare(found[0], expected_json.today_json(model, model.today), "today")
    compare(found[1], expected_json.today_json(model, day), f"today {day}")
    model.pause_ids = [(it["id"], rest_from(it)) for it in found[2]["items"]]
    pause_dates = sorted((it for _, it in model.pause_ids), key=repr)
    expect(
        pause_dates == sorted(model.pause_dates, key=repr),
        f"pauses {pause_dates}, not {model.pause_dates}",
    )
    for habit in habits:  # one by one: the model is slow
        await compare_habit(environment, model, habit, number)
    return 3 + 5 * len(habits)


async def compare_habit(environment: Environment, model: Model, habit: Habit, number: int) -> None:
    """Compare everything that can be read of a habit with the model."""
    path = f"/habits/{habit.id}"
    last = model.today - (number * 11 % 60 if number % 3 == 0 else 0) * DAY
    first = last - timedelta(days=HISTORY_DAYS)
    itself, progress, history, days, changes = await asyncio.gather(
        environment.read(path),
        environment.read(f"{path}/progress?explain=true"),
        environment.read(f"{path}/history?from={first}&to={last}"),
        environment.read(f"{path}/check-ins?page_size=200&from={min(habit.start, model.today)}"),
        environment.read(f"{path}/changes?page_size=200"),
    )
    compare(itself, expected_json.habit_json(habit), "habit")
    compare(progress, expected_json.progress_json(model, habit), "progress")
    compare(history["items"], expected_json.history_json(model, habit, first, last), "history")
    expected = [
        expected_json.day_json(habit, day) for day in sorted(habit.recorded_days, reverse=True)
    ]
    compare(days["items"], expected, "check-ins")
    compare(changes["items"], expected_json.changes_json(habit), "changes")


async def compare_changes(environment: Environment, habit: Habit) -> None:
    """Compare the audit log with the model."""
    found = await environment.read(f"/habits/{habit.id}/changes?page_size=200")
    compare(found["items"], expected_json.changes_json(habit), "changes")


def compare(found: Any, expected: Any, where: str) -> None:
    """Expect every field that the model knows to have its value."""
    if isinstance(expected, dict):
        expect(isinstance(found, dict), f"{where} is {found}, not {expected}")
        for name, value in expected.items():
            expect(name in found, f"{where} has no {name}: {found}")
            compare(found[name], value, f"{where}.{name}")
    elif isinstance(expected, list):
        expect(isinstance(found, list), f"{where} is {found}, not {expected}")
        expect(len(found) == len(expected), f"{where} holds {found}, not {expected}")
        for place, (mine, other) in enumerate(zip(found, expected, strict=True)):
            compare(mine, other, f"{where}[{place}]")
    else:
        expect(found == expected, f"{where} is {found!r}, not {expected!r}")


def expect(is_so: bool, otherwise: str) -> None:
    if not is_so:
        raise Divergence(otherwise)


def rest_from(found: Json) -> PauseDates:
    last = found["to_date"]
    return PauseDates(
        found["habit_id"],
        date.fromisoformat(found["from_date"]),
        date.fromisoformat(last) if last else None,
    )
