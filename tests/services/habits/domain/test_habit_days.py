"""Commands applied to a habit's days in memory."""

from datetime import date, timedelta
from typing import Any

import pytest

from chassis.ids import uuid7
from rhythm.goal import Direction, Goal, Measure
from rhythm.plan import Mark, Version
from rhythm.plan import Pause as PausedRange
from rhythm.schedule import Frequency, Schedule, Weekday
from services.habits.domain.check_in import (
    NOTHING,
    Add,
    Change,
    CheckIn,
    CheckInCommand,
    Clear,
    Content,
    Set,
    Source,
    Undo,
)
from services.habits.domain.errors import CheckInBeforeStart, CheckInInFuture, NothingToUndo
from services.habits.domain.habit import Habit
from services.habits.domain.habit_days import HabitDays
from services.habits.domain.people import Person
from services.habits.domain.snapshot import DerivedState, HabitSnapshot
from tests.services.habits.habits_server import NOON, TODAY, ago

ANN = Person(uuid7())
DAILY = Schedule(Frequency.DAILY)
A_MONTH_AGO = ago(30)
DONE = Content(Mark.DONE)


def some_days(
    schedule: Schedule = DAILY,
    *,
    goal: Goal | None = None,
    start_date: date = A_MONTH_AGO,
    undoable: list[Change] | None = None,
    pauses: tuple[PausedRange, ...] = (),
    days: dict[date, CheckIn] | None = None,
) -> HabitDays:
    habit = Habit(
        id=uuid7(),
        owner_id=ANN.id,
        title="Run",
        start_date=start_date,
        measure=Measure.QUANTITY if goal else Measure.YES_NO,
        versions=(Version(start_date, schedule, goal or Goal()),),
        create_time=NOON,
        update_time=NOON,
    )
    snapshot = HabitSnapshot(habit, ANN, habit.plan(Weekday.MON), pauses, DerivedState({}), 5)
    return HabitDays(snapshot, days or {}, undoable or [], NOON, uuid7)


def command(
    habit_days: HabitDays, action: Any, day: date | None = None, **what: Any
) -> CheckInCommand:
    return CheckInCommand(
        habit_id=habit_days.snapshot.habit.id, person=ANN, day=day, action=action, **what
    )


def a_change(book_day: date, before: Content, after: Content) -> Change:
    return Change(
        id=uuid7(),
        habit_id=uuid7(),
        day=book_day,
        actor_id=ANN.id,
        source=Source.API,
        create_time=NOON,
        revision=1,
        before=before,
        after=after,
    )


def test_every_change_moves_the_revision_on() -> None:
    habit_days = some_days()
    first = habit_days.write(command(habit_days, Add(), ago(1)))
    again = habit_days.write(command(habit_days, Add(), ago(1)))
    second = habit_days.write(command(habit_days, Add()))
    assert [it.check_in.revision for it in (first, again, second)] == [6, 6, 7]
    assert habit_days.revision == 7
    assert habit_days.streak().streak.length == 2


def test_a_change_knows_what_was_before() -> None:
    habit_days = some_days(goal=Goal(amount_thousandths=5000))
    habit_days.write(command(habit_days, Add(2000), note="a"))
    habit_days.write(command(habit_days, Add(1500), source=Source.TELEGRAM))
    first, second = habit_days.changes
    assert (first.before, first.after) == (NOTHING, Content(None, 2000, "a"))
    assert (second.before, second.after) == (first.after, Content(None, 3500, "a"))
    assert (second.added_thousandths, second.source) == (1500, Source.TELEGRAM)
    assert habit_days.changed_days[TODAY].content == second.after


def test_what_was_there_is_read_from_the_days() -> None:
    there = {TODAY: CheckIn(uuid7(), TODAY, Content(Mark.DONE, None, "old"), revision=3)}
    habit_days = some_days(days=there)
    entry = habit_days.write(command(habit_days, Add()))
    assert (entry.changed, entry.check_in) == (False, there[TODAY])


