"""How many habits a person may have: active ones by a setting, all of them by a wall far away."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import grpc
import pytest

from chassis.rpc.status import refusal_details
from contracts.habits.v1.habit_pb2 import STATE_ACTIVE, Habit
from contracts.habits.v1.habit_service_pb2 import (
    CreateHabitRequest,
    DeleteHabitRequest,
    ListHabitsRequest,
)
from services.habits.domain.limits import ACTIVE_HABITS_PER_PERSON, MAX_HABITS
from tests.services.habits.api_calls import archive, get, restore, titles
from tests.services.habits.habits_server import HabitsServer, Person, refused, run_habits
from tests.services.habits.importing import import_file, imported
from tests.services.habits.test_export_files import export_json

QUOTA = 3


@pytest.fixture
async def small(habits_url: str, tmp_path: Path) -> AsyncIterator[HabitsServer]:
    """Serve people who may have three active habits."""
    async with run_habits(habits_url, tmp_path, most_active=QUOTA) as running:
        yield running


async def copied(server: HabitsServer, habit: Habit, *, until: int) -> None:
    """Store copies of a habit, so that its owner has `until` of them."""
    async with server.database.connection() as connection:
        await connection.execute(
            """
            INSERT INTO habits.habits
            SELECT (jsonb_populate_record(
                h, jsonb_build_object('id', gen_random_uuid(), 'position', n)
            )).*
            FROM habits.habits h, generate_series(2, $2) n WHERE h.id = $1::uuid""",
            habit.id,
            until,
        )


async def active_count(person: Person) -> int:
    return len(await titles(person, state=STATE_ACTIVE, page_size=200))


async def outcomes(*calls: object) -> list[str]:
    """Return the reason of each call's refusal, or an empty text."""
    answers = await asyncio.gather(*calls, return_exceptions=True)  # type: ignore[call-overload]
    return [
        refusal_details(one).reason if isinstance(one, grpc.aio.AioRpcError) else ""
        for one in answers
    ]


async def test_nobody_has_more_than_500_active_habits(habits: HabitsServer, ann: Person) -> None:
    await copied(habits, await ann.makes(), until=ACTIVE_HABITS_PER_PERSON)
    with refused("TOO_MANY_HABITS", grpc.StatusCode.FAILED_PRECONDITION) as details:
        await ann.makes()
    assert details[0].metadata["most"] == "500"
    assert "Archive one first" in details[0].message


async def test_archived_habits_do_not_count(small: HabitsServer) -> None:
    ann = small.person()
    for _ in range(QUOTA * 2):
        await archive(ann, await ann.makes())
    for _ in range(QUOTA):
        await ann.makes()
    with refused("TOO_MANY_HABITS"):
        await ann.makes()


async def test_a_habit_is_not_restored_beyond_the_quota(small: HabitsServer) -> None:
    ann = small.person()
    resting = await archive(ann, await ann.makes())
    others = [await ann.makes() for _ in range(QUOTA)]
    with refused("TOO_MANY_HABITS"):
        await restore(ann, resting)
    assert (await get(ann, resting)).state == resting.state
    with refused("HABIT_NOT_ARCHIVED"):
        await restore(ann, others[0])
    await ann.habits.DeleteHabit(DeleteHabitRequest(habit_id=others[0].id))
    await restore(ann, resting)
    assert await active_count(ann) == QUOTA


async def test_requests_at_once_do_not_pass_the_quota_together(small: HabitsServer) -> None:
    """New habits and restored ones, in any order: exactly the quota is active in the end."""
    ann = small.person()
    resting = [await archive(ann, await ann.makes()) for _ in range(6)]
    reasons = await outcomes(
        *(ann.makes() for _ in range(6)), *(restore(ann, habit) for habit in resting)
    )
    assert reasons.count("") == QUOTA
    assert set(reasons) == {"", "TOO_MANY_HABITS"}
    assert await active_count(ann) == QUOTA


async def test_the_quota_of_another_person_is_theirs(small: HabitsServer) -> None:
    ann, bob = small.person(), small.person()
    for _ in range(QUOTA):
        await ann.makes()
    await bob.makes()


async def test_a_repeated_request_counts_once(small: HabitsServer) -> None:
    ann = small.person()
    request = CreateHabitRequest(
        habit=Habit(title="Read"), request_id="11111111-1111-4111-8111-111111111111"
    )
    for _ in range(QUOTA + 2):
        await ann.habits.CreateHabit(request)
    assert await active_count(ann) == 1


async def test_archived_habits_are_kept_up_to_a_limit_too(small: HabitsServer) -> None:
    ann = small.person()
    await copied(small, await archive(ann, await ann.makes()), until=MAX_HABITS)
    with refused("TOO_MANY_ARCHIVED_HABITS", grpc.StatusCode.FAILED_PRECONDITION) as details:
        await ann.makes()
    assert details[0].metadata["most"] == "5000"


async def test_an_import_obeys_the_quota_too(small: HabitsServer) -> None:
    """It is one transaction: a file that does not fit writes nothing; archived habits fit."""
    ann, bob = small.person(), small.person()
    for _ in range(QUOTA):
        await archive(ann, await ann.makes())
    for _ in range(QUOTA):
        await ann.makes()
    document = await export_json(ann)
    await bob.makes()
    refused_import = await import_file(bob, document)
    assert refused_import.refusal.reason == "TOO_MANY_HABITS"
    assert await titles(bob) == ["Drink water"]
    await archive(bob, (await bob.habits.ListHabits(ListHabitsRequest())).habits[0])
    report = await imported(bob, document)
    assert report.habits.created_count == QUOTA * 2
    assert await active_count(bob) == QUOTA
