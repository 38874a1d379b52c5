"""What is true of one person's habits, kept as plainly as can be: the model of the stateful test.

Nothing is derived and nothing is kept beside the facts: what every day holds, every change in its
order, versions, pauses. Numbers are the oracle's, counted anew from all of it each time.
"""

from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from typing import Any, NamedTuple

from rhythm.goal import Goal, Measure
from rhythm.plan import DayFact, Mark, Pause, Plan, Version
from rhythm.schedule import Schedule, Weekday
from tests.edge.habits.stateful import clock
from tests.edge.habits.stateful.clock import Setting
from tests.rhythm.oracle_numbers import Oracle

DAY = timedelta(days=1)
KEPT = timedelta(hours=24)
AHEAD = timedelta(days=45)
UNSEEN = "unseen"
AS_REGISTERED = Setting("UTC", time(0))

STATUS = {
    "HABIT_NOT_FOUND": 404,
    "HABIT_ARCHIVED": 409,
    "HABIT_NOT_ARCHIVED": 409,
    "CHECK_IN_IN_FUTURE": 409,
    "CHECK_IN_BEFORE_START": 409,
    "NOTHING_TO_UNDO": 409,
    "EFFECTIVE_DATE_BEFORE_START": 409,
    "START_DATE_AFTER_CHECK_IN": 409,
    "AMOUNT_ON_YES_NO": 422,
    "AMOUNT_OUT_OF_RANGE": 422,
    "PAUSE_ENDS_BEFORE_START": 422,
    "REQUEST_ID_REUSED": 422,
    "ETAG_MISMATCH": 412,
}


class Refused(Exception):
    """The rules say no, for this reason."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Held(NamedTuple):
    """What a day holds."""

    mark: Mark | None = None
    amount: int | None = None
    note: str = ""

    @property
    def anything(self) -> bool:
        return self.mark is not None or self.amount is not None


NOTHING = Held()


@dataclass(frozen=True)
class Change:
    """One change of one day."""

    day: date
    before: Held
    after: Held
    undo: bool = False
    undone: bool = False


@dataclass(frozen=True)
class Rest:
    """Dates that do not count; of all habits where none is named."""

    habit_id: str | None
    from_date: date
    to_date: date | None

    @property
    def dates(self) -> Pause:
        return Pause(self.from_date, self.to_date)


@dataclass
class Habit:
    """One habit and all that was ever done with it."""

    id: str
    title: str
    measure: Measure
    start: date
    versions: list[Version]
    etags: list[str]
    archived: date | None = None
    days: dict[date, Held] = field(default_factory=dict)
    changed_at: dict[date, datetime] = field(default_factory=dict)
    changes: list[Change] = field(default_factory=list)

    def held(self, day: date) -> Held:
        return self.days.get(day, NOTHING)

    def version_on(self, day: date) -> Version:
        return [self.versions[0], *(it for it in self.versions if it.effective_date <= day)][-1]

    def tagged(self, etag: str) -> None:
        """Take note of the tag that the habit's present state has."""
        if self.etags[-1] == UNSEEN:
            self.etags.pop()
        if self.etags[-1] != etag:
            self.etags.append(etag)

    @property
    def facts(self) -> dict[date, DayFact]:
        found = {day: held for day, held in sorted(self.days.items()) if held.anything}
        return {day: DayFact(held.mark, held.amount or 0) for day, held in found.items()}


@dataclass
class Sent:
    """A request with a key, and what it was answered."""

    step: Any
    key: str
    status: int
    answer: Any
    time: datetime


