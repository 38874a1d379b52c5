"""Playing a story on the scene and in the model at once, and holding one against the other."""

import asyncio
from collections.abc import Sequence
from copy import deepcopy
from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import httpx

from tests.edge.habits.stateful import told
from tests.edge.habits.stateful.drawn import Story
from tests.edge.habits.stateful.edits import OnHabit, Travel
from tests.edge.habits.stateful.home import DAY, STATUS, UNSEEN, Habit, Home, Refused, Rest, Sent
from tests.edge.habits.stateful.scene import Scene
from tests.edge.habits.stateful.steps import AtOnce, Expected, Json, OnDay, Request, Step

HISTORY_DAYS = 35
LOOK_AT_ALL = 5  # steps


class Divergence(AssertionError):
    """The service said something else than the rules."""


async def play(scene: Scene, story: Story) -> int:
    """Play a story to its end; return how many answers were held against the model."""
    await scene.somebody_new()
    home = Home(story.era)
    wind(scene, home)
    where = Travel(story.setting.zone, story.setting.day_start, story.week_start)
    checked = 0
    for number, step in enumerate((where, *story.first, *story.steps)):
        try:
            home = await act(scene, home, step)
            wind(scene, home)
            checked += await hold_against(scene, home, number, touched(home, step, number))
        except Divergence as divergence:
            raise Divergence(f"step {number}, {step}, {home.today}: {divergence}") from None
    return checked


def wind(scene: Scene, home: Home) -> None:
    """Let the services' clocks show the story's time."""
    scene.habits.clock.set(home.now)
    scene.auth.clock.set(home.now)


async def act(scene: Scene, home: Home, step: Step) -> Home:
    """Take a step on both sides; return the home as it is then."""
    if isinstance(step, AtOnce):
        return await both(scene, home, step)
    request = step.request(home)
    if request is None:
        return home
    key = str(uuid4()) if getattr(step, "keyed", False) else ""
    if key:
        request = Request(request.method, request.path, request.body, {"Idempotency-Key": key})
    ask = scene.move if isinstance(step, Travel) else scene.ask
    response = await ask(step.client, request)
    settle(home, step, response)
    if key and response.status_code < 400:
        home.sent.append(Sent(request, key, response.status_code, response.json(), home.now))
    return home


async def both(scene: Scene, home: Home, crowd: AtOnce) -> Home:
    """Let both clients act at once; it must be as if one had come after the other."""
    requests = [
        Request(it.method, it.path, it.body, it.headers | {"Idempotency-Key": key})
        for step, key in zip(crowd.steps, crowd.keys(), strict=True)
        if (it := step.request(home))
    ]
    one, two = await asyncio.gather(*(scene.ask(n, it) for n, it in enumerate(requests)))
    first, second = crowd.steps
    if crowd.same_key:
        settle(home, first, one)
        expect(one.json().keys() == two.json().keys(), "one press, two kinds of answers")
        if one.status_code < 400:
            expect(one.json() == two.json(), f"one press: {one.text}, {two.text}")
        return home
    failures = []
    for order in ([(first, one), (second, two)], [(second, two), (first, one)]):
        possible = deepcopy(home)
        try:
            streaks = [settle(possible, *it, with_streak=False) for it in order]
            for habit in possible.habits:
                await hold_changes(scene, habit)
            hold_streaks([response for _, response in order], streaks)
        except Divergence as divergence:
            failures.append(divergence)
        else:
            return possible
    raise Divergence(f"in neither order: {failures}")


def hold_streaks(responses: Sequence[httpx.Response], expected: Sequence[Any]) -> None:
    """Expect each answer's streak to count its own change, or both where they were one batch."""
    for response, own in zip(responses, expected, strict=True):
        if own is not None:
            found = response.json()["current_streak"]
            expect(found in [own, *filter(None, expected)], f"streak {found}, none of {expected}")


def settle(home: Home, step: Step, response: httpx.Response, *, with_streak: bool = True) -> Any:
    """Let a step happen in the model and hold the answer against it; return the streak expected."""
    answer = response.json() if response.content else {}
    try:
        if response.status_code >= 400:  # a step must not look for ids in a refusal
            expected = step.happen(deepcopy(home), answer)
            raise Divergence(f"refused: {response.text}; expected {expected}")
        expected = step.happen(home, answer)
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
        hold(answer, fields, "answer")
    return streak


