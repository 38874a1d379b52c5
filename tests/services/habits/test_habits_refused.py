"""Habits that cannot be: every refusal by its name and field."""

from typing import Any, cast

import pytest

from contracts.habits.v1.habit_pb2 import (
    DIRECTION_AT_MOST,
    FREQUENCY_DAILY,
    FREQUENCY_MONTHLY,
    FREQUENCY_WEEKLY,
    FREQUENCY_YEARLY,
    MEASURE_QUANTITY,
    WEEKDAY_MONDAY,
    Goal,
    Habit,
    Reminder,
    Schedule,
    WeekdayOrdinal,
    YearDay,
)
from contracts.habits.v1.habit_service_pb2 import (
    DeleteHabitRequest,
    OrderHabitsRequest,
)
from tests.services.habits.api_calls import archive, edit, get, restore
from tests.services.habits.habits_server import HabitsServer, Person, refused


@pytest.mark.parametrize(
    ("fields", "reason", "field"),
    [
        ({"title": " "}, "TITLE_MISSING", "habit.title"),
        ({"title": "x" * 121}, "FIELD_TOO_LONG", "habit.title"),
        ({"description": "x" * 2001}, "FIELD_TOO_LONG", "habit.description"),
        ({"icon": "x" * 41}, "FIELD_TOO_LONG", "habit.icon"),
        ({"color": "red"}, "COLOR_INVALID", "habit.color"),
        ({"tags": ["a", "a"]}, "TAGS_INVALID", "habit.tags"),
        ({"tags": [" "]}, "TAGS_INVALID", "habit.tags"),
        ({"tags": ["x" * 41]}, "TAGS_INVALID", "habit.tags"),
        ({"tags": [str(n) for n in range(21)]}, "TAGS_INVALID", "habit.tags"),
        ({"unit": "km"}, "UNIT_ON_YES_NO", "habit.unit"),
        ({"start_date": "soon"}, "DATE_MALFORMED", "habit.start_date"),
        ({"goal": Goal(amount="1")}, "GOAL_INVALID", "habit.goal.amount"),
        (
            {"goal": Goal(direction=DIRECTION_AT_MOST)},
            "GOAL_INVALID",
            "habit.goal.direction",
        ),
        ({"measure": MEASURE_QUANTITY}, "GOAL_INVALID", "habit.goal.amount"),
        ({"measure": 9}, "GOAL_INVALID", "habit.goal.measure"),
        (
            {"measure": MEASURE_QUANTITY, "goal": Goal(amount="0.0001")},
            "GOAL_INVALID",
            "habit.goal.amount",
        ),
        (
            {"measure": MEASURE_QUANTITY, "goal": Goal(amount="1000000001")},
            "GOAL_INVALID",
            "habit.goal.amount",
        ),
        ({"schedule": Schedule()}, "SCHEDULE_INVALID", "habit.schedule.frequency"),
        (
            {"schedule": Schedule(frequency=cast(Any, 9))},
            "SCHEDULE_INVALID",
            "habit.schedule.frequency",
        ),
        (
            {"schedule": Schedule(frequency=FREQUENCY_DAILY, interval=999)},
            "SCHEDULE_INVALID",
            "habit.schedule.interval",
        ),
        (
            {"schedule": Schedule(frequency=FREQUENCY_DAILY, anchor_date="2026-01-01")},
            "SCHEDULE_INVALID",
            "habit.schedule.anchor_date",
        ),
        (
            {"schedule": Schedule(frequency=FREQUENCY_DAILY, interval=2, anchor_date="soon")},
            "DATE_MALFORMED",
            "habit.schedule.anchor_date",
        ),
        (
            {
                "schedule": Schedule(
                    weekday_ordinals=[WeekdayOrdinal(ordinal=1)], frequency=FREQUENCY_MONTHLY
                )
            },
            "SCHEDULE_INVALID",
            "habit.schedule.weekday_ordinals",
        ),
        (
            {
                "schedule": Schedule(
                    year_days=[YearDay(month=2, day=30)], frequency=FREQUENCY_YEARLY
                )
            },
            "SCHEDULE_INVALID",
            "habit.schedule.year_days",
        ),
        (
            {
                "schedule": Schedule(
                    year_days=[YearDay(month=2, day=1)] * 800, frequency=FREQUENCY_YEARLY
                )
            },
            "SCHEDULE_INVALID",
            "habit.schedule.year_days",
        ),
        (
            {"schedule": Schedule(frequency=FREQUENCY_DAILY, weekdays=[WEEKDAY_MONDAY])},
            "SCHEDULE_INVALID",
            "habit.schedule.weekdays",
        ),
        (
            {"schedule": Schedule(frequency=FREQUENCY_WEEKLY, weekdays=[WEEKDAY_MONDAY] * 2)},
            "SCHEDULE_INVALID",
            "habit.schedule.weekdays",
        ),
        (
            {"schedule": Schedule(frequency=FREQUENCY_MONTHLY, month_days=[32])},
            "SCHEDULE_INVALID",
            "habit.schedule.month_days",
        ),
        (
            {"schedule": Schedule(frequency=FREQUENCY_MONTHLY, month_days=[1] * 63)},
            "SCHEDULE_INVALID",
            "habit.schedule.month_days",
        ),
        (
            {"reminders": [Reminder(local_time="25:00")]},
            "REMINDER_INVALID",
            "habit.reminders[0].local_time",
        ),
        (
            {"reminders": [Reminder(local_time="7:30")]},
            "REMINDER_INVALID",
            "habit.reminders[0].local_time",
        ),
        (
            {"reminders": [Reminder(local_time="07:30", nag_minutes=4)]},
            "REMINDER_INVALID",
            "habit.reminders[0].nag_minutes",
        ),
        (
            {"reminders": [Reminder(local_time="07:30", weekdays=[cast(Any, 8)])]},
            "REMINDER_INVALID",
            "habit.reminders[0].weekdays",
        ),
        (
            {"reminders": [Reminder(local_time="07:30", text="x" * 201)]},
            "REMINDER_INVALID",
            "habit.reminders[0].text",
        ),
        (
            {"reminders": [Reminder(local_time="07:30")] * 9},
            "REMINDER_INVALID",
            "habit.reminders",
        ),
    ],
)
async def test_what_cannot_be_is_refused_by_field(
    ann: Person, fields: dict[str, Any], reason: str, field: str
) -> None:
    with refused(reason) as details:
        await ann.makes(**{"title": "Run", **fields})
    assert [it.field for it in details[0].violations] == [field]


async def test_other_peoples_habits_are_not_there(habits: HabitsServer, ann: Person) -> None:
    habit, bob = await ann.makes(), habits.person()
    for ask in (get, archive, restore):
        with refused("HABIT_NOT_FOUND"):
            await ask(bob, habit)
    with refused("HABIT_NOT_FOUND"):
        await edit(bob, habit, title="Mine")
    with refused("HABIT_NOT_FOUND"):
        await bob.habits.DeleteHabit(DeleteHabitRequest(habit_id=habit.id))
    with refused("HABIT_NOT_FOUND"):
        await bob.habits.OrderHabits(OrderHabitsRequest(habit_ids=[habit.id]))
    with refused("HABIT_NOT_FOUND"):
        await get(ann, Habit(id="1"))
