"""Applies check-in commands to one habit's days, in memory, before anything is written."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from msgspec.structs import replace

from rhythm.goal import is_total
from rhythm.plan import DayFact, Mark, State
from rhythm.units import scheduled_dates
from services.habits.domain.check_in import (
    NOTHING,
    Add,
    Change,
    CheckIn,
    CheckInCommand,
    Clear,
    Content,
    NewId,
    Source,
    Undo,
    content_after,
    updated_check_in,
    with_note,
)
from services.habits.domain.errors import (
    CheckInBeforeStart,
    CheckInInFuture,
    HabitArchived,
    NothingToUndo,
)
from services.habits.domain.habit import HabitState
from services.habits.domain.snapshot import (
    CurrentStreak,
    DerivedState,
    HabitSnapshot,
    current_streak,
)

_CHEER_WINDOW = timedelta(days=1)
"""How long ago a day may be for its goal to be cheered."""


class WriteResult(NamedTuple):
    """The result of one command.

    Attributes:
        check_in: The day as it is now.
        changed: Whether it was otherwise before.
        goal_reached: Whether the command reached the goal, recently enough to cheer.
    """

    check_in: CheckIn
    changed: bool
    goal_reached: bool = False


@dataclass(slots=True)
class HabitDays:
    """The days of one habit, as a batch of commands reads and changes them.

    Attributes:
        snapshot: The habit as it was read.
        days: The days that commands name, as they were read; a missing one is empty.
        undoable: Stored changes that can be undone, oldest first.
        now: The present moment.
        new_id: Makes the ids of changes.
        is_cached: Whether it is from memory: then the write has to find it as it was, days that are
            missing included, and there is one command.
        facts: The facts for the evaluator, changes included.
        changes: The new changes, in order.
        changed_days: The new state of each changed day.
        undone: Stored changes that commands have undone.
    """

    snapshot: HabitSnapshot
    days: Mapping[date, CheckIn]
    undoable: Sequence[Change]
    now: datetime
    new_id: NewId
    is_cached: bool = False
    today: date = field(init=False)
    facts: dict[date, DayFact] = field(init=False)
    _updated: HabitSnapshot | None = field(init=False, default=None)  # with these facts
    changes: list[Change] = field(init=False, default_factory=list)
    changed_days: dict[date, CheckIn] = field(init=False, default_factory=dict)
    undone: list[Change] = field(init=False, default_factory=list)
    _derived: DerivedState | None = field(init=False, default=None)
    _streak: tuple[int, CurrentStreak] | None = field(init=False, default=None)

    def __post_init__(self) -> None:
        self.today = self.snapshot.person.today(self.now)
        self.facts = dict(self.snapshot.derived.facts)

    @property
    def id(self) -> UUID:
        """The habit's id."""
        return self.snapshot.habit.id

    def saved(self) -> HabitSnapshot:
        """Return the snapshot as it is once all changes are stored."""
        return self.snapshot.with_derived(self.derived(), self.revision)

    @property
    def revision(self) -> int:
        """The revision of the habit's days, changes included."""
        return self.snapshot.revision + len(self.changes)

    def write(self, command: CheckInCommand) -> WriteResult:
        """Apply a command.

        Raises:
            HabitArchived: The habit is archived.
            CheckInInFuture: The day has not come.
            CheckInBeforeStart: The day is before the habit's start.
            NothingToUndo: No change is left to undo.
            InvalidArgument: The habit takes no such amount.
        """
        habit = self.snapshot.habit
        if habit.state is HabitState.ARCHIVED:
            raise HabitArchived(habit.id)
        if isinstance(command.action, Undo):
            return self._undo(command)
        day = command.day or self.today
        if not isinstance(command.action, Clear):  # clearing what cannot be is clearing nothing
            if day > self.today:
                raise CheckInInFuture(day, self.today)
            if day < habit.start_date:
                raise CheckInBeforeStart(day, habit.start_date)
        before = self._day(day).content
        after = content_after(before, command.action, habit)
        after = with_note(after, command.action, command.note)
        if after == before:
            return WriteResult(self._day(day), changed=False)
        added = command.action.amount_thousandths if isinstance(command.action, Add) else None
        return self._apply(command, day, after, added=added)

    def derived(self) -> DerivedState:
        """Return the derived state to store, once all changes are made."""
        if self._derived is None:
            self._derived = self._with_changes().compacted(self.today)
        return self._derived

    def streak(self) -> CurrentStreak:
        """Return the current streak, changes included."""
        if self._streak is None or self._streak[0] != len(self.changes):
            evaluation = self._with_changes().evaluate_streak(self.today)
            streak = current_streak(evaluation, self.snapshot.person, self.now)
            self._streak = len(self.changes), streak
        return self._streak[1]

    def _with_changes(self) -> HabitSnapshot:
        """Return the snapshot with the facts as they are after the changes, and become later."""
        if self._updated is None:
            derived = self.snapshot.derived._replace(facts=self.facts)
            self._updated = self.snapshot.with_derived(derived, self.snapshot.revision)
        return self._updated

    def _undo(self, command: CheckInCommand) -> WriteResult:
        habit = self.snapshot.habit
        mine = [place for place, change in enumerate(self.changes) if _is_undoable(change)]
        if not mine and len(self.undone) == len(self.undoable):
            raise NothingToUndo(habit.id)
        change = self.changes[mine[-1]] if mine else self.undoable[-1 - len(self.undone)]
        if change.day < habit.start_date and change.before != NOTHING:
            raise CheckInBeforeStart(change.day, habit.start_date)
        if mine:
            self.changes[mine[-1]] = replace(change, undone=True)
        else:
            self.undone.append(change)
        return self._apply(command, change.day, change.before, undoes=change)

    def _apply(
        self,
        command: CheckInCommand,
        day: date,
        after: Content,
        *,
        added: int | None = None,
        undoes: Change | None = None,
    ) -> WriteResult:
        check_in = self._day(day)
        change = Change(
            id=self.new_id(),
            habit_id=check_in.habit_id,
            day=day,
            actor_id=command.person.id,
            source=command.source,
            create_time=self.now,
            revision=self.revision + 1,
            added_thousandths=added,
            before=undoes.after if undoes else check_in.content,
            after=after,
            undoes=undoes.id if undoes else None,
        )
        is_fresh = command.source is not Source.IMPORT and self.today - day <= _CHEER_WINDOW
        may_cheer = is_fresh and undoes is None and self._can_reach_goal(day, after)
        met_before = may_cheer and self._is_met(day, change.before)
        self.changes.append(change)
        self.changed_days[day] = updated_check_in(check_in, change)
        self._update_facts(day, after)
        goal_reached = may_cheer and not met_before and self._is_met(day, after)
        return WriteResult(self.changed_days[day], changed=True, goal_reached=goal_reached)

    def _can_reach_goal(self, day: date, after: Content) -> bool:
        """Tell whether a day's new content can reach a goal that is due on it."""
        goal = self.snapshot.habit.goal_on(day)
        if goal.at_most or after.fact is None or after.mark in (Mark.SKIP, Mark.MISSED):
            return False
        plan, paused_ranges = self.snapshot.plan, self.snapshot.paused_ranges(self.today)
        return any(scheduled_dates(plan, paused_ranges, from_date=day, to_date=day))

    def _is_met(self, day: date, content: Content) -> bool:
        """Tell whether a day reaches its goal; where a total is asked, whether the unit does."""
        habit = self.snapshot.habit
        version = habit.version_on(day)
        if is_total(habit.measure, version.schedule):
            unit = self._with_changes().evaluate_streak(self.today).unit
            return unit is not None and unit.state is State.MET
        asked = version.goal.amount_thousandths
        goal_reached = asked is not None and (content.amount_thousandths or 0) >= asked
        return content.mark is Mark.DONE or goal_reached

    def _day(self, day: date) -> CheckIn:
        found = self.changed_days.get(day) or self.days.get(day)
        return found or CheckIn(self.snapshot.habit.id, day)

    def _update_facts(self, day: date, content: Content) -> None:
        """Update the evaluator's fact of a day."""
        fact = content.fact
        if fact is None:
            self.facts.pop(day, None)
        else:
            self.facts[day] = fact


def _is_undoable(change: Change) -> bool:
    return not change.undone and change.undoes is None
