"""Steps of the stateful test that write days: each is a request and its expected response."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import uuid4

from rhythm.goal import Goal, Measure
from rhythm.plan import Mark, Version
from rhythm.schedule import Schedule
from tests.edge.habits.stateful import expected_json
from tests.edge.habits.stateful.model import (
    DAY,
    KEPT,
    DayContent,
    Habit,
    Model,
    Refused,
    StoredRequest,
)
from tests.edge.habits.stateful.request_json import goal_json, schedule_json
from tests.edge.habits.stateful.version_rules import anchored

type Json = dict[str, Any]


@dataclass(frozen=True)
class Request:
    """An HTTP request."""

    method: str
    path: str
    body: Json | None = None
    headers: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Expected:
    """The expected response: its status, and at least these fields."""

    status: int
    fields: Any = None


@dataclass(frozen=True)
class Step:
    """A step that one of the two clients takes; `client` is its number."""

    client: int = field(default=0, kw_only=True)

    def request(self, model: Model) -> Request | None:
        """Return what to send, or None if there is nothing to do."""
        raise NotImplementedError

    def apply(self, model: Model, answer: Json) -> Expected:
        """Apply the step to the model; only ids are read from the response.

        Raises:
            Refused: The rules refuse the step.
        """
        raise NotImplementedError


@dataclass(frozen=True)
class OnDay(Step):
    """A step about one day of one habit."""

    habit: int
    days_ago: int | None = 0
    """None leaves the date out, which means today."""
    note: str | None = None
    keyed: bool = False

    def day(self, model: Model) -> date:
        return model.today - (self.days_ago or 0) * DAY

    def path(self, model: Model) -> str:
        return f"/habits/{model.nth(self.habit).id}/check-ins"

    def with_note(self, body: Json) -> Json:
        return body | ({} if self.note is None else {"note": self.note})


@dataclass(frozen=True)
class Add(OnDay):
    """Check in: done, or an amount to add."""

    amount: int = 1000

    def request(self, model: Model) -> Request:
        body: Json = {} if self.days_ago is None else {"date": f"{self.day(model)}"}
        if model.nth(self.habit).measure is Measure.QUANTITY:
            body["amount"] = self.amount / 1000
        return Request("POST", self.path(model), self.with_note(body))

    def apply(self, model: Model, answer: Json) -> Expected:
        habit, day = model.nth(self.habit), self.day(model)
        before = habit.content(day)
        if habit.measure is Measure.YES_NO:
            after = DayContent(Mark.DONE, None, before.note)
        else:
            mark = Mark.DONE if before.mark is Mark.DONE else None
            after = DayContent(mark, (before.amount or 0) + self.amount, before.note)
        changed = model.put(habit, day, after, self.note)
        written = expected_json.written_json(model, habit, day, changed=changed)
        return Expected(201 if changed else 200, written)


@dataclass(frozen=True)
class SetDay(OnDay):
    """Set a day."""

    mark: Mark | None = None
    amount: int | None = None

    def body(self) -> Json:
        amount = {} if self.amount is None else {"amount": self.amount / 1000}
        return self.with_note(amount if self.mark is None else {"mark": self.mark})

    def request(self, model: Model) -> Request:
        return Request("PUT", f"{self.path(model)}/{self.day(model)}", self.body())

    def apply(self, model: Model, answer: Json) -> Expected:
        habit, day = model.nth(self.habit), self.day(model)
        changed = self.put(model)
        return Expected(200, expected_json.written_json(model, habit, day, changed=changed))

    def put(self, model: Model) -> bool:
        habit, day = model.nth(self.habit), self.day(model)
        after = DayContent(self.mark, self.amount, habit.content(day).note)
        if not after.is_answer:
            if self.note is None:
                raise Refused("MARK_OR_AMOUNT")
            after = habit.content(day)
        return model.put(habit, day, after, self.note)


@dataclass(frozen=True)
class Clear(OnDay):
    """Clear a day."""

    def request(self, model: Model) -> Request:
        return Request("DELETE", f"{self.path(model)}/{self.day(model)}")

    def apply(self, model: Model, answer: Json) -> Expected:
        habit, day = model.nth(self.habit), self.day(model)
        changed = model.put(habit, day, None, None)
        return Expected(200, expected_json.written_json(model, habit, day, changed=changed))


@dataclass(frozen=True)
class Undo(OnDay):
    """Undo the last change."""

    def request(self, model: Model) -> Request:
        return Request("POST", f"/habits/{model.nth(self.habit).id}/undo")

    def apply(self, model: Model, answer: Json) -> Expected:
        habit = model.nth(self.habit)
        day = model.undo(habit)
        return Expected(200, expected_json.written_json(model, habit, day, changed=True))


@dataclass(frozen=True)
class Batch(Step):
    """Set many days in one batch."""

    items: tuple[SetDay, ...]

    def request(self, model: Model) -> Request:
        items = [
            {"habit_id": model.nth(it.habit).id, "date": f"{it.day(model)}"} | it.body()
            for it in self.items
        ]
        return Request("POST", "/check-ins:batch", {"items": items})

    def apply(self, model: Model, answer: Json) -> Expected:
        outcomes: list[Json] = []
        made: list[tuple[Json, Habit]] = []
        for index, item in enumerate(self.items):
            try:
                changed = item.put(model)
            except Refused as refused:
                outcomes.append({"index": index, "problem": {"reason": refused.reason}})
                continue
            habit = model.nth(item.habit)
            day = expected_json.day_json(habit, item.day(model)) | {"changed": changed}
            made.append((day, habit))
            outcomes.append({"index": index, "status": 200, "check_in": day})
        for day, habit in made:  # the streak counts the whole batch
            seen = model.oracle(habit)
            day["current_streak"] = expected_json.streak_json(model, seen, seen.unit_today())
        return Expected(200, {"items": outcomes})


@dataclass(frozen=True)
class Repeat(Step):
    """Repeat a request with its idempotency key, unchanged or altered."""

    number: int
    altered: bool = False

    def sent(self, model: Model) -> StoredRequest | None:
        return model.sent[self.number % len(model.sent)] if model.sent else None

    def request(self, model: Model) -> Request | None:
        sent = self.sent(model)
        if sent is None or model.now - sent.time >= KEPT:
            return None
        asked: Request = sent.step
        body = asked.body
        if self.altered:
            if body is None:
                return None
            word = "reason" if asked.path.endswith("pauses") else "note"
            body = body | {word: "something else"}
        return Request(asked.method, asked.path, body, {"Idempotency-Key": sent.key})

    def apply(self, model: Model, answer: Json) -> Expected:
        sent = self.sent(model)
        assert sent is not None
        is_gone = any(habit.id in sent.step.path for habit in model.deleted)
        if is_gone and not sent.step.path.endswith("pauses"):
            raise Refused("HABIT_NOT_FOUND")
        if self.altered:
            raise Refused("REQUEST_ID_REUSED")
        return Expected(sent.status, sent.answer)


@dataclass(frozen=True)
class Concurrently(Step):
    """Both clients send at the same moment; with `same_key`, the same request twice."""

    steps: tuple[Step, Step]
    same_key: bool = False

    def keys(self) -> tuple[str, str]:
        first, second = str(uuid4()), str(uuid4())
        return (first, first) if self.same_key else (first, second)


@dataclass(frozen=True)
class CreateHabit(Step):
    """Create a habit."""

    measure: Measure
    schedule: Schedule
    goal: Goal
    days_ago: int

    def request(self, model: Model) -> Request:
        body = {
            "title": "Drink water",
            "measure": self.measure.value,
            "schedule": schedule_json(self.schedule),
            "start_date": f"{model.today - self.days_ago * DAY}",
        }
        if self.measure is Measure.QUANTITY:
            body["goal"] = goal_json(self.goal)
        return Request("POST", "/habits", body)

    def apply(self, model: Model, answer: Json) -> Expected:
        start = model.today - self.days_ago * DAY
        versions = [Version(start, anchored(self.schedule, start), self.goal)]
        habit = Habit(answer["id"], "Drink water", self.measure, start, versions, [answer["etag"]])
        model.habits.append(habit)
        return Expected(201, expected_json.habit_json(habit))
