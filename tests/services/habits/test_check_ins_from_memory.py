"""A check-in is decided on what the process remembers, and never wrong where that is outdated."""

from uuid import UUID, uuid4

import pytest

from contracts.habits.v1.check_in_pb2 import MARK_DONE, MARK_SKIP
from contracts.habits.v1.check_in_service_pb2 import CheckInChange, SetAction
from contracts.habits.v1.habit_events_pb2 import CheckInChanged, HabitCheckedIn
from contracts.habits.v1.habit_pb2 import MEASURE_QUANTITY, Goal, Habit
from contracts.habits.v1.habit_service_pb2 import DeleteHabitRequest
from tests.services.habits.api_calls import adding, archive, edit, restore, write
from tests.services.habits.habits_server import TODAY, HabitsServer, Person, ago, refused
from tests.services.habits.outdated_memory import elsewhere, remember, remembered


@pytest.fixture
async def water(ann: Person) -> Habit:
    """Lend a habit that was checked in yesterday, so that the process remembers it."""
    habit = await ann.makes(start_date=str(ago(30)))
    await ann.does(habit, ago(1))
    assert remembered(UUID(habit.id))
    return habit


async def note(person: Person, habit: Habit, day: object, text: str) -> None:
    change = CheckInChange(habit_id=habit.id, check_in_date=str(day), set=SetAction(), note=text)
    [result] = await write(person, change)
    assert result.outcome.check_in.note == text


async def test_a_remembered_habit_goes_on_without_a_read(ann: Person, water: Habit) -> None:
    outcome = await ann.does(water)
    assert outcome.current_streak.length_count == 2
    entry = remembered(UUID(water.id))
    assert entry
    assert entry.snapshot.revision == outcome.check_in.revision
    assert TODAY in entry.days
    assert (await ann.looks_at(water)).check_in_count == 2


async def test_a_check_in_of_elsewhere_is_counted(
    habits: HabitsServer, ann: Person, water: Habit
) -> None:
    with elsewhere(water):
        await ann.does(water, ago(2))
    assert (await ann.does(water)).current_streak.length_count == 3
    assert [it.check_in.revision for it in await habits.events_of(ann, CheckInChanged)] == [1, 2, 3]


async def test_the_same_day_done_elsewhere_is_unchanged(ann: Person, water: Habit) -> None:
    with elsewhere(water):
        await ann.does(water)
    outcome = await ann.does(water)
    assert not outcome.changed
    assert outcome.current_streak.length_count == 2


async def test_an_amount_added_elsewhere_is_added_to(ann: Person) -> None:
    run = await ann.makes(measure=MEASURE_QUANTITY, goal=Goal(amount="5"))
    await ann.does(run, amount="1")
    with elsewhere(run):
        await ann.does(run, amount="2")
    assert (await ann.does(run, amount="4")).check_in.amount == "7"


async def test_a_note_written_elsewhere_stays(ann: Person, water: Habit) -> None:
    with elsewhere(water):
        await note(ann, water, TODAY, "windy")
    assert (await ann.does(water)).check_in.note == "windy"


async def test_a_note_of_a_day_that_was_never_read_stays(ann: Person, water: Habit) -> None:
    await note(ann, water, ago(3), "windy")
    remember(UUID(water.id), None)
    await ann.does(water)
    assert (await ann.does(water, ago(3))).check_in.note == "windy"


async def test_a_title_edited_elsewhere_is_the_events(
    habits: HabitsServer, ann: Person, water: Habit
) -> None:
    with elsewhere(water):
        await edit(ann, water, title="Drink tea")
    await ann.does(water)
    assert (await habits.events_of(ann, HabitCheckedIn))[-1].title == "Drink tea"


async def test_a_habit_archived_elsewhere_takes_no_check_in(ann: Person, water: Habit) -> None:
    with elsewhere(water):
        await archive(ann, water)
    with refused("HABIT_ARCHIVED"):
        await ann.does(water)


async def test_a_habit_restored_elsewhere_takes_check_ins(ann: Person, water: Habit) -> None:
    await archive(ann, water)
    with refused("HABIT_ARCHIVED"):
        await ann.does(water)
    with elsewhere(water):
        await restore(ann, water)
    assert (await ann.does(water)).changed


async def test_a_habit_deleted_elsewhere_is_not_found(ann: Person, water: Habit) -> None:
    with elsewhere(water):
        await ann.habits.DeleteHabit(DeleteHabitRequest(habit_id=water.id))
    with refused("HABIT_NOT_FOUND"):
        await ann.does(water)


async def test_today_is_that_of_a_zone_set_elsewhere(
    habits: HabitsServer, ann: Person, water: Habit
) -> None:
    async with habits.database.connection() as connection:
        await connection.execute(
            "UPDATE habits.people SET timezone = 'Pacific/Kiritimati', revision = revision + 1"
            " WHERE owner_id = $1",
            ann.caller.id,
        )
    assert (await ann.does(water)).check_in.check_in_date == str(ago(-1))


async def test_a_request_answered_elsewhere_is_answered_again(ann: Person, water: Habit) -> None:
    request_id = str(uuid4())
    with elsewhere(water):
        first = await ann.does(water, request_id=request_id)
    assert await ann.does(water, request_id=request_id) == first


async def test_a_request_id_that_changed_nothing_elsewhere_stays_taken(
    ann: Person, water: Habit
) -> None:
    request_id = str(uuid4())
    assert not (await ann.does(water, ago(1), request_id=request_id)).changed
    with refused("REQUEST_ID_REUSED"):
        await ann.does(water, request_id=request_id)


async def test_another_persons_habit_in_memory_is_not_found(
    habits: HabitsServer, water: Habit
) -> None:
    with refused("HABIT_NOT_FOUND"):
        await habits.person().does(water)


async def test_outdated_and_refused_ones_leave_the_rest_of_a_batch_alone(
    ann: Person, water: Habit
) -> None:
    tea, run = await ann.makes("Tea"), await ann.makes("Run")
    await ann.does(tea, ago(0))
    await ann.does(run, ago(0))
    with elsewhere(tea):
        await ann.sets(tea, mark=MARK_SKIP)
    results = await write(ann, adding(water), adding(tea), adding(run), adding(run, ago(-1)))
    assert [it.outcome.changed for it in results] == [True, True, False, False]
    assert results[1].outcome.check_in.mark == MARK_DONE
    assert results[3].refusal.reason == "CHECK_IN_IN_FUTURE"
