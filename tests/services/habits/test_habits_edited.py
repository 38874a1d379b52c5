"""Edits of habits, over gRPC: goals and schedules from a day on, the past as it was lived."""

from datetime import timedelta
from uuid import uuid4

from google.protobuf.field_mask_pb2 import FieldMask

from contracts.habits.v1.check_in_pb2 import UNIT_DAY, UNIT_WEEK
from contracts.habits.v1.habit_events_pb2 import (
    HabitUpdated,
)
from contracts.habits.v1.habit_pb2 import (
    DIRECTION_AT_LEAST,
    FREQUENCY_DAILY,
    FREQUENCY_WEEKLY,
    MEASURE_QUANTITY,
    Goal,
    Habit,
    Reminder,
    Schedule,
)
from contracts.habits.v1.habit_service_pb2 import (
    UpdateHabitRequest,
)
from tests.services.habits.api_calls import edit
from tests.services.habits.habits_server import TODAY, HabitsServer, Person, ago, refused


async def test_an_edit_changes_what_it_names(habits: HabitsServer, ann: Person) -> None:
    habit = await ann.makes(color="#112233", tags=["a"])
    habits.clock.advance(timedelta(minutes=1))
    after = await edit(ann, habit, title="Swim", tags=[])
    assert (after.title, after.color, list(after.tags)) == ("Swim", "#112233", [])
    assert after.etag != habit.etag
    assert after.update_time.seconds == habit.update_time.seconds + 60
    [events] = await habits.events_of(ann, HabitUpdated)
    assert (events.habit, events.revision) == (after, 2)


async def test_without_a_mask_every_set_field_counts(ann: Person) -> None:
    habit = await ann.makes(color="#112233")
    habit.title = "Swim"
    after = (await ann.habits.UpdateHabit(UpdateHabitRequest(habit=habit))).habit
    assert (after.title, after.color) == ("Swim", "#112233")


async def test_an_edit_that_changes_nothing_writes_nothing(
    habits: HabitsServer, ann: Person
) -> None:
    habit = await ann.makes()
    daily = Schedule(frequency=FREQUENCY_DAILY)
    after = await edit(ann, habit, title="Drink water", schedule=daily, goal=Goal())
    assert after == habit
    assert await habits.events_of(ann, HabitUpdated) == []


async def test_a_stale_edit_is_refused(ann: Person) -> None:
    habit = await ann.makes()
    after = await edit(ann, habit, title="Swim", etag=habit.etag)
    with refused("ETAG_MISMATCH") as details:
        await edit(ann, habit, title="Walk", etag=habit.etag)
    assert details[0].metadata["etag"] == after.etag


async def test_fields_that_are_not_edited_are_refused(ann: Person) -> None:
    habit = await ann.makes()
    for path, reason in (
        ("state", "FIELD_READ_ONLY"),
        ("position", "FIELD_READ_ONLY"),
        ("versions", "FIELD_READ_ONLY"),
        ("*", "FIELD_UNKNOWN"),
        ("goal.amount", "FIELD_UNKNOWN"),
        ("nonsense", "FIELD_UNKNOWN"),
    ):
        request = UpdateHabitRequest(
            habit=Habit(id=habit.id), update_mask=FieldMask(paths=["title", path])
        )
        with refused(reason):
            await ann.habits.UpdateHabit(request)
    with refused("FIELD_READ_ONLY"):
        await edit(ann, habit, measure=MEASURE_QUANTITY)


async def test_a_new_goal_leaves_the_past_as_it_was_lived(ann: Person) -> None:
    habit = await ann.makes(measure=MEASURE_QUANTITY, goal=Goal(amount="2"), start_date=str(ago(3)))
    for days in (3, 2, 1):
        await ann.does(habit, ago(days), amount="2")
    after = await edit(ann, habit, goal=Goal(amount="5"))
    assert after.goal.amount == "5"
    assert after.goal.direction == DIRECTION_AT_LEAST
    assert [it.effective_date for it in after.versions] == [str(ago(3)), str(TODAY)]
    assert (await ann.looks_at(habit)).current_streak.length_count == 3
    assert (await ann.does(habit, amount="2")).current_streak.length_count == 3
    assert (await ann.does(habit, amount="3")).current_streak.length_count == 4


