"""Habits, over gRPC: made, read, edited, ordered, archived, restored, deleted."""

from datetime import timedelta
from typing import Any, cast
from uuid import uuid4

import pytest
from google.protobuf.field_mask_pb2 import FieldMask

from contracts.habits.v1.check_in_pb2 import UNIT_DAY, UNIT_WEEK
from contracts.habits.v1.habit_events_pb2 import (
    HabitArchived,
    HabitCreated,
    HabitDeleted,
    HabitRestored,
    HabitUpdated,
    PauseChanged,
)
from contracts.habits.v1.habit_pb2 import (
    DIRECTION_AT_LEAST,
    DIRECTION_AT_MOST,
    FREQUENCY_DAILY,
    FREQUENCY_MONTHLY,
    FREQUENCY_ROLLING,
    FREQUENCY_WEEKLY,
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
)
from contracts.habits.v1.habit_service_pb2 import (
    ArchiveHabitRequest,
    CreateHabitRequest,
    DeleteHabitRequest,
    GetHabitRequest,
    ListHabitsRequest,
    OrderHabitsRequest,
    RestoreHabitRequest,
    UpdateHabitRequest,
)
from services.habits.use_cases import people
from tests.services.habits.running import TODAY, Person, RunningHabits, ago, refused


@pytest.fixture
def ann(habits: RunningHabits) -> Person:
    return habits.person()


async def edit(
    person: Person, habit: Habit, *, effective_date: object = "", etag: str = "", **fields: Any
) -> Habit:
    """Edit the named fields of a habit."""
    request = UpdateHabitRequest(
        habit=Habit(id=habit.id, etag=etag, **fields),
        update_mask=FieldMask(paths=list(fields)),
        effective_date=str(effective_date),
    )
    kept: Habit = (await person.habits.UpdateHabit(request)).habit
    return kept


async def archive(person: Person, habit: Habit) -> Habit:
    kept: Habit = (await person.habits.ArchiveHabit(ArchiveHabitRequest(habit_id=habit.id))).habit
    return kept


async def restore(person: Person, habit: Habit) -> Habit:
    kept: Habit = (await person.habits.RestoreHabit(RestoreHabitRequest(habit_id=habit.id))).habit
    return kept


async def get(person: Person, habit: Habit) -> Habit:
    kept: Habit = (await person.habits.GetHabit(GetHabitRequest(habit_id=habit.id))).habit
    return kept


async def titles(person: Person, **asked: Any) -> list[str]:
    response = await person.habits.ListHabits(ListHabitsRequest(**asked))
    return [habit.title for habit in response.habits]


async def test_a_habit_needs_no_more_than_a_title(habits: RunningHabits, ann: Person) -> None:
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
    [told] = await habits.events_of(ann, HabitCreated)
    assert (told.habit, told.revision) == (habit, 1)


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
        Schedule(frequency=FREQUENCY_DAILY, interval=3),
        Schedule(frequency=FREQUENCY_WEEKLY, interval=1, times=3),
        Schedule(frequency=FREQUENCY_WEEKLY, interval=1),
        Schedule(frequency=FREQUENCY_MONTHLY, interval=1, month_days=[-1, 1, 15]),
        Schedule(frequency=FREQUENCY_MONTHLY, interval=1, times=4),
        Schedule(frequency=FREQUENCY_ROLLING, interval=1, times=3, days=7),
    ],
)
async def test_every_schedule_is_kept_as_given(ann: Person, schedule: Schedule) -> None:
    assert (await ann.makes(schedule=schedule)).schedule == schedule


async def test_the_same_request_makes_one_habit(ann: Person) -> None:
    request = CreateHabitRequest(habit=Habit(title="Run"), request_id=str(uuid4()))
    first = await ann.habits.CreateHabit(request)
    assert await ann.habits.CreateHabit(request) == first
    assert await titles(ann) == ["Run"]
    request.habit.title = "Walk"
    with refused("REQUEST_ID_REUSED"):
        await ann.habits.CreateHabit(request)


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


async def test_other_peoples_habits_are_not_there(habits: RunningHabits, ann: Person) -> None:
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


