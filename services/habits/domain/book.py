"""One habit's days while changes are made to them, one after the other, before anything is kept."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta

from rhythm.goal import is_total
from rhythm.plan import DayFact, Mark, State
from rhythm.units import scheduled_dates
from services.habits.domain.check_in import (
    Add,
    Change,
    CheckIn,
    Clear,
    Content,
    NewId,
    Order,
    Source,
    Undo,
    content_after,
    moved_on,
    with_note,
)
from services.habits.domain.errors import (
    CheckInBeforeStart,
    CheckInInFuture,
    HabitArchived,
    NothingToUndo,
)
from services.habits.domain.habit import HabitState
from services.habits.domain.standing import CurrentStreak, Derived, Standing, current_streak

_CHEERED_DAYS = timedelta(days=1)
"""How long ago a day may be for reaching it to be a reason for a cheer."""


@dataclass(frozen=True, slots=True)
class Entry:
    """What came of one order.

    Attributes:
        check_in: The day as it is now.
        changed: Whether it was otherwise before.
        reached: Whether the goal was reached by this, and it is fresh enough to cheer.
    """

    check_in: CheckIn
    changed: bool
    reached: bool = False


@dataclass(slots=True)
class Book:
    """A habit's days, as one batch of orders reads and changes them.

    Attributes:
        standing: How the habit stood when it was read.
        days: The days that orders name, as they were read; one that is missing holds nothing.
        undoable: Changes that can be taken back, the last one last.
        now: The present moment.
        new_id: Makes the ids of changes.
        facts: What the evaluator is told, as it is by now.
        changes: What was changed, in order.
        written: The days that were changed, as they are by now.
        undone: Changes of before that were taken back.
    """

    standing: Standing
    days: Mapping[date, CheckIn]
    undoable: Sequence[Change]
    now: datetime
    new_id: NewId
    today: date = field(init=False)
    facts: dict[date, DayFact] = field(init=False)
    _lived: Standing = field(init=False)  # with these facts: counted anew at every change
    changes: list[Change] = field(init=False, default_factory=list)
    written: dict[date, CheckIn] = field(init=False, default_factory=dict)
    undone: list[Change] = field(init=False, default_factory=list)

    def __post_init__(self) -> None:
        self.today = self.standing.person.today(self.now)
        self.facts = dict(self.standing.derived.facts)
        derived = replace(self.standing.derived, facts=self.facts)
        self._lived = replace(self.standing, derived=derived)

    @property
    def revision(self) -> int:
        """The revision of the habit's days by now."""
        return self.standing.revision + len(self.changes)

    def write(self, order: Order) -> Entry:
        """Do what an order asks.

        Raises:
            HabitArchived: The habit rests.
            CheckInInFuture: The day has not come.
            CheckInBeforeStart: The habit had not begun.
            NothingToUndo: No change is left to take back.
            InvalidArgument: The habit takes no such amount.
        """
        habit = self.standing.habit
        if habit.state is HabitState.ARCHIVED:
            raise HabitArchived(habit.id)
        if isinstance(order.action, Undo):
            return self._take_back(order)
        day = order.day or self.today
        if not isinstance(order.action, Clear):  # clearing what cannot be is clearing nothing
            if day > self.today:
                raise CheckInInFuture(day, self.today)
            if day < habit.start_date:
                raise CheckInBeforeStart(day, habit.start_date)
        before = self._on(day).content
        after = with_note(content_after(before, order.action, habit), order.note)
        if after == before:
            return Entry(self._on(day), changed=False)
        added = order.action.amount_thousandths if isinstance(order.action, Add) else None
        return self._put(order, day, after, added=added)

    def derived(self) -> Derived:
        """Return what is derived of the days as they are by now."""
        return self._lived.shortened(self.today)

    def streak(self) -> CurrentStreak:
        """Return the streak that runs, with everything counted that was written."""
        evaluation = self._lived.counted(self.today)
        return current_streak(evaluation, self.standing.person, self.now)

    def _take_back(self, order: Order) -> Entry:
        habit = self.standing.habit
        mine = [place for place, change in enumerate(self.changes) if _can_go_back(change)]
        if not mine and len(self.undone) == len(self.undoable):
            raise NothingToUndo(habit.id)
        change = self.changes[mine[-1]] if mine else self.undoable[-1 - len(self.undone)]
        if change.day < habit.start_date and change.before.fact is not None:
            raise CheckInBeforeStart(change.day, habit.start_date)
        if mine:
            self.changes[mine[-1]] = replace(change, undone=True)
        else:
            self.undone.append(change)
        return self._put(order, change.day, change.before, undoes=change)

    def _put(
        self,
        order: Order,
        day: date,
        after: Content,
        *,
        added: int | None = None,
        undoes: Change | None = None,
    ) -> Entry:
        check_in = self._on(day)
        change = Change(
            id=self.new_id(),
            habit_id=check_in.habit_id,
            day=day,
            actor_id=order.person.id,
            source=order.source,
            create_time=self.now,
            revision=self.revision + 1,
            added_thousandths=added,
            before=undoes.after if undoes else check_in.content,
            after=after,
            undoes=undoes.id if undoes else None,
        )
        is_fresh = order.source is not Source.IMPORT and self.today - day <= _CHEERED_DAYS
        may_cheer = is_fresh and undoes is None and self._may_reach(day, after)
        met_before = may_cheer and self._is_met(day, change.before)
        self.changes.append(change)
        self.written[day] = moved_on(check_in, change)
        self._tell(day, after)
        reached = may_cheer and not met_before and self._is_met(day, after)
        return Entry(self.written[day], changed=True, reached=reached)

    def _may_reach(self, day: date, after: Content) -> bool:
        """Tell whether what a day holds now can be a step towards a goal that is asked on it."""
        goal = self.standing.habit.goal_on(day)
        if goal.at_most or after.fact is None or after.mark in (Mark.SKIP, Mark.MISSED):
            return False
        plan, rests = self.standing.plan, self.standing.rests(self.today)
        return any(scheduled_dates(plan, rests, from_date=day, to_date=day))

    def _is_met(self, day: date, content: Content) -> bool:
        """Tell whether a day reaches its goal; where a total is asked, whether the unit does."""
        habit = self.standing.habit
        version = habit.version_on(day)
        if is_total(habit.measure, version.schedule):
            unit = self._lived.counted(self.today).current_unit
            return unit is not None and unit.state is State.MET
        asked = version.goal.amount_thousandths
        reached = asked is not None and (content.amount_thousandths or 0) >= asked
        return content.mark is Mark.DONE or reached

    def _on(self, day: date) -> CheckIn:
        found = self.written.get(day) or self.days.get(day)
        return found or CheckIn(self.standing.habit.id, day)

    def _tell(self, day: date, content: Content) -> None:
        """Let the evaluator know what a day holds."""
        fact = content.fact
        if fact is None:
            self.facts.pop(day, None)
        else:
            self.facts[day] = fact


def _can_go_back(change: Change) -> bool:
    return not change.undone and change.undoes is None