async def test_an_edit_can_hold_from_an_earlier_day(ann: Person) -> None:
    habit = await ann.makes(
        measure=MEASURE_QUANTITY, goal=Goal(amount="2"), start_date=str(ago(100))
    )
    for days in range(100):
        await ann.does(habit, ago(days), amount="3")
    assert (await ann.looks_at(habit)).current_streak.length_count == 100
    await edit(ann, habit, goal=Goal(amount="4"), effective_date=ago(80))
    progress = await ann.looks_at(habit)
    assert progress.current_streak.length_count == 0
    assert progress.best_streak.length_count == 19
    after = await edit(ann, habit, goal=Goal(amount="2"), effective_date=ago(80))
    assert len(after.versions) == 1
    assert (await ann.looks_at(habit)).current_streak.length_count == 100


async def test_an_edit_of_today_made_twice_is_one_version(ann: Person) -> None:
    habit = await ann.makes(start_date=str(ago(5)))
    await edit(ann, habit, schedule=Schedule(frequency=FREQUENCY_WEEKLY, times=3))
    after = await edit(ann, habit, schedule=Schedule(frequency=FREQUENCY_WEEKLY, times=2))
    assert [it.schedule.times for it in after.versions] == [0, 2]
    assert (await ann.looks_at(habit)).current_streak.unit == UNIT_WEEK


async def test_an_edit_can_wait_for_its_day(ann: Person) -> None:
    habit = await ann.makes()
    weekly = Schedule(frequency=FREQUENCY_WEEKLY, times=3)
    after = await edit(ann, habit, schedule=weekly, effective_date=ago(-5))
    assert after.schedule.frequency == FREQUENCY_DAILY
    assert len(after.versions) == 2
    assert (await ann.looks_at(habit)).current_streak.unit == UNIT_DAY


async def test_nothing_is_in_force_before_the_start(ann: Person) -> None:
    habit = await ann.makes(start_date=str(ago(5)))
    weekly = Schedule(frequency=FREQUENCY_WEEKLY)
    with refused("EFFECTIVE_DATE_BEFORE_START"):
        await edit(ann, habit, schedule=weekly, effective_date=ago(6))
    with refused("DATE_MALFORMED"):
        await edit(ann, habit, schedule=weekly, effective_date="soon")


async def test_the_start_can_move_as_long_as_no_check_in_is_lost(ann: Person) -> None:
    habit = await ann.makes(start_date=str(ago(5)))
    await ann.does(habit, ago(3))
    with refused("START_DATE_AFTER_CHECK_IN") as details:
        await edit(ann, habit, start_date=str(ago(2)))
    assert details[0].metadata["check_in_date"] == str(ago(3))
    later = await edit(ann, habit, start_date=str(ago(3)))
    assert [it.effective_date for it in later.versions] == [str(ago(3))]
    with refused("CHECK_IN_BEFORE_START"):
        await ann.does(habit, ago(4))
    await edit(ann, habit, start_date=str(ago(300)))
    await ann.does(habit, ago(200))
    assert (await ann.looks_at(habit)).check_in_count == 2


async def test_reminders_keep_their_ids(ann: Person) -> None:
    habit = await ann.makes(reminders=[Reminder(local_time="08:00"), Reminder(local_time="20:00")])
    first, second = habit.reminders
    stolen = Reminder(id=str(uuid4()), local_time="12:00")
    second.local_time = "21:00"
    after = await edit(ann, habit, reminders=[second, stolen, second])
    assert after.reminders[0] == second
    ids = {it.id for it in after.reminders}
    assert len(ids) == 3
    assert not ids & {first.id, stolen.id}
