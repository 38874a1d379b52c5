"""Pauses, over gRPC: days that do not count."""

import asyncio
from uuid import uuid4

from contracts.habits.v1.check_in_pb2 import MARK_SKIP
from contracts.habits.v1.habit_events_pb2 import PauseChanged
from contracts.habits.v1.habit_pb2 import Pause
from contracts.habits.v1.habit_service_pb2 import (
    CreatePauseRequest,
    DeletePauseRequest,
    ListPausesRequest,
)
from tests.services.habits.api_calls import archive, restore
from tests.services.habits.habits_server import HabitsServer, Person, ago, refused


async def delete(person: Person, pause: Pause) -> None:
    await person.habits.DeletePause(DeletePauseRequest(pause_id=pause.id))


async def list_pauses(person: Person, **asked: object) -> list[Pause]:
    request = ListPausesRequest(**asked)  # type: ignore[arg-type]
    return list((await person.habits.ListPauses(request)).pauses)


async def test_paused_days_neither_break_nor_extend_a_streak(ann: Person) -> None:
    habit = await ann.makes(start_date=str(ago(6)))
    for days in (6, 5, 0):
        await ann.does(habit, ago(days))
    assert (await ann.looks_at(habit)).current_streak.length_count == 1
    pause = await ann.rests(ago(4), ago(1), habit)
    assert (await ann.looks_at(habit)).current_streak.length_count == 3
    await delete(ann, pause)
    assert (await ann.looks_at(habit)).current_streak.length_count == 1


async def test_a_pause_of_all_holds_for_habits_made_later(ann: Person) -> None:
    before = await ann.makes(start_date=str(ago(3)))
    await ann.rests(ago(2), ago(1))
    after = await ann.makes(start_date=str(ago(3)))
    for habit in (before, after):
        await ann.does(habit, ago(3))
        assert (await ann.does(habit)).current_streak.length_count == 2


async def test_a_pause_long_ago_counts_anew_what_was_closed(ann: Person) -> None:
    habit = await ann.makes(start_date=str(ago(200)))
    for days in range(200, -1, -1):
        if not 150 <= days <= 160:
            await ann.does(habit, ago(days))
    assert (await ann.looks_at(habit)).current_streak.length_count == 150
    pause = await ann.rests(ago(160), ago(150))
    assert (await ann.looks_at(habit)).current_streak.length_count == 190
    await delete(ann, pause)
    assert (await ann.looks_at(habit)).current_streak.length_count == 150


async def test_a_pause_without_end_lasts_until_it_is_deleted(
    habits: HabitsServer, ann: Person
) -> None:
    habit = await ann.makes(start_date=str(ago(1)))
    await ann.does(habit, ago(1))
    pause = await ann.rests(ago(0))
    assert pause.to_date == ""
    progress = await ann.looks_at(habit)
    assert not progress.current_streak.HasField("deadline_time")
    assert [it.deleted for it in await habits.events_of(ann, PauseChanged)] == [False]
    await delete(ann, pause)
    assert (await ann.looks_at(habit)).current_streak.HasField("deadline_time")
    events = await habits.events_of(ann, PauseChanged)
    assert [it.deleted for it in events] == [False, True]
    assert events[1].pause == pause


async def test_a_skip_means_the_same_as_a_pause(ann: Person) -> None:
    habit = await ann.makes(start_date=str(ago(2)))
    await ann.does(habit, ago(2))
    await ann.sets(habit, ago(1), mark=MARK_SKIP)
    assert (await ann.does(habit)).current_streak.length_count == 2


async def test_pauses_are_listed_latest_first_and_in_pages(ann: Person) -> None:
    water, run = await ann.makes(), await ann.makes()
    hers = await ann.rests(ago(9), ago(8), water)
    everything = await ann.rests(ago(5), ago(4))
    other = await ann.rests(ago(7), ago(6), run)
    assert await list_pauses(ann) == [everything, other, hers]
    assert await list_pauses(ann, habit_id=water.id) == [everything, hers]
    page = await ann.habits.ListPauses(ListPausesRequest(page_size=2))
    assert list(page.pauses) == [everything, other]
    assert await list_pauses(ann, page_size=2, page_token=page.next_page_token) == [hers]


async def test_pauses_that_cannot_be_are_refused(habits: HabitsServer, ann: Person) -> None:
    habit, bob = await ann.makes(), habits.person()
    with refused("PAUSE_ENDS_BEFORE_START"):
        await ann.rests(ago(1), ago(2))
    with refused("HABIT_NOT_FOUND"):
        await bob.rests(ago(1), ago(0), habit)
    with refused("HABIT_NOT_FOUND"):
        await list_pauses(bob, habit_id=habit.id)
    with refused("DATE_MALFORMED"):
        await ann.habits.CreatePause(CreatePauseRequest(pause=Pause()))
    with refused("FIELD_TOO_LONG"):
        pause = Pause(from_date=str(ago(1)), reason="x" * 201)
        await ann.habits.CreatePause(CreatePauseRequest(pause=pause))


async def test_an_archived_habit_takes_no_pause(ann: Person) -> None:
    habit = await ann.makes()
    earlier = await ann.rests(ago(9), ago(8), habit)
    await archive(ann, habit)
    with refused("HABIT_ARCHIVED"):
        await ann.rests(ago(1), ago(0), habit)
    await ann.rests(ago(1))  # one of all habits does not name it
    await delete(ann, earlier)
    await restore(ann, habit)
    await ann.rests(ago(1), ago(0), habit)


async def test_other_peoples_pauses_are_not_there(habits: HabitsServer, ann: Person) -> None:
    pause, bob = await ann.rests(ago(1)), habits.person()
    for unknown in (pause, Pause(id="nonsense"), Pause(id=str(uuid4()))):
        with refused("PAUSE_NOT_FOUND"):
            await delete(bob, unknown)
    assert await list_pauses(bob) == []


async def test_the_same_request_makes_one_pause(ann: Person) -> None:
    request = CreatePauseRequest(pause=Pause(from_date=str(ago(1))), request_id=str(uuid4()))
    first = await ann.habits.CreatePause(request)
    assert await ann.habits.CreatePause(request) == first
    assert len(await list_pauses(ann)) == 1


async def test_nobody_keeps_more_than_500_pauses(habits: HabitsServer, ann: Person) -> None:
    first = await ann.rests(ago(1), ago(0))
    async with habits.database.connection() as connection:
        await connection.execute(
            """
            INSERT INTO habits.pauses
            SELECT gen_random_uuid(), owner_id, habit_id, from_date, to_date, reason, create_time
            FROM habits.pauses, generate_series(2, 500) WHERE id = $1::uuid""",
            first.id,
        )
    with refused("TOO_MANY_PAUSES"):
        await ann.rests(ago(1), ago(0))


async def test_a_pause_is_taken_back_once(ann: Person) -> None:
    await ann.makes()
    pause = await ann.rests(ago(1))
    answers = await asyncio.gather(*(delete(ann, pause) for _ in range(4)), return_exceptions=True)
    assert [it for it in answers if it is None] == [None]
    with refused("PAUSE_NOT_FOUND"):
        await delete(ann, pause)
