"""Steps of the stateful test that edit habits, pauses and settings, or let time pass."""

from dataclasses import dataclass
from datetime import time, timedelta

from rhythm.goal import Goal, Measure
from rhythm.schedule import Schedule, Weekday
from tests.edge.habits.stateful import expected_json
from tests.edge.habits.stateful.calendar_model import Setting
from tests.edge.habits.stateful.day_steps import (
    Expected,
    Json,
    Request,
    Step,
)
from tests.edge.habits.stateful.model import (
    DAY,
    Habit,
    Model,
    PauseDates,
    Refused,
)
from tests.edge.habits.stateful.request_json import goal_json, schedule_json
from tests.edge.habits.stateful.version_rules import with_start, with_version


@dataclass(frozen=True)
class OnHabit(Step):
    """A step about one habit."""

    habit: int

    def path(self, model: Model) -> str:
        return f"/habits/{model.nth(self.habit).id}"


@dataclass(frozen=True)
class Edit(OnHabit):
    """Update a habit; `match` says which state the client has seen."""

    title: str | None = None
    schedule: Schedule | None = None
    goal: Goal | None = None
    effective_days_ago: int | None = None
    start_days_ago: int | None = None
    match: str = "any"

    def request(self, model: Model) -> Request:
        habit = model.nth(self.habit)
        body: Json = {}
        if self.title is not None:
            body["title"] = self.title
        if self.schedule is not None:
            body["schedule"] = schedule_json(self.schedule)
        if self.goal is not None and habit.measure is Measure.QUANTITY:
            body["goal"] = goal_json(self.goal)
        if self.effective_days_ago is not None:
            body["effective_date"] = f"{model.today - self.effective_days_ago * DAY}"
        if self.start_days_ago is not None:
            body["start_date"] = f"{model.today - self.start_days_ago * DAY}"
        headers = {}
        if self.match != "any":
            headers["If-Match"] = habit.etags[-1 if self.match == "fresh" else 0]
        return Request("PATCH", self.path(model), body, headers)

    def apply(self, model: Model, answer: Json) -> Expected:
        habit = model.nth(self.habit)
        model.require_existing(habit)
        if self.match == "stale" and habit.etags[0] != habit.etags[-1]:
            raise Refused("ETAG_MISMATCH")
        changed = self._edit(model, habit)
        if changed:
            habit.etags.append(answer["etag"])
        assert len(set(habit.etags)) == len(habit.etags)
        return Expected(200, expected_json.habit_json(habit))

    def _edit(self, model: Model, habit: Habit) -> bool:
        before = habit.start, list(habit.versions)
        changed = False
        try:
            if self.start_days_ago is not None:
                day = model.today - self.start_days_ago * DAY
                changed |= with_start(habit, day, model.today)
            goal = self.goal if habit.measure is Measure.QUANTITY else None
            if self.schedule is not None or goal is not None:
                day = max(model.today, habit.start)
                if self.effective_days_ago is not None:
                    day = model.today - self.effective_days_ago * DAY
                changed |= with_version(habit, self.schedule, goal, day)
        except Refused:
            habit.start, habit.versions = before
            raise
        if self.title is not None and self.title != habit.title:
            habit.title, changed = self.title, True
        return changed


@dataclass(frozen=True)
class Archive(OnHabit):
    """Archive a habit."""

    def request(self, model: Model) -> Request:
        return Request("POST", f"{self.path(model)}/archive")

    def apply(self, model: Model, answer: Json) -> Expected:
        habit = model.nth(self.habit)
        model.require_active(habit)
        habit.archived = model.today
        habit.etags.append(answer["etag"])
        return Expected(200, expected_json.habit_json(habit))


@dataclass(frozen=True)
class Restore(OnHabit):
    """Restore a habit; the days in between become a pause."""

    def request(self, model: Model) -> Request:
        return Request("POST", f"{self.path(model)}/restore")

    def apply(self, model: Model, answer: Json) -> Expected:
        habit = model.nth(self.habit)
        model.require_existing(habit)
        if habit.archived is None:
            raise Refused("HABIT_NOT_ARCHIVED")
        if model.today - habit.archived > DAY:
            model.pause_dates.append(PauseDates(habit.id, habit.archived + DAY, model.today - DAY))
        habit.archived = None
        habit.etags.append(answer["etag"])
        return Expected(200, expected_json.habit_json(habit))


