"""Today, over gRPC: the screen people look at."""

from datetime import datetime, time

from contracts.habits.v1.check_in_pb2 import MARK_DONE
from contracts.habits.v1.habit_pb2 import (
    FREQUENCY_WEEKLY,
    WEEKDAY_FRIDAY,
    WEEKDAY_WEDNESDAY,
    Reminder,
    Schedule,
)
from contracts.habits.v1.habit_service_pb2 import ArchiveHabitRequest
from contracts.habits.v1.progress_service_pb2 import (
    OUTCOME_FAILED,
    OUTCOME_MET,
    OUTCOME_NEUTRAL,
    OUTCOME_OPEN,
)
from tests.services.habits.api_calls import look
from tests.services.habits.habits_server import TODAY, HabitsServer, Person, ago, refused

THRICE = Schedule(frequency=FREQUENCY_WEEKLY, times=3)


async def test_today_shows_what_is_due_or_open(ann: Person) -> None:
    daily = await ann.makes("daily")
    wednesdays = Schedule(frequency=FREQUENCY_WEEKLY, weekdays=[WEEKDAY_WEDNESDAY])
    fridays = Schedule(frequency=FREQUENCY_WEEKLY, weekdays=[WEEKDAY_FRIDAY])
    await ann.makes("wednesday", schedule=wednesdays)
    await ann.makes("friday", schedule=fridays)
    weekly = await ann.makes("weekly", schedule=THRICE, start_date=str(ago(2)))
    resting = await ann.makes("resting")
    await ann.rests(TODAY, TODAY, resting)
    archived = await ann.makes("archived")
    await ann.habits.ArchiveHabit(ArchiveHabitRequest(habit_id=archived.id))
    await ann.makes("later", start_date=str(ago(-1)))
    await ann.does(daily, note="done")
    await ann.does(weekly, ago(1))
    screen = await look(ann)
    assert screen.today_date == str(TODAY)
    assert [it.habit.title for it in screen.items] == ["daily", "wednesday", "weekly", "resting"]
    assert [it.outcome for it in screen.items] == [
        OUTCOME_MET,
        OUTCOME_OPEN,
        OUTCOME_OPEN,
        OUTCOME_NEUTRAL,
    ]
    assert [it.resting for it in screen.items] == [False, False, False, True]
    assert (screen.due_count, screen.met_count) == (3, 1)
    first, _, week, _ = screen.items
    assert (first.check_in.mark, first.check_in.note) == (MARK_DONE, "done")
    assert first.current_streak.length_count == 1
    assert first.habit == daily
    assert (week.unit.done, week.unit.asked) == ("1", "3")


async def test_a_met_week_is_shown_on_the_days_it_was_done(ann: Person) -> None:
    habit = await ann.makes(
        schedule=Schedule(frequency=FREQUENCY_WEEKLY, times=2), start_date="2026-01-12"
    )
    await ann.does(habit, ago(2))
    await ann.does(habit, ago(1))
    assert not (await look(ann)).items
    [item] = (await look(ann, ago(1))).items
    assert item.outcome == OUTCOME_MET


async def test_today_of_another_day(ann: Person) -> None:
    habit = await ann.makes(start_date=str(ago(100)))
    for days in (100, 99, 98, 1):
        await ann.does(habit, ago(days))
    [item] = (await look(ann, ago(98))).items
    assert item.outcome == OUTCOME_MET
    assert item.current_streak.length_count == 3
    [item] = (await look(ann, ago(97))).items
    assert item.outcome == OUTCOME_FAILED
    assert item.check_in.check_in_date == str(ago(97))
    [item] = (await look(ann, ago(-1))).items
    assert item.outcome == OUTCOME_OPEN
    assert item.current_streak.length_count == 1
    assert not (await look(ann, ago(101))).items
    with refused("DATE_MALFORMED"):
        await look(ann, "tomorrow")


async def test_a_week_in_the_past_shows_what_became_of_it(ann: Person) -> None:
    habit = await ann.makes(schedule=THRICE, start_date="2025-12-29")
    await ann.does(habit, "2026-01-05")
    [item] = (await look(ann, "2026-01-07")).items
    assert item.outcome == OUTCOME_FAILED
    assert (item.unit.from_date, item.unit.done, item.unit.asked) == ("2026-01-05", "1", "3")
    [item] = (await look(ann, "2026-01-05")).items
    assert item.outcome == OUTCOME_MET


async def test_today_tells_when_reminders_come(habits: HabitsServer) -> None:
    ann = habits.person(timezone="Europe/Berlin", day_start=time(3))
    await ann.makes(
        reminders=[
            Reminder(local_time="21:00"),
            Reminder(local_time="01:30"),
            Reminder(local_time="08:00", weekdays=[WEEKDAY_WEDNESDAY]),
            Reminder(local_time="09:00", weekdays=[WEEKDAY_FRIDAY]),
        ]
    )
    [item] = (await look(ann)).items
    moments = [it.ToDatetime() for it in item.reminder_times]
    assert moments == [
        datetime(2026, 1, 14, 7),  # noqa: DTZ001 - protobuf speaks of naive UTC
        datetime(2026, 1, 14, 20),  # noqa: DTZ001
        datetime(2026, 1, 15, 0, 30),  # noqa: DTZ001
    ]
