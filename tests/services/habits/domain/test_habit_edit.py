"""What becomes of a habit's versions when goal, schedule or start are edited.

Each case reads: the versions there were, the edit, the versions there are. A version is written as
its first day and how many days a week it asks for.
"""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from chassis.ids import uuid7
from rhythm.goal import Goal
from rhythm.plan import Version
from rhythm.schedule import Frequency, Schedule
from services.habits.domain import limits
from services.habits.domain.errors import (
    EffectiveDateBeforeStart,
    StartDateAfterCheckIn,
    TooManyVersions,
)
from services.habits.domain.habit import Habit
from services.habits.domain.habit_edit import HabitDraft, apply_edit, reordered
from tests.services.habits.habits_server import NOON

JAN_1 = date(2026, 1, 1)
TODAY = date(2026, 1, 14)


def times(count: int) -> Schedule:
    return Schedule(Frequency.WEEKLY, times=count)


def a_habit(*versions: tuple[int, int], position: int = 0) -> Habit:
    """Return a habit with versions: (day of January, times a week)."""
    made = tuple(Version(date(2026, 1, day), times(count), Goal()) for day, count in versions)
    return Habit(
        id=uuid7(),
        owner_id=uuid7(),
        title="Run",
        position=position,
        start_date=made[0].effective_date,
        versions=made,
        create_time=NOON,
        update_time=NOON,
    )


def versions_of(habit: Habit) -> list[tuple[int, int]]:
    return [(it.effective_date.day, it.schedule.times or 0) for it in habit.versions]


def edit(
    habit: Habit,
    draft: HabitDraft,
    effective_date: date | None = None,
    first_check_in: date | None = None,
) -> Habit:
    return apply_edit(
        habit,
        draft,
        effective_date=effective_date,
        first_check_in=first_check_in,
        today=TODAY,
        now=NOON + timedelta(hours=1),
        new_id=uuid7,
    )


@pytest.mark.parametrize(
    ("before", "day", "asks", "after"),
    [
        # an edit of today leaves the past
        ([(1, 3)], 14, 5, [(1, 3), (14, 5)]),
        # an earlier day may be named, and a later one
        ([(1, 3)], 7, 5, [(1, 3), (7, 5)]),
        ([(1, 3)], 20, 5, [(1, 3), (20, 5)]),
        # what begins on that day already is replaced
        ([(1, 3), (14, 5)], 14, 6, [(1, 3), (14, 6)]),
        ([(1, 3)], 1, 6, [(1, 6)]),
        # later versions stay
        ([(1, 3), (10, 5)], 5, 4, [(1, 3), (5, 4), (10, 5)]),
        # going back to what was before leaves no trace
        ([(1, 3), (14, 5)], 14, 3, [(1, 3)]),
        ([(1, 3), (10, 5)], 5, 5, [(1, 3), (5, 5)]),
        # saying what is so already changes nothing
        ([(1, 3)], 14, 3, [(1, 3)]),
        ([(1, 3), (10, 5)], 14, 5, [(1, 3), (10, 5)]),
    ],
)
def test_a_new_schedule_holds_from_its_day_on(
    before: list[tuple[int, int]], day: int, asks: int, after: list[tuple[int, int]]
) -> None:
    habit = a_habit(*before)
    now = edit(habit, HabitDraft(schedule=times(asks)), date(2026, 1, day))
    assert versions_of(now) == after
    assert (now is habit) == (before == after)
    assert now.revision == habit.revision + (before != after)


@pytest.mark.parametrize(
    ("before", "day", "after"),
    [
        # earlier: the first version covers the days that were added
        ([(5, 3), (10, 5)], 2, [(2, 3), (10, 5)]),
        # later: what was in force then is the first
        ([(5, 3), (10, 5)], 7, [(7, 3), (10, 5)]),
        ([(5, 3), (10, 5)], 10, [(10, 5)]),
        ([(5, 3), (10, 5), (12, 4)], 11, [(11, 5), (12, 4)]),
    ],
)
def test_a_moved_start_takes_the_versions_along(
    before: list[tuple[int, int]], day: int, after: list[tuple[int, int]]
) -> None:
    start = date(2026, 1, day)
    now = edit(a_habit(*before), HabitDraft(start_date=start), first_check_in=date(2026, 1, 11))
    assert versions_of(now) == after
    assert now.start_date == start