async def test_an_edit_changes_what_it_names(habits: RunningHabits, ann: Person) -> None:
    habit = await ann.makes(color="#112233", tags=["a"])
    habits.clock.wind(timedelta(minutes=1))
    after = await edit(ann, habit, title="Swim", tags=[])
    assert (after.title, after.color, list(after.tags)) == ("Swim", "#112233", [])
    assert after.etag != habit.etag
    assert after.update_time.seconds == habit.update_time.seconds + 60
    [told] = await habits.events_of(ann, HabitUpdated)
    assert (told.habit, told.revision) == (after, 2)


async def test_without_a_mask_every_set_field_counts(ann: Person) -> None:
    habit = await ann.makes(color="#112233")
    habit.title = "Swim"
    after = (await ann.habits.UpdateHabit(UpdateHabitRequest(habit=habit))).habit
    assert (after.title, after.color) == ("Swim", "#112233")


async def test_an_edit_that_changes_nothing_writes_nothing(
    habits: RunningHabits, ann: Person
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


async def test_habits_are_put_in_an_order(habits: RunningHabits, ann: Person) -> None:
    a, b, c = [await ann.makes(title) for title in "abc"]
    response = await ann.habits.OrderHabits(OrderHabitsRequest(habit_ids=[c.id, a.id]))
    assert [habit.title for habit in response.habits] == ["c", "a", "b"]
    assert await titles(ann) == ["c", "a", "b"]
    told = await habits.events_of(ann, HabitUpdated)
    assert {it.habit.title: it.habit.position for it in told} == {"c": 0, "a": 1, "b": 2}
    await ann.habits.OrderHabits(OrderHabitsRequest(habit_ids=[c.id, a.id]))
    assert len(await habits.events_of(ann, HabitUpdated)) == 3
    with refused("HABIT_REPEATED"):
        await ann.habits.OrderHabits(OrderHabitsRequest(habit_ids=[b.id, b.id]))


async def test_an_archived_habit_rests_with_its_history(habits: RunningHabits, ann: Person) -> None:
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
    habits.clock.wind(timedelta(days=30))
    assert (await ann.looks_at(habit)).best_streak.length_count == 3
    [told] = await habits.events_of(ann, HabitArchived)
    assert (told.habit, told.revision) == (rests, 2)


async def test_the_days_between_archive_and_restore_are_a_pause(
    habits: RunningHabits, ann: Person
) -> None:
    habit = await ann.makes()
    await ann.does(habit)
    await archive(ann, habit)
    habits.clock.wind(timedelta(days=100))
    back = await restore(ann, habit)
    assert back.state == STATE_ACTIVE
    assert not back.HasField("archive_time")
    [paused] = await habits.events_of(ann, PauseChanged)
    assert (paused.pause.from_date, paused.pause.to_date) == (str(ago(-1)), str(ago(-99)))
    assert (await ann.does(habit)).current_streak.length_count == 2
    assert len(await habits.events_of(ann, HabitRestored)) == 1
    with refused("HABIT_NOT_ARCHIVED"):
        await restore(ann, habit)


async def test_a_restore_on_the_same_day_leaves_no_trace(
    habits: RunningHabits, ann: Person
) -> None:
    habit = await ann.makes()
    await archive(ann, habit)
    await restore(ann, habit)
    assert await habits.events_of(ann, PauseChanged) == []


async def test_a_deleted_habit_takes_everything_along(habits: RunningHabits, ann: Person) -> None:
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
    [told] = await habits.events_of(ann, HabitDeleted)
    assert told.habit_id == habit.id


async def test_nobody_keeps_more_than_500_habits(habits: RunningHabits, ann: Person) -> None:
    first = await ann.makes()
    async with habits.database.connection() as connection:
        await connection.execute(
            """
            INSERT INTO habits.habits
            SELECT (jsonb_populate_record(h, jsonb_build_object('id', gen_random_uuid()))).*
            FROM habits.habits h, generate_series(2, 500) WHERE h.id = $1::uuid""",
            first.id,
        )
    with refused("TOO_MANY_HABITS"):
        await ann.makes()


async def test_nothing_is_kept_of_whoever_is_gone(habits: RunningHabits, ann: Person) -> None:
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