@dataclass
class Home:
    """A person and their habits."""

    now: datetime
    setting: Setting = AS_REGISTERED
    week_start: Weekday = Weekday.MON
    floor: date = date.min
    habits: list[Habit] = field(default_factory=list)
    gone: list[Habit] = field(default_factory=list)
    rests: list[Rest] = field(default_factory=list)
    pause_ids: list[tuple[str, Rest]] = field(default_factory=list)
    sent: list[Sent] = field(default_factory=list)

    @property
    def today(self) -> date:
        return max(self.floor, clock.today(self.now, self.setting))

    def nth(self, number: int) -> Habit:
        """Return a habit, now and then one that is gone."""
        known = [*self.habits, *self.gone[:1]]
        return known[number % len(known)]

    def oracle(self, habit: Habit, on: date | None = None) -> Oracle:
        """Return the naive evaluator of a habit as of a date, today by default."""
        day = on or self.today
        plan = Plan(
            habit.measure,
            habit.start,
            tuple(habit.versions),
            week_start=self.week_start,
            archived_date=habit.archived,
        )
        return Oracle(plan, habit.facts, self.pauses(habit, day), day)

    def pauses(self, habit: Habit, through: date) -> list[Pause]:
        """Return when a habit rests; dates that never came are rests, unless they were lived."""
        named = [it.dates for it in self.rests if it.habit_id in (None, habit.id)]
        days = (habit.start + n * DAY for n in range((through + AHEAD - habit.start).days + 1))
        never = [
            day for day in days if day not in habit.facts and clock.never_came(day, self.setting)
        ]
        return [*named, *(Pause(day, day) for day in never)]

    # ── what happens ──────────────────────────────────────────────────────────────────────────

    def travel(self, setting: Setting) -> None:
        """Change zone and start of day; the dates that were jumped over are a pause."""
        if setting == self.setting:
            return
        left = self.today
        self.floor, self.setting = left, setting
        if self.today - left > DAY:
            self.rests.append(Rest(None, left + DAY, self.today - DAY))

    def put(self, habit: Habit, day: date | None, after: Held | None, note: str | None) -> bool:
        """Let a day hold something else; None clears it. Return whether anything changed."""
        self.expect_alive(habit)
        on = day or self.today
        if after is not None:
            if on > self.today:
                raise Refused("CHECK_IN_IN_FUTURE")
            if on < habit.start:
                raise Refused("CHECK_IN_BEFORE_START")
            if after.amount is not None and habit.measure is Measure.YES_NO:
                raise Refused("AMOUNT_ON_YES_NO")
            if note is not None:
                after = after._replace(note=note)
        return self._write(habit, on, after or NOTHING)

    def undo(self, habit: Habit) -> date:
        """Take back the last change that was not taken back; return its day."""
        self.expect_alive(habit)
        left = [n for n, it in enumerate(habit.changes) if not (it.undo or it.undone)]
        if not left:
            raise Refused("NOTHING_TO_UNDO")
        last = habit.changes[left[-1]]
        if last.day < habit.start and last.before.anything:
            raise Refused("CHECK_IN_BEFORE_START")
        habit.changes[left[-1]] = replace(last, undone=True)
        self._write(habit, last.day, last.before, undo=True)
        return last.day

    def expect_alive(self, habit: Habit) -> None:
        """Refuse what is done to a habit that is gone or rests."""
        self.expect_there(habit)
        if habit.archived is not None:
            raise Refused("HABIT_ARCHIVED")

    def expect_there(self, habit: Habit) -> None:
        """Refuse what is done to a habit that is gone."""
        if habit not in self.habits:
            raise Refused("HABIT_NOT_FOUND")

    def _write(self, habit: Habit, day: date, after: Held, *, undo: bool = False) -> bool:
        before = habit.held(day)
        if after == before and not undo:
            return False
        habit.changes.append(Change(day, before, after, undo=undo))
        habit.days[day], habit.changed_at[day] = after, self.now
        return True


def with_version(habit: Habit, schedule: Schedule | None, goal: Goal | None, day: date) -> bool:
    """Let another goal or schedule be in force from a date to the next version's.

    Return whether anything is otherwise by it. What is in force already is no new version.
    """
    if day < habit.start:
        raise Refused("EFFECTIVE_DATE_BEFORE_START")
    before = habit.version_on(day)
    new = Version(day, schedule or before.schedule, goal or before.goal)
    if (new.schedule, new.goal) == (before.schedule, before.goal):
        return False
    others = [it for it in habit.versions if it.effective_date != day]
    habit.versions = without_repeats(sorted([*others, new], key=lambda it: it.effective_date))
    return True


def with_start(habit: Habit, day: date) -> bool:
    """Let a habit start on another date, with the version that is in force on it."""
    if day == habit.start:
        return False
    if habit.facts and day > min(habit.facts):
        raise Refused("START_DATE_AFTER_CHECK_IN")
    first = replace(habit.version_on(day), effective_date=day)
    habit.versions = [first, *(it for it in habit.versions[1:] if it.effective_date > day)]
    habit.start = day
    return True


def without_repeats(versions: list[Version]) -> list[Version]:
    """Return the versions that differ from the one before."""
    kept: list[Version] = []
    for version in versions:
        if not kept or (version.schedule, version.goal) != (kept[-1].schedule, kept[-1].goal):
            kept.append(version)
    return kept
