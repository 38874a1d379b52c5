"""Habits, over gRPC: made, read, edited, ordered, archived, restored, deleted."""

from typing import Any
from uuid import uuid4

import pytest

from contracts.habits.v1.habit_events_pb2 import (
    HabitCreated,
    HabitUpdated,
)
from contracts.habits.v1.habit_pb2 import (
    DIRECTION_AT_LEAST,
    DIRECTION_AT_MOST,
    FREQUENCY_DAILY,
    FREQUENCY_MONTHLY,
    FREQUENCY_ROLLING,
    FREQUENCY_WEEKLY,
    FREQUENCY_YEARLY,
    MEASURE_QUANTITY,
    MEASURE_YES_NO,
    NO_ANSWER_FAILURE,
    STATE_ACTIVE,
    STATE_ARCHIVED,
    WEEKDAY_MONDAY,
    WEEKDAY_WEDNESDAY,
    Goal,
    Habit,
    Reminder,
    Schedule,
    WeekdayOrdinal,
    YearDay,
)
from contracts.habits.v1.habit_service_pb2 import (
    CreateHabitRequest,
    ListHabitsRequest,
    OrderHabitsRequest,
)
from tests.services.habits.api_calls import archive, edit, get, titles
from tests.services.habits.habits_server import TODAY, HabitsServer, Person, ago, refused


async def test_a_habit_needs_no_more_than_a_title(habits: HabitsServer, ann: Person) -> None:
    habit = await ann.makes("  Drink water ")
    assert habit.title == "Drink water"
    assert habit.state == STATE_ACTIVE
    assert habit.measure == MEASURE_YES_NO
    assert habit.start_date == str(TODAY)
    assert habit.schedule == Schedule(frequency=FREQUENCY_DAILY, interval=1)
    assert habit.goal.direction == DIRECTION_AT_LEAST
    assert habit.goal.amount == ""
    assert [it.effective_date for it in habit.versions] == [str(TODAY)]
    assert habit.create_time.ToDatetime() == habits.clock().replace(tzinfo=None)
    assert await get(ann, habit) == habit
    [events] = await habits.events_of(ann, HabitCreated)
    assert (events.habit, events.revision) == (habit, 1)


async def test_a_habit_keeps_all_it_was_given(ann: Person) -> None:
    given: dict[str, Any] = {
        "description": "two liters",
        "color": "#2f80ed",
        "icon": "💧",
        "tags": ["health", "morning"],
        "start_date": "2025-12-31",
        "measure": MEASURE_QUANTITY,
        "unit": "l",
        "goal": Goal(direction=DIRECTION_AT_MOST, amount="2.5", no_answer=NO_ANSWER_FAILURE),
        "schedule": Schedule(
            frequency=FREQUENCY_WEEKLY, weekdays=[WEEKDAY_MONDAY, WEEKDAY_WEDNESDAY], interval=2
        ),
        "reminders": [
            Reminder(local_time="07:30", weekdays=[WEEKDAY_MONDAY], text="Go", nag_minutes=15)
        ],
    }
    habit = await ann.makes(**given)
    kept = await get(ann, habit)
    for name in given.keys() - {"reminders", "tags", "schedule"}:
        assert getattr(kept, name) == given[name], name
    assert list(kept.tags) == given["tags"]
    assert list(kept.schedule.weekdays) == [WEEKDAY_MONDAY, WEEKDAY_WEDNESDAY]
    [reminder] = kept.reminders
    assert (reminder.local_time, reminder.text, reminder.nag_minutes) == ("07:30", "Go", 15)
    assert reminder.id


@pytest.mark.parametrize(
    "schedule",
    [
        Schedule(frequency=FREQUENCY_DAILY, interval=3, anchor_date="2026-02-01"),
        Schedule(frequency=FREQUENCY_WEEKLY, interval=1, times=3),
        Schedule(frequency=FREQUENCY_WEEKLY, interval=1),
        Schedule(frequency=FREQUENCY_MONTHLY, interval=1, month_days=[-1, 1, 15]),
        Schedule(frequency=FREQUENCY_MONTHLY, interval=1, times=4),
        Schedule(
            frequency=FREQUENCY_MONTHLY,
            interval=1,
            month_days=[1],
            weekday_ordinals=[
                WeekdayOrdinal(weekday=WEEKDAY_MONDAY, ordinal=1),
                WeekdayOrdinal(weekday=WEEKDAY_WEDNESDAY, ordinal=-1),
            ],
        ),
        Schedule(frequency=FREQUENCY_ROLLING, interval=1, times=3, days=7),
        Schedule(frequency=FREQUENCY_YEARLY, interval=1, times=12),
        Schedule(frequency=FREQUENCY_YEARLY, interval=1),
        Schedule(
            frequency=FREQUENCY_YEARLY,
            interval=1,
            year_days=[YearDay(month=2, day=-1), YearDay(month=3, day=14)],
        ),
    ],
)
async def test_every_schedule_is_kept_as_given(ann: Person, schedule: Schedule) -> None:
    assert (await ann.makes(schedule=schedule)).schedule == schedule


