"""Steps that change what is counted by: edits, rests, travel, and time that passes."""

from dataclasses import dataclass
from datetime import time, timedelta

from rhythm.goal import Goal, Measure
from rhythm.schedule import Schedule, Weekday
from tests.edge.habits.stateful import told
from tests.edge.habits.stateful.clock import Setting
from tests.edge.habits.stateful.home import (
    DAY,
    UNSEEN,
    Habit,
    Home,
    Refused,
    Rest,
    with_start,
    with_version,
)
from tests.edge.habits.stateful.steps import (
    Expected,
    Json,
    Request,
    Step,
    goal_json,
    schedule_json,
)


@dataclass(frozen=True)
class OnHabit(Step):
    """Something that is done to a habit as a whole."""

    habit: int

    def path(self, home: Home) -> str:
        return f"/habits/{home.nth(self.habit).id}"


@dataclass(frozen=True)
class Edit(OnHabit):
    """Another title, goal, schedule or start; `match` says which state the client has seen."""

    title: str | None = None
    schedule: Schedule | None = None
    goal: Goal | None = None
    effective_days_ago: int | None = None
    start_days_ago: int | None = None
    match: str = "any"

    def request(self, home: Home) -> Request:
        habit = home.nth(self.habit)
        body: Json = {}
        if self.title is not None:
            body["title"] = self.title
        if self.schedule is not None:
            body["schedule"] = schedule_json(self.schedule)
        if self.goal is not None and habit.measure is Measure.QUANTITY:
            body["goal"] = goal_json(self.goal)
        if self.effective_days_ago is not None:
            body["effective_date"] = f"{home.today - self.effective_days_ago * DAY}"
        if self.start_days_ago is not None:
            body["start_date"] = f"{home.today - self.start_days_ago * DAY}"
        headers = {}
        if self.match != "any":
            headers["If-Match"] = habit.etags[-1 if self.match == "fresh" else 0]
        return Request("PATCH", self.path(home), body, headers)

    def happen(self, home: Home, answer: Json) -> Expected:
        habit = home.nth(self.habit)
        home.expect_there(habit)
        if self.match == "stale" and habit.etags[0] != habit.etags[-1]:
            raise Refused("ETAG_MISMATCH")
        changed = self._edit(home, habit)
        if changed:
            habit.etags.append(answer["etag"])
        assert len(set(habit.etags)) == len(habit.etags)
        return Expected(200, told.habit_json(habit))

    def _edit(self, home: Home, habit: Habit) -> bool:
        before = habit.start, list(habit.versions)
        changed = False
        try:
            if self.start_days_ago is not None:
                changed |= with_start(habit, home.today - self.start_days_ago * DAY)
            goal = self.goal if habit.measure is Measure.QUANTITY else None
            if self.schedule is not None or goal is not None:
                day = max(home.today, habit.start)
                if self.effective_days_ago is not None:
                    day = home.today - self.effective_days_ago * DAY
                changed |= with_version(habit, self.schedule, goal, day)
        except Refused:
            habit.start, habit.versions = before
            raise
        if self.title is not None and self.title != habit.title:
            habit.title, changed = self.title, True
        return changed


@dataclass(frozen=True)
class Archive(OnHabit):
    """The habit rests with its history."""

    def request(self, home: Home) -> Request:
        return Request("POST", f"{self.path(home)}/archive")

    def happen(self, home: Home, answer: Json) -> Expected:
        habit = home.nth(self.habit)
        home.expect_alive(habit)
        habit.archived = home.today
        habit.etags.append(answer["etag"])
        return Expected(200, told.habit_json(habit))


@dataclass(frozen=True)
class Restore(OnHabit):
    """The habit is taken up again; the days between were a pause."""

    def request(self, home: Home) -> Request:
        return Request("POST", f"{self.path(home)}/restore")

    def happen(self, home: Home, answer: Json) -> Expected:
        habit = home.nth(self.habit)
        home.expect_there(habit)
        if habit.archived is None:
            raise Refused("HABIT_NOT_ARCHIVED")
        if home.today - habit.archived > DAY:
            home.rests.append(Rest(habit.id, habit.archived + DAY, home.today - DAY))
        habit.archived = None
        habit.etags.append(answer["etag"])
        return Expected(200, told.habit_json(habit))