@dataclass(frozen=True)
class Delete(OnHabit):
    """Delete a habit."""

    def request(self, model: Model) -> Request | None:
        if len(model.habits) < 2:
            return None  # keep one habit to compare
        return Request("DELETE", self.path(model))

    def apply(self, model: Model, answer: Json) -> Expected:
        habit = model.nth(self.habit)
        model.require_existing(habit)
        model.habits.remove(habit)
        model.deleted.append(habit)
        model.pause_dates = [it for it in model.pause_dates if it.habit_id != habit.id]
        return Expected(204)


@dataclass(frozen=True)
class SetOrder(Step):
    """Reorder the habits."""

    by: int

    def wanted(self, model: Model) -> list[Habit]:
        at = self.by % len(model.habits)
        return [*model.habits[at:], *model.habits[:at]]

    def request(self, model: Model) -> Request:
        return Request("PUT", "/habits/order", {"habit_ids": [it.id for it in self.wanted(model)]})

    def apply(self, model: Model, answer: Json) -> Expected:
        model.habits = self.wanted(model)
        active = [expected_json.habit_json(it) for it in model.habits if it.archived is None]
        return Expected(200, {"items": active})


@dataclass(frozen=True)
class Pause(Step):
    """Create a pause, of one habit or of all."""

    habit: int | None
    days_ago: int
    length: int | None
    keyed: bool = False

    def rest(self, model: Model) -> PauseDates:
        first = model.today - self.days_ago * DAY
        last = None if self.length is None else first + self.length * DAY
        return PauseDates(None if self.habit is None else model.nth(self.habit).id, first, last)

    def request(self, model: Model) -> Request:
        rest = self.rest(model)
        path = "/pauses" if rest.habit_id is None else f"/habits/{rest.habit_id}/pauses"
        body = {"from_date": f"{rest.from_date}"}
        if rest.to_date is not None:
            body["to_date"] = f"{rest.to_date}"
        return Request("POST", path, body)

    def apply(self, model: Model, answer: Json) -> Expected:
        rest = self.rest(model)
        if rest.to_date is not None and rest.to_date < rest.from_date:
            raise Refused("PAUSE_ENDS_BEFORE_START")
        if self.habit is not None:
            model.require_active(model.nth(self.habit))
        model.pause_dates.append(rest)
        return Expected(201, {"habit_id": rest.habit_id, "from_date": f"{rest.from_date}"})


@dataclass(frozen=True)
class EndPause(Step):
    """Delete a pause."""

    number: int

    def request(self, model: Model) -> Request | None:
        if not model.pause_ids:
            return None
        return Request(
            "DELETE", f"/pauses/{model.pause_ids[self.number % len(model.pause_ids)][0]}"
        )

    def apply(self, model: Model, answer: Json) -> Expected:
        model.pause_dates.remove(model.pause_ids[self.number % len(model.pause_ids)][1])
        return Expected(204)


@dataclass(frozen=True)
class Wait(Step):
    """Let time pass."""

    hours: float

    def request(self, model: Model) -> None:
        model.now += timedelta(hours=self.hours)


@dataclass(frozen=True)
class Travel(Step):
    """Change time zone, day start or week start."""

    zone: str
    day_start: time
    week_start: Weekday

    def request(self, model: Model) -> Request:
        body = {
            "timezone": self.zone,
            "day_start": f"{self.day_start:%H:%M}",
            "week_start": self.week_start.name.lower(),
        }
        return Request("PATCH", "/me", body)

    def apply(self, model: Model, answer: Json) -> Expected:
        model.travel(Setting(self.zone, self.day_start))
        model.change_week_start(self.week_start)
        return Expected(200, {"timezone": self.zone})