async def test_an_interval_tells_its_anchor(ann: Person) -> None:
    """It is the start date until it is named, and stays where it is when the start moves."""
    every_third = Schedule(frequency=FREQUENCY_DAILY, interval=3)
    habit = await ann.makes(schedule=every_third, start_date=str(ago(9)))
    assert habit.schedule.anchor_date == str(ago(9))
    for days in (9, 6, 3, 0):
        await ann.does(habit, ago(days))
    before = await ann.looks_at(habit)
    await edit(ann, habit, start_date=str(ago(19)))
    moved = await get(ann, habit)
    after = await ann.looks_at(habit)
    assert moved.schedule.anchor_date == str(ago(9))
    assert after.current_streak == before.current_streak
    named = Schedule(frequency=FREQUENCY_DAILY, interval=3, anchor_date=str(ago(-1)))
    again = await edit(ann, habit, schedule=named, effective_date=str(ago(0)))
    assert [it.schedule.anchor_date for it in again.versions] == [str(ago(9)), str(ago(-1))]
    kept = await edit(ann, habit, schedule=every_third)
    assert kept.versions == again.versions


async def test_the_same_request_makes_one_habit(ann: Person) -> None:
    request = CreateHabitRequest(habit=Habit(title="Run"), request_id=str(uuid4()))
    first = await ann.habits.CreateHabit(request)
    assert await ann.habits.CreateHabit(request) == first
    assert await titles(ann) == ["Run"]
    request.habit.title = "Walk"
    with refused("REQUEST_ID_REUSED"):
        await ann.habits.CreateHabit(request)


async def test_a_list_is_by_position_and_can_be_narrowed(ann: Person) -> None:
    for title in ("a", "b", "c"):
        await ann.makes(title, tags=["odd"] if title != "b" else [])
    habits = (await ann.habits.ListHabits(ListHabitsRequest())).habits
    await archive(ann, habits[2])
    assert await titles(ann) == ["a", "b", "c"]
    assert await titles(ann, state=STATE_ACTIVE) == ["a", "b"]
    assert await titles(ann, state=STATE_ARCHIVED) == ["c"]
    assert await titles(ann, tag="odd") == ["a", "c"]
    assert await titles(ann, tag="odd", state=STATE_ACTIVE) == ["a"]
    assert await titles(ann, tag="none") == []


async def test_a_list_comes_in_pages(ann: Person) -> None:
    for number in range(5):
        await ann.makes(str(number))
    seen, request = [], ListHabitsRequest(page_size=2)
    while True:
        page = await ann.habits.ListHabits(request)
        seen.append([habit.title for habit in page.habits])
        if not page.next_page_token:
            break
        request.page_token = page.next_page_token
    assert seen == [["0", "1"], ["2", "3"], ["4"]]
    request.tag = "other"
    with refused("PAGE_TOKEN_INVALID"):
        await ann.habits.ListHabits(request)
    with refused("PAGE_SIZE_NEGATIVE"):
        await ann.habits.ListHabits(ListHabitsRequest(page_size=-1))


async def test_habits_are_put_in_an_order(habits: HabitsServer, ann: Person) -> None:
    a, b, c = [await ann.makes(title) for title in "abc"]
    response = await ann.habits.OrderHabits(OrderHabitsRequest(habit_ids=[c.id, a.id]))
    assert [habit.title for habit in response.habits] == ["c", "a", "b"]
    assert await titles(ann) == ["c", "a", "b"]
    events = await habits.events_of(ann, HabitUpdated)
    assert {it.habit.title: it.habit.position for it in events} == {"c": 0, "a": 1, "b": 2}
    await ann.habits.OrderHabits(OrderHabitsRequest(habit_ids=[c.id, a.id]))
    assert len(await habits.events_of(ann, HabitUpdated)) == 3
    with refused("HABIT_REPEATED"):
        await ann.habits.OrderHabits(OrderHabitsRequest(habit_ids=[b.id, b.id]))