def test_a_start_never_passes_a_check_in() -> None:
    with pytest.raises(StartDateAfterCheckIn):
        edit(a_habit((1, 3)), HabitDraft(start_date=date(2026, 1, 8)), first_check_in=JAN_1)


def test_a_habit_that_has_not_begun_is_edited_from_its_start() -> None:
    assert versions_of(edit(a_habit((20, 3)), HabitDraft(schedule=times(5)))) == [(20, 5)]


def test_nothing_holds_before_the_start() -> None:
    with pytest.raises(EffectiveDateBeforeStart):
        edit(a_habit((5, 3)), HabitDraft(schedule=times(5)), date(2026, 1, 4))


def test_versions_have_an_end() -> None:
    start = date(2025, 1, 1)
    made = [
        Version(start + timedelta(days=n), times(1 + n % 2), Goal())
        for n in range(limits.MAX_VERSIONS)
    ]
    habit = Habit(
        id=uuid7(),
        owner_id=uuid7(),
        title="Run",
        start_date=start,
        versions=tuple(made),
        create_time=NOON,
        update_time=NOON,
    )
    with pytest.raises(TooManyVersions):
        edit(habit, HabitDraft(schedule=times(7)))


def test_those_not_named_keep_their_order_after_the_named() -> None:
    a, b, c, d = (a_habit((1, 1), position=n) for n in range(4))
    after = reordered([a, b, c, d], [d.id, b.id])
    assert [it.id for it in after] == [d.id, b.id, a.id, c.id]
    assert [it.position for it in after] == [0, 1, 2, 3]
    assert [it.revision for it in after] == [2, 1, 2, 2]
    assert {it.etag for it in after} == {a.etag}


EVERY_THIRD = Schedule(Frequency.DAILY, interval=3)
LATER = date(2026, 2, 1)


def every_third_day(start: date, schedule: Schedule) -> Habit:
    version = Version(start, schedule, Goal())
    return replace(a_habit((1, 1)), start_date=start, versions=(version,))


ANCHORS = [
    # start, anchor as stored           new start      anchor then     why
    (JAN_1, JAN_1, date(2025, 12, 20), JAN_1, "lived: it stays"),
    (JAN_1, None, date(2025, 12, 20), JAN_1, "stored before there were anchors: it is the start"),
    (JAN_1, JAN_1, date(2026, 1, 5), JAN_1, "moved later: it stays too"),
    (LATER, LATER, date(2026, 3, 1), date(2026, 3, 1), "not begun: it moves along"),
    (LATER, LATER, JAN_1, JAN_1, "not begun: it moves along"),
    (LATER, date(2026, 2, 2), JAN_1, date(2026, 2, 2), "named: it stays"),
]


@pytest.mark.parametrize(("start", "anchor", "new_start", "expected", "why"), ANCHORS)
def test_an_anchor_stays_where_it_is(
    start: date, anchor: date | None, new_start: date, expected: date, why: str
) -> None:
    habit = every_third_day(start, replace(EVERY_THIRD, anchor_date=anchor))
    after = edit(habit, HabitDraft(start_date=new_start))
    assert [it.schedule.anchor_date for it in after.versions] == [expected], why


def test_a_schedule_without_an_anchor_keeps_that_of_the_version_before() -> None:
    habit = every_third_day(JAN_1, replace(EVERY_THIRD, anchor_date=date(2026, 1, 2)))
    assert edit(habit, HabitDraft(schedule=EVERY_THIRD)) == habit
    every_fourth = replace(EVERY_THIRD, interval=4)
    after = edit(habit, HabitDraft(schedule=every_fourth))
    assert after.versions[-1].schedule.anchor_date == date(2026, 1, 2)
    daily = edit(habit, HabitDraft(schedule=Schedule(Frequency.DAILY)))
    assert daily.versions[-1].schedule.anchor_date is None
