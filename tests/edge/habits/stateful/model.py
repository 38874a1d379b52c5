"""The model of the stateful test: one person's habits, stored as plain facts.

It keeps no derived state: only the record of every day, every change in its order, versions and
pauses. Streaks and other values are computed from all of it by the oracle each time.
"""

from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from typing import Any, NamedTuple

from rhythm.goal import Measure
from rhythm.plan import DayFact, Mark, Pause, Plan, Version
from rhythm.schedule import Weekday
from rhythm.week_changes import WeekChange
from tests.edge.habits.stateful import calendar_model
from tests.edge.habits.stateful.calendar_model import Setting
from tests.rhythm.oracle_numbers import Oracle

DAY = timedelta(days=1)
KEPT = timedelta(hours=24)
AHEAD = timedelta(days=45)
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
    "MARK_OR_AMOUNT": 422,
    "PAUSE_ENDS_BEFORE_START": 422,
    "REQUEST_ID_REUSED": 422,
    "ETAG_MISMATCH": 412,
}


class Refused(Exception):
    """The rules refuse the request, for this reason."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class DayContent(NamedTuple):
    """The record of a day."""

    mark: Mark | None = None
    amount: int | None = None
    note: str = ""

    @property
    def anything(self) -> bool:
        return self.is_answer or bool(self.note)

    @property
    def is_answer(self) -> bool:
        return self.mark is not None or self.amount is not None


NOTHING = DayContent()


@dataclass(frozen=True)
class Change:
    """One change of one day."""

    day: date
    before: DayContent
    after: DayContent
    undo: bool = False
    undone: bool = False


@dataclass(frozen=True)
class PauseDates:
    """Dates that do not count, for one habit or for all."""

    habit_id: str | None
    from_date: date
    to_date: date | None

    @property
    def dates(self) -> Pause:
        return Pause(self.from_date, self.to_date)


@dataclass
class Habit:
    """One habit with all its changes."""

    id: str
    title: str
    measure: Measure
    start: date
    versions: list[Version]
    etags: list[str]
    archived: date | None = None
    days: dict[date, DayContent] = field(default_factory=dict)
    changed_at: dict[date, datetime] = field(default_factory=dict)
    changes: list[Change] = field(default_factory=list)

    def content(self, day: date) -> DayContent:
        return self.days.get(day, NOTHING)

    def version_on(self, day: date) -> Version:
        return [self.versions[0], *(it for it in self.versions if it.effective_date <= day)][-1]

    def record_etag(self, etag: str) -> None:
        """Record the etag of the habit's present state."""
        if self.etags[-1] != etag:
            self.etags.append(etag)

    @property
    def recorded_days(self) -> list[date]:
        return [day for day, content in self.days.items() if content.anything]

    @property
    def facts(self) -> dict[date, DayFact]:
        found = {day: content for day, content in sorted(self.days.items()) if content.is_answer}
        return {day: DayFact(content.mark, content.amount or 0) for day, content in found.items()}


@dataclass
class StoredRequest:
    """A request with an idempotency key, and its response."""

    step: Any
    key: str
    status: int
    answer: Any
    time: datetime


@dataclass
class Model:
    """A person, their settings and their habits."""

    now: datetime
    setting: Setting = AS_REGISTERED
    week_start: Weekday = Weekday.MON
    week_changes: tuple[WeekChange, ...] = ()
    floor: date = date.min
    habits: list[Habit] = field(default_factory=list)
    deleted: list[Habit] = field(default_factory=list)
    pause_dates: list[PauseDates] = field(default_factory=list)
    pause_ids: list[tuple[str, PauseDates]] = field(default_factory=list)
    sent: list[StoredRequest] = field(default_factory=list)

    @property
    def today(self) -> date:
        return max(self.floor, calendar_model.today(self.now, self.setting))

    def change_week_start(self, weekday: Weekday) -> None:
        """Begin weeks on another day from today on; one change a day."""
        begin = self.week_changes or (WeekChange(date.min, self.week_start),)
        kept = [it for it in begin if it.effective_date < self.today]
        if kept[-1].week_start != weekday:
            kept.append(WeekChange(self.today, weekday))
        self.week_changes = tuple(kept)
        self.week_start = weekday

    def nth(self, number: int) -> Habit:
        """Return a habit, sometimes a deleted one."""
        known = [*self.habits, *self.deleted[:1]]
        return known[number % len(known)]

    def oracle(self, habit: Habit, on: date | None = None) -> Oracle:
        """Return the naive evaluator of a habit as of a date, today by default."""
        day = on or self.today
        plan = Plan(
            habit.measure,
            habit.start,
            tuple(habit.versions),
            week_start=self.week_start,
            week_changes=self.week_changes,
            archived_date=habit.archived,
        )
        return Oracle(plan, habit.facts, self.pauses(habit, day), day)

    def pauses(self, habit: Habit, through: date) -> list[Pause]:
        """Return the pauses of a habit; dates that never existed are pauses, unless recorded."""
        named = [it.dates for it in self.pause_dates if it.habit_id in (None, habit.id)]
        days = (habit.start + n * DAY for n in range((through + AHEAD - habit.start).days + 1))
        never = [
            day
            for day in days
            if day not in habit.facts and calendar_model.never_came(day, self.setting)
        ]
        return [*named, *(Pause(day, day) for day in never)]

    # ── changes ───────────────────────────────────────────────────────────────────────────────

    def travel(self, setting: Setting) -> None:
        """Change zone and start of day; skipped dates become a pause."""
        if setting == self.setting:
            return
        left = self.today
        self.floor, self.setting = left, setting
        if self.today - left > DAY:
            self.pause_dates.append(PauseDates(None, left + DAY, self.today - DAY))

    def put(
        self, habit: Habit, day: date | None, after: DayContent | None, note: str | None
    ) -> bool:
        """Set a day; None clears it. Return whether anything changed."""
        self.require_active(habit)
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
        """Undo the last change that was not undone; return its day."""
        self.require_active(habit)
        left = [n for n, it in enumerate(habit.changes) if not (it.undo or it.undone)]
        if not left:
            raise Refused("NOTHING_TO_UNDO")
        last = habit.changes[left[-1]]
        if last.day < habit.start and last.before.anything:
            raise Refused("CHECK_IN_BEFORE_START")
        habit.changes[left[-1]] = replace(last, undone=True)
        self._write(habit, last.day, last.before, undo=True)
        return last.day

    def require_active(self, habit: Habit) -> None:
        """Refuse changes of a habit that is deleted or archived."""
        self.require_existing(habit)
        if habit.archived is not None:
            raise Refused("HABIT_ARCHIVED")

    def require_existing(self, habit: Habit) -> None:
        """Refuse changes of a deleted habit."""
        if habit not in self.habits:
            raise Refused("HABIT_NOT_FOUND")

    def _write(self, habit: Habit, day: date, after: DayContent, *, undo: bool = False) -> bool:
        before = habit.content(day)
        if after == before and not undo:
            return False
        habit.changes.append(Change(day, before, after, undo=undo))
        habit.days[day], habit.changed_at[day] = after, self.now
        return True
