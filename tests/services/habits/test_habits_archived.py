"""Habits archived, restored and deleted, over gRPC."""

from datetime import timedelta

from contracts.habits.v1.habit_events_pb2 import (
    HabitArchived,
    HabitDeleted,
    HabitRestored,
    PauseChanged,
)
from contracts.habits.v1.habit_pb2 import (
    STATE_ACTIVE,
    STATE_ARCHIVED,
    Reminder,
)
from contracts.habits.v1.habit_service_pb2 import (
    DeleteHabitRequest,
)
from services.habits.use_cases import people
from tests.services.habits.api_calls import archive, get, restore
from tests.services.habits.habits_server import HabitsServer, Person, ago, refused


async def test_an_archived_habit_rests_with_its_history(habits: HabitsServer, ann: Person) -> None:
    habit = await ann.makes(start_date=str(ago(2)))
    for days in (2, 1, 0):
        await ann.does(habit, ago(days))
    rests = await archive(ann, habit)
    assert rests.state == STATE_ARCHIVED
    assert rests.archive_time.ToDatetime() == habits.clock().replace(tzinfo=None)
    for ask in (ann.does, ann.clears, ann.undoes):
        with refused("HABIT_ARCHIVED"):
            await ask(habit)
    with refused("HABIT_ARCHIVED"):
        await archive(ann, habit)
    habits.clock.advance(timedelta(days=30))
    assert (await ann.looks_at(habit)).best_streak.length_count == 3
    [events] = await habits.events_of(ann, HabitArchived)
    assert (events.habit, events.revision) == (rests, 2)


async def test_the_days_between_archive_and_restore_are_a_pause(
    habits: HabitsServer, ann: Person
) -> None:
    habit = await ann.makes()
    await ann.does(habit)
    await archive(ann, habit)
    habits.clock.advance(timedelta(days=100))
    back = await restore(ann, habit)
    assert back.state == STATE_ACTIVE
    assert not back.HasField("archive_time")
    [paused] = await habits.events_of(ann, PauseChanged)
    assert (paused.pause.from_date, paused.pause.to_date) == (str(ago(-1)), str(ago(-99)))
    assert (await ann.does(habit)).current_streak.length_count == 2
    assert len(await habits.events_of(ann, HabitRestored)) == 1
    with refused("HABIT_NOT_ARCHIVED"):
        await restore(ann, habit)


async def test_a_restore_on_the_same_day_leaves_no_trace(habits: HabitsServer, ann: Person) -> None:
    habit = await ann.makes()
    await archive(ann, habit)
    await restore(ann, habit)
    assert await habits.events_of(ann, PauseChanged) == []


async def test_a_deleted_habit_takes_everything_along(habits: HabitsServer, ann: Person) -> None:
    habit = await ann.makes(reminders=[Reminder(local_time="08:00")])
    await ann.does(habit)
    await ann.rests(ago(-2), ago(-3), habit)
    await ann.habits.DeleteHabit(DeleteHabitRequest(habit_id=habit.id))
    with refused("HABIT_NOT_FOUND"):
        await get(ann, habit)
    with refused("HABIT_NOT_FOUND"):
        await ann.does(habit)
    for table in ("days", "changes", "progress", "pauses", "reminders"):
        assert await habits.count(table, habit) == 0, table
    [events] = await habits.events_of(ann, HabitDeleted)
    assert events.habit_id == habit.id


async def test_nothing_is_kept_of_whoever_is_gone(habits: HabitsServer, ann: Person) -> None:
    """A token outlives its account by some minutes."""
    habit = await ann.makes()
    await ann.does(habit)
    await ann.rests(ago(-1))
    async with habits.database.transaction() as session:
        await people.delete_person(session, ann.caller.id)
    with refused("ACCOUNT_DELETED"):
        await ann.makes()
    with refused("ACCOUNT_DELETED"):
        await ann.rests(ago(-1))
    with refused("HABIT_NOT_FOUND"):
        await ann.does(habit)
    for table in ("days", "changes", "progress"):
        assert await habits.count(table, habit) == 0, table