@pytest.mark.parametrize(
    ("day", "refusal"), [(ago(-1), CheckInInFuture), (ago(31), CheckInBeforeStart)]
)
@pytest.mark.parametrize("action", [Add(), Set(Mark.SKIP)])
def test_days_that_cannot_be(day: date, refusal: type[Exception], action: Any) -> None:
    habit_days = some_days()
    with pytest.raises(refusal):
        habit_days.write(command(habit_days, action, day))
    assert not habit_days.changes


def test_undo_takes_the_newest_first_of_old_and_new() -> None:
    old = a_change(ago(3), NOTHING, DONE)
    older = a_change(ago(4), DONE, NOTHING)
    habit_days = some_days(undoable=[older, old])
    habit_days.write(command(habit_days, Add()))
    undone = [habit_days.write(command(habit_days, Undo())).check_in for _ in range(3)]
    assert [it.day for it in undone] == [TODAY, ago(3), ago(4)]
    assert [it.content for it in undone] == [NOTHING, NOTHING, DONE]
    assert habit_days.undone == [old, older]
    with pytest.raises(NothingToUndo):
        habit_days.write(command(habit_days, Undo()))


def test_an_undo_never_brings_back_a_day_before_the_start() -> None:
    """The day was cleared, then the start moved past it."""
    cleared = a_change(ago(31), DONE, NOTHING)
    habit_days = some_days(undoable=[cleared])
    with pytest.raises(CheckInBeforeStart):
        habit_days.write(command(habit_days, Undo()))
    assert not habit_days.undone


def test_a_note_alone_is_no_check_in() -> None:
    habit_days = some_days()
    assert not habit_days.write(command(habit_days, Clear(), note="why")).changed


WEEKLY = Schedule(Frequency.WEEKLY)
TWICE = Schedule(Frequency.WEEKLY, times=2)
FRIDAYS = Schedule(Frequency.WEEKLY, weekdays=(Weekday.FRI,))
FIVE = Goal(amount_thousandths=5000)
AT_MOST = Goal(Direction.AT_MOST, 5000)


@pytest.mark.parametrize(
    ("what", "schedule", "goal", "commands", "goal_reached"),
    [
        ("done", None, None, [Add()], [True]),
        ("done twice", None, None, [Add(), Add()], [True, False]),
        ("done, cleared, done", None, None, [Add(), Clear(), Add()], [True, False, True]),
        ("done, undone", None, None, [Add(), Undo()], [True, False]),
        ("skipped, missed", None, None, [Set(Mark.SKIP), Set(Mark.MISSED)], [False, False]),
        ("not due", FRIDAYS, None, [Add()], [False]),
        ("amounts", None, FIVE, [Add(4000), Add(1000), Add(1)], [False, True, False]),
        ("marked done", None, FIVE, [Set(Mark.DONE), Add(1)], [True, False]),
        ("a limit", None, AT_MOST, [Add(1)], [False]),
        ("a day of a week", TWICE, None, [Add()], [True]),
        ("a total", WEEKLY, FIVE, [Add(4000), Add(1000), Add(1)], [False, True, False]),
    ],
)
def test_what_is_cheered(
    what: str,
    schedule: Schedule | None,
    goal: Goal | None,
    commands: list[Any],
    goal_reached: list[bool],
) -> None:
    habit_days = some_days(schedule or DAILY, goal=goal, start_date=ago(2))
    assert [
        habit_days.write(command(habit_days, it)).goal_reached for it in commands
    ] == goal_reached, what


def test_an_import_is_not_cheered() -> None:
    habit_days = some_days()
    assert not habit_days.write(command(habit_days, Add(), source=Source.IMPORT)).goal_reached


def test_a_paused_day_is_not_cheered() -> None:
    habit_days = some_days(pauses=(PausedRange(TODAY),))
    assert not habit_days.write(command(habit_days, Add())).goal_reached


def test_yesterday_is_cheered_and_the_day_before_is_not() -> None:
    habit_days = some_days()
    assert habit_days.write(command(habit_days, Add(), ago(1))).goal_reached
    assert not habit_days.write(command(habit_days, Add(), ago(2))).goal_reached


def test_the_owners_today_decides() -> None:
    habit_days = some_days()
    late = NOON + timedelta(hours=13)
    assert HabitDays(habit_days.snapshot, {}, [], late, uuid7).today == ago(-1)
