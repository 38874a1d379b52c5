"""What two clients of one person do: each step is a request, and what the rules say comes of it."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import uuid4

from rhythm.goal import Direction, Goal, Measure
from rhythm.plan import Mark, Version
from rhythm.schedule import Schedule
from tests.edge.habits.stateful import told
from tests.edge.habits.stateful.home import (
    DAY,
    KEPT,
    Habit,
    Held,
    Home,
    Refused,
    Sent,
)

type Json = dict[str, Any]


@dataclass(frozen=True)
class Request:
    """What goes over the wire."""

    method: str
    path: str
    body: Json | None = None
    headers: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Expected:
    """What must come back: the status, and at least these fields."""

    status: int
    fields: Any = None


@dataclass(frozen=True)
class Step:
    """Something one of the clients does; the other one's turn is decided by the number."""

    client: int = field(default=0, kw_only=True)

    def request(self, home: Home) -> Request | None:
        """Return what to send, or None if there is nothing to do."""
        raise NotImplementedError

    def happen(self, home: Home, answer: Json) -> Expected:
        """Let it happen in the model; the answer is looked at for ids only.

        Raises:
            Refused: The rules say no.
        """
        raise NotImplementedError


@dataclass(frozen=True)
class OnDay(Step):
    """Something that is done to one day of one habit."""

    habit: int
    days_ago: int | None = 0
    """None leaves the date out: today is meant."""
    note: str | None = None
    keyed: bool = False

    def day(self, home: Home) -> date:
        return home.today - (self.days_ago or 0) * DAY

    def path(self, home: Home) -> str:
        return f"/habits/{home.nth(self.habit).id}/check-ins"

    def with_note(self, body: Json) -> Json:
        return body | ({} if self.note is None else {"note": self.note})


@dataclass(frozen=True)
class Add(OnDay):
    """Done, or some more of it."""

    amount: int = 1000

    def request(self, home: Home) -> Request:
        body: Json = {} if self.days_ago is None else {"date": f"{self.day(home)}"}
        if home.nth(self.habit).measure is Measure.QUANTITY:
            body["amount"] = self.amount / 1000
        return Request("POST", self.path(home), self.with_note(body))

    def happen(self, home: Home, answer: Json) -> Expected:
        habit, day = home.nth(self.habit), self.day(home)
        before = habit.held(day)
        if habit.measure is Measure.YES_NO:
            after = Held(Mark.DONE, None, before.note)
        else:
            mark = Mark.DONE if before.mark is Mark.DONE else None
            after = Held(mark, (before.amount or 0) + self.amount, before.note)
        changed = home.put(habit, day, after, self.note)
        written = told.written_json(home, habit, day, changed=changed)
        return Expected(201 if changed else 200, written)


@dataclass(frozen=True)
class SetDay(OnDay):
    """The whole day is this."""

    mark: Mark | None = None
    amount: int | None = None

    def body(self) -> Json:
        said = {"amount": (self.amount or 0) / 1000} if self.mark is None else {"mark": self.mark}
        return self.with_note(said)

    def request(self, home: Home) -> Request:
        return Request("PUT", f"{self.path(home)}/{self.day(home)}", self.body())

    def happen(self, home: Home, answer: Json) -> Expected:
        habit, day = home.nth(self.habit), self.day(home)
        changed = self.put(home)
        return Expected(200, told.written_json(home, habit, day, changed=changed))

    def put(self, home: Home) -> bool:
        if self.amount == 0:
            raise Refused("AMOUNT_OUT_OF_RANGE")
        habit, day = home.nth(self.habit), self.day(home)
        amount = (self.amount or 0) if self.mark is None else None
        return home.put(habit, day, Held(self.mark, amount, habit.held(day).note), self.note)


@dataclass(frozen=True)
class Clear(OnDay):
    """Nothing was ever said of the day."""

    def request(self, home: Home) -> Request:
        return Request("DELETE", f"{self.path(home)}/{self.day(home)}")

    def happen(self, home: Home, answer: Json) -> Expected:
        habit, day = home.nth(self.habit), self.day(home)
        changed = home.put(habit, day, None, None)
        return Expected(200, told.written_json(home, habit, day, changed=changed))


@dataclass(frozen=True)
class Undo(OnDay):
    """The last change is taken back."""

    def request(self, home: Home) -> Request:
        return Request("POST", f"/habits/{home.nth(self.habit).id}/undo")

    def happen(self, home: Home, answer: Json) -> Expected:
        habit = home.nth(self.habit)
        day = home.undo(habit)
        return Expected(200, told.written_json(home, habit, day, changed=True))