def touched(home: Home, step: Step, number: int) -> list[Habit]:
    """Return the habits to look at: those a step was about, and now and then all."""
    steps = getattr(step, "steps", getattr(step, "items", (step,)))
    about = [home.nth(it.habit).id for it in steps if isinstance(it, OnDay | OnHabit)]
    if number % LOOK_AT_ALL == 0 or len(about) < len(steps):
        return home.habits
    return [habit for habit in home.habits if habit.id in about]


async def hold_against(scene: Scene, home: Home, number: int, habits: Sequence[Habit]) -> int:
    """Hold everything that can be read against the model; return how much that was."""
    day = home.today + ((number * 7) % 31 - 20) * DAY
    found = await asyncio.gather(
        scene.read("/today"), scene.read(f"/today?date={day}"), scene.read("/pauses?page_size=200")
    )
    hold(found[0], told.today_json(home, home.today), "today")
    hold(found[1], told.today_json(home, day), f"today {day}")
    home.pause_ids = [(it["id"], rest_from(it)) for it in found[2]["items"]]
    rests = sorted((it for _, it in home.pause_ids), key=repr)
    expect(rests == sorted(home.rests, key=repr), f"pauses {rests}, not {home.rests}")
    for habit in habits:  # nothing is under way while the model counts: it takes its time
        await hold_habit(scene, home, habit, number)
    return 3 + 5 * len(habits)


async def hold_habit(scene: Scene, home: Home, habit: Habit, number: int) -> None:
    """Hold all that is told of a habit against the model."""
    path = f"/habits/{habit.id}"
    last = home.today - (number * 11 % 60 if number % 3 == 0 else 0) * DAY
    first = last - timedelta(days=HISTORY_DAYS)
    itself, progress, history, days, changes = await asyncio.gather(
        scene.read(path),
        scene.read(f"{path}/progress?explain=true"),
        scene.read(f"{path}/history?from={first}&to={last}"),
        scene.read(f"{path}/check-ins?page_size=200&from={min(habit.start, home.today)}"),
        scene.read(f"{path}/changes?page_size=200"),
    )
    if habit.etags[-1] == UNSEEN:
        habit.tagged(itself["etag"])
    hold(itself, told.habit_json(habit), "habit")
    hold(progress, told.progress_json(home, habit), "progress")
    hold(history["items"], told.history_json(home, habit, first, last), "history")
    expected = [told.day_json(habit, day) for day in sorted(habit.facts, reverse=True)]
    hold(days["items"], expected, "check-ins")
    hold(changes["items"], told.changes_json(habit), "changes")


async def hold_changes(scene: Scene, habit: Habit) -> None:
    """Hold the audit against the model."""
    found = await scene.read(f"/habits/{habit.id}/changes?page_size=200")
    hold(found["items"], told.changes_json(habit), "changes")


def hold(found: Any, expected: Any, where: str) -> None:
    """Expect every field that the model knows to be as it says."""
    if isinstance(expected, dict):
        expect(isinstance(found, dict), f"{where} is {found}, not {expected}")
        for name, value in expected.items():
            expect(name in found, f"{where} has no {name}: {found}")
            hold(found[name], value, f"{where}.{name}")
    elif isinstance(expected, list):
        expect(isinstance(found, list), f"{where} is {found}, not {expected}")
        expect(len(found) == len(expected), f"{where} holds {found}, not {expected}")
        for place, (mine, other) in enumerate(zip(found, expected, strict=True)):
            hold(mine, other, f"{where}[{place}]")
    else:
        expect(found == expected, f"{where} is {found!r}, not {expected!r}")


def expect(is_so: bool, otherwise: str) -> None:
    if not is_so:
        raise Divergence(otherwise)


def rest_from(found: Json) -> Rest:
    last = found["to_date"]
    return Rest(
        found["habit_id"],
        date.fromisoformat(found["from_date"]),
        date.fromisoformat(last) if last else None,
    )