@dataclass(frozen=True)
class Delete(OnHabit):
    """The habit goes, with everything."""

    def request(self, home: Home) -> Request | None:
        if len(home.habits) < 2:
            return None  # without habits there would be nothing to look at
        return Request("DELETE", self.path(home))

    def happen(self, home: Home, answer: Json) -> Expected:
        habit = home.nth(self.habit)
        home.expect_there(habit)
        home.habits.remove(habit)
        home.gone.append(habit)
        home.rests = [it for it in home.rests if it.habit_id != habit.id]
        return Expected(204)


@dataclass(frozen=True)
class Order(Step):
    """The habits stand in another order."""

    by: int

    def wanted(self, home: Home) -> list[Habit]:
        at = self.by % len(home.habits)
        return [*home.habits[at:], *home.habits[:at]]

    def request(self, home: Home) -> Request:
        return Request("PUT", "/habits/order", {"habit_ids": [it.id for it in self.wanted(home)]})

    def happen(self, home: Home, answer: Json) -> Expected:
        home.habits = self.wanted(home)
        etags = {found["id"]: found["etag"] for found in answer["items"]}
        for habit in home.habits:  # to stand elsewhere is an edit; of those at rest nothing is told
            if habit.archived is None:
                habit.tagged(etags[habit.id])
            elif habit.etags[-1] != UNSEEN:
                habit.etags.append(UNSEEN)
        active = [told.habit_json(it) for it in home.habits if it.archived is None]
        return Expected(200, {"items": active})


@dataclass(frozen=True)
class Pause(Step):
    """Days that do not count, of one habit or of all."""

    habit: int | None
    days_ago: int
    length: int | None
    keyed: bool = False

    def rest(self, home: Home) -> Rest:
        first = home.today - self.days_ago * DAY
        last = None if self.length is None else first + self.length * DAY
        return Rest(None if self.habit is None else home.nth(self.habit).id, first, last)

    def request(self, home: Home) -> Request:
        rest = self.rest(home)
        path = "/pauses" if rest.habit_id is None else f"/habits/{rest.habit_id}/pauses"
        body = {"from_date": f"{rest.from_date}"}
        if rest.to_date is not None:
            body["to_date"] = f"{rest.to_date}"
        return Request("POST", path, body)

    def happen(self, home: Home, answer: Json) -> Expected:
        rest = self.rest(home)
        if rest.to_date is not None and rest.to_date < rest.from_date:
            raise Refused("PAUSE_ENDS_BEFORE_START")
        if self.habit is not None:
            home.expect_there(home.nth(self.habit))
        home.rests.append(rest)
        return Expected(201, {"habit_id": rest.habit_id, "from_date": f"{rest.from_date}"})


@dataclass(frozen=True)
class EndPause(Step):
    """A pause is taken back, as if it had never been."""

    number: int

    def request(self, home: Home) -> Request | None:
        if not home.pause_ids:
            return None
        return Request("DELETE", f"/pauses/{home.pause_ids[self.number % len(home.pause_ids)][0]}")

    def happen(self, home: Home, answer: Json) -> Expected:
        home.rests.remove(home.pause_ids[self.number % len(home.pause_ids)][1])
        return Expected(204)


@dataclass(frozen=True)
class Wait(Step):
    """Time passes."""

    hours: float

    def request(self, home: Home) -> None:
        home.now += timedelta(hours=self.hours)


@dataclass(frozen=True)
class Travel(Step):
    """Another zone, another start of the day, or weeks that begin on another day."""

    zone: str
    day_start: time
    week_start: Weekday

    def request(self, home: Home) -> Request:
        body = {
            "timezone": self.zone,
            "day_start": f"{self.day_start:%H:%M}",
            "week_start": self.week_start.name.lower(),
        }
        return Request("PATCH", "/me", body)

    def happen(self, home: Home, answer: Json) -> Expected:
        home.travel(Setting(self.zone, self.day_start))
        home.week_start = self.week_start
        return Expected(200, {"timezone": self.zone})