@dataclass(frozen=True)
class Batch(Step):
    """Many days at once, each for itself."""

    items: tuple[SetDay, ...]

    def request(self, home: Home) -> Request:
        items = [
            {"habit_id": home.nth(it.habit).id, "date": f"{it.day(home)}"} | it.body()
            for it in self.items
        ]
        return Request("POST", "/check-ins:batch", {"items": items})

    def happen(self, home: Home, answer: Json) -> Expected:
        outcomes: list[Json] = []
        made: list[tuple[Json, Habit]] = []
        for index, item in enumerate(self.items):
            try:
                changed = item.put(home)
            except Refused as refused:
                outcomes.append({"index": index, "problem": {"reason": refused.reason}})
                continue
            habit = home.nth(item.habit)
            day = told.day_json(habit, item.day(home)) | {"changed": changed}
            made.append((day, habit))
            outcomes.append({"index": index, "status": 200, "check_in": day})
        for day, habit in made:  # the streak that is told counts the whole batch
            seen = home.oracle(habit)
            day["current_streak"] = told.streak_json(home, seen, seen.unit_today())
        return Expected(200, {"items": outcomes})


@dataclass(frozen=True)
class Again(Step):
    """A request is sent once more with its key, as it was or asking for something else."""

    number: int
    altered: bool = False

    def sent(self, home: Home) -> Sent | None:
        return home.sent[self.number % len(home.sent)] if home.sent else None

    def request(self, home: Home) -> Request | None:
        sent = self.sent(home)
        if sent is None or home.now - sent.time >= KEPT:
            return None
        asked: Request = sent.step
        body = asked.body
        if self.altered:
            if body is None:
                return None
            word = "reason" if asked.path.endswith("pauses") else "note"
            body = body | {word: "something else"}
        return Request(asked.method, asked.path, body, {"Idempotency-Key": sent.key})

    def happen(self, home: Home, answer: Json) -> Expected:
        sent = self.sent(home)
        assert sent is not None
        is_gone = any(habit.id in sent.step.path for habit in home.gone)
        if is_gone and not sent.step.path.endswith("pauses"):
            raise Refused("HABIT_NOT_FOUND")
        if self.altered:
            raise Refused("REQUEST_ID_REUSED")
        return Expected(sent.status, sent.answer)


@dataclass(frozen=True)
class AtOnce(Step):
    """Both clients do something at the same moment; with `same_key` one presses twice."""

    steps: tuple[Step, Step]
    same_key: bool = False

    def keys(self) -> tuple[str, str]:
        first, second = str(uuid4()), str(uuid4())
        return (first, first) if self.same_key else (first, second)


@dataclass(frozen=True)
class Make(Step):
    """A new habit."""

    measure: Measure
    schedule: Schedule
    goal: Goal
    days_ago: int

    def request(self, home: Home) -> Request:
        body = {
            "title": "Drink water",
            "measure": self.measure.value,
            "schedule": schedule_json(self.schedule),
            "start_date": f"{home.today - self.days_ago * DAY}",
        }
        if self.measure is Measure.QUANTITY:
            body["goal"] = goal_json(self.goal)
        return Request("POST", "/habits", body)

    def happen(self, home: Home, answer: Json) -> Expected:
        start = home.today - self.days_ago * DAY
        versions = [Version(start, self.schedule, self.goal)]
        habit = Habit(answer["id"], "Drink water", self.measure, start, versions, [answer["etag"]])
        home.habits.append(habit)
        return Expected(201, told.habit_json(habit))


def schedule_json(schedule: Schedule) -> Json:
    """Return a schedule as a client writes it."""
    said: Json = {"frequency": schedule.frequency.value}
    if schedule.interval > 1:
        said["interval"] = schedule.interval
    if schedule.weekdays:
        said["weekdays"] = [day.name.lower() for day in schedule.weekdays]
    if schedule.times is not None:
        said["times"] = schedule.times
    if schedule.month_days:
        said["month_days"] = list(schedule.month_days)
    if schedule.days is not None:
        said["days"] = schedule.days
    return said


def goal_json(goal: Goal) -> Json:
    """Return a goal as a client writes it."""
    said: Json = {
        "direction": goal.direction.value,
        "amount": (goal.amount_thousandths or 0) / 1000,
    }
    if goal.direction is Direction.AT_MOST:
        said["no_answer"] = goal.no_answer.value
    return said
